//! Every domain separator of Sealane, in one file, so that no two uses can share one unseen.
//!
//! A tag never changes: what it separates would hash, sign or encrypt to something else. New tags
//! are added at the end of their table; a test sees that all are distinct.

/// Tag of a Poseidon call: sixteen ASCII bytes that stand in the capacity element.
pub type PoseidonTag = [u8; 16];

/// A leaf of a record: presence, two values, blinding; or a party's identifiers, blinding.
pub const LEAF: PoseidonTag = *b"sealane leaf  v1";
/// Node over sixteen leaves of a record's header.
pub const GROUP_NODE: PoseidonTag = *b"sealane group v1";
/// Node over the two groups of a record's header.
pub const HEADER_NODE: PoseidonTag = *b"sealane headr v1";
/// Node over one field's leaves in sixteen lines.
pub const COLUMN_NODE: PoseidonTag = *b"sealane colmn v1";
/// Node over one field's nodes, where there are more than sixteen lines.
pub const COLUMN_ROOT: PoseidonTag = *b"sealane croot v1";
/// Node over the roots of a column's parts, where there are more than 128 lines.
pub const COLUMN_PARTS: PoseidonTag = *b"sealane cpart v1";
/// Node over the seven fields of the lines.
pub const LINES_ROOT: PoseidonTag = *b"sealane lroot v1";
/// The record root.
pub const RECORD_ROOT: PoseidonTag = *b"sealane recrd v1";
/// Commitment to a payable amount and its currency.
pub const AMOUNT: PoseidonTag = *b"sealane amnt  v1";
/// Input `x` of a fingerprint.
pub const FINGERPRINT: PoseidonTag = *b"sealane fingr v1";
/// Commitment to what the passes of a check in parts have counted.
pub const TALLY: PoseidonTag = *b"sealane tally v1";
/// Commitment to an alias' legal identifiers.
pub const ALIAS: PoseidonTag = *b"sealane alias v1";
/// The blinding of that commitment, from the marks of its identifiers and a secret.
pub const ALIAS_MARKS: PoseidonTag = *b"sealane marks v1";

/// All Poseidon tags, for the test that they are distinct.
pub const POSEIDON_TAGS: [PoseidonTag; 13] = [
    LEAF,
    GROUP_NODE,
    HEADER_NODE,
    COLUMN_NODE,
    COLUMN_ROOT,
    COLUMN_PARTS,
    LINES_ROOT,
    RECORD_ROOT,
    AMOUNT,
    FINGERPRINT,
    ALIAS,
    ALIAS_MARKS,
    TALLY,
];

