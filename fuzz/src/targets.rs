//! What each target does with its bytes.

use std::sync::LazyLock;

use sealane_client::chain::turns;
use sealane_client::flows::{Agreed, CheckProof, CheckText};
use sealane_client::home::Config;
use sealane_client::{join, receipt, workflows};
use sealane_crypto::handover::{Card, Handover, decode_fields};
use sealane_crypto::identity::AliasOpening;
use sealane_crypto::keys::InstitutionSecret;
use sealane_crypto::keystore::{self, InstitutionSecrets, KeyFile, Unlock};
use sealane_documents::identifiers::{parse_confirmed, parse_typed};
use sealane_ledger::log::LogEntry;
use sealane_ledger::state::{
    About, Answers, BlindedSet, CheckEntry, CheckTextEntry, Consortium, Dealt, Decided,
    EarlierCommitment, Financing, Key, LooseEntry, OutcomeEntry, ProposalEntry, QuotaEntry,
    RecordEntry, Round, SlotKeys, TradeEntry, Turns, WaiverEntry, WorkflowEntry,
};
use sealane_statements::financing::{FinancingStatement, UncheckedStatement};
use sealane_types::alias::Alias;
use sealane_types::block::{Block, BlockHeader, Certificate, ValidatorSet};
use sealane_types::encoding::{Decode, Encode, Reader};
use sealane_types::genesis::{Genesis, Suite};
use sealane_types::ids::{ChainId, StateRoot};
use sealane_types::receipt::Receipt;
use sealane_types::record::{Record, RecordHeader, SealedLeaf};
use sealane_types::sharing::FingerprintKey;
use sealane_types::transaction::Transaction;
use sealane_types::workflow::Workflow;
use sealane_verifier::{PROOF_BYTES, PreparedKey, VerifyingKey};

/// Reads a value; what is read must be written as the same bytes, as one value has one encoding.
fn canonical<T: Decode + Encode>(bytes: &[u8]) {
    if let Ok(value) = T::from_bytes(bytes) {
        let kind = std::any::type_name::<T>();
        assert!(
            value.to_bytes() == bytes,
            "{kind}: other bytes than were read"
        );
    }
}

/// Splits off the first byte, which chooses between decoders.
fn choice(bytes: &[u8]) -> (u8, &[u8]) {
    bytes
        .split_first()
        .map_or((0, bytes), |(first, rest)| (*first, rest))
}

/// A document in any format: read, shown and made ready to be sealed.
pub fn document(bytes: &[u8]) {
    let Ok(document) = sealane_documents::read(bytes, "fuzzed") else {
        return;
    };
    let _ = sealane_documents::to_text(&document);
    let json = sealane_documents::to_json(&document).to_string();
    let _ = sealane_documents::canonical(&document);
    let _ = sealane_documents::read(json.as_bytes(), "shown.json");
}

/// A legal identifier as a clerk types it; two bytes before it are the country.
pub fn identifier(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (country, rest) = text.split_at_checked(2).unwrap_or(("", text));
    for country in [None, Some(country)] {
        let _ = parse_typed(rest, country);
        let _ = parse_confirmed(rest, country);
    }
}

/// The declaration of a cross-check.
pub fn check(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Err(faults) = sealane_checks::read(text)
    {
        let _ = faults.render("fuzzed", text);
    }
}

/// A workflow as a file.
pub fn workflow(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = workflows::read(text);
    }
}

/// What nodes and clients exchange and keep; the first byte says of which kind.
pub fn encoding(bytes: &[u8]) {
    let (kind, bytes) = choice(bytes);
    match kind {
        0 => canonical::<Transaction>(bytes),
        1 => canonical::<Record>(bytes),
        2 => canonical::<RecordHeader>(bytes),
        3 => canonical::<SealedLeaf>(bytes),
        4 => canonical::<Block>(bytes),
        5 => canonical::<BlockHeader>(bytes),
        6 => canonical::<Certificate>(bytes),
        7 => canonical::<ValidatorSet>(bytes),
        8 => canonical::<Genesis>(bytes),
        9 => canonical::<Receipt>(bytes),
        10 => canonical::<FingerprintKey>(bytes),
        11 => canonical::<Workflow>(bytes),
        _ => canonical::<AliasOpening>(bytes),
    }
}

