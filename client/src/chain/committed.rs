//! A transaction in a final block, and its receipt in the next header: what a node shows of it, and
//! what a receipt file carries.

use sealane_ledger::merkle::InclusionProof;
use sealane_types::encoding::Encode;
use sealane_types::ids::{BlockTime, Height, TxId};
use sealane_types::receipt::{Outcome, Receipt};
use sealane_types::transaction::Transaction;
use sealane_wire::v1;

use super::certified::decode;
use super::{Certified, Lie, Trust, place};

/// Longest transaction that is read: a sealed record of 1,024 lines has some 1.7 MB, and none can have 3 MiB.
pub(crate) const MAX_TRANSACTION: usize = sealane_types::block::MAX_TRANSACTION_BYTES;
/// Longest receipt that is read.
pub(crate) const MAX_RECEIPT: usize = 4096;

/// All that shows what became of a transaction, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The transaction's bytes, signature included.
    pub transaction: Vec<u8>,
    /// Its place among its block's.
    pub transaction_place: InclusionProof,
    /// The block's header.
    pub header: Vec<u8>,
    /// What makes it final.
    pub certificate: Vec<u8>,
    /// The receipt's bytes.
    pub receipt: Vec<u8>,
    /// Its place among its block's.
    pub receipt_place: InclusionProof,
    /// The next header, which carries the root of the receipts.
    pub next_header: Vec<u8>,
    /// What makes the next header final.
    pub next_certificate: Vec<u8>,
}

/// A transaction that is final, with its receipt: made by [`Evidence::check`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    transaction: Transaction,
    id: TxId,
    receipt: Receipt,
    block: Certified,
    evidence: Evidence,
}

impl Committed {
    /// The transaction.
    #[must_use]
    pub fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> TxId {
        self.id
    }

    /// Done, or refused with a reason.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.receipt.outcome
    }

    /// The height of its block.
    #[must_use]
    pub fn height(&self) -> Height {
        self.block.height()
    }

    /// The time of its block.
    #[must_use]
    pub fn time(&self) -> BlockTime {
        self.block.header().time
    }

    /// Its block's header.
    #[must_use]
    pub fn block(&self) -> &Certified {
        &self.block
    }

    /// All that shows it.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}

impl Evidence {
    /// Takes a node's answer as it travels.
    pub(crate) fn read(committed: v1::CommittedTransaction) -> Result<Self, Lie> {
        let header = committed.header.ok_or(Lie::Missing("header"))?;
        let next = committed.next_header.ok_or(Lie::Missing("next header"))?;
        Ok(Self {
            transaction: committed.transaction,
            transaction_place: place::read(&committed.transaction_proof, "transaction's place")?,
            header: header.header,
            certificate: header.certificate,
            receipt: committed.receipt,
            receipt_place: place::read(&committed.receipt_proof, "receipt's place")?,
            next_header: next.header,
            next_certificate: next.certificate,
        })
    }
}

impl Evidence {
    /// Checks all of a transaction's evidence: both certificates, that the headers follow one
    /// another, both places, and that the receipt is the transaction's. The transaction's signature
    /// was the ledger's to check.
    ///
    /// # Errors
    /// Names what does not hold.
    pub fn check(self, trust: &Trust) -> Result<Committed, Lie> {
        let block = trust.certify(&self.header, &self.certificate)?;
        let next = trust.certify(&self.next_header, &self.next_certificate)?;
        check_consecutive(&block, &next)?;
        let transaction: Transaction = decode(&self.transaction, MAX_TRANSACTION, "transaction")?;
        let receipt: Receipt = decode(&self.receipt, MAX_RECEIPT, "receipt")?;
        let places = (&self.transaction_place, &self.receipt_place);
        let root = &block.header().transactions;
        place::check(places.0, &self.transaction, root, "transaction")?;
        let root = &next.header().receipts;
        place::check(places.1, &self.receipt, root, "receipt")?;
        let id = check_receipt(trust, &transaction, &receipt)?;
        if places.0.position != places.1.position {
            return Err(Lie::OtherReceipt);
        }
        debug_assert_eq!(transaction.to_bytes(), self.transaction);
        Ok(Committed {
            transaction,
            id,
            receipt,
            block,
            evidence: self,
        })
    }
}

/// Checks that one header comes right after another.
pub(super) fn check_consecutive(block: &Certified, next: &Certified) -> Result<(), Lie> {
    let follows = next.header().previous == block.id();
    match follows && next.height() == block.height().next() {
        true => Ok(()),
        false => Err(Lie::NotConsecutive),
    }
}

/// Checks that a receipt is a transaction's, and the transaction of the chain that is trusted; the transaction's id.
pub(super) fn check_receipt(
    trust: &Trust,
    transaction: &Transaction,
    receipt: &Receipt,
) -> Result<TxId, Lie> {
    let body = &transaction.body;
    let id = sealane_ledger::transaction_id(body);
    let same = receipt.transaction == id
        && receipt.signer == body.signer
        && receipt.record == body.payload.record();
    match same && body.chain == trust.chain() {
        true => Ok(id),
        false => Err(Lie::OtherReceipt),
    }
}
