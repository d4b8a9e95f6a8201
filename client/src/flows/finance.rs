//! Financing: all steps from a sealed record to a receipt on disk.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use sealane_ledger::state::{RecordEntry, Stage as FinancingStage};
use sealane_statements::financing::Seller;
use sealane_types::alias::Role;
use sealane_types::fingerprint::Fingerprint;
use sealane_types::ids::{BlockTime, Height, RecordId, TradeId, TxId};
use sealane_types::receipt::{Done, Outcome, Refusal};
use sealane_types::record::Record;
use sealane_types::schema::Kind;
use sealane_types::transaction::{Finance, Payload, Waived, Waiver};

use super::free::Wished;
use super::seller::{Purpose, remark};
use super::{Agreed, Bank, Presented, RecordState, SellerFault, Whose};
use crate::chain::{Committed, Lie};
use crate::error::ClientError;
use crate::home::journal::{Action, Outbox};
use crate::progress::{Activity, Progress};
use crate::receipt;

/// What a bank decides when it finances.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FinanceOptions {
    /// Hold the document for this many blocks instead of financing it.
    pub hold_blocks: Option<u64>,
    /// What the bank finances over, each with its reason; sorted on the way. What does not stand in the way is left out.
    pub waivers: Vec<Waiver>,
    /// Whose document it is, by the bank's name for its customer; where not given, it is found by the document's identifiers.
    pub customer: Option<String>,
    /// A person has looked: the document is that customer's, although it does not name it.
    pub confirmed: bool,
    /// The word of another bank's customer, where the document is that one's.
    pub consent: Option<Agreed>,
    /// The trade that must stand where its workflow lets the record be financed.
    pub trade: Option<TradeId>,
}

/// A financed (or held) record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Financed {
    /// The record.
    pub record: RecordId,
    /// Held until this height; `None` where it is financed.
    pub held_until: Option<Height>,
    /// The older record whose financing it took over.
    pub took_over: Option<RecordId>,
    /// The block's height.
    pub height: Height,
    /// The block's time.
    pub time: BlockTime,
    /// The financing transaction.
    pub transaction: TxId,
    /// The size of the financing transaction.
    pub transaction_bytes: usize,
    /// The fingerprints taken, where this run computed them.
    pub fingerprints: Vec<Fingerprint>,
    /// What presenting took, where this run presented.
    pub presented: Option<Presented>,
    /// From sending the financing to its receipt; zero where an earlier run had sent it.
    pub ordering: Duration,
    /// The receipt in this home.
    pub receipt: PathBuf,
    /// Whether an earlier run had financed it.
    pub already: bool,
    /// Whether it was presented before the seller's alias was amended: it has no fingerprint of what was added since.
    pub amended_since: bool,
    /// What was to be waived and did not stand in the way: it is not on the chain.
    pub needless: Vec<Waived>,
    /// What the bank should know, where the document names earlier invoices whose financing it does not take over. It was told
    /// before anything was proven ([`Activity::Remarking`]).
    pub remark: Option<String>,
    /// The document's warnings, as they were told when it was sealed; told again before anything is proven
    /// ([`Activity::Warned`]).
    pub warnings: Vec<String>,
}

/// Whose document is financed, and what to know of it.
pub(super) struct Judged {
    pub seller: Seller,
    /// Whether the record was presented with fewer identifiers than the seller's alias has now.
    amended_since: bool,
    remark: Option<String>,
    /// What of the document itself is waived, and had to be.
    waived: Vec<Waived>,
    /// Since which other record the financing is to last, as it was when the document was judged.
    pub since: Option<RecordId>,
}