/// Hash to field: text of a leaf's input.
pub const FIELD_TEXT: &[u8] = b"sealane/v1/field/text";
/// Hash to field: a byte string of a leaf's input.
pub const FIELD_BYTES: &[u8] = b"sealane/v1/field/bytes";
/// Hash to field: the document of a line that counts in one of several, nobody knows which.
pub const FIELD_UNKNOWN: &[u8] = b"sealane/v1/field/unknown-document";
/// Hash to field: the canonical bytes of a record's public header.
pub const FIELD_CONTEXT: &[u8] = b"sealane/v1/field/context";
/// Hash to field: a record's salt.
pub const FIELD_SALT: &[u8] = b"sealane/v1/field/salt";
/// Hash to field: a leaf's blinding from 64 bytes of key material.
pub const FIELD_BLINDING: &[u8] = b"sealane/v1/field/blinding";
/// Digest of a circuit's matrices.
pub const CIRCUIT_DIGEST: &[u8] = b"sealane/v1/circuit/digest";
/// Seed of the test keys of a circuit. Public: whoever knows it can forge.
pub const TEST_KEYS: &[u8] = b"sealane/v1/circuit/test-keys";
/// Checksum of a cached proving key.
pub const KEY_CACHE: &[u8] = b"sealane/v1/circuit/key-cache";
/// Identifier of a verifying key.
pub const VERIFYING_KEY: &[u8] = b"sealane/v1/circuit/verifying-key";
/// Weights of a batch of proofs.
pub const BATCH_WEIGHTS: &[u8] = b"sealane/v1/verifier/batch";
/// A transaction's id, over its signed body.
pub const TRANSACTION_ID: &[u8] = b"sealane/v1/id/transaction";
/// A block's id, over its header.
pub const BLOCK_ID: &[u8] = b"sealane/v1/id/block";
/// A chain's id, over its genesis.
pub const CHAIN_ID: &[u8] = b"sealane/v1/id/chain";
/// A validator set's hash.
pub const VALIDATOR_SET: &[u8] = b"sealane/v1/id/validators";
/// A record's digest, over all its bytes.
pub const RECORD_DIGEST: &[u8] = b"sealane/v1/id/record";
/// The Merkle root of no leaves.
pub const MERKLE_EMPTY: &[u8] = b"sealane/v1/merkle/empty";
/// A Merkle leaf.
pub const MERKLE_LEAF: &[u8] = b"sealane/v1/merkle/leaf";
/// A Merkle node over two nodes.
pub const MERKLE_NODE: &[u8] = b"sealane/v1/merkle/node";
/// The rolling digest of the fingerprint log.
pub const FINGERPRINT_LOG: &[u8] = b"sealane/v1/ledger/log";
/// A published check's name and version.
pub const CHECK_NAME: &[u8] = b"sealane/v1/check/name";
/// The text of a published check.
pub const CHECK_SOURCE: &[u8] = b"sealane/v1/check/source";
/// A check over records, whose outcome stands on the chain.
pub const CHECK_OUTCOME: &[u8] = b"sealane/v1/check/outcome";
/// Signature over a transaction's body.
pub const SIGN_TRANSACTION: &[u8] = b"sealane/v1/sign/transaction";
/// Signature over a validator's vote.
pub const SIGN_VOTE: &[u8] = b"sealane/v1/sign/vote";
/// Signatures over messages of consensus other than commit votes.
pub const SIGN_CONSENSUS: &[u8] = b"sealane/v1/sign/consensus";
/// Weights of a batch of signatures.
pub const SIGNATURE_WEIGHTS: &[u8] = b"sealane/v1/sign/weights";
/// Key tree: the root of the grant tree, from an institution's secret.
pub const KEY_GRANTS: &[u8] = b"sealane/v1/key/grants";
/// Beside the key tree: the secret that fingerprint blindings come from.
pub const KEY_OPRF: &[u8] = b"sealane/v1/key/oprf";
/// Key tree: a schema's key.
pub const KEY_SCHEMA: &[u8] = b"sealane/v1/key/schema";
/// Key tree: a month's key.
pub const KEY_PERIOD: &[u8] = b"sealane/v1/key/period";
/// Key tree: a record's key.
pub const KEY_RECORD: &[u8] = b"sealane/v1/key/record";
/// Key tree: a field's key.
pub const KEY_FIELD: &[u8] = b"sealane/v1/key/field";
/// From a field key: the cipher's key.
pub const KEY_AEAD: &[u8] = b"sealane/v1/key/cipher";
/// From a field key: the leaf's blinding.
pub const KEY_LEAF: &[u8] = b"sealane/v1/key/leaf";
/// From a field key: its public name.
pub const KEY_ID: &[u8] = b"sealane/v1/key/public-id";
/// From a record key: the amount commitment's blinding.
pub const KEY_AMOUNT: &[u8] = b"sealane/v1/key/amount";
/// From the fingerprint secret: the blinding of a presented set.
pub const KEY_BLINDING: &[u8] = b"sealane/v2/key/blinding";
/// From the fingerprint secret: what stands in a fill-up's input.
pub const KEY_FILL_UP: &[u8] = b"sealane/v2/key/fill-up";
/// Hash to field: the base of a fingerprint slot, by its number.
pub const SLOT_BASE: &[u8] = b"sealane/v2/fingerprint/base";
/// Digest of a record's header that every ciphertext is bound to.
pub const SEALED_HEADER: &[u8] = b"sealane/v1/seal/header";
/// Transcript of a validator's answer.
pub const OPRF_ANSWER: &[u8] = b"sealane/v2/oprf/answer";
/// Transcript of a financing's last proof.
pub const OPRF_FINAL: &[u8] = b"sealane/v2/oprf/final";
/// Weights of a composite proof.
pub const OPRF_WEIGHT: &[u8] = b"sealane/v2/oprf/weight";
/// Challenge of a composite proof.
pub const OPRF_CHALLENGE: &[u8] = b"sealane/v2/oprf/challenge";
/// Nonce of a composite proof.
pub const OPRF_NONCE: &[u8] = b"sealane/v1/oprf/nonce";
/// Coefficients of a dealt key.
pub const OPRF_DEAL: &[u8] = b"sealane/v1/oprf/deal";
/// A new fingerprint key.
pub const OPRF_SECRET: &[u8] = b"sealane/v1/oprf/secret";
/// Beside the key tree: the key of digests by which an institution knows its documents again.
pub const KEY_JOURNAL: &[u8] = b"sealane/v1/key/journal";
/// Beside the key tree: the seed of the key of a validator's connections.
pub const KEY_NETWORK: &[u8] = b"sealane/v1/key/network";
/// A new alias' key says that it is its own.
pub const SIGN_POSSESSION: &[u8] = b"sealane/v1/sign/possession";
/// Beside the key tree: the seed of a customer's key that its bank keeps.
pub const KEY_CUSTOMER: &[u8] = b"sealane/v1/key/customer";
/// From an institution's secret: the blinding of an alias' commitment.
pub const KEY_IDENTITY: &[u8] = b"sealane/v1/key/identity";
/// Beside the key tree: the key of an institution's own file.
pub const KEY_FILE: &[u8] = b"sealane/v1/key/file";
/// A holder's new key for a round of the fingerprint key.
pub const OPRF_SHARE_SECRET: &[u8] = b"sealane/v1/oprf/share-secret";
/// Transcript: a holder knows the secret of its key for a round.
pub const OPRF_SHARE_KEY: &[u8] = b"sealane/v1/oprf/holder-key";
/// Numbers that a dealer draws.
pub const OPRF_DEALING: &[u8] = b"sealane/v1/oprf/polynomial";
/// What hides a share on its way to its holder.
pub const OPRF_SHARE: &[u8] = b"sealane/v1/oprf/pad";
/// Transcript: a dealer knows the constant term.
pub const OPRF_DEALING_CONSTANT: &[u8] = b"sealane/v1/oprf/constant-term";
/// Transcript: a dealer knows the ephemeral secret.
pub const OPRF_DEALING_EPHEMERAL: &[u8] = b"sealane/v1/oprf/ephemeral-term";
/// Transcript of a complaint.
pub const OPRF_COMPLAINT: &[u8] = b"sealane/v1/oprf/complaint";
/// Transcript: a holder has its share, and these are its parts of the slot keys.
pub const OPRF_CONFIRMATION: &[u8] = b"sealane/v2/oprf/confirmation";
/// Beside the key tree: the secret that opens hand-over files.
pub const KEY_RECEIVE: &[u8] = b"sealane/v1/key/receive";
/// What the encryption of a hand-over file is bound to beside its header.
pub const HANDOVER: &[u8] = b"sealane/v1/seal/handover";
/// Signature over what a hand-over file gives.
pub const SIGN_HANDOVER: &[u8] = b"sealane/v1/sign/handover";
/// Signature over a card: whose receiving key it is.
pub const SIGN_CARD: &[u8] = b"sealane/v1/sign/card";
/// The receiving key's signature over a card: that its maker holds it.
pub const SIGN_RECEIVING: &[u8] = b"sealane/v1/sign/receiving";
/// An alias' key says that it gets more legal identifiers.
pub const SIGN_AMENDMENT: &[u8] = b"sealane/v1/sign/amendment";
/// The key of a seller's alias says that a bank may finance a record under it.
pub const SIGN_CONSENT: &[u8] = b"sealane/v1/sign/consent";

