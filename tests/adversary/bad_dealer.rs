//! A validator that deals a bad share to another while that one is away, confirms, and falls silent. And members, or
//! an authority, who would give the key to one node. Neither loses it, and neither gets it.

use sealane_crypto::curve::Scalar;
use sealane_crypto::oprf::{KeyPublic, KeyShare, Opened, ShareKey};
use sealane_ledger::sharing::{open_round, present};
use sealane_ledger::state::{Blame, FaultKind, Key};
use sealane_tests::chain::validator;
use sealane_tests::deals;
use sealane_types::governance::{CastVote, Change, Governance, Propose};
use sealane_types::ids::{Epoch, Height, ScalarBytes};
use sealane_types::receipt::ChangeFault;
use sealane_types::sharing::Dealing;

use super::*;

const C: AliasId = BANKS[2];

/// The banks agree on a change, and its height comes; the rules may refuse it.
pub fn agree(chain: &mut Chain<'_>, change: Change) -> Result<(), Refusal> {
    let at = Height(chain.tip.height.0 + 6);
    let proposed = chain.send(A, Payload::Propose(Box::new(Propose { at, change })))?;
    let Done::Proposed { proposal, approved } = proposed else {
        panic!("{proposed:?}");
    };
    for bank in [B, C] {
        if !approved {
            let approve = true;
            let vote = CastVote { proposal, approve };
            let _ = chain.send(bank, Payload::Vote(vote)); // refused once it is decided
        }
    }
    while chain.tip.height < at {
        assert_eq!(chain.block(Vec::new()), Ok(Vec::new()));
    }
    Ok(())
}

/// What the four keep for a round.
struct Round {
    keys: Vec<ShareKey>,
}

impl Round {
    fn begun(chain: &mut Chain<'_>) -> Self {
        let holders = (0..4).map(validator).collect();
        assert_eq!(agree(chain, Change::ShareKey(holders)), Ok(()));
        let epoch = open_round(&chain.state).unwrap().epoch;
        let mut keys = Vec::new();
        for number in 0..4 {
            let key = ShareKey::generate(epoch).unwrap();
            let said = key.register(&chain.tip.chain, &validator(number)).unwrap();
            let done = chain.send(validator(number), Payload::RegisterShareKey(said));
            assert_eq!(done, Ok(Done::ShareKeyRegistered));
            keys.push(key);
        }
        Self { keys }
    }

    /// Validator `number` deals; the share of `victim` is a bad one.
    fn deals(&self, chain: &mut Chain<'_>, number: u8, victim: Option<usize>) {
        let sharing = open_round(&chain.state).unwrap().sharing(chain.tip.chain);
        let bad = ScalarBytes::new(Scalar::from_uniform(&[1; 64]).encode());
        let spoil = |dealing: &mut Dealing| {
            if let Some(victim) = victim {
                dealing.shares[victim] = bad;
            }
        };
        let share = Some(&chain.shares[usize::from(number)]);
        let deal = sharing
            .unwrap()
            .deal_spoilt(&validator(number), share, &spoil);
        let deal = Payload::Deal(Box::new(deal.unwrap()));
        assert_eq!(chain.send(validator(number), deal), Ok(Done::Dealt));
    }

    fn dealing(chain: &Chain<'_>, number: u8) -> Dealing {
        let round = open_round(&chain.state).unwrap();
        let dealer = round
            .dealer_index(&chain.state, &validator(number))
            .unwrap();
        chain.read(&Key::dealing(round.epoch, dealer)).unwrap()
    }

    fn share(&self, chain: &Chain<'_>, number: u8) -> KeyShare {
        let round = open_round(&chain.state).unwrap();
        let sharing = round.sharing(chain.tip.chain).unwrap();
        let index = round.index_of(&validator(number)).unwrap();
        let own = &self.keys[usize::from(number)];
        let dealers = &round.decided.as_ref().unwrap().dealers;
        let part = |dealer: &sealane_types::ids::ShareIndex| {
            let number = u8::try_from(dealer.0 - 1).unwrap();
            let dealing = Self::dealing(chain, number);
            match sharing
                .open(own, index, &validator(number), &dealing)
                .unwrap()
            {
                Opened::Good(part) => (*dealer, part),
                Opened::Bad => panic!("a bad share"),
            }
        };
        let parts: Vec<_> = dealers.iter().map(part).collect();
        sharing.share(round.origin(), index, &parts).unwrap()
    }

