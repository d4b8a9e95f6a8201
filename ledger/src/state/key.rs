//! Where things stand in the state.
//!
//! | first byte | then | value |
//! | --- | --- | --- |
//! | `01` | | the chain's parameters |
//! | `02` | alias | the alias |
//! | `03` | alias | its next sequence |
//! | `04` | | the fingerprint key's present epoch |
//! | `05` | epoch | that epoch's public key and share holders |
//! | `06` | | the validator set |
//! | `07` | | who decides, what is scheduled, the protocol's version |
//! | `08` | | the banks, each with a vote |
//! | `09` | a member's name, filled up with zeros | the member |
//! | `0a` | proposal | the proposal |
//! | `0b` | | the heights at which the validators became others |
//! | `0c` | such a height | the validators from it on |
//! | `0d` | | the newest round of the fingerprint key, by its epoch |
//! | `0e` | epoch | the round |
//! | `0f` | epoch, dealer's index | its dealing |
//! | `10` | record | what the ledger knows of the record |
//! | `11` | record | its blinded set |
//! | `12` | record, epoch | the answers to it |
//! | `13` | record | the completed set |
//! | `14` | record | its financing |
//! | `15` | first record of a line of replacements | the record of that line that was financed last |
//! | `16` | record | its fields that were opened because they were sealed wrongly |
//! | `17` | check at its sizes, hashed | what is published of it |
//! | `18` | check's name and version, hashed | the digest of its text, and since when the check is void |
//! | `19` | check and records, hashed | what was proven of them |
//! | `20` | fingerprint of the strict rule | the record that took it last |
//! | `21` | fingerprint of a looser rule | the records that took it |
//! | `30` | bank | what counts against the bank's quotas |
//! | `31` | | how long the fingerprint log is, and its digest |
//! | `32` | validator | what it is blamed for |
//! | `33` | alias | the commitments to its identifiers that it had before |
//! | `34` | blinding `S` of a presented set | the record that presented it |
//! | `35` | epoch, holder's index | its part of the slot keys, with its proof |
//! | `36` | fingerprint key `K` | its slot keys, and whose parts they are combined from |
//! | `37` | record whose financing was taken over | the record that has it now, through all takeovers |
//! | `40` | name, filled up with zeros, and version | a workflow |
//! | `41` | trade | the trade |
//! | `42` | first record of a line of replacements | the trade that the line is in |
//! | `43` | alias | how many trades name it |
//! | `44` | alias, number from 0 | such a trade |
//!
//! Numbers in keys are big-endian. What follows one first byte has one length, so no key is the
//! beginning of another.

use sealane_crypto::hash::hash;
use sealane_crypto::tags;
use sealane_types::alias::MAX_NAME;
use sealane_types::cross_check::CheckRef;
use sealane_types::encoding::{Encode, put_list};
use sealane_types::fingerprint::Fingerprint;
use sealane_types::ids::{
    AliasId, Epoch, Height, PointBytes, ProposalId, RecordId, ShareIndex, TradeId,
};
use sealane_types::workflow::{MAX_WORD, Versioned};

/// A key of the state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<u8>);

/// What a key is about, of those that say what belongs to a state beside itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// What the ledger knows of this record.
    Record(RecordId),
    /// This record's blinded set.
    BlindedSet(RecordId),
    /// This record's completed set.
    Completed(RecordId),
}

impl Key {
    /// What the key with these bytes is about, where it is one of [`Key::record`], [`Key::blinded_set`] and
    /// [`Key::completed`].
    #[must_use]
    pub fn about(bytes: &[u8]) -> Option<About> {
        let (first, record) = bytes.split_first()?;
        let record = RecordId::new(record.try_into().ok()?);
        match first {
            0x10 => Some(About::Record(record)),
            0x11 => Some(About::BlindedSet(record)),
            0x13 => Some(About::Completed(record)),
            _ => None,
        }
    }

