//! Checks that the network has agreed on: a member proposes one with its text, each home that votes compiles it itself, and
//! from its height on the ledger takes its proofs.

use sealane_checks::typed::Check;
use sealane_checks::{Instance, Sizes};
use sealane_ledger::consortium::check_source;
use sealane_ledger::state::{CheckEntry, CheckTextEntry, Key, ProposalStage};
use sealane_prover::{CheckProver, ProveError, default_directory};
use sealane_types::cross_check::{CheckDefinition, CheckRef, Circuit, Compiled, MAX_SOURCE};
use sealane_types::governance::Change;
use sealane_types::ids::{BlockTime, Digest, Height};
use sealane_types::receipt::{ChangeFault, Refusal};
use sealane_types::record::Bucket;
use sealane_types::workflow::Versioned;

use super::cross_check::{CheckText, CrossCheckFault, Tell, circuits, instance, sizes_of, told};
use super::{Bank, Voted};
use crate::error::ClientError;
use crate::progress::{Activity, Progress};
use crate::proving::key_words;

/// What a definition differs in, where it is another check's.
const SIZES: &str = "name, version or sizes";

/// A check that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedCheck {
    /// What the members agreed on.
    pub definition: CheckDefinition,
    /// The first height at which its proofs are taken.
    pub from: Height,
    /// The first height at which they are taken no longer.
    pub until: Option<Height>,
    /// Since when the check is void, so that they count no more.
    pub void: Option<BlockTime>,
}

impl PublishedCheck {
    /// For how many lines and documents it is.
    ///
    /// # Panics
    /// Never: the ledger publishes checks at the sizes of circuits alone.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        let sizes = sizes_of(&self.definition.check);
        sizes.expect("a published check's sizes are those that checks have")
    }
}

impl Bank {
    /// Compiles a check, and proposes that the network takes its proofs from `notice` blocks later on.
    ///
    /// # Errors
    /// When the text is no check, or too large at these sizes, or the rules refuse the proposal.
    pub async fn publish_check(
        &self,
        text: &CheckText,
        sizes: Sizes,
        notice: u64,
        progress: &dyn Progress,
    ) -> Result<(CheckDefinition, Voted), ClientError> {
        self.test_keys()?;
        let check = text.read()?;
        let named = Versioned::new(&check.name, check.version);
        if !self
            .voids(named.as_slice())
            .await?
            .iter()
            .all(Option::is_none)
        {
            let fault = ChangeFault::CheckVoid;
            return Err(self.refused(Refusal::ChangeFails { fault }));
        }
        let definition = compiled(text, sizes, progress).await?;
        let change = Change::PublishCheck(Box::new(definition.clone()));
        let voted = self.propose(change, notice, progress).await?;
        Ok((definition, voted))
    }