impl Bank {
    /// Finances a record, or holds it. Killed at any moment and called again, it goes on where it
    /// was.
    ///
    /// # Errors
    /// When the rules refuse it (a duplicate, an alert without a waiver: both are found on this side before anything is
    /// submitted, unless another bank is faster), the statement is not true of the document, or something cannot be
    /// reached.
    pub async fn finance(
        &self,
        record: &RecordId,
        options: &FinanceOptions,
        progress: &dyn Progress,
    ) -> Result<Financed, ClientError> {
        if let Some((outbox, committed)) = self
            .resume_others(Action::Finance, record, progress)
            .await?
        {
            let receipt = self.conclude(&outbox, &committed, progress).await?;
            self.must_be_done(&committed)?;
            if wanted(&committed, options) {
                return self.financed(&committed, receipt, true);
            }
        }
        if let Some(entry) = self.home().journal().entry(record)? {
            self.ensure_sealed(&entry, progress).await?;
        }
        let (state, entry) = self.must_be_on_chain(record).await?;
        if let Some(financed) = self.financed_before(&state, options, progress).await? {
            return Ok(financed);
        }
        self.check_before(&state, &entry)?;
        if let Some(trade) = &options.trade {
            self.must_take_financing(trade, record).await?;
        }
        let sealed = self
            .home()
            .record(record)?
            .ok_or(ClientError::NotOurs(*record))?;
        let judged = self.financed_seller(&sealed, &state, options, progress);
        let judged = judged.await?;
        let Judged {
            seller,
            amended_since,
            remark,
            mut waived,
            since,
        } = judged;
        for warning in self.home().warnings(record)? {
            progress.detail(Activity::Warned, &warning);
        }
        if let Some(remark) = &remark {
            progress.detail(Activity::Remarking, remark);
        }
        let consent = options.consent.as_ref();
        let consent = self.consent(&sealed, &seller.alias, consent).await?;
        let (finished, presented) = self.fingerprints(&sealed, seller, progress).await?;
        let prints = &finished.fingerprints;
        let hold_until = match options.hold_blocks {
            Some(blocks) => Some(self.hold_until(record, blocks).await?),
            None => None,
        };
        let wished = Wished {
            waivers: &options.waivers,
            hold_until,
            since,
            consented: consent.is_some(),
        };
        let free = self.must_be_free(record, prints, wished, progress);
        let rung = free.await;
        let rung = rung.map_err(|error| keeps_older(error, record, amended_since))?;
        waived.extend(rung.into_iter().map(Waived::Alert));
        let (waivers, needless) = needed(&options.waivers, &waived);
        let payload = Payload::Finance(Finance {
            record: *record,
            fingerprints: finished.points,
            proof: finished.proof,
            hold_until,
            since,
            waivers,
            consent,
            trade: options.trade,
        });
        let begun = Instant::now();
        let (outbox, committed) = self.transact(Action::Finance, payload, progress).await?;
        let ordering = begun.elapsed();
        let receipt = self.conclude(&outbox, &committed, progress).await?;
        if let Outcome::Refused(refusal) = committed.outcome() {
            return Err(self.lost(record, prints, refusal.clone()).await);
        }
        let mut financed = self.financed(&committed, receipt, false)?;
        financed.fingerprints = finished.fingerprints;
        financed.presented = presented;
        financed.ordering = ordering;
        financed.amended_since = amended_since;
        financed.needless = needless;
        financed.remark = remark;
        Ok(financed)
    }

    /// Whose document is financed, and that nothing it says stands in the way: before anything is proven.
    pub(super) async fn financed_seller(
        &self,
        record: &Record,
        state: &RecordState,
        options: &FinanceOptions,
        progress: &dyn Progress,
    ) -> Result<Judged, ClientError> {
        let claimed = self.claimed(record)?;
        claimed.must_claim()?;
        let customer = options.customer.as_deref();
        let (seller, alias) = match &state.set {
            None => {
                let whose = customer.map(|name| Whose {
                    name,
                    confirmed: options.confirmed,
                });
                let chosen = self
                    .seller(record, &claimed, whose, Purpose::Finance)
                    .await?;
                (chosen.seller, Some(chosen.alias))
            }
            Some(set) => {
                let commitment = &set.alias_commitment;
                let seller = self.presented_seller(record.id(), &set.alias, commitment)?;
                self.check_asked_for(record.id(), &seller, customer)?;
                (seller, self.alias(&set.alias).await?)
            }
        };
        let set = state.set.as_ref();
        let now = alias.as_ref().map(|alias| alias.commitment);
        let amended_since = set.is_some_and(|set| Some(set.alias_commitment) != now);
        let alias = alias.ok_or_else(|| SellerFault::NotOnChain(seller.alias.to_string()))?;
        if alias.role == Role::Asked {
            return Err(self.refused(Refusal::OnlyAsked));
        }
        if !alias.is_active(state.next_height) {
            return Err(self.refused(Refusal::NotVouchedFor));
        }
        // before the line is looked at, so that what is judged now and what the ledger finds are one
        let since = self.goes_on_with(&record.id(), seller.alias).await?;
        let earlier = self.looked_back(record, &claimed, &seller, progress);
        let earlier = earlier.await?;
        self.must_stand_alone(&earlier)?;
        let mut waived = Vec::new();
        for concern in self.concerns(&claimed, &seller, &earlier)? {
            let mut waivers = options.waivers.iter();
            if !waivers.any(|waiver| waiver.waived == concern.what) {
                return Err(SellerFault::Needs(concern).into());
            }
            waived.push(concern.what);
        }
        Ok(Judged {
            seller,
            amended_since,
            remark: remark(&claimed, &earlier),
            waived,
            since,
        })
    }