    fn new(first: u8, parts: &[&[u8]]) -> Self {
        let mut bytes = vec![first];
        parts.iter().for_each(|part| bytes.extend_from_slice(part));
        Self(bytes)
    }

    /// The key's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The chain's parameters.
    #[must_use]
    pub fn parameters() -> Self {
        Self::new(0x01, &[])
    }

    /// An alias.
    #[must_use]
    pub fn alias(alias: &AliasId) -> Self {
        Self::new(0x02, &[alias.as_bytes()])
    }

    /// An alias' next sequence; absent before its first transaction.
    #[must_use]
    pub fn sequence(alias: &AliasId) -> Self {
        Self::new(0x03, &[alias.as_bytes()])
    }

    /// The fingerprint key's present epoch.
    #[must_use]
    pub fn present_epoch() -> Self {
        Self::new(0x04, &[])
    }

    /// The public part of one epoch of the fingerprint key.
    #[must_use]
    pub fn fingerprint_key(epoch: Epoch) -> Self {
        Self::new(0x05, &[&epoch.0.to_be_bytes()])
    }

    /// The validator set.
    #[must_use]
    pub fn validators() -> Self {
        Self::new(0x06, &[])
    }

    /// The [`super::Consortium`].
    #[must_use]
    pub fn consortium() -> Self {
        Self::new(0x07, &[])
    }

    /// The [`super::Voters`].
    #[must_use]
    pub fn voters() -> Self {
        Self::new(0x08, &[])
    }

    /// The alias of the member with this name, of at most [`MAX_NAME`] bytes.
    #[must_use]
    pub fn name(name: &str) -> Self {
        let mut padded = [0; MAX_NAME];
        let length = name.len().min(MAX_NAME);
        padded[..length].copy_from_slice(&name.as_bytes()[..length]);
        Self::new(0x09, &[&padded])
    }

    /// A [`super::ProposalEntry`].
    #[must_use]
    pub fn proposal(proposal: ProposalId) -> Self {
        Self::new(0x0a, &[&proposal.0.to_be_bytes()])
    }

    /// The [`super::Turns`].
    #[must_use]
    pub fn turns() -> Self {
        Self::new(0x0b, &[])
    }

    /// The validators from a turn on.
    #[must_use]
    pub fn validators_from(turn: Height) -> Self {
        Self::new(0x0c, &[&turn.0.to_be_bytes()])
    }

    /// The epoch of the newest round of the fingerprint key.
    #[must_use]
    pub fn newest_round() -> Self {
        Self::new(0x0d, &[])
    }

    /// A [`super::Round`].
    #[must_use]
    pub fn round(epoch: Epoch) -> Self {
        Self::new(0x0e, &[&epoch.0.to_be_bytes()])
    }

    /// A dealer's [`sealane_types::sharing::Dealing`].
    #[must_use]
    pub fn dealing(epoch: Epoch, dealer: ShareIndex) -> Self {
        Self::new(0x0f, &[&epoch.0.to_be_bytes(), &dealer.0.to_be_bytes()])
    }

    /// A validator's [`super::Blame`].
    #[must_use]
    pub fn blame(validator: &AliasId) -> Self {
        Self::new(0x32, &[validator.as_bytes()])
    }

    /// An alias' [`super::Earlier`] commitments; absent where it was never amended.
    #[must_use]
    pub fn commitments(alias: &AliasId) -> Self {
        Self::new(0x33, &[alias.as_bytes()])
    }

    /// The record that presented a set under this blinding.
    #[must_use]
    pub fn blinding(blinding: &PointBytes) -> Self {
        Self::new(0x34, &[blinding.as_bytes()])
    }

    /// A holder's part of the slot keys: a [`sealane_types::sharing::Confirm`].
    #[must_use]
    pub fn slot_keys_part(epoch: Epoch, holder: ShareIndex) -> Self {
        Self::new(0x35, &[&epoch.0.to_be_bytes(), &holder.0.to_be_bytes()])
    }

