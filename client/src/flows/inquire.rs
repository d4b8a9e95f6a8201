//! An inquiry: is this document financed already? The fingerprints are compared on this side and
//! sent to nobody; what the chain shows is that this bank asked about something.

use std::collections::BTreeMap;

use sealane_ledger::log::Taken as Taker;
use sealane_types::alias::Role;
use sealane_types::fingerprint::Rule;
use sealane_types::ids::{AliasId, Height, RecordId};
use sealane_types::receipt::{Life, Refusal};
use sealane_types::schema::Kind;

use super::named::type_code;
use super::seller::{must_claim, remark};
use super::taken::Taken;
use super::{Bank, Concern, Presented, Whose};
use crate::error::ClientError;
use crate::home::journal::Origin;
use crate::progress::{Activity, Progress};
use crate::refused::name_of;

/// An answered inquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// The record that spent its one guess; it can be financed afterwards, which on the same day gives the inquiry
    /// back to the bank's quota.
    pub record: RecordId,
    /// Whether the seller is no customer of this bank: it can ask about the document, and not finance it.
    pub only_asked: bool,
    /// What was found.
    pub answer: Answer,
    /// What the document says that the bank must have a reason to finance over, whatever was found.
    pub concerns: Vec<Concern>,
    /// What the bank should know, where the document names earlier invoices.
    pub remark: Option<String>,
    /// The document's warnings ([`Activity::Warned`]).
    pub warnings: Vec<String>,
    /// How many changes of financings were compared with.
    pub compared: u64,
    /// What presenting took, where this run presented.
    pub presented: Option<Presented>,
}

/// What an inquiry found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nothing like it is held or financed.
    Free,
    /// The document is held, financed, or was repaid.
    Taken(Since),
    /// It shares traits with documents that are.
    Similar(Vec<Similar>),
}

/// Who has a document, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// The bank.
    pub bank: AliasId,
    /// The bank's name.
    pub bank_name: String,
    /// Where it stands.
    pub life: Life,
    /// The height of the block that brought it there.
    pub height: Height,
    /// Whether the taker is this very record.
    pub own_record: bool,
    /// The document in whose place this one stands, or that stands in its, in words, where that is what is taken.
    pub beside: Option<String>,
}

/// Documents that share one trait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar {
    /// The rule by which they are alike.
    pub rule: Rule,
    /// Who has them.
    pub takers: Vec<Since>,
}

impl Bank {
    /// Inquires about a document. It is sealed in a throwaway record, unless this home has a record
    /// of it already, whose guess is then used. Where its seller is no customer of this bank, and `customer` names none, it is
    /// asked under a new alias that says so, under which nothing is financed.
    ///
    /// # Errors
    /// When the document is not valid or cannot be financed at all, the bank's quota of the day is
    /// used up, or something cannot be reached.
    pub async fn inquire(
        &self,
        name: &str,
        document: &[u8],
        customer: Option<Whose<'_>>,
        progress: &dyn Progress,
    ) -> Result<Inquiry, ClientError> {
        let ingested = self
            .ingest(name, document, self.home().alias(), progress)
            .await?;
        if ingested.fields.kind != Kind::Invoice {
            return Err(self.refused(Refusal::NotFinanceable));
        }
        must_claim(type_code(&ingested.fields))?;
        let warnings = ingested.warnings.clone();
        self.finish_earlier(progress).await?;
        let entry = match self.known(&ingested.digest, None)? {
            Some(entry) => entry,
            None => {
                self.make_record(ingested, None, Origin::Inquiry, progress)
                    .await?
            }
        };
        let record = self.ensure_sealed(&entry, progress).await?;
        let claimed = self.claimed(&record)?;
        let set = self.record_state(&record.id()).await?.set;
        let seller = match &set {
            Some(set) => self.presented_seller(record.id(), &set.alias, &set.alias_commitment)?,
            None => {
                let chosen = self.asked_seller(&record, &claimed, customer, progress);
                chosen.await?.seller
            }
        };
        let alias = self.alias(&seller.alias).await?;
        let only_asked = alias.is_some_and(|alias| alias.role == Role::Asked);
        let earlier = self.looked_back(&record, &claimed, &seller, progress);
        let earlier = earlier.await?;
        let concerns = self.concerns(&claimed, &seller, &earlier)?;
        let (finished, presented) = self.fingerprints(&record, seller, progress).await?;
        progress.begin(Activity::FetchingTaken);
        let taken = self.taken().await?;
        let mut found: BTreeMap<Rule, Vec<Since>> = BTreeMap::new();
        for print in &finished.fingerprints {
            for taker in taken.set.takers(*print, taken.height) {
                let own = taker.record == record.id();
                let replaced = Some(taker.record) == record.header.replaces;
                if print.rule.is_strict() || !(own || replaced) {
                    let since = self.since(&taken, &taker, own);
                    let takers = found.entry(print.rule).or_default();
                    if !takers.contains(&since) {
                        takers.push(since);
                    }
                }
            }
        }
        // the ledger's own word on whether a waiver helps over a hit by name
        let id = record.id();
        let foretold = self.in_the_way(&id, &finished.fingerprints, None);
        let foretold = foretold.await?.map(|foretold| foretold.refusal);
        let name_is_strict = foretold == Some(Refusal::SameName);
        Ok(Inquiry {
            record: id,
            only_asked,
            answer: match (answer(found, name_is_strict), &earlier.taken) {
                (Answer::Taken(since), _) => Answer::Taken(since),
                (_, Some(beside)) => Answer::Taken(Since {
                    beside: Some(beside.said()),
                    ..self.since(&taken, &beside.by, false)
                }),
                (found, None) => found,
            },
            concerns,
            remark: remark(&claimed, &earlier),
            warnings,
            compared: taken.set.head().length,
            presented,
        })
    }

    fn since(&self, taken: &Taken, taker: &Taker, own_record: bool) -> Since {
        Since {
            bank: taker.bank,
            bank_name: name_of(&taker.bank, self.home().genesis()),
            life: taker.life,
            height: taken.since.get(&taker.record).copied().unwrap_or_default(),
            own_record,
            beside: None,
        }
    }
}

fn answer(mut found: BTreeMap<Rule, Vec<Since>>, name_is_strict: bool) -> Answer {
    let mut strict = found.remove(&Rule::Strict).unwrap_or_default();
    if name_is_strict {
        strict.extend(found.remove(&Rule::NameNumberAmount).unwrap_or_default());
    }
    if let Some(since) = strict.into_iter().next() {
        return Answer::Taken(since);
    }
    if found.is_empty() {
        return Answer::Free;
    }
    let similar = found
        .into_iter()
        .map(|(rule, takers)| Similar { rule, takers });
    Answer::Similar(similar.collect())
}