    /// All checks that were published, in the order of their proposals; those retired too.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn published_checks(&self) -> Result<Vec<PublishedCheck>, ClientError> {
        let proposals = self.proposals().await?;
        let mut definitions: Vec<CheckDefinition> = Vec::new();
        for (_, entry) in proposals {
            if let Change::PublishCheck(definition) = entry.change {
                definitions.push(*definition);
            }
        }
        let keys: Vec<Key> = definitions
            .iter()
            .map(|one| Key::check(&one.check))
            .collect();
        let entries: Vec<Option<CheckEntry>> = self.values(&keys).await?;
        let checks = definitions.iter().map(|one| &one.check);
        let texts = checks.map(|check| Key::check_text(check.name(), check.version));
        let texts: Vec<Key> = texts.collect();
        let texts: Vec<Option<CheckTextEntry>> = self.values(&texts).await?;
        let mut published: Vec<PublishedCheck> = Vec::new();
        for ((definition, entry), text) in definitions.into_iter().zip(entries).zip(texts) {
            let again = published
                .iter()
                .any(|one| one.definition.check == definition.check);
            let Some(entry) = entry.filter(|entry| !again && is(entry, &definition)) else {
                continue; // proposed, and not published: rejected, open, or in favour of another text
            };
            published.push(PublishedCheck {
                definition,
                from: entry.from,
                until: entry.until,
                void: text.and_then(|text| text.void),
            });
        }
        Ok(published)
    }

    /// Since when each of these checks is void; `None` of those whose proofs count.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn voids(&self, checks: &[Versioned]) -> Result<Vec<Option<BlockTime>>, ClientError> {
        let keys = checks.iter();
        let keys = keys.map(|check| Key::check_text(check.name(), check.version()));
        let texts: Vec<Option<CheckTextEntry>> = self.values(&keys.collect::<Vec<_>>()).await?;
        let void = |text: Option<CheckTextEntry>| text.and_then(|text| text.void);
        Ok(texts.into_iter().map(void).collect())
    }

    /// Refuses a check that is void here, with this very text, before anything is proven or verified.
    pub(super) async fn must_count(&self, text: &CheckText) -> Result<(), ClientError> {
        let check = text.read()?;
        let key = Key::check_text(&check.name, check.version);
        let own = check_source(text.source()?);
        let known: Vec<Option<CheckTextEntry>> = self.values(&[key]).await?;
        let known = known.into_iter().flatten().find(|one| one.source == own);
        match known.and_then(|one| one.void) {
            None => Ok(()),
            Some(since) => Err(CrossCheckFault::Void {
                check: format!("{}@{}", check.name, check.version),
                since,
            }
            .into()),
        }
    }

    /// Checks that the members have agreed to publish and whose height has not come, with it.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn approved_checks(&self) -> Result<Vec<(CheckRef, Height)>, ClientError> {
        let proposals = self.proposals().await?.into_iter();
        let approved = proposals.filter(|(_, entry)| entry.stage == ProposalStage::Approved);
        let mut checks = Vec::new();
        for (_, entry) in approved {
            if let Change::PublishCheck(definition) = entry.change {
                checks.push((definition.check, entry.at));
            }
        }
        Ok(checks)
    }

    /// The text of a published check.
    ///
    /// # Errors
    /// When there is none of this name and version, or the node does not answer or lies.
    pub async fn published_text(&self, name: &str, version: u32) -> Result<CheckText, ClientError> {
        let published = self.published_checks().await?;
        let is = |one: &PublishedCheck| {
            let check = &one.definition.check;
            check.name() == name && check.version == version
        };
        let found = published.into_iter().find(is);
        let found = found.ok_or_else(|| CrossCheckFault::NotPublished {
            check: format!("{name}@{version}"),
        })?;
        Ok(CheckText::Own(found.definition.source))
    }

    /// What is published of this very text, the smallest sizes first.
    pub(super) async fn published_of(
        &self,
        text: &CheckText,
    ) -> Result<Vec<PublishedCheck>, ClientError> {
        let check = text.read()?;
        let source = check_source(text.source()?);
        let mut published = self.published_checks().await?;
        published.retain(|one| {
            let own = &one.definition;
            (own.check.name(), own.check.version) == (&check.name[..], check.version)
                && check_source(&own.source) == source
        });
        published.sort_by_key(|one| {
            let sizes = one.sizes();
            (sizes.longest(), sizes.documents(), sizes.lines())
        });
        Ok(published)
    }

    /// The smallest sizes, of those in force for this text, that take documents of such sizes.
    pub(super) async fn published_for(
        &self,
        text: &CheckText,
        least: Sizes,
    ) -> Result<CheckDefinition, ClientError> {
        let published = self.published_of(text).await?;
        let fits = |one: &PublishedCheck| {
            let sizes = one.sizes();
            one.until.is_none()
                && sizes.longest() >= least.longest()
                && sizes.documents() >= least.documents()
        };
        let found = published.into_iter().find(fits);
        let found = found.map(|one| one.definition);
        let check = text.read()?;
        Ok(found.ok_or_else(|| CrossCheckFault::NotPublished {
            check: format!("{}@{} for {}", check.name, check.version, said(least)),
        })?)
    }

    /// Before this home approves that a check is published, it compiles the check itself.
    pub(super) async fn check_before_vote(
        &self,
        change: &Change,
        progress: &dyn Progress,
    ) -> Result<(), ClientError> {
        let Change::PublishCheck(proposed) = change else {
            return Ok(());
        };
        self.test_keys()?;
        let text = CheckText::Own(proposed.source.clone());
        let sizes = sizes_of(&proposed.check);
        let sizes = sizes.ok_or(CrossCheckFault::OtherDefinition { part: SIZES })?;
        let own = compiled(&text, sizes, progress).await?;
        let part = difference(&own, proposed);
        part.map_or(Ok(()), |part| {
            Err(CrossCheckFault::OtherDefinition { part }.into())
        })
    }
}

