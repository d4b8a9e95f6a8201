//! What has passed semantic verification. The constructors are this crate's own, so what was not
//! verified cannot be applied: it does not type-check.

use sealane_types::alias::{AmendAlias, RegisterAlias, SetStanding};
use sealane_types::block::BlockHeader;
use sealane_types::cross_check::CheckRef;
use sealane_types::fingerprint::{Fingerprint, Mask, Rule};
use sealane_types::governance::{CastVote, Propose};
use sealane_types::ids::{
    AliasId, Digest, Epoch, FieldBytes, Height, PointBytes, RecordId, Sequence, ShareIndex,
    TradeId, TxId,
};
use sealane_types::receipt::Refusal;
use sealane_types::record::RecordHeader;
use sealane_types::sharing::{Confirm, Dealing, FingerprintKey, RegisterShareKey};
use sealane_types::trade::{CorrectTrade, OpenTrade, TakeStep, WaiveRequirement};
use sealane_types::transaction::Release;

use crate::cross_check::RecordShown;

/// A transaction whose signature, chain and sequence are right, and whose proofs were checked: they
/// hold, or the reason for refusing it is known.
#[derive(Debug, Clone)]
pub struct VerifiedTransaction {
    pub(crate) id: TxId,
    pub(crate) signer: AliasId,
    pub(crate) sequence: Sequence,
    pub(crate) record: Option<RecordId>,
    pub(crate) action: Result<Action, Refusal>,
}

impl VerifiedTransaction {
    /// The transaction's id.
    #[must_use]
    pub fn id(&self) -> TxId {
        self.id
    }

    /// Whose it is.
    #[must_use]
    pub fn signer(&self) -> AliasId {
        self.signer
    }

    /// The refusal that verification found; execution may find others.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        self.action.as_ref().err()
    }
}

/// A block whose header follows from the chain's tip, and whose transactions are verified.
#[derive(Debug, Clone)]
pub struct VerifiedBlock {
    pub(crate) header: BlockHeader,
    pub(crate) transactions: Vec<VerifiedTransaction>,
}

impl VerifiedBlock {
    /// The block's header.
    #[must_use]
    pub fn header(&self) -> &BlockHeader {
        &self.header
    }

    /// Its transactions, in order.
    #[must_use]
    pub fn transactions(&self) -> &[VerifiedTransaction] {
        &self.transactions
    }
}

/// What a verified transaction does.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// The root follows from header and leaves.
    Seal(Box<VerifiedRecord>),
    /// The financing statement holds of the record.
    Present(VerifiedSet),
    /// The answer has the discrete logarithm of the share's public key.
    Answer(VerifiedAnswer),
    /// The fingerprints are the unblinded answers.
    Finance(VerifiedFinancing),
    /// Needs no proof.
    Release(Release),
    /// The key's holder wants to be this alias; the commitment is one.
    Register(RegisterAlias),
    /// The alias' key wants the new commitment, which is one.
    Amend(AmendAlias),
    /// Needs no proof.
    SetStanding(SetStanding),
    /// New keys are their holders', new commitments are such.
    Propose(Propose),
    /// Needs no proof.
    Vote(CastVote),
    /// The signer knows the key's secret.
    RegisterShareKey(RegisterShareKey),
    /// The dealing has the form and the proofs that it must have.
    Deal(Box<VerifiedDealing>),
    /// The share is bad.
    Complain(VerifiedComplaint),
    /// The signer has the share, and its parts of the slot keys are right.
    Confirm(Box<VerifiedConfirmation>),
    /// The proof shows what the state says.
    CrossCheck(Box<VerifiedCrossCheck>),
    /// The field does not hold what the record commits to, or nothing that its schema has.
    OpenField {
        /// The record.
        record: RecordId,
        /// The field's place.
        place: [u8; 3],
    },
    /// Needs no proof.
    OpenTrade(OpenTrade),
    /// Needs no proof.
    TakeStep(TakeStep),
    /// Needs no proof.
    CorrectTrade(CorrectTrade),
    /// Needs no proof.
    Waive(WaiveRequirement),
}

#[derive(Debug, Clone)]
pub(crate) struct VerifiedDealing {
    pub epoch: Epoch,
    pub dealer: ShareIndex,
    pub dealing: Dealing,
}

#[derive(Debug, Clone)]
pub(crate) struct VerifiedComplaint {
    pub epoch: Epoch,
    pub dealer: ShareIndex,
}

#[derive(Debug, Clone)]
pub(crate) struct VerifiedConfirmation {
    pub epoch: Epoch,
    pub index: ShareIndex,
    /// What its proof was verified under: the transcript has the whole key's `K` and the holder's `K_j`.
    pub key: FingerprintKey,
    /// The parts of the slot keys, and the proof of them and of the share.
    pub said: Confirm,
}

#[derive(Debug, Clone)]
pub(crate) struct VerifiedRecord {
    pub header: RecordHeader,
    pub id: RecordId,
    pub digest: Digest,
    pub context: FieldBytes,
}

#[derive(Debug, Clone)]
pub(crate) struct VerifiedSet {
    pub record: RecordId,
    /// The seller's, with a commitment that serves the record.
    pub alias: AliasId,
    pub alias_commitment: FieldBytes,
    pub mask: Mask,
    pub amount_commitment: FieldBytes,
    pub blinding: PointBytes,
    pub blinded: Vec<PointBytes>,
}

#[derive(Debug, Clone)]
pub(crate) struct VerifiedAnswer {
    pub record: RecordId,
    pub epoch: Epoch,
    pub index: ShareIndex,
    pub points: Vec<PointBytes>,
}

#[derive(Debug, Clone)]
pub(crate) struct VerifiedFinancing {
    pub record: RecordId,
    /// For the slots of the mask, in order.
    pub fingerprints: Vec<Fingerprint>,
    pub hold_until: Option<Height>,
    /// Since which other record it is to last.
    pub since: Option<RecordId>,
    /// The rules waived, ascending.
    pub waived: Vec<Rule>,
    /// Whether the seller's alias has signed that this bank may finance the record.
    pub consented: bool,
    /// The trade that must let it be financed.
    pub trade: Option<TradeId>,
}

#[derive(Debug, Clone)]
pub(crate) struct VerifiedCrossCheck {
    pub check: CheckRef,
    /// The records, by declared document.
    pub records: Vec<Vec<RecordShown>>,
    /// Which requirements are met.
    pub bits: Vec<bool>,
}

impl VerifiedCrossCheck {
    /// The records' ids, by declared document.
    pub fn ids(&self) -> Vec<Vec<RecordId>> {
        let ids = |list: &Vec<RecordShown>| list.iter().map(|record| record.root).collect();
        self.records.iter().map(ids).collect()
    }

    /// How many fields of the records are opened.
    pub fn opened(&self) -> u32 {
        let opened = self.records.iter().flatten();
        let count = opened.map(|record| record.opened.len()).sum::<usize>();
        u32::try_from(count).expect("128 records have at most 7,201 fields each")
    }
}
