use malachitebft_app_channel::app::types::core::Round;
use sealane_crypto::signature::SigningKey;
use sealane_types::ids::{AliasId, BlockId};
use tempfile::TempDir;

use super::*;
use crate::malachite::context::{Choice, Member};
use crate::mark::{Mark, MarkError};

struct Key(SigningKey);

impl Signer for Key {
    fn sign(&self, vote: &Vote) -> Signature {
        self.0.sign(tags::SIGN_VOTE, &vote.to_bytes())
    }

    fn sign_consensus(&self, _: Height, message: &[u8]) -> Signature {
        self.0.sign(tags::SIGN_CONSENSUS, message)
    }
}

const CHAIN: ChainId = ChainId::new([1; 32]);
const MEMBER: Member = Member(AliasId::new([2; 32]));

fn signatures(key: SigningKey, folder: &TempDir) -> Signatures {
    let mark = Mark::open(&folder.path().join("signed"), CHAIN).expect("a mark");
    Signatures::new(
        CHAIN,
        Arc::new(Key(key)),
        Guard::new(MEMBER, mark, Arc::new(())),
    )
}

#[tokio::test]
async fn nothing_is_signed_for_a_height_that_others_have_decided() {
    let key = SigningKey::from_seed(&[7; 32]);
    let public = key.public();
    let folder = TempDir::new().expect("a folder");
    let signatures = signatures(key, &folder);
    let (member, block) = (MEMBER, BlockId::new([3; 32]));
    let round = Round::new(0);
    let vote = |height, kind| Ballot {
        kind,
        height: At(height),
        round,
        value: NilOrVal::Val(block),
        member,
    };
    let offer = |height| Offer {
        height: At(height),
        round,
        value: Choice(block),
        pol_round: Round::Nil,
        member,
    };
    let head = |height| Head {
        height: At(height),
        round,
        pol_round: Round::Nil,
        member,
        block,
        size: 1,
    };
    assert!(signatures.decided_elsewhere(Height(4)));
    assert!(
        !signatures.decided_elsewhere(Height(3)),
        "it never goes back"
    );
    for (height, signs) in [(3, false), (4, false), (5, true)] {
        let signed = signatures
            .sign_proposal(offer(height))
            .await
            .expect("signed");
        let message = signatures.offer(&signed.message);
        assert_eq!(
            holds(&message, &signed.signature, &public),
            signs,
            "{height}"
        );
        let signature = signatures.sign_head(&head(height));
        let valid = signature
            .is_some_and(|signature| signatures.head_holds(&head(height), &signature, &public));
        assert_eq!(valid, signs, "{height}");
        for kind in [VoteType::Prevote, VoteType::Precommit] {
            let signed = signatures
                .sign_vote(vote(height, kind))
                .await
                .expect("signed");
            let message = signatures.ballot(&signed.message);
            assert_eq!(
                holds(&message, &signed.signature, &public),
                signs,
                "{height} {kind:?}"
            );
        }
    }
}

fn vote(height: u64, round: u32, kind: VoteType, block: u8) -> Ballot {
    Ballot {
        kind,
        height: At(height),
        round: Round::new(round),
        value: NilOrVal::Val(BlockId::new([block; 32])),
        member: MEMBER,
    }
}

/// The vote that is signed where this one is asked for.
async fn signed(signatures: &Signatures, vote: Ballot) -> Option<Ballot> {
    let signed = signatures.sign_vote(vote).await.expect("an answer");
    (signed.signature != SILENT).then_some(signed.message)
}

/// Whether this very vote is signed.
async fn signs(signatures: &Signatures, vote: Ballot) -> bool {
    signed(signatures, vote.clone()).await == Some(vote)
}

async fn check(signatures: &Signatures, vote: &Ballot, signature: &Signature, key: &PublicKey) {
    let valid = signatures.verify_signed_vote(vote, signature, key).await;
    assert!(matches!(valid, Ok(VerificationResult::Valid)));
}

#[tokio::test]
async fn an_engine_without_its_log_gets_no_second_signature_and_the_same_one_again() {
    let seed = [7; 32];
    let folder = TempDir::new().expect("a folder");
    let first = signatures(SigningKey::from_seed(&seed), &folder);
    assert!(signs(&first, vote(5, 1, VoteType::Prevote, 1)).await);
    assert!(signs(&first, vote(5, 1, VoteType::Precommit, 1)).await);
    // the node begins again; data and log are gone, the mark is not
    let second = signatures(SigningKey::from_seed(&seed), &folder);
    for (height, round, kind, block, expected) in [
        (1, 0, VoteType::Precommit, 1, false),
        (5, 0, VoteType::Prevote, 1, false),
        (5, 1, VoteType::Prevote, 2, false),
        (5, 1, VoteType::Precommit, 2, false),
        (5, 1, VoteType::Precommit, 1, true),
        (6, 0, VoteType::Prevote, 2, true),
    ] {
        let signed = signs(&second, vote(height, round, kind, block)).await;
        assert_eq!(signed, expected, "{height} {round} {kind:?} {block}");
    }
}

