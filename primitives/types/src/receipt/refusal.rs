//! Why the rules refuse: reasons with stable codes, each a sentence that a person understands.

use thiserror::Error;

use super::{ChangeFault, DealingFault, TradeRefusal};
use crate::alias::Role;
use crate::encoding::{Decode, Encode, Tagged};
use crate::fingerprint::Rule;
use crate::ids::{Height, RecordId, ShareIndex};
use crate::workflow::Versioned;

/// Why the rules refuse a transaction. Codes never change.
#[derive(Debug, Clone, PartialEq, Eq, Error, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "refusal")]
pub enum Refusal {
    /// 1: a record with this root is on the chain already.
    #[error("this record is on the chain already")]
    RecordExists = 1,
    /// 2: the record's sealer or bank is not the signer's.
    #[error("the record names another sealer or bank than the transaction's signer")]
    NotTheSealer = 2,
    /// 3: there is no such record.
    #[error("no record with this id is on the chain")]
    UnknownRecord = 3,
    /// 4: the record to be replaced is not one of the sealer's, or of another kind.
    #[error("a record can replace only a record of the same sealer, bank and kind")]
    CannotReplace = 4,
    /// 5: the record to be replaced has been replaced.
    #[error("the record to be replaced has been replaced already, by {by}")]
    AlreadyReplaced {
        /// The newer record.
        by: RecordId,
    } = 5,
    /// 6: the record root does not follow from header and leaves.
    #[error(
        "the record's root does not follow from its header and leaves, or a ciphertext does not have the size of its field"
    )]
    WrongRoot = 6,
    /// 7: the record has presented its one set.
    #[error("this record has presented its blinded set already; each record has one")]
    AlreadyPresented = 7,
    /// 8: the bank's quota is used up.
    #[error(
        "the bank has used its {quota} inquiries of this day; financing a record gives its inquiry back, and ending that financing within seven days charges it again"
    )]
    QuotaUsedUp {
        /// Answered sets a day.
        quota: u32,
    } = 8,
    /// 9: documents of this kind are not financed.
    #[error("records of this kind cannot be financed")]
    NotFinanceable = 9,
    /// 10: the verifying key is none that the chain accepts.
    #[error("the proof names a verifying key that this chain does not accept")]
    UnknownVerifyingKey = 10,
    /// 11: a proof or a point in the transaction is wrong.
    #[error("the proof is not valid")]
    WrongProof = 11,
    /// 12: the record has not presented a set.
    #[error("this record has not presented a blinded set")]
    NotPresented = 12,
    /// 13: the signer holds no such share in this epoch.
    #[error("the signer does not hold this share of the fingerprint key in this epoch")]
    NotAShareHolder = 13,
    /// 14: this share has answered.
    #[error("this share has answered for this record already")]
    AlreadyAnswered = 14,
    /// 15: a validator's answer is wrong.
    #[error("the answer of share {share} is wrong: its proof does not hold")]
    WrongAnswer {
        /// The validator's share.
        share: ShareIndex,
    } = 15,
    /// 16: too few validators have answered.
    #[error("the blinded set has not been answered by enough validators yet")]
    NotAnswered = 16,
    /// 17: the signer is no bank.
    #[error("only a bank can finance")]
    NotABank = 17,
    /// 18: the record has been replaced.
    #[error("this record has been replaced by {by}, and cannot be financed or checked any more")]
    Replaced {
        /// The newer record.
        by: RecordId,
    } = 18,
    /// 19: a fingerprint is taken. By whom is not said: everybody reads this.
    #[error("this document is held or financed already, or was financed and repaid ({})", rule.description())]
    Duplicate {
        /// The rule.
        rule: Rule,
    } = 19,
    /// 20: documents that share traits are financed.
    #[error(
        "similar documents are financed: {}; financing needs a waiver with a reason for each",
        said(rules)
    )]
    Alert {
        /// The looser rules that were hit and not waived, ascending.
        #[encoding(list(Rule::ALL.len(), "rules"))]
        rules: Vec<Rule>,
    } = 20,
    /// 21: two fingerprints of one transaction are the same.
    #[error("two fingerprints of one transaction are the same")]
    RepeatedFingerprint = 21,
    /// 22: this record is held or financed by this bank or another.
    #[error("this record is financed already")]
    AlreadyFinanced = 22,
    /// 23: this record is held, by another bank, or by this one that asks for a hold again.
    #[error("this record is held already, until height {until}")]
    AlreadyHeld {
        /// Below this height.
        until: Height,
    } = 23,
    /// 24: the older record is held or financed, and this one has another seller's alias.
    #[error(
        "the record {older} that this one replaces is still held or financed, and this one was presented under another seller's alias"
    )]
    OlderIsFinanced {
        /// The older record.
        older: RecordId,
    } = 24,
    /// 25: only the holder moves a financing.
    #[error("only the bank that holds the financing can move it")]
    NotTheHolder = 25,
    /// 26: a hold ends in the past or too late.
    #[error("a hold ends at least one block later and lasts at most {blocks} blocks")]
    HoldOutOfRange {
        /// Most blocks.
        blocks: u64,
    } = 26,
    /// 27: a financed record's replacement must be financed, not held.
    #[error("a financing can be taken over only by financing the replacement, not by holding it")]
    HoldOverFinanced = 27,
    /// 28: nothing is held or financed for the record.
    #[error("this record is neither held nor financed")]
    NotFinanced = 28,
    /// 29: a hold is not repaid.
    #[error("a hold cannot be repaid; say withdrawn or mistaken")]
    HoldNotRepaid = 29,
    /// 30: the record was sealed for another chain.
    #[error("the record was sealed for another chain")]
    OtherChain = 30,
    /// 31: the signer's role does not allow it.
    #[error("a {} may not do this", role.name())]
    RoleForbids {
        /// The signer's role.
        role: Role,
    } = 31,
    /// 32: the signer may not act: it, or its bank, is suspended, closed, or at its end.
    #[error("the signer's alias, or its bank's, is suspended, closed or expired")]
    NotActive = 32,
    /// 33: the alias' id is in use.
    #[error("an alias with this id is on the chain already")]
    AliasExists = 33,
    /// 34: the key, its signature or the commitment is wrong.
    #[error("the alias' key or commitment is malformed, or the key's signature is wrong")]
    WrongKey = 34,
    /// 35: the bank has no such customer.
    #[error("this bank has no such customer on the chain")]
    NotYourCustomer = 35,
    /// 36: what is closed stays so.
    #[error("the alias is closed for good")]
    Closed = 36,
    /// 37: there is no such proposal.
    #[error("no proposal has this number")]
    UnknownProposal = 37,
    /// 38: the signer has voted.
    #[error("this member has voted on the proposal already")]
    AlreadyVoted = 38,
    /// 39: the proposal is decided, or has lapsed.
    #[error("the proposal is decided already, or has lapsed")]
    ProposalOver = 39,
    /// 40: the height is too near, or too far.
    #[error(
        "a change takes effect at least {least} and at most {most} blocks after it is proposed"
    )]
    HeightOutOfRange {
        /// Fewest blocks.
        least: u64,
        /// Most blocks.
        most: u64,
    } = 40,
    /// 41: the change cannot take effect.
    #[error("the change cannot take effect: {fault}")]
    ChangeFails {
        /// Why.
        fault: ChangeFault,
    } = 41,
    /// 42: too many changes wait.
    #[error("the most changes that can wait for their height are waiting already")]
    TooManyChanges = 42,
    /// 43: there is no such round.
    #[error("no round of the fingerprint key with this epoch is open")]
    NoRound = 43,
    /// 44: the signer has no part in the round.
    #[error("the signer is not a holder, or not a dealer, in this round of the fingerprint key")]
    NotInRound = 44,
    /// 45: keys change no more.
    #[error("all share keys of this round are fixed and can no longer change")]
    KeysFixed = 45,
    /// 46: the round has not come so far.
    #[error("this round of the fingerprint key has not reached that step yet")]
    NotYet = 46,
    /// 47: a dealer deals once.
    #[error("this dealer has dealt already")]
    AlreadyDealt = 47,
    /// 48: the dealing is wrong.
    #[error("the dealing is wrong: {fault}")]
    WrongDealing {
        /// What is wrong with it.
        fault: DealingFault,
    } = 48,
    /// 49: there is no dealing to complain about.
    #[error("this dealer has not dealt, or is disqualified already")]
    NoDealing = 49,
    /// 50: the share is good, or the complaint shows nothing.
    #[error("the complaint is false: the share is right, or the complaint's proof is not valid")]
    FalseComplaint = 50,
    /// 51: the holder has confirmed.
    #[error("this holder has confirmed its share already")]
    AlreadyConfirmed = 51,
    /// 52: a generation's dealings are decided.
    #[error("the dealings that count in this round are decided already")]
    DealingsOver = 52,
    /// 53: the check is not in force.
    #[error("no such check is in force on this chain at these sizes")]
    NoCheck = 53,
    /// 54: the proof's records or bits are not the check's.
    #[error(
        "the number of records or bits is not the check's, a record is given twice, or a list is not in ascending order"
    )]
    WrongShape = 54,
    /// 55: a record is not of the declared kind and version, or too long.
    #[error(
        "record {record} is not of the kind and schema version that the check declares, or has more lines than the check accepts"
    )]
    NotOfTheCheck {
        /// The record.
        record: RecordId,
    } = 55,
    /// 56: these bits stand on the chain.
    #[error("the outcome of this check over these records is on the chain already")]
    AlreadyChecked = 56,
    /// 57: a field of a record was opened meanwhile.
    #[error("a field of one of the records was published in the meantime: prove the check again")]
    FieldsOpened = 57,
    /// 58: the field is as it should be.
    #[error(
        "the field is sealed correctly, or the key is not the one that the record names for it"
    )]
    FieldSound = 58,
    /// 59: the field is opened.
    #[error("this field's key is published already")]
    AlreadyOpened = 59,
    /// 60 to 75, and 88: the workflow of a trade does not allow it.
    #[error(transparent)]
    #[encoding(others)]
    Trade(#[from] TradeRefusal),
    /// 76: what is for one trade stays as it is.
    #[error(
        "an alias for one trade cannot be amended, as that would link it to the customer's other aliases: register a new one"
    )]
    OneTrade = 76,
    /// 77: the commitment is not the one that the alias has.
    #[error(
        "the alias' commitment to its identifiers on the chain is not the one that the transaction names: read the alias again"
    )]
    OtherCommitment = 77,
    /// 78: the alias was amended as often as can be.
    #[error("the alias has been amended as often as is allowed: register a new one")]
    TooManyAmendments = 78,
    /// 79: nobody answers for the alias.
    #[error(
        "the seller's alias is not on the chain, or the alias or its bank is suspended, closed or expired"
    )]
    NotVouchedFor = 79,
    /// 80: the alias says that its bank only asks.
    #[error(
        "the seller's alias is registered for inquiries only: nothing can be financed under it"
    )]
    OnlyAsked = 80,
    /// 81: the alias' holder did not agree.
    #[error(
        "the seller's alias is neither the sealer's nor a customer's of the financing bank, and its key has not signed a consent for this record and bank"
    )]
    NoConsent = 81,
    /// 82: a blinding serves one set.
    #[error(
        "a set under this blinding was presented already: two sets would reveal the difference of their fingerprints"
    )]
    RepeatedBlinding = 82,
    /// 83: a hit by name counts where no identifier tells sellers apart.
    #[error(
        "a document with this seller's name, number and amount is held, financed or repaid, and this record has no number of its seller in a register, by which every bank would know the seller: the two cannot be told apart"
    )]
    SameName = 83,
    /// 84: nothing is presented or financed before the slot keys stand.
    #[error(
        "the fingerprint key and its slot keys are not complete yet: wait until enough holders have confirmed their shares"
    )]
    NoSlotKeys = 84,
    /// 85: what fingerprints rest on cannot be read.
    #[error(
        "a field from which the record's fingerprints are computed was sealed wrongly, as its published key shows: its sealer must seal the document again, as a replacement of this record"
    )]
    SealedWrongly = 85,
    /// 86: the bank's quota of financings is used up.
    #[error(
        "the bank has used its {quota} financings of this day; {debt} of them are charged for financings that ended within seven days"
    )]
    FinancingsUsedUp {
        /// Financings a day.
        quota: u32,
        /// Of these, those that financings which ended early have taken.
        debt: u32,
    } = 86,
    /// 87: the check is void.
    #[error("the members have made the check {check} void: no proof of it counts any more")]
    CheckVoid {
        /// Which.
        check: Versioned,
    } = 87,
    /// 89: the financing would not go on with the one that its signer expected.
    #[error(
        "the older record's hold or financing that this one was to take over has ended, or there is another one now"
    )]
    GoesOnOtherwise = 89,
    /// 90: the older record of its line is repaid, or another record has taken a strict fingerprint of it since.
    #[error(
        "the document of record {older}, in whose place this one is sealed, was financed and is repaid, or is financed under another record"
    )]
    OlderIsTaken {
        /// The older record.
        older: RecordId,
    } = 90,
}

impl Refusal {
    /// The stable number of the reason.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.tag()
    }
}

fn said(rules: &[Rule]) -> String {
    let all: Vec<_> = rules.iter().map(|rule| rule.description()).collect();
    all.join("; ")
}
