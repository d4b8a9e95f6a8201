#![allow(clippy::unwrap_used)]

use sealane_types::fingerprint::Mask;
use sealane_types::ids::{FieldBytes, PointBytes, ProofBytes, RecordId};

use super::*;

/// The stored financing, as a transaction would bring it.
#[derive(Clone)]
struct Stored {
    root: RecordId,
    context: FieldBytes,
    alias: FieldBytes,
    mask: Mask,
    amount_commitment: FieldBytes,
    blinding: PointBytes,
    blinded: Vec<PointBytes>,
    proof: ProofBytes,
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
        Self {
            root: one("root").parse().unwrap(),
            context: one("context").parse().unwrap(),
            alias: one("alias").parse().unwrap(),
            mask: Mask::new(mask).unwrap(),
            amount_commitment: one("amount-commitment").parse().unwrap(),
            blinding: one("commitment").parse().unwrap(),
            blinded: all("blinded").map(|point| point.parse().unwrap()).collect(),
            proof: one("proof").parse().unwrap(),
        }
    }

    fn claim(&self) -> FinancingClaim<'_> {
        FinancingClaim {
            verifying_key: key(),
            root: self.root,
            context: self.context,
            alias_commitment: self.alias,
            mask: self.mask,
            amount_commitment: self.amount_commitment,
            blinding: self.blinding,
            blinded: &self.blinded,
            proof: &self.proof,
        }
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
    assert_eq!(proofs.financings_hold(&[stored.claim()]), [true]);
    assert_eq!(proofs.remembered().outcomes.len(), 1);
    let mut changed = vec![stored.clone(); 7];
    changed[0].root = RecordId::new(flipped(stored.root.as_bytes(), 0));
    changed[1].context = FieldBytes::new(flipped(stored.context.as_bytes(), 0));
    let amount = flipped(stored.amount_commitment.as_bytes(), 0);
    changed[2].amount_commitment = FieldBytes::new(amount);
    changed[3].proof = ProofBytes::new(flipped(stored.proof.as_bytes(), 191));
    changed[4].blinded.swap(0, 1);
    changed[5].blinding = stored.blinded[0];
    changed[6].alias = FieldBytes::new(flipped(stored.alias.as_bytes(), 0));
    for (at, changed) in changed.iter().enumerate() {
        let held = proofs.financings_hold(&[stored.claim(), changed.claim(), stored.claim()]);
        assert_eq!(held, [true, false, true], "change {at}");
    }
    assert_eq!(proofs.remembered().outcomes.len(), 8);
    assert_eq!(proofs.financings_hold(&[]), Vec::<bool>::new());
}

#[test]
fn a_key_that_is_not_there_is_a_claim_that_does_not_hold() {
    let stored = Stored::read();
    let other = FinancingClaim {
        verifying_key: VerifyingKeyId::new([1; 32]),
        ..stored.claim()
    };
    let proofs = Proofs::new();
    assert_eq!(
        proofs.financings_hold(&[other, stored.claim()]),
        [false, true]
    );
    assert_eq!(known_key(&other.verifying_key), None);
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
async fn proofs_that_come_together_each_have_their_own_answer() {
    let bridge = std::sync::Arc::new(crate::bridge::Bridge::new(2).unwrap());
    let proofs = std::sync::Arc::new(Proofs::new());
    let gather = Gather::start(bridge, std::sync::Arc::clone(&proofs));
    let stored = Stored::read();
    let Some(Unchecked::Financing(right)) = proofs.financing(&stored.claim()) else {
        panic!("the key is there");
    };
    let mut asked = tokio::task::JoinSet::new();
    for at in 0..150_usize {
        let mut question = right.clone();
        if at % 3 == 1 {
            question.statement.root[at % 31] ^= 1 << (at % 5);
        }
        let (gather, question) = (
            gather.clone(),
            Question::Proof(Unchecked::Financing(question)),
        );
        asked.spawn(async move { (at, gather.holds(question).await.unwrap().holds) });
    }
    while let Some(answer) = asked.join_next().await {
        let (at, holds) = answer.unwrap();
        assert_eq!(holds, at % 3 != 1, "question {at}");
    }
}
