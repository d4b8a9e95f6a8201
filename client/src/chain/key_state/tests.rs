//! What is said of the fingerprint key, word for word.

use sealane_ledger::state::{Dealt, Decided};
use sealane_types::ids::{BlockTime, PointBytes, ShareIndex};
use sealane_types::sharing::ShareHolder;

use super::*;

fn id(number: u8) -> AliasId {
    AliasId::new([number; 32])
}

fn key(epoch: u32, holders: u8, threshold: u16) -> FingerprintKey {
    let holder = |number| ShareHolder {
        validator: id(number),
        public: PointBytes::new([number; 32]),
    };
    FingerprintKey {
        epoch: Epoch(epoch),
        threshold,
        public: PointBytes::new([9; 32]),
        holders: (1..=holders).map(holder).collect(),
    }
}

fn round(from: Option<Epoch>) -> Round {
    let holder = |number| Holder {
        validator: id(number),
        key: (number < 3).then(|| PointBytes::new([number; 32])),
        confirmed: number == 1,
    };
    Round {
        epoch: Epoch(2),
        from,
        threshold: 3,
        holders: (1..=4).map(holder).collect(),
        begun: Some(BlockTime(1_774_000_000_000)),
        ready: None,
        dealt: Vec::new(),
        decided: None,
        lapsed: false,
    }
}

fn state(present: Option<FingerprintKey>, round: Option<Round>) -> FingerprintKeyState {
    FingerprintKeyState {
        present,
        round,
        waits_for: vec!["node-c".to_owned(), "node-d".to_owned()],
        unable: BTreeMap::new(),
        spreads: None,
    }
}

/// A holder that was closed was counted as one that answers.
#[test]
fn holders_that_may_not_act_are_told() {
    let mut shown = state(Some(key(1, 4, 3)), None);
    let closed = AliasId::new([9; 32]);
    shown.unable.insert(closed, "node-d".to_owned());
    let shown = shown.to_string();
    assert!(shown.contains("4 holders, any 3 are enough"), "{shown}");
    assert!(shown.contains("of them 1 cannot answer"), "{shown}");
    assert!(shown.ends_with(": node-d"), "{shown}");
}

#[test]
fn it_says_how_many_hold_the_key_and_how_many_are_enough() {
    let none = state(None, None).to_string();
    assert_eq!(none, "fingerprint key: none yet");
    let present = state(Some(key(1, 4, 3)), None).to_string();
    assert_eq!(
        present,
        "fingerprint key (epoch 1): 4 holders, any 3 are enough"
    );
}

#[test]
fn a_round_beside_a_present_key_has_lines_of_its_own() {
    let first = "fingerprint key (epoch 1): 4 holders, any 3 are enough\n  ";
    let present = || Some(key(1, 4, 3));
    let said = |round: Round| state(present(), Some(round)).to_string();
    // a first round beside a present key: a chain that got a key by vote while genesis' own round is open
    let open = said(round(None));
    let right = "round 2 generates the key: 2 of 4 holders have registered a key\n  missing: node-c, node-d\n  it lapses at ";
    assert!(open.starts_with(&format!("{first}{right}")), "{open}");
    let mut dealt = round(Some(Epoch(1)));
    dealt.ready = dealt.begun;
    dealt.dealt = vec![Dealt {
        dealer: ShareIndex(1),
        disqualified: false,
    }];
    let words = said(dealt.clone());
    let right = "round 2 shares the key anew: 1 have dealt shares so far\n  it lapses at ";
    assert!(words.starts_with(&format!("{first}{right}")), "{words}");
    let mut decided = dealt;
    decided.decided = Some(Decided {
        dealers: vec![ShareIndex(1)],
        key: None,
    });
    let words = said(decided);
    let right = "round 2 shares the key anew: 1 of 4 holders have confirmed their share\n  missing: node-c, node-d\n  it lapses";
    assert!(words.starts_with(&format!("{first}{right}")), "{words}");
    let mut lapsed = round(Some(Epoch(1)));
    lapsed.lapsed = true;
    let words = said(lapsed);
    let right = "round 2 lapsed: it was not complete after 24 hours; missing: node-c, node-d\n  to do: members vote";
    assert!(words.starts_with(&format!("{first}{right}")), "{words}");
}

#[test]
fn fewer_holders_afterwards_ask_for_consent_on_a_line_of_its_own() {
    let spread = |holders| Spread {
        holders,
        banks: holders,
        answers: 3,
    };
    let mut lowered = state(Some(key(1, 5, 3)), Some(round(Some(Epoch(1)))));
    lowered.spreads = Some((spread(5), spread(4)));
    let words = lowered.to_string();
    let last = words.lines().last().unwrap_or_default();
    let right = "  to do: fewer hold the key afterwards, so each holder's operator consents: sealane --home HOME validator consent 2";
    assert_eq!(last, right);
    assert_eq!(
        spread_in_words(&spread(5)),
        "5 holders of 5 banks, any 3 are enough"
    );
}
