//! What comes from an authority, and to it: bundles, requests, authorities and revocation lists.

use std::cell::RefCell;
use std::fs;

use sealane_wire::tls::{Authority, Credentials, Party, Which, equip, install, request};
use tempfile::TempDir;

/// An authority, and two sides that it has equipped, of which one is revoked.
struct Office {
    folder: TempDir,
    authority: Authority,
}

thread_local! {
    /// Gone with the thread that tries it.
    static OFFICE: RefCell<Office> = RefCell::new(Office::new());
}

fn folder() -> TempDir {
    TempDir::with_prefix("sealane-fuzz-").expect("a temporary folder")
}

impl Office {
    fn new() -> Self {
        let folder = folder();
        let authority = Authority::create(&folder.path().join("authority"), "fuzzed");
        let mut authority = authority.expect("a new authority");
        for name in ["bank-a", "bank-b"] {
            let party = Party::Home(name.to_owned());
            let side = folder.path().join(name);
            equip(&side, &party, &mut authority, 1).expect("a side is equipped");
        }
        let revoked = authority.revoke(&Party::Home("bank-b".to_owned()), Which::All);
        let _ = revoked.expect("one certificate");
        Self { folder, authority }
    }

    fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).expect("a side has its files")
    }

    /// Opens a side's folder in which one file is this.
    fn open_with(&self, name: &str, bytes: &[u8]) {
        let folder = folder();
        for own in ["identity.pem", "authority.pem", "revoked.pem"] {
            let kept = self.file(&format!("bank-a/{own}"));
            let bytes = if own == name { bytes } else { &kept };
            fs::write(folder.path().join(own), bytes).expect("a folder can be written");
        }
        let _ = Credentials::open(folder.path());
    }

    fn issue(&mut self, bytes: &[u8]) {
        if let Ok(text) = std::str::from_utf8(bytes) {
            let _ = self.authority.issue(text, 1);
        }
    }
}

/// What a kind of bytes is called in PEM.
const TAGS: [&str; 4] = [
    "CERTIFICATE",
    "CERTIFICATE REQUEST",
    "X509 CRL",
    "CERTIFICATE",
];

/// The first byte says what it is: a bundle, a request, a revocation list, or authorities; from 4 on, without its armour.
pub fn take(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    let which = usize::from(kind % 4);
    let text = match kind & 4 {
        0 => bytes.to_vec(),
        _ => pem::encode(&pem::Pem::new(TAGS[which], bytes)).into_bytes(),
    };
    match which {
        0 => drop(install(folder().path(), &text)),
        1 => OFFICE.with_borrow_mut(|office| office.issue(&text)),
        2 => OFFICE.with_borrow(|office| office.open_with("revoked.pem", &text)),
        _ => OFFICE.with_borrow(|office| office.open_with("authority.pem", &text)),
    }
}

/// Honest ones, with their armour and without.
pub fn seeds() -> Vec<Vec<u8>> {
    OFFICE.with_borrow(|office| {
        let asking = office.folder.path().join("asking");
        let asked = request(&asking, &Party::Node("node-a".to_owned())).expect("a request");
        let list = office.authority.published();
        let list = list.expect("an authority and its list").into_bytes();
        let authority = office.file("bank-a/authority.pem");
        let texts = [list.clone(), asked.into_bytes(), list, authority];
        let mut seeds = Vec::new();
        for (kind, text) in (0..).zip(texts) {
            seeds.push([&[kind], text.as_slice()].concat());
            for block in pem::parse_many(&text).expect("PEM") {
                if block.tag() == TAGS[usize::from(kind)] {
                    seeds.push([&[kind | 4], block.contents()].concat());
                }
            }
        }
        seeds
    })
}