    /// That a record that was presented already was under the customer who is asked for.
    fn check_asked_for(
        &self,
        record: RecordId,
        seller: &Seller,
        customer: Option<&str>,
    ) -> Result<(), ClientError> {
        let Some(name) = customer else {
            return Ok(());
        };
        let book = self.home().customers()?;
        let behind = book.behind(&seller.alias).map(|one| one.name.as_str());
        if behind == Some(name) || seller.alias.to_string() == name {
            return Ok(());
        }
        let customer = name.to_owned();
        Err(SellerFault::PresentedAsOther { record, customer }.into())
    }

    /// Ends a transaction whose fate is known: what follows from it is written (a financing's
    /// receipt), then the outbox is emptied. The receipt's path, where there is one.
    pub(super) async fn conclude(
        &self,
        outbox: &Outbox,
        committed: &Committed,
        progress: &dyn Progress,
    ) -> Result<Option<PathBuf>, ClientError> {
        let done = matches!(committed.outcome(), Outcome::Done(_));
        let receipt = match outbox.action == Action::Finance && done {
            true => Some(self.write_receipt(committed, progress).await?),
            false => None,
        };
        self.close_outbox(outbox, committed)?;
        Ok(receipt)
    }

    /// Writes a financing's receipt, after checking that it verifies.
    async fn write_receipt(
        &self,
        finances: &Committed,
        progress: &dyn Progress,
    ) -> Result<PathBuf, ClientError> {
        progress.begin(Activity::WritingReceipt);
        let record = financed_record(finances).map_err(|lie| self.node().lies(lie))?;
        let entry = self.home().journal().entry(&record)?;
        let presented = entry.as_ref().and_then(|entry| entry.last(Action::Present));
        let presented = presented.ok_or(ClientError::NotOurs(record))?;
        let id = presented.id.0;
        let presents = self.node().transaction(&id).await?;
        let presents = presents.ok_or_else(|| self.missing(&id))?;
        let genesis = self.home().genesis();
        let trust = self.node().trust();
        let bytes = receipt::write(genesis, trust.turns(), &presents, finances)?;
        receipt::verify(&bytes, Some(genesis))?;
        Ok(self
            .home()
            .keep_receipt(&record, finances.height(), &bytes)?)
    }

    fn missing(&self, id: &TxId) -> crate::chain::NodeError {
        crate::chain::NodeError::NotFound {
            node: self.node().address().to_owned(),
            reason: format!("transaction {id}, which is final"),
        }
    }

    /// What an earlier run did, if that is what is asked for now.
    async fn financed_before(
        &self,
        state: &RecordState,
        options: &FinanceOptions,
        progress: &dyn Progress,
    ) -> Result<Option<Financed>, ClientError> {
        let Some(financing) = &state.financing else {
            return Ok(None);
        };
        let live = financing.stage.is_live(state.next_height);
        if !live || financing.bank != self.home().alias() {
            return Ok(None);
        }
        let held = matches!(financing.stage, FinancingStage::Held { .. });
        if held && options.hold_blocks.is_none() {
            return Ok(None); // the hold becomes a financing
        }
        let Some(entry) = self.home().journal().entry(&state.record)? else {
            return Ok(None);
        };
        let Some(made) = entry.last(Action::Finance) else {
            return Ok(None);
        };
        let committed = self.node().transaction(&made.id.0).await?;
        let committed = committed.ok_or_else(|| self.missing(&made.id.0))?;
        let path = self.home().receipt_path(&state.record, committed.height());
        let path = match path.exists() {
            true => path,
            false => self.write_receipt(&committed, progress).await?,
        };
        self.financed(&committed, Some(path), true).map(Some)
    }