#[tokio::test]
async fn where_a_vote_is_refused_the_last_one_is_given_again() {
    use VoteType::{Precommit, Prevote};
    let seed = [7; 32];
    let key = SigningKey::from_seed(&seed).public();
    let folder = TempDir::new().expect("a folder");
    let begun = || signatures(SigningKey::from_seed(&seed), &folder);
    assert!(signs(&begun(), vote(5, 1, Prevote, 1)).await);
    let again = begun();
    for asked in [
        vote(5, 0, Prevote, 2),
        vote(5, 0, Precommit, 2),
        vote(5, 1, Prevote, 2),
    ] {
        let given = again.sign_vote(asked).await.expect("an answer");
        assert_eq!(given.message, vote(5, 1, Prevote, 1));
        check(&again, &given.message, &given.signature, &key).await;
    }
    assert_eq!(signed(&again, vote(4, 0, Prevote, 1)).await, None);
    // a precommit for a block only once the engine knows it
    assert!(signs(&again, vote(5, 1, Precommit, 3)).await);
    let given = signed(&again, vote(5, 0, Precommit, 2)).await;
    assert_eq!(given, Some(vote(5, 1, Precommit, 3)));
    let last = begun();
    for asked in [vote(5, 0, Prevote, 2), vote(5, 0, Precommit, 2)] {
        let given = signed(&last, asked).await;
        assert_eq!(given, Some(vote(5, 1, Prevote, 1)));
    }
    // where the lock forbids the block, none is voted for
    let nil = |round| Ballot {
        value: NilOrVal::Nil,
        ..vote(5, round, Prevote, 0)
    };
    assert_eq!(signed(&last, vote(5, 2, Prevote, 2)).await, Some(nil(2)));
    // a round in which this validator has only proposed
    let head = Head {
        height: At(5),
        round: Round::new(4),
        pol_round: Round::Nil,
        member: MEMBER,
        block: BlockId::new([3; 32]),
        size: 1,
    };
    assert!(last.sign_head(&head).is_some());
    let given = signed(&begun(), vote(5, 3, Precommit, 3)).await;
    assert_eq!(given, Some(nil(4)));
}

#[tokio::test]
async fn under_a_mark_that_was_set_by_hand_nothing_is_given_again() {
    let folder = TempDir::new().expect("a folder");
    Mark::set(&folder.path().join("signed"), CHAIN, Height(5)).expect("a mark");
    let signatures = signatures(SigningKey::from_seed(&[7; 32]), &folder);
    for round in [0, 7] {
        let given = signed(&signatures, vote(5, round, VoteType::Prevote, 1)).await;
        assert_eq!(given, None);
    }
}

#[tokio::test]
async fn a_second_block_for_a_round_is_not_proposed() {
    let folder = TempDir::new().expect("a folder");
    let signatures = signatures(SigningKey::from_seed(&[7; 32]), &folder);
    let head = |block| Head {
        height: At(5),
        round: Round::new(0),
        pol_round: Round::Nil,
        member: MEMBER,
        block: BlockId::new([block; 32]),
        size: 1,
    };
    assert!(signatures.sign_head(&head(1)).is_some());
    assert!(signatures.sign_head(&head(1)).is_some());
    assert!(signatures.sign_head(&head(2)).is_none());
    let offer = |block| Offer {
        height: At(5),
        round: Round::new(0),
        value: Choice(BlockId::new([block; 32])),
        pol_round: Round::Nil,
        member: MEMBER,
    };
    let one = signatures.sign_proposal(offer(1)).await.expect("an answer");
    let other = signatures.sign_proposal(offer(2)).await.expect("an answer");
    assert_ne!(one.signature, SILENT);
    assert_eq!(other.signature, SILENT);
}

#[tokio::test]
async fn a_vote_of_the_own_key_that_the_mark_does_not_know_stops_the_node() {
    let seed = [7; 32];
    let public = SigningKey::from_seed(&seed).public();
    let (folder, elsewhere) = (
        TempDir::new().expect("one"),
        TempDir::new().expect("another"),
    );
    let own = signatures(SigningKey::from_seed(&seed), &folder);
    let twin = signatures(SigningKey::from_seed(&seed), &elsewhere);
    let known = own
        .sign_vote(vote(5, 0, VoteType::Prevote, 1))
        .await
        .expect("signed");
    check(&own, &known.message, &known.signature, &public).await;
    // what is no signature of this key, or another's vote, says nothing
    let forged = vote(9, 0, VoteType::Precommit, 1);
    let outcome = own
        .verify_signed_vote(&forged, &known.signature, &public)
        .await;
    assert!(matches!(outcome, Ok(VerificationResult::Invalid)));
    let stranger = Ballot {
        member: Member(AliasId::new([4; 32])),
        ..vote(9, 0, VoteType::Precommit, 1)
    };
    let signed = twin.sign_vote(stranger).await.expect("signed");
    check(&own, &signed.message, &signed.signature, &public).await;
    assert!(signs(&own, vote(5, 0, VoteType::Precommit, 1)).await);
    // a block of a higher round, signed by a node with a copy of the key, or before the mark was lost
    let unknown = twin
        .sign_vote(vote(10, 0, VoteType::Precommit, 1))
        .await
        .expect("signed");
    check(&own, &unknown.message, &unknown.signature, &public).await;
    let stopped = own.guard.failed().await;
    assert!(matches!(stopped, MarkError::Behind { .. }), "{stopped}");
    assert!(!signs(&own, vote(11, 0, VoteType::Prevote, 1)).await);
}

#[tokio::test]
async fn a_vote_in_the_engines_log_shows_that_it_knows_its_lock() {
    let folder = TempDir::new().expect("a folder");
    let key = || SigningKey::from_seed(&[7; 32]);
    assert!(
        signs(
            &signatures(key(), &folder),
            vote(5, 0, VoteType::Precommit, 1)
        )
        .await
    );
    let cut = signatures(key(), &folder);
    assert_eq!(cut.guard.inherited(At(5)), Some(BlockId::new([1; 32])));
    assert!(!signs(&cut, vote(5, 1, VoteType::Prevote, 2)).await);
    let whole = signatures(key(), &folder);
    whole.guard.replayed(&vote(5, 0, VoteType::Precommit, 1));
    assert_eq!(whole.guard.inherited(At(5)), None);
    assert!(signs(&whole, vote(5, 2, VoteType::Prevote, 2)).await);
}
