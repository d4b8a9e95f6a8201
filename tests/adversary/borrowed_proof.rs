//! A bank that shows what belongs to another record, another bank or another chain.

use sealane_tests::deals::seal;
use sealane_types::ids::ChainId;
use sealane_types::record::Record;
use sealane_types::transaction::PresentBlinded;

use super::*;

fn present(chain: &mut Chain<'_>, bank: AliasId, present: PresentBlinded) -> Result<Done, Refusal> {
    chain.send(bank, Payload::PresentBlinded(present))
}

#[test]
fn a_proof_holds_for_its_own_record_alone() {
    let mut chain = chain();
    let (own, other) = (deal(A, 0), deal(A, 1));
    chain.send(A, own.seal()).unwrap();
    chain.send(A, other.seal()).unwrap();
    let borrowed = PresentBlinded {
        record: own.id(),
        ..other.present.clone()
    };
    assert_eq!(
        present(&mut chain, A, borrowed),
        Err(Refusal::WrongProof),
        "another record's set"
    );
    let of = |change: &dyn Fn(&mut PresentBlinded)| {
        let mut changed = own.present.clone();
        change(&mut changed);
        changed
    };
    let mixed: [(&str, PresentBlinded); 6] = [
        (
            "another record's proof",
            of(&|set| set.proof = other.present.proof),
        ),
        (
            "another record's R",
            of(&|set| set.blinding = other.present.blinding),
        ),
        (
            "one of another record's B",
            of(&|set| set.blinded[0] = other.present.blinded[0]),
        ),
        (
            "two of its own B swapped",
            of(&|set| set.blinded.swap(0, 1)),
        ),
        (
            "another amount",
            of(&|set| set.amount_commitment = other.present.amount_commitment),
        ),
        (
            "B in the place of R",
            of(&|set| std::mem::swap(&mut set.blinding, &mut set.blinded[0])),
        ),
    ];
    for (what, set) in mixed {
        assert_eq!(
            present(&mut chain, A, set),
            Err(Refusal::WrongProof),
            "{what}"
        );
    }
    assert_eq!(
        present(&mut chain, A, own.present),
        Ok(Done::Presented),
        "nothing of it stuck"
    );
}

/// The mask says which rules apply: a bank would like to hide the order that it has financed before.
#[test]
fn a_rule_cannot_be_left_out() {
    let mut chain = chain();
    let own = deal(A, 0);
    chain.send(A, own.seal()).unwrap();
    let slots: Vec<usize> = own.present.mask.slots().collect();
    assert!(
        slots.len() >= 4,
        "the invoice has fingerprints by looser rules: {slots:?}"
    );
    for (at, slot) in slots.iter().enumerate() {
        let bits = own.present.mask.bits() & !(1 << slot);
        let Some(mask) = sealane_types::fingerprint::Mask::new(bits) else {
            continue;
        };
        let mut set = PresentBlinded {
            mask,
            ..own.present.clone()
        };
        set.blinded.remove(at);
        assert_eq!(
            present(&mut chain, A, set),
            Err(Refusal::WrongProof),
            "without slot {slot}"
        );
    }
}

#[test]
fn another_banks_record_is_not_presented() {
    let mut chain = chain();
    let own = deal(A, 0);
    chain.send(A, own.seal()).unwrap();
    assert_eq!(
        present(&mut chain, B, own.present.clone()),
        Err(Refusal::NotTheSealer)
    );
    assert_eq!(
        chain.send(B, own.seal()),
        Err(Refusal::NotTheSealer),
        "nor sealed again as its own"
    );
    let relabelled = relabelled(&own.record, |header| (header.sealer, header.bank) = (B, B));
    assert_eq!(
        chain.send(B, relabelled),
        Err(Refusal::WrongRoot),
        "nor with its name on it"
    );
}

fn relabelled(
    record: &Record,
    change: impl FnOnce(&mut sealane_types::record::RecordHeader),
) -> Payload {
    let mut header = record.header.clone();
    change(&mut header);
    let record = Record::new(header, record.leaves().to_vec(), record.root).unwrap();
    Payload::SealRecord(Box::new(record))
}

#[test]
fn nothing_comes_over_from_another_chain() {
    let mut chain = chain();
    let elsewhere = ChainId::new([0xee; 32]);
    let (record, _) = seal(elsewhere, A, None, &Invoice::new("INV-ELSEWHERE")).into_parts();
    let whole = Payload::SealRecord(Box::new(record.clone()));
    assert_eq!(chain.send(A, whole), Err(Refusal::OtherChain));
    let here = chain.tip.chain;
    let renamed = relabelled(&record, |header| header.chain = here);
    assert_eq!(
        chain.send(A, renamed),
        Err(Refusal::WrongRoot),
        "the root commits to its chain"
    );
}

#[test]
fn a_key_that_the_chain_does_not_accept_verifies_nothing() {
    let mut chain = chain();
    let own = deal(A, 0);
    chain.send(A, own.seal()).unwrap();
    let key = sealane_types::ids::VerifyingKeyId::new([3; 32]);
    let set = PresentBlinded {
        verifying_key: key,
        ..own.present
    };
    assert_eq!(
        present(&mut chain, A, set),
        Err(Refusal::UnknownVerifyingKey)
    );
}

/// Points outside the subgroup, off the curve, or the identity, in place of each that is shown.
#[test]
fn what_is_no_point_of_the_subgroup_is_refused() {
    let mut chain = chain();
    let own = deal(A, 0);
    chain.send(A, own.seal()).unwrap();
    for (what, bytes) in super::forged_fingerprint::no_points(&own.present.blinding) {
        let set = PresentBlinded {
            blinding: bytes,
            ..own.present.clone()
        };
        assert_eq!(
            present(&mut chain, A, set),
            Err(Refusal::WrongProof),
            "R is {what}"
        );
    }
    for at in 0..own.present.blinded.len() {
        for (what, bytes) in super::forged_fingerprint::no_points(&own.present.blinded[at]) {
            let mut set = own.present.clone();
            set.blinded[at] = bytes;
            assert_eq!(
                present(&mut chain, A, set),
                Err(Refusal::WrongProof),
                "B {at} is {what}"
            );
        }
    }
    let mut amount = own.present.clone();
    amount.amount_commitment = sealane_types::ids::FieldBytes::new([0xff; 32]);
    assert_eq!(
        present(&mut chain, A, amount),
        Err(Refusal::WrongProof),
        "an element above the modulus"
    );
}
