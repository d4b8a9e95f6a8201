#![allow(clippy::unwrap_used)]

use sealane_ledger::presented;
use sealane_types::fingerprint::Mask;
use sealane_types::ids::{AliasId, FieldBytes, ProofBytes, RecordId};
use sealane_types::transaction::PresentBlinded;
use sealane_verifier::ClaimKey;

use super::*;

/// The stored financing, as a transaction would bring it, and the context of its record.
#[derive(Clone)]
struct Stored {
    present: PresentBlinded,
    context: FieldBytes,
}

impl Stored {
    fn read() -> Self {
        let text = include_str!("../../../../specs/vectors/financing-v2.proof");
        let all = |name: &'static str| {
            let lines = text.lines();
            lines.filter_map(move |line| line.strip_prefix(name)?.strip_prefix(' '))
        };
        let one = |name: &'static str| all(name).next().unwrap().trim();
        let mask = u16::from_str_radix(one("mask"), 16).unwrap();
        let present = PresentBlinded {
            record: one("root").parse().unwrap(),
            alias: AliasId::new([0; 32]),
            alias_commitment: one("alias").parse().unwrap(),
            mask: Mask::new(mask).unwrap(),
            amount_commitment: one("amount-commitment").parse().unwrap(),
            blinding: one("commitment").parse().unwrap(),
            blinded: all("blinded").map(|point| point.parse().unwrap()).collect(),
            verifying_key: key(),
            proof: one("proof").parse().unwrap(),
        };
        let context = one("context").parse().unwrap();
        Self { present, context }
    }

    fn claim(&self) -> Claim {
        presented(&self.present, &self.context).unwrap()
    }
}

fn key() -> VerifyingKeyId {
    VerifyingKeyId::new(sealane_verifier::VerifyingKey::financing_test().id())
}

fn flipped<const N: usize>(bytes: &[u8; N], at: usize) -> [u8; N] {
    let mut bytes = *bytes;
    bytes[at] ^= 1;
    bytes
}

#[test]
fn a_proof_that_holds_is_remembered_and_no_changed_byte_profits() {
    let stored = Stored::read();
    let proofs = Proofs::new();
    assert_eq!(proofs.hold(&[stored.claim()]), [true]);
    assert_eq!(proofs.remembered().outcomes.len(), 1);
    let mut changed = vec![stored.clone(); 7];
    let present = &stored.present;
    changed[0].present.record = RecordId::new(flipped(present.record.as_bytes(), 0));
    changed[1].context = FieldBytes::new(flipped(stored.context.as_bytes(), 0));
    let amount = flipped(present.amount_commitment.as_bytes(), 0);
    changed[2].present.amount_commitment = FieldBytes::new(amount);
    changed[3].present.proof = ProofBytes::new(flipped(present.proof.as_bytes(), 191));
    changed[4].present.blinded.swap(0, 1);
    changed[5].present.blinding = present.blinded[0];
    let alias = flipped(present.alias_commitment.as_bytes(), 0);
    changed[6].present.alias_commitment = FieldBytes::new(alias);
    for (at, changed) in changed.iter().enumerate() {
        let held = proofs.hold(&[stored.claim(), changed.claim(), stored.claim()]);
        assert_eq!(held, [true, false, true], "change {at}");
    }
    assert_eq!(proofs.remembered().outcomes.len(), 8);
    assert_eq!(proofs.hold(&[]), [false; 0]);
}

#[test]
fn a_key_that_is_not_there_is_a_claim_that_does_not_hold() {
    let stored = Stored::read().claim();
    let other = VerifyingKeyId::new([1; 32]);
    let unknown = Claim {
        key: ClaimKey::Known(*other.as_bytes()),
        ..stored.clone()
    };
    let proofs = Proofs::new();
    assert_eq!(proofs.hold(&[unknown, stored]), [false, true]);
    assert_eq!(proofs.remembered().outcomes.len(), 1);
    assert_eq!(known_key(&other), None);
    assert_eq!(known_key(&key()), Some(KeyOrigin::Test));
}

#[test]
fn the_oldest_outcomes_are_forgotten() {
    let mut remembered = Remembered::default();
    for number in 0..REMEMBERED as u64 + 10 {
        let mut name = [0; 32];
        name[..8].copy_from_slice(&number.to_le_bytes());
        remembered.keep(name, true);
    }
    assert_eq!(remembered.outcomes.len(), REMEMBERED);
    assert_eq!(remembered.find(&[Some([0; 32])]), [None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_that_come_together_each_have_their_own_answer() {
    let bridge = std::sync::Arc::new(crate::bridge::Bridge::new(2).unwrap());
    let proofs = std::sync::Arc::new(Proofs::new());
    let gather = Gather::start(bridge, std::sync::Arc::clone(&proofs));
    let right = Stored::read().claim();
    let mut tasks = tokio::task::JoinSet::new();
    for at in 0..150_usize {
        // one claim, or several of which one is wrong or none
        let mut claims = vec![right.clone(); 1 + at % 4];
        if at % 3 == 1 {
            let wrong = at % claims.len();
            claims[wrong].proof[191 - at % 31] ^= 1 << (at % 5);
        }
        let gather = gather.clone();
        let asked = Asked(Some(claims));
        tasks.spawn(async move { (at, gather.hold(asked).await.unwrap().holds) });
    }
    while let Some(answer) = tasks.join_next().await {
        let (at, holds) = answer.unwrap();
        assert_eq!(holds, at % 3 != 1, "transaction {at}");
    }
    for (asked, holds) in [(Some(Vec::new()), true), (None, false)] {
        let answer = gather.hold(Asked(asked)).await.unwrap();
        assert_eq!(answer.holds, holds, "without a claim");
    }
}