/// Values of the state, as a node or a snapshot gives them; the first byte says which.
pub fn state(bytes: &[u8]) {
    let (kind, bytes) = choice(bytes);
    match kind {
        0 => canonical::<RecordEntry>(bytes),
        1 => canonical::<BlindedSet>(bytes),
        2 => canonical::<Financing>(bytes),
        3 => canonical::<Answers>(bytes),
        4 => canonical::<LooseEntry>(bytes),
        5 => canonical::<Consortium>(bytes),
        6 => canonical::<ProposalEntry>(bytes),
        7 => canonical::<CheckEntry>(bytes),
        8 => canonical::<OutcomeEntry>(bytes),
        9 => canonical::<WorkflowEntry>(bytes),
        10 => canonical::<TradeEntry>(bytes),
        11 => canonical::<WaiverEntry>(bytes),
        12 => canonical::<QuotaEntry>(bytes),
        13 => canonical::<LogEntry>(bytes),
        14 => canonical::<Round>(bytes),
        15 => canonical::<Dealt>(bytes),
        16 => canonical::<Decided>(bytes),
        17 => canonical::<SlotKeys>(bytes),
        18 => canonical::<EarlierCommitment>(bytes),
        19 => canonical::<Turns>(bytes),
        20 => canonical::<Alias>(bytes),
        21 => canonical::<CheckTextEntry>(bytes),
        _ => drop::<Option<About>>(Key::about(bytes)),
    }
}

/// A packet of a peer, or an entry of the engine's log.
pub fn packet(bytes: &[u8]) {
    sealane_consensus::read_packet(bytes);
}

/// A verifying key of the financing circuit, or of a check.
pub fn verifying_key(bytes: &[u8]) {
    let (inputs, rest) = choice(bytes);
    if let Ok(key) = VerifyingKey::decode(rest) {
        assert!(key.encode() == rest, "one key has one encoding");
    }
    let _ = VerifyingKey::decode_for(rest, usize::from(inputs));
}

/// A proof of the state: 32 bytes of root, 32 of key, then the proof.
pub fn state_proof(bytes: &[u8]) {
    let Some((root, rest)) = bytes.split_first_chunk::<32>() else {
        return;
    };
    let (key, proof) = rest.split_at_checked(32).unwrap_or((rest, &[]));
    let root = StateRoot::new(*root);
    for value in [None, Some(&b"value"[..])] {
        let shown = sealane_wire::proof::verify(&root, key, value, proof);
        assert!(shown.is_err(), "a proof under a root that nobody computed");
    }
}

/// A card, and a file with fields.
pub fn handover(bytes: &[u8]) {
    let chain = ChainId::new([1; 32]);
    let _ = Card::read(bytes, chain);
    let secret = InstitutionSecret::import(Suite::International, &[8; 32]);
    let _ = Handover::open(bytes, chain, &secret.receiving());
    let _ = decode_fields(Suite::International, &mut Reader::new(bytes));
}

/// A keystore's file.
pub fn keystore(bytes: &[u8]) {
    let unlock = Unlock::KeyFile(KeyFile::generate());
    let _ = keystore::open::<InstitutionSecrets>(bytes, &unlock);
}

/// Files that a clerk gets from others, and a home's own settings; the first byte says of which kind.
pub fn desk(bytes: &[u8]) {
    let (kind, bytes) = choice(bytes);
    let chain = ChainId::new([1; 32]);
    match kind {
        0 => drop(receipt::verify(bytes, None)),
        1 => drop(join::admission(bytes, chain)),
        2 => drop(join::key_change(bytes, chain)),
        3 => drop(Agreed::read(bytes)),
        4 => drop(CheckProof::read(bytes)),
        5 => drop(turns::from_file(bytes)),
        6 => canonical::<CheckText>(bytes),
        _ => drop(std::str::from_utf8(bytes).map(Config::parse)),
    }
}

/// Bytes of a financing before its blinded points: root, context, alias, mask, the amount's commitment, the blinding's.
const FIXED: usize = 32 * 5 + 2;

/// A financing's proof, and before it the statement: [`FIXED`] bytes, then points of 32 bytes each. What is decoded is
/// verified.
pub fn proof(bytes: &[u8]) {
    let Some((rest, proof)) = bytes.split_last_chunk::<PROOF_BYTES>() else {
        return;
    };
    let Some((fixed, points)) = rest.split_first_chunk::<FIXED>() else {
        return;
    };
    let part = |at: usize| -> [u8; 32] { fixed[at..at + 32].try_into().expect("32 bytes") };
    let (points, _) = points.as_chunks::<32>();
    let unchecked = UncheckedStatement {
        root: part(0),
        context: part(32),
        alias: part(64),
        mask: u16::from_be_bytes([fixed[96], fixed[97]]),
        amount_commitment: part(98),
        commitment: part(130),
        blinded: points.to_vec(),
    };
    let decoded = FinancingStatement::decode(&unchecked);
    if let Ok(statement) = &decoded {
        assert!(
            statement.encode() == unchecked,
            "one statement has one encoding"
        );
    }
    static KEY: LazyLock<PreparedKey> = LazyLock::new(PreparedKey::financing_test);
    let inputs = decoded.map_or_else(|_| Vec::new(), |statement| statement.public_inputs());
    let verified = KEY.verify(&inputs, proof);
    assert!(
        verified.is_err() || !inputs.is_empty(),
        "a proof of no statement"
    );
}
