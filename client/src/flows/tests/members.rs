//! What a home looks at before it proposes or approves.

use sealane_crypto::signature::SigningKey;
use sealane_ledger::PROTOCOL;
use sealane_types::governance::Change;

use super::*;

#[tokio::test]
async fn a_key_that_a_member_had_before_is_told_and_refused() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let (chain, member) = (a.home().chain(), b.home().alias());
    let first = a.keys_of(&member).await.expect("asked");
    assert_eq!((first.member.as_str(), first.former.len()), ("bank-b", 0));
    let signing = SigningKey::generate().expect("a key");
    let to = |key| Change::SetKey {
        alias: member,
        key,
        possession: signing.possess(chain, member),
    };
    let change = to(signing.public());
    a.check_change(&change, false).await.expect("a new key");
    let proposed = a.propose(change, 4, &Silent).await.expect("proposed");
    let voted = b.vote(proposed.proposal, true, &Silent).await;
    assert!(voted.expect("voted").approved);
    assert_eq!(a.keys_of(&member).await.expect("asked"), first, "not yet");
    checks::wait(&a).await;
    let now = a.keys_of(&member).await.expect("asked");
    assert_eq!(now.present, signing.public());
    assert_eq!(now.former, [first.present]);
    let refused = a.check_change(&to(first.present), false).await;
    let refused = refused.expect_err("its former key");
    let told = refused.to_string();
    assert!(
        told.contains("bank-b") && told.contains(&first.present.to_string()),
        "{told}"
    );
    assert_eq!((refused.exit_code(), refused.name()), (2, "former-key"));
}

#[tokio::test]
async fn a_protocol_that_this_program_does_not_know_is_refused_unless_it_is_meant() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    let next = Change::SetProtocol(PROTOCOL + 1);
    let refused = a.check_change(&next, false).await.expect_err("unknown");
    assert!(refused.to_string().contains("--unknown"), "{refused}");
    assert_eq!((refused.exit_code(), refused.name()), (2, "stops-nodes"));
    a.check_change(&next, true).await.expect("meant");
}
