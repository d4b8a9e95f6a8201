//! A member who reads the chain to learn which bank has a document that another bank was refused.

use sealane_ledger::Effect;
use sealane_types::encoding::Encode as _;
use sealane_types::fingerprint::Rule;
use sealane_types::receipt::Outcome;

use super::*;

#[test]
fn a_refused_financing_names_neither_the_bank_nor_its_record() {
    let mut chain = chain();
    let (of_a, of_b) = (deal(A, 0), deal(B, 0));
    ready(&mut chain, &of_a);
    ready(&mut chain, &of_b);
    assert_eq!(finance(&mut chain, &of_a), FINANCED);
    let logged = chain.effects.iter().find_map(|effect| match effect {
        Effect::Logged { entry, .. } => Some(entry.clone()),
        _ => None,
    });
    let logged = logged.expect("whoever looks into the log first finds the document there");
    assert_eq!(logged.record, of_a.id());
    let sent = chain.sign(B, Payload::Finance(chain.finance(B, &of_b.id())));
    let outcomes = chain.block(vec![sent]).unwrap();
    let rule = Rule::Strict;
    let refused = Outcome::Refused(Refusal::Duplicate { rule });
    assert_eq!(outcomes, [refused]);
    let shown = outcomes[0].to_bytes();
    for hidden in [A.as_bytes(), of_a.id().as_bytes()] {
        assert!(!shown.windows(32).any(|part| part == hidden));
    }
    let words = match &outcomes[0] {
        Outcome::Refused(refusal) => refusal.to_string(),
        Outcome::Done(done) => panic!("{done:?}"),
    };
    let names = [A.to_string(), of_a.id().to_string(), "bank-".to_owned()];
    assert!(names.iter().all(|name| !words.contains(name)), "{words}");
    // what it costs is in the block: nothing is taken for bank B, and nothing of bank A's changes
    assert!(
        !chain
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Logged { .. })),
        "a refusal takes nothing"
    );
}