    /// What the rules would refuse is refused here before a proof is made for it.
    pub(super) fn check_before(
        &self,
        state: &RecordState,
        entry: &RecordEntry,
    ) -> Result<(), ClientError> {
        let financing = state.financing.as_ref();
        let own = financing.is_some_and(|financing| financing.bank == self.home().alias());
        let refusal = match (entry, financing.map(|financing| financing.stage)) {
            (
                RecordEntry {
                    replaced_by: Some(by),
                    ..
                },
                _,
            ) => Refusal::Replaced { by: *by },
            (entry, _) if entry.kind != Kind::Invoice => Refusal::NotFinanceable,
            (entry, _) if entry.bank != self.home().alias() => {
                return Err(ClientError::NotOurs(state.record));
            }
            (_, Some(FinancingStage::Held { until })) if !own && state.next_height < until => {
                Refusal::AlreadyHeld { until }
            }
            (_, Some(stage)) => match stage.at(state.next_height) {
                None | Some(sealane_types::receipt::Life::Held { .. }) => return Ok(()),
                Some(_) => Refusal::AlreadyFinanced,
            },
            _ => return Ok(()),
        };
        Err(self.refused(refusal))
    }

    /// The height at which a hold of so many blocks ends, counted from now.
    async fn hold_until(&self, record: &RecordId, blocks: u64) -> Result<Height, ClientError> {
        let next = self.record_state(record).await?.next_height;
        Ok(Height(next.0.saturating_add(blocks)))
    }

    fn financed(
        &self,
        committed: &Committed,
        receipt: Option<PathBuf>,
        already: bool,
    ) -> Result<Financed, ClientError> {
        let (held_until, took_over) = match committed.outcome() {
            Outcome::Done(Done::Held { until }) => (Some(*until), None),
            Outcome::Done(Done::Financed { took_over }) => (None, *took_over),
            Outcome::Refused(refusal) => return Err(self.refused(refusal.clone())),
            Outcome::Done(_) => {
                return Err(self.node().lies(Lie::OtherReceipt).into());
            }
        };
        let record = financed_record(committed).map_err(|lie| self.node().lies(lie))?;
        let path = || self.home().receipt_path(&record, committed.height());
        let warnings = self.home().warnings(&record)?;
        Ok(Financed {
            record,
            held_until,
            took_over,
            height: committed.height(),
            time: committed.time(),
            transaction: committed.id(),
            transaction_bytes: committed.evidence().transaction.len(),
            fingerprints: Vec::new(),
            presented: None,
            ordering: Duration::ZERO,
            receipt: receipt.unwrap_or_else(path),
            already,
            amended_since: false,
            needless: Vec::new(),
            remark: None,
            warnings,
        })
    }
}

/// A hit by name says what to do where the record keeps the identifiers that the seller's alias had when it was presented: no
/// amendment of the alias changes that.
fn keeps_older(mut error: ClientError, record: &RecordId, amended_since: bool) -> ClientError {
    if let ClientError::Refused(refused) = &mut error
        && amended_since
        && refused.reason == Refusal::SameName
    {
        refused.advice = format!(
            "the record was presented before its customer's file was amended, and keeps the identifiers of then. Seal the \
             document anew in its place, under the same name (sealane seal FILE --replaces {record}), and finance the new \
             record"
        );
    }
    error
}

/// The record of a committed financing.
fn financed_record(committed: &Committed) -> Result<RecordId, Lie> {
    let record = committed.transaction().body.payload.record();
    record.ok_or(Lie::OtherTransaction)
}

/// Whether a financing of an earlier run is what is asked for now: a hold, or a financing.
fn wanted(committed: &Committed, options: &FinanceOptions) -> bool {
    let held = matches!(committed.outcome(), Outcome::Done(Done::Held { .. }));
    held == options.hold_blocks.is_some()
}

/// Of these waivers those over something that stands in the way, sorted, and what the others are for: a waiver is public,
/// and tells what kind of document it is.
fn needed(waivers: &[Waiver], waived: &[Waived]) -> (Vec<Waiver>, Vec<Waived>) {
    let given = waivers.iter().cloned();
    let (mut needed, needless): (Vec<Waiver>, Vec<Waiver>) =
        given.partition(|waiver| waived.contains(&waiver.waived));
    needed.sort_by_key(|waiver| waiver.waived);
    let needless = needless.into_iter().map(|waiver| waiver.waived);
    (needed, needless.collect())
}