    fn confirms(&self, chain: &mut Chain<'_>, number: u8) -> (Result<Done, Refusal>, KeyShare) {
        let share = self.share(chain, number);
        let key = open_round(&chain.state).unwrap().decided.unwrap().key;
        let key = KeyPublic::restore(&key.unwrap()).unwrap();
        let said = share.confirm(&key, &chain.tip.chain, &validator(number));
        let done = chain.send(validator(number), Payload::Confirm(said.unwrap()));
        (done, share)
    }

    fn complains(&self, chain: &mut Chain<'_>, number: u8, of: u8) {
        let round = open_round(&chain.state).unwrap();
        let sharing = round.sharing(chain.tip.chain).unwrap();
        let (own, index) = (
            &self.keys[usize::from(number)],
            round.index_of(&validator(number)),
        );
        let dealer = round.dealer_index(&chain.state, &validator(of)).unwrap();
        let dealing = Self::dealing(chain, of);
        let said = sharing.complain(own, index.unwrap(), (&validator(of), dealer), &dealing);
        let done = chain.send(validator(number), Payload::Complain(said.unwrap()));
        assert_eq!(done, Ok(Done::Complained));
    }
}

const MORE: Result<Done, Refusal> = Ok(Done::Confirmed { present: false });

#[test]
fn a_bad_share_for_a_validator_that_is_away_does_not_cost_the_key() {
    let mut chain = Chain::shared(&PROOFS, 3, 4);
    let before = present(&chain.state).unwrap();
    let round = Round::begun(&mut chain);
    round.deals(&mut chain, 1, Some(2));
    round.deals(&mut chain, 0, None);
    round.deals(&mut chain, 3, None);
    for number in [0, 1, 3] {
        assert_eq!(round.confirms(&mut chain, number).0, MORE);
    }
    for _ in 0..60 {
        assert_eq!(chain.block(Vec::new()), Ok(Vec::new())); // a second each
    }
    assert_eq!(present(&chain.state), Some(before.clone()), "nobody erases");
    // it is back
    round.complains(&mut chain, 2, 1);
    let blame: Blame = chain.read(&Key::blame(&validator(1))).unwrap();
    assert_eq!(blame.last[0].kind, FaultKind::BadShare);
    round.deals(&mut chain, 2, None);
    let mut shares = Vec::new();
    for (at, number) in [0, 1, 2, 3].into_iter().enumerate() {
        let (done, share) = round.confirms(&mut chain, number);
        let present = at == 3;
        assert_eq!(done, Ok(Done::Confirmed { present }));
        shares.push(share);
    }
    // everybody has erased the old shares, and the bad one is silent
    let own = deals::deal(chain.tip.chain, A, &Invoice::new("INV-HANDED-ON"));
    chain.send(A, own.seal()).unwrap();
    chain.send(A, own.present()).unwrap();
    for (at, number) in [0, 2, 3].into_iter().enumerate() {
        let answer = shares[usize::from(number)].answer(&chain.question(&own.id()));
        let done = chain.send(validator(number), Payload::Answer(answer.unwrap()));
        let completed = at == 2;
        assert_eq!(done, Ok(Done::Answered { completed }));
    }
    assert_eq!(finance(&mut chain, &own), FINANCED);
    let after = present(&chain.state).unwrap();
    assert_eq!((after.epoch, after.public), (Epoch(2), before.public));
}

#[test]
fn neither_three_votes_nor_an_authority_give_the_key_to_one_node() {
    let mut chain = Chain::shared(&PROOFS, 3, 4);
    let fault = ChangeFault::FewHolders;
    let refused = Err(Refusal::ChangeFails { fault });
    let one = || Change::ShareKey(vec![validator(0)]);
    let three = || Change::ShareKey((0..3).map(validator).collect());
    for form in [Governance::Leader(A), Governance::Authority(A)] {
        for change in [one(), three()] {
            assert_eq!(agree(&mut chain, change), refused);
        }
        assert_eq!(agree(&mut chain, Change::SetGovernance(form)), Ok(()));
    }
    assert_eq!(agree(&mut chain, one()), refused, "an authority alone");
    for number in 1..4 {
        let alias = validator(number);
        assert_eq!(
            agree(&mut chain, Change::SetPower { alias, power: 0 }),
            Ok(())
        );
    }
    assert_eq!(
        agree(&mut chain, one()),
        refused,
        "without power they hold shares"
    );
}