/// Sizes in words.
fn said(sizes: Sizes) -> String {
    let documents = match sizes.documents() {
        1 => "1 document in a list".to_owned(),
        documents => format!("{documents} documents in a list"),
    };
    match sizes.are_parts() {
        true => format!("documents in parts, and {documents}"),
        false => format!("{} lines and {documents}", sizes.lines()),
    }
}

/// What differs, the most telling part first.
fn difference(own: &CheckDefinition, proposed: &CheckDefinition) -> Option<&'static str> {
    [
        (own.check == proposed.check, SIZES),
        (
            same_shape(&own.compiled, &proposed.compiled),
            "documents, opened leaves or requirements",
        ),
        (
            digests(&own.compiled).eq(digests(&proposed.compiled)),
            "circuit",
        ),
        (own.compiled == proposed.compiled, "verifying key"),
    ]
    .into_iter()
    .find_map(|(same, part)| (!same).then_some(part))
}

fn is(entry: &CheckEntry, definition: &CheckDefinition) -> bool {
    entry.source == check_source(&definition.source) && entry.compiled == definition.compiled
}

fn same_shape(own: &Compiled, proposed: &Compiled) -> bool {
    match (own, proposed) {
        (Compiled::One { shape, .. }, Compiled::One { shape: other, .. }) => shape == other,
        (Compiled::Parts { shape, .. }, Compiled::Parts { shape: other, .. }) => shape == other,
        _ => false,
    }
}

fn digests(compiled: &Compiled) -> impl Iterator<Item = Digest> {
    compiled.circuits().iter().map(|circuit| circuit.digest)
}

/// What a text is at these sizes, with its test keys, which are made and kept here if they are not there.
async fn compiled(
    text: &CheckText,
    sizes: Sizes,
    progress: &dyn Progress,
) -> Result<CheckDefinition, ClientError> {
    let source = text.source()?.to_owned();
    if source.len() > MAX_SOURCE {
        return Err(CrossCheckFault::Long(source.len()).into());
    }
    let check = text.read()?;
    let _ = instance(&check, sizes, text)?; // where it cannot be taken, with a caret
    let compiled = told(progress, Activity::CompilingCheck, |tell| {
        move || -> Result<CheckDefinition, ClientError> {
            let lines = u16::try_from(sizes.lines()).ok().and_then(Bucket::new);
            let lines = lines.expect("sizes have a bucket of lines");
            let new = match sizes.are_parts() {
                true => CheckRef::in_parts,
                false => CheckRef::new,
            };
            let named = new(&check.name, check.version, lines, sizes.documents());
            Ok(CheckDefinition {
                check: named.ok_or_else(|| CrossCheckFault::Name(check.name.clone()))?,
                source,
                compiled: match sizes.are_parts() {
                    true => circuits(&check, sizes, &tell)?,
                    false => circuit(&check, sizes, &tell)?,
                },
            })
        }
    });
    compiled.await
}

fn circuit(check: &Check, sizes: Sizes, tell: Tell<'_>) -> Result<Compiled, ClientError> {
    let instance = Instance::new(check, sizes);
    let instance = instance.map_err(|fault| CrossCheckFault::Check(fault.problem))?;
    let cache = default_directory().map_err(ProveError::from)?;
    let prover = CheckProver::open(&instance, None, &cache, &mut |step| {
        tell(key_words(step).into());
    })?;
    Ok(Compiled::One {
        shape: prover.plan().shape().clone(),
        circuit: Circuit {
            digest: Digest::new(prover.circuit_digest()),
            verifying_key: prover.verifying_key_bytes(),
        },
    })
}
