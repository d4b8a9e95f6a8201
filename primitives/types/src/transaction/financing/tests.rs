#![allow(clippy::unwrap_used)]

use super::*;

/// Everything that a number stands for and a bank may waive, ascending.
fn all() -> Vec<Waived> {
    let numbered = (0..=u8::MAX).filter_map(|number| Waived::from_bytes(&[number]).ok());
    let strict = |waived: &Waived| waived.rule().is_some_and(Rule::is_strict);
    numbered.filter(|waived| !strict(waived)).collect()
}

fn finance(waived: &[Waived]) -> Finance {
    let waiver = |waived: &Waived| Waiver {
        waived: *waived,
        reason: "the bank has looked".to_owned(),
    };
    Finance {
        record: RecordId::new([1; RecordId::LENGTH]),
        fingerprints: Vec::new(),
        proof: DleqProof::new([2; DleqProof::LENGTH]),
        hold_until: None,
        since: None,
        waivers: waived.iter().map(waiver).collect(),
        consent: None,
        trade: None,
    }
}

fn decoded(finance: &Finance) -> Result<Finance, DecodeError> {
    Finance::from_bytes(&finance.to_bytes())
}

#[test]
fn a_bank_can_finance_over_everything_at_once() {
    let all = all();
    assert_eq!(all.len(), MAX_WAIVERS);
    assert_eq!(all.last(), Some(&Waived::Credited));
    let full = finance(&all);
    assert_eq!(decoded(&full).unwrap(), full);
}

#[test]
fn nothing_is_waived_twice_and_the_strict_rule_never() {
    let mut twice = all();
    twice.insert(1, twice[0]);
    assert!(decoded(&finance(&twice[..2])).is_err());
    assert!(decoded(&finance(&[Waived::Alert(Rule::Strict)])).is_err());
}
