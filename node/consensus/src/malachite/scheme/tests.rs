use malachitebft_app_channel::app::types::core::Round;
use sealane_crypto::signature::SigningKey;
use sealane_types::ids::{AliasId, BlockId};

use super::*;
use crate::malachite::context::{Choice, Member};

struct Key(SigningKey);

impl Signer for Key {
    fn sign(&self, vote: &Vote) -> Signature {
        self.0.sign(tags::SIGN_VOTE, &vote.to_bytes())
    }

    fn sign_consensus(&self, _: Height, message: &[u8]) -> Signature {
        self.0.sign(tags::SIGN_CONSENSUS, message)
    }
}

#[tokio::test]
async fn nothing_is_signed_for_a_height_that_others_have_decided() {
    let key = SigningKey::from_seed(&[7; 32]);
    let public = key.public();
    let signatures = Signatures::new(ChainId::new([1; 32]), Arc::new(Key(key)));
    let (member, block) = (Member(AliasId::new([2; 32])), BlockId::new([3; 32]));
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
    assert!(signatures.settle(Height(4)));
    assert!(!signatures.settle(Height(3)), "it never goes back");
    for (height, signs) in [(3, false), (4, false), (5, true)] {
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
        assert_eq!(
            signatures.head_holds(&head(height), &signature, &public),
            signs
        );
    }
}
