//! What fuzzing begins with: the repository's examples and vectors, as each target takes them.

use std::path::{Path, PathBuf};

use ics23::commitment_proof::Proof;
use ics23::{
    CommitmentProof, ExistenceProof, HashOp, InnerOp, LeafOp, LengthOp, NonExistenceProof,
};
use prost_ics23::Message as _;
use sealane_ledger::genesis_writes;
use sealane_ledger::log::LogEntry;
use sealane_ledger::state::{Few, Key, QuotaEntry, Stage, Turns};
use sealane_types::encoding::{Decode as _, Encode as _};
use sealane_types::fingerprint::{Fingerprint, Mask, Rule};
use sealane_types::genesis::Genesis;
use sealane_types::ids::{AliasId, Height, RecordId};

/// A file of the repository.
fn file(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of a folder whose names end so, in the order of their names.
fn files(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(folder);
    let entries = std::fs::read_dir(&folder).expect("a folder of the repository");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let fits = |path: &&PathBuf| path.to_string_lossy().ends_with(ending);
    let read = |path: &PathBuf| std::fs::read(path).expect("a file of the repository");
    paths.iter().filter(fits).map(read).collect()
}

/// The sample encodings whose names begin so.
fn samples(name: &str) -> Vec<Vec<u8>> {
    let text = String::from_utf8(file("specs/vectors/encodings.txt")).expect("text");
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    let named = lines.filter(|(sample, _)| sample.starts_with(name));
    named
        .filter_map(|(_, bytes)| hex::decode(bytes).ok())
        .collect()
}

/// Behind the byte that says of which kind they are.
fn of_kind(kind: u8, seeds: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let before = |seed: Vec<u8>| [&[kind][..], &seed].concat();
    seeds.into_iter().map(before).collect()
}

/// Business documents in XML and JSON.
#[must_use]
pub fn documents() -> Vec<Vec<u8>> {
    let folders = ["examples", "examples/trade"];
    let both = folders.iter().flat_map(|folder| {
        let json = files(folder, ".json");
        files(folder, ".xml").into_iter().chain(json)
    });
    both.collect()
}

/// A PDF with an invoice inside, whose table of objects the reader must rebuild or follow.
#[must_use]
pub fn pdfs() -> Vec<Vec<u8>> {
    let invoice = file("examples/invoice-cii.xml");
    let objects: [(&str, &[u8]); 5] = [
        (
            "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(factur-x.xml) 4 0 R] >> >> /AF [4 0 R] >>",
            b"",
        ),
        ("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b""),
        ("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>", b""),
        (
            "<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /AFRelationship /Alternative /EF << /F 5 0 R >> >>",
            b"",
        ),
        ("", &invoice),
    ];
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (at, (dictionary, stream)) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n{dictionary}", at + 1).as_bytes());
        if !stream.is_empty() {
            let length = stream.len();
            let head = format!("<< /Type /EmbeddedFile /Length {length} >>\nstream\n");
            out.extend_from_slice(head.as_bytes());
            out.extend_from_slice(stream);
            out.extend_from_slice(b"\nendstream");
        }
        out.extend_from_slice(b"\nendobj\n");
    }
    let table = out.len();
    out.extend_from_slice(b"xref\n0 6\n0000000000 65535 f \n");
    for place in places {
        out.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let trailer = format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
    out.extend_from_slice(trailer.as_bytes());
    vec![out]
}

/// Identifiers behind the country of their party's address.
#[must_use]
pub fn identifiers() -> Vec<Vec<u8>> {
    let typed = [
        "DEvat:DE129273398",
        "BEbe-kbo:0683.473.480",
        "DEHRB 33517, Amtsgericht Leipzig",
        "CHCHE-123.456.788 MWST",
        "FRsiret:55210055400013",
        "BRcnpj:33.000.167/0001-01",
        "INgstin:27AAACR5055K1Z7",
        "DElei:529900T8BM49AURSDO55",
    ];
    typed.map(|text| text.as_bytes().to_vec()).to_vec()
}

/// Declarations of cross-checks.
#[must_use]
pub fn checks() -> Vec<Vec<u8>> {
    let own = files("examples/checks", ".check");
    own.into_iter()
        .chain(files("specs/checks", ".check"))
        .collect()
}

/// Workflows.
#[must_use]
pub fn workflows() -> Vec<Vec<u8>> {
    files("specs/workflows", ".toml")
}

/// The sample encodings behind their kinds.
#[must_use]
pub fn encodings() -> Vec<Vec<u8>> {
    let kinds = [
        (0, "transaction-"),
        (1, "record"),
        (2, "record-header"),
        (3, "sealed-leaf"),
        (4, "block"),
        (5, "block-header"),
        (6, "certificate"),
        (7, "validator-set"),
        (8, "genesis"),
        (9, "receipt-"),
        (10, "fingerprint-key"),
        (11, "workflow"),
    ];
    let all = kinds
        .into_iter()
        .map(|(kind, name)| of_kind(kind, samples(name)));
    all.flatten().collect()
}

/// What packets are made of, behind each kind.
#[must_use]
pub fn packets() -> Vec<Vec<u8>> {
    let parts = ["block", "certificate", "vote"];
    let kinds = 0..10_u8;
    let all = kinds.flat_map(|kind| parts.map(|part| of_kind(kind, samples(part))));
    all.flatten().collect()
}

/// The financing circuit's verifying key.
#[must_use]
pub fn verifying_keys() -> Vec<Vec<u8>> {
    of_kind(
        7,
        vec![sealane_verifier::VerifyingKey::financing_test().encode()],
    )
}

/// The card and the file of the vectors.
#[must_use]
pub fn handover() -> Vec<Vec<u8>> {
    let text = String::from_utf8(file("specs/vectors/handover.json")).expect("text");
    let strings = text.split('"').filter(|part| part.len() > 128);
    strings.filter_map(|part| hex::decode(part).ok()).collect()
}

/// A keystore's file that another key opens.
#[must_use]
pub fn keystores() -> Vec<Vec<u8>> {
    use sealane_crypto::keystore::{InstitutionSecrets, KeyFile, Protection, seal};
    let secrets = InstitutionSecrets::generate(sealane_types::genesis::Suite::International);
    let secrets = secrets.expect("randomness");
    let file = seal(&secrets, &Protection::KeyFile(KeyFile::generate()));
    vec![file.expect("sealed")]
}

/// Files that clerks exchange, as far as they have a short form, and settings.
#[must_use]
pub fn desk() -> Vec<Vec<u8>> {
    let consent = br#"{"chain":"00","record":"00","bank":"00","alias":"00","signature":"00"}"#;
    let receipt = br#"{"version":1,"genesis":"00","document":"00"}"#;
    let config = b"version = 1\nchain = \"00\"\nnode = \"127.0.0.1:1\"\nnode_name = \"bank-a\"\n";
    let mut seeds = of_kind(0, vec![receipt.to_vec()]);
    seeds.extend(of_kind(1, samples("transaction-propose-admit")));
    seeds.extend(of_kind(
        2,
        samples("transaction-propose-change-a-member-s-key"),
    ));
    seeds.extend(of_kind(3, vec![consent.to_vec()]));
    seeds.extend(of_kind(4, vec![b"slck".to_vec()]));
    seeds.extend(of_kind(5, samples("validator-set")));
    seeds.extend(of_kind(6, samples("transaction-propose-publish-a-check")));
    seeds.extend(of_kind(7, vec![config.to_vec()]));
    seeds
}

/// Values that a chain begins with and some that it comes to, behind each kind that they may be read as, and keys.
#[must_use]
pub fn states() -> Vec<Vec<u8>> {
    let genesis = samples("genesis").into_iter().next().expect("a sample");
    let genesis = Genesis::from_bytes(&genesis).expect("the sample is a genesis");
    let writes = genesis_writes(&genesis);
    let mut values: Vec<Vec<u8>> = writes.values().flatten().cloned().collect();
    let record = RecordId::new([7; 32]);
    let print = |number| Fingerprint {
        rule: Rule::Strict,
        value: [number; 32],
    };
    let entry = LogEntry {
        height: Height(9),
        record,
        bank: AliasId::new([1; 32]),
        stage: Stage::Financed,
        since: record,
        mask: Mask::new(Mask::ALWAYS).expect("what always applies"),
        fingerprints: Few(vec![print(1), print(2)]),
    };
    values.push(entry.to_bytes());
    values.push(QuotaEntry::default().to_bytes());
    values.push(Turns::default().to_bytes());
    values.sort();
    values.dedup();
    let mut seeds: Vec<Vec<u8>> = (0..=20)
        .flat_map(|kind| of_kind(kind, values.clone()))
        .collect();
    let keys = writes.keys().map(|key| key.as_bytes().to_vec());
    let more = [Key::record(&record), Key::blinded_set(&record), Key::log()];
    let more = more.iter().map(|key| key.as_bytes().to_vec());
    seeds.extend(of_kind(21, keys.chain(more).collect()));
    seeds
}

/// Proofs that a key is there, and that it is not, as `sealane_wire::proof` reads them; of no root.
#[must_use]
pub fn state_proofs() -> Vec<Vec<u8>> {
    let (key, value) = ([5; 32], b"value");
    let leaf = LeafOp {
        hash: HashOp::Sha256.into(),
        prehash_key: HashOp::Sha256.into(),
        prehash_value: HashOp::Sha256.into(),
        length: LengthOp::NoPrefix.into(),
        prefix: b"JMT::LeafNode".to_vec(),
    };
    let inner = |number: u8| InnerOp {
        hash: HashOp::Sha256.into(),
        prefix: b"JMT::IntrnalNode".to_vec(),
        suffix: vec![number; 32],
    };
    let there = |key: &[u8]| ExistenceProof {
        key: key.to_vec(),
        value: value.to_vec(),
        leaf: Some(leaf.clone()),
        path: (0..9).map(inner).collect(),
    };
    let absent = NonExistenceProof {
        key: key.to_vec(),
        left: Some(there(&[4; 32])),
        right: Some(ExistenceProof {
            path: (9..18).map(inner).collect(),
            ..there(&[6; 32])
        }),
    };
    let proofs = [Proof::Exist(there(&key)), Proof::Nonexist(absent)];
    let seed = |proof| {
        let proof = CommitmentProof { proof: Some(proof) };
        [&[9; 32], key.as_slice(), &proof.encode_to_vec()].concat()
    };
    proofs.map(seed).to_vec()
}

/// The stored financing of the vectors.
#[must_use]
pub fn proofs() -> Vec<Vec<u8>> {
    let text = String::from_utf8(file("specs/vectors/financing-v2.proof")).expect("text");
    let named = |name: &str| -> Vec<u8> {
        let lines = text
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        lines
            .flat_map(|value| hex::decode(value).expect("hex"))
            .collect()
    };
    let order = [
        "root",
        "context",
        "alias",
        "mask",
        "amount-commitment",
        "commitment",
        "blinded",
        "proof",
    ];
    vec![order.map(named).concat()]
}
