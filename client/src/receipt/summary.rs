//! What a receipt says, for people. All of it follows from the receipt's canonical bytes.

use sealane_crypto::curve::{Point, encode_element};
use sealane_types::fingerprint::Rule;
use sealane_types::genesis::{Genesis, TestKeys};
use sealane_types::ids::BlockTime;
use sealane_types::receipt::Done;
use serde::{Deserialize, Serialize};

use super::{Financing, ReceiptError};
use crate::refused::name_of;

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// The network's name.
    pub network: String,
    /// The chain's id.
    pub chain: String,
    /// The record's id.
    pub record: String,
    /// The bank's name.
    pub bank: String,
    /// The bank's alias.
    pub bank_alias: String,
    /// `financed` or `held`.
    pub outcome: String,
    /// A hold ends at this height.
    pub held_until: Option<u64>,
    /// The older record whose financing it took over.
    pub took_over: Option<String>,
    /// The block's height.
    pub height: u64,
    /// The block's time, RFC 3339 in UTC.
    pub time: String,
    /// The financing transaction's id.
    pub transaction: String,
    /// The fingerprints taken.
    pub fingerprints: Vec<SummaryFingerprint>,
    /// The alerts financed over.
    pub waivers: Vec<SummaryWaiver>,
    /// The id of the verifying key under which the financing statement was proven.
    pub verifying_key: String,
    /// Whether the network accepts test keys: then no claim of soundness covers the proof.
    pub test_keys: bool,
}

/// One fingerprint of a summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummaryFingerprint {
    /// The rule's number.
    pub rule: u8,
    /// Two documents with this fingerprint share this.
    pub shares: String,
    /// The fingerprint.
    pub value: String,
}

/// One waiver of a summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummaryWaiver {
    /// The rule's number.
    pub rule: u8,
    /// The bank's reason.
    pub reason: String,
}

impl Summary {
    pub(super) fn of(genesis: &Genesis, financing: &Financing<'_>) -> Result<Self, ReceiptError> {
        let committed = financing.committed;
        let bank = committed.transaction().body.signer;
        let (outcome, held_until, took_over) = if let Done::Held { until } = financing.done {
            ("held", Some(until.0), None)
        } else if let Done::Financed { took_over } = financing.done {
            ("financed", None, *took_over)
        } else {
            return Err(ReceiptError::NoFinancing("it neither holds nor finances"));
        };
        let waivers = financing
            .finances
            .waivers
            .iter()
            .map(|waiver| SummaryWaiver {
                rule: waiver.waived.number(),
                reason: waiver.reason.clone(),
            });
        Ok(Self {
            network: genesis.name.clone(),
            chain: sealane_ledger::chain_id(genesis).to_string(),
            record: financing.finances.record.to_string(),
            bank: name_of(&bank, genesis),
            bank_alias: bank.to_string(),
            outcome: outcome.to_owned(),
            held_until,
            took_over: took_over.map(|record| record.to_string()),
            height: committed.height().0,
            time: rfc3339(committed.time()),
            transaction: committed.id().to_string(),
            fingerprints: fingerprints(financing)?,
            waivers: waivers.collect(),
            verifying_key: financing.presents.verifying_key.to_string(),
            test_keys: genesis.parameters.test_keys == TestKeys::Allowed,
        })
    }
}

fn fingerprints(financing: &Financing<'_>) -> Result<Vec<SummaryFingerprint>, ReceiptError> {
    let slots = financing.presents.mask.slots();
    let each = slots.zip(&financing.finances.fingerprints);
    let read = |(slot, point): (usize, &sealane_types::ids::PointBytes)| {
        let rule = Rule::OF_SLOT[slot];
        let wrong = |_| ReceiptError::NoFinancing("a fingerprint is not a point of the curve");
        let point = Point::decode_nonzero(point.as_bytes()).map_err(wrong)?;
        Ok(SummaryFingerprint {
            rule: rule.number(),
            shares: rule.description().to_owned(),
            value: hex::encode(encode_element(&point.v())),
        })
    };
    each.map(read).collect()
}

/// A block's time as RFC 3339 in UTC, to the second.
#[must_use]
pub fn rfc3339(time: BlockTime) -> String {
    let millis = i64::try_from(time.0).ok();
    let time = millis.and_then(chrono::DateTime::from_timestamp_millis);
    time.map_or_else(
        || "beyond all calendars".to_owned(),
        |time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    )
}