/// All byte tags, for the test that they are distinct and none begins another.
pub const BYTE_TAGS: &[&[u8]] = &[
    FIELD_TEXT,
    FIELD_BYTES,
    FIELD_CONTEXT,
    FIELD_SALT,
    FIELD_BLINDING,
    CIRCUIT_DIGEST,
    TEST_KEYS,
    KEY_CACHE,
    VERIFYING_KEY,
    BATCH_WEIGHTS,
    TRANSACTION_ID,
    BLOCK_ID,
    CHAIN_ID,
    VALIDATOR_SET,
    RECORD_DIGEST,
    MERKLE_EMPTY,
    MERKLE_LEAF,
    MERKLE_NODE,
    FINGERPRINT_LOG,
    CHECK_NAME,
    CHECK_SOURCE,
    CHECK_OUTCOME,
    SIGN_TRANSACTION,
    SIGN_VOTE,
    SIGN_CONSENSUS,
    KEY_NETWORK,
    SIGNATURE_WEIGHTS,
    KEY_GRANTS,
    KEY_OPRF,
    KEY_SCHEMA,
    KEY_PERIOD,
    KEY_RECORD,
    KEY_FIELD,
    KEY_AEAD,
    KEY_LEAF,
    KEY_ID,
    KEY_AMOUNT,
    KEY_BLINDING,
    KEY_FILL_UP,
    SLOT_BASE,
    SEALED_HEADER,
    OPRF_ANSWER,
    OPRF_FINAL,
    OPRF_WEIGHT,
    OPRF_CHALLENGE,
    OPRF_NONCE,
    OPRF_DEAL,
    OPRF_SECRET,
    KEY_JOURNAL,
    SIGN_POSSESSION,
    KEY_CUSTOMER,
    KEY_IDENTITY,
    KEY_FILE,
    OPRF_SHARE_SECRET,
    OPRF_SHARE_KEY,
    OPRF_DEALING,
    OPRF_SHARE,
    OPRF_DEALING_CONSTANT,
    OPRF_DEALING_EPHEMERAL,
    OPRF_COMPLAINT,
    OPRF_CONFIRMATION,
    KEY_RECEIVE,
    HANDOVER,
    SIGN_HANDOVER,
    SIGN_CARD,
    SIGN_RECEIVING,
    FIELD_UNKNOWN,
    SIGN_AMENDMENT,
    SIGN_CONSENT,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_uses_share_a_tag() {
        for (index, tag) in POSEIDON_TAGS.iter().enumerate() {
            assert!(!POSEIDON_TAGS[..index].contains(tag));
            assert!(tag.is_ascii());
        }
        for (index, tag) in BYTE_TAGS.iter().enumerate() {
            let mut others = BYTE_TAGS.iter().enumerate();
            assert!(others.all(|(at, other)| at == index || !other.starts_with(tag)));
        }
    }
}