    /// The [`super::SlotKeys`] of a fingerprint key.
    #[must_use]
    pub fn slot_keys(key: &PointBytes) -> Self {
        Self::new(0x36, &[key.as_bytes()])
    }

    /// A [`super::RecordEntry`].
    #[must_use]
    pub fn record(record: &RecordId) -> Self {
        Self::new(0x10, &[record.as_bytes()])
    }

    /// A [`super::BlindedSet`].
    #[must_use]
    pub fn blinded_set(record: &RecordId) -> Self {
        Self::new(0x11, &[record.as_bytes()])
    }

    /// The [`super::Answers`] of one epoch.
    #[must_use]
    pub fn answers(record: &RecordId, epoch: Epoch) -> Self {
        Self::new(0x12, &[record.as_bytes(), &epoch.0.to_be_bytes()])
    }

    /// A [`super::Completed`] set.
    #[must_use]
    pub fn completed(record: &RecordId) -> Self {
        Self::new(0x13, &[record.as_bytes()])
    }

    /// A [`super::Financing`].
    #[must_use]
    pub fn financing(record: &RecordId) -> Self {
        Self::new(0x14, &[record.as_bytes()])
    }

    /// The record that was financed last of a line of replacements, by the line's first record.
    #[must_use]
    pub fn financed_of_line(first: &RecordId) -> Self {
        Self::new(0x15, &[first.as_bytes()])
    }

    /// The record that goes on, after one takeover or more, with a financing that began with this record.
    #[must_use]
    pub fn held_since(since: &RecordId) -> Self {
        Self::new(0x37, &[since.as_bytes()])
    }

    /// A record's [`super::OpenedFields`].
    #[must_use]
    pub fn opened_fields(record: &RecordId) -> Self {
        Self::new(0x16, &[record.as_bytes()])
    }

    /// A [`super::CheckEntry`].
    #[must_use]
    pub fn check(check: &CheckRef) -> Self {
        Self::new(0x17, &[&hash(tags::CHECK_NAME, &[&check.to_bytes()])])
    }

    /// A [`super::CheckTextEntry`].
    #[must_use]
    pub fn check_text(name: &str, version: u32) -> Self {
        let parts: [&[u8]; 2] = [name.as_bytes(), &version.to_be_bytes()];
        Self::new(0x18, &[&hash(tags::CHECK_NAME, &parts)])
    }

    /// The [`super::OutcomeEntry`] of a check over records, by its documents; in which order a list has them does not matter.
    #[must_use]
    pub fn outcome(check: &CheckRef, records: &[Vec<RecordId>]) -> Self {
        let mut bytes = check.to_bytes();
        for list in records {
            let mut list = list.clone();
            list.sort_unstable();
            put_list(&mut bytes, &list);
        }
        Self::new(0x19, &[&hash(tags::CHECK_OUTCOME, &[&bytes])])
    }

    /// A fingerprint: the record that took it last, or a [`super::LooseEntry`].
    #[must_use]
    pub fn fingerprint(fingerprint: &Fingerprint) -> Self {
        let first = if fingerprint.rule.is_strict() {
            0x20
        } else {
            0x21
        };
        Self::new(first, &[&fingerprint.to_bytes()])
    }

    /// A bank's [`super::QuotaEntry`]; absent before its first set.
    #[must_use]
    pub fn quota(bank: &AliasId) -> Self {
        Self::new(0x30, &[bank.as_bytes()])
    }

    /// A [`super::WorkflowEntry`].
    #[must_use]
    pub fn workflow(workflow: &Versioned) -> Self {
        let mut padded = [0; MAX_WORD];
        let name = workflow.name().as_bytes();
        padded[..name.len()].copy_from_slice(name);
        Self::new(0x40, &[&padded, &workflow.version().to_be_bytes()])
    }

    /// A [`super::TradeEntry`].
    #[must_use]
    pub fn trade(trade: &TradeId) -> Self {
        Self::new(0x41, &[trade.as_bytes()])
    }

