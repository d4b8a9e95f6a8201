//! Banks that genesis does not name, and keys that a test signs with.

use std::path::Path;

use sealane_crypto::keystore::{KeyFile, Unlock, ValidatorSecrets, load};
use sealane_crypto::signature::SigningKey;

use crate::command::{DONE, sealane};
use crate::consortium::Consortium;
use crate::network::Bank;

impl Consortium {
    /// A home for a bank of this name, which may connect and speaks through the first bank's node; and the file with
    /// which members propose to admit it.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn newcomer(&self, name: &str) -> (Bank, String) {
        let (home, request) = (
            self.network().join(name),
            self.desk().join(format!("{name}.json")),
        );
        let shown = |path: &Path| path.display().to_string();
        let (dir, out, from) = (shown(&home), shown(&request), shown(&self.bank(0).home));
        let words = [
            "member",
            "request",
            "--dir",
            &dir,
            "--from",
            &from,
            "--name",
            name,
            "--role",
            "bank",
            "--id",
            "vat:FR20501928378",
            "--out",
            &out,
        ];
        let _ = sealane(&words).expect(DONE);
        let bank = self.guest(&home);
        self.let_in(&bank, &request.with_extension("csr"));
        (bank, out)
    }

    /// The key with which a node signs.
    ///
    /// # Panics
    /// When it cannot be opened.
    #[must_use]
    pub fn node_key(&self, at: usize) -> SigningKey {
        let node = self.node_folder(at);
        let key = KeyFile::read(&node.join("key.txt")).expect("a node has a key file");
        let keystore = load(&node.join("validator.age"), &Unlock::KeyFile(key));
        let ValidatorSecrets { signing } = keystore.expect("a node has a key");
        signing
    }
}