    /// The trade that a record is in, by the first record of its line of replacements.
    #[must_use]
    pub fn trade_of(first: &RecordId) -> Self {
        Self::new(0x42, &[first.as_bytes()])
    }

    /// How many trades name an alias.
    #[must_use]
    pub fn trades(alias: &AliasId) -> Self {
        Self::new(0x43, &[alias.as_bytes()])
    }

    /// A trade that names an alias, by its number among these.
    #[must_use]
    pub fn trade_of_alias(alias: &AliasId, number: u32) -> Self {
        Self::new(0x44, &[alias.as_bytes(), &number.to_be_bytes()])
    }

    /// The [`super::LogHead`].
    #[must_use]
    pub fn log() -> Self {
        Self::new(0x31, &[])
    }
}

#[cfg(test)]
mod tests {
    use sealane_types::fingerprint::Rule;

    use super::*;

    #[test]
    fn a_key_tells_what_it_is_about() {
        let record = RecordId::new([7; 32]);
        let about = |key: Key| Key::about(key.as_bytes());
        assert_eq!(about(Key::record(&record)), Some(About::Record(record)));
        let set = Some(About::BlindedSet(record));
        assert_eq!(about(Key::blinded_set(&record)), set);
        let completed = Some(About::Completed(record));
        assert_eq!(about(Key::completed(&record)), completed);
        assert_eq!(about(Key::financing(&record)), None);
        assert_eq!(about(Key::answers(&record, Epoch(7))), None);
        assert_eq!(about(Key::alias(&AliasId::new([7; 32]))), None);
        assert_eq!(about(Key::log()), None);
    }

    #[test]
    fn no_key_is_the_beginning_of_another() {
        let (record, alias) = (RecordId::new([7; 32]), AliasId::new([7; 32]));
        let check: CheckRef = "a-check@7/8".parse().expect("a check");
        let print = |rule| {
            Key::fingerprint(&Fingerprint {
                rule,
                value: [7; 32],
            })
        };
        let keys = [
            Key::parameters(),
            Key::alias(&alias),
            Key::sequence(&alias),
            Key::present_epoch(),
            Key::fingerprint_key(Epoch(7)),
            Key::validators(),
            Key::consortium(),
            Key::voters(),
            Key::name("bank-a"),
            Key::name("bank-ab"),
            Key::proposal(ProposalId(7)),
            Key::turns(),
            Key::validators_from(Height(7)),
            Key::record(&record),
            Key::blinded_set(&record),
            Key::answers(&record, Epoch(7)),
            Key::completed(&record),
            Key::financing(&record),
            Key::financed_of_line(&record),
            print(Rule::Strict),
            print(Rule::WithoutDate),
            Key::quota(&alias),
            Key::log(),
            Key::newest_round(),
            Key::round(Epoch(7)),
            Key::dealing(Epoch(7), ShareIndex(7)),
            Key::blame(&alias),
            Key::opened_fields(&record),
            Key::check(&check),
            Key::check_text(check.name(), 7),
            Key::outcome(&check, &[vec![record]]),
            Key::workflow(&"a-b@7".parse().expect("a workflow")),
            Key::workflow(&"a@7".parse().expect("a workflow")),
            Key::trade(&TradeId::new([7; 32])),
            Key::trade_of(&record),
            Key::trades(&alias),
            Key::trade_of_alias(&alias, 7),
            Key::commitments(&alias),
            Key::held_since(&record),
            Key::blinding(&PointBytes::new([7; 32])),
            Key::slot_keys_part(Epoch(7), ShareIndex(7)),
            Key::slot_keys(&PointBytes::new([7; 32])),
        ];
        for (at, key) in keys.iter().enumerate() {
            for other in keys.iter().skip(at + 1) {
                let (key, other) = (key.as_bytes(), other.as_bytes());
                assert!(!key.starts_with(other) && !other.starts_with(key));
            }
        }
    }
}
