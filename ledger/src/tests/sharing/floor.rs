//! The floor: no vote, under any form of governance, gives the key to fewer than four holders of three banks where
//! there are so many.

use sealane_types::alias::{Alias, Role, Standing};
use sealane_types::governance::{Governance, Propose};
use sealane_types::receipt::Refusal;

use super::*;
use crate::tests::governing::agree;
use crate::verified::Action;

const BANK_C: AliasId = AliasId::new([4; 32]);

fn few() -> Result<(), ChangeFault> {
    Err(ChangeFault::FewHolders)
}

fn check(world: &World, holders: &[AliasId]) -> Result<(), ChangeFault> {
    check_change(&world.state, &Change::ShareKey(holders.to_vec()), Height(9))
}

fn put(world: &mut World, alias: &Alias) {
    use sealane_types::encoding::Encode as _;
    world.state.insert(Key::alias(&alias.id), alias.to_bytes());
}

/// A validator becomes another bank's.
fn of_bank(world: &mut World, validator: AliasId, bank: AliasId) {
    let mut alias: Alias = world.read(&Key::alias(&validator)).unwrap();
    alias.bank = bank;
    put(world, &alias);
}

/// Four validators, of three banks.
fn of_three_banks() -> World {
    let mut world = World::with_threshold(3);
    put(&mut world, &alias(BANK_C, "bank-c", Role::Bank, BANK_C));
    of_bank(&mut world, V3, BANK_B);
    of_bank(&mut world, V4, BANK_C);
    world
}

#[test]
fn neither_votes_nor_an_authority_alone_give_the_key_to_one_node() {
    let forms = [
        Governance::Members,
        Governance::Leader(BANK_A),
        Governance::Authority(BANK_A),
    ];
    for form in forms {
        let mut world = of_three_banks();
        if form != Governance::Members {
            agree(&mut world, Change::SetGovernance(form));
        }
        for holders in [&[V1][..], &[V1, V2], &[V1, V2, V3], &[V4, V3, V2]] {
            let change = Change::ShareKey(holders.to_vec());
            let at = Height(world.height() + 4);
            let done = world.send(BANK_A, 0, Action::Propose(Propose { at, change }));
            let fault = ChangeFault::FewHolders;
            assert_eq!(done, Err(Refusal::ChangeFails { fault }), "{form:?}");
        }
        assert_eq!(check(&world, &VALIDATORS), Ok(()));
    }
}

#[test]
fn the_floor_holds_before_the_first_key_stands_too() {
    let world = World::without_key();
    assert_eq!(check(&world, &[V1]), few());
    assert_eq!(check(&world, &[V1, V2, V3]), few());
    assert_eq!(check(&world, &VALIDATORS), Ok(()));
}

/// Else an authority would first take the others' power, which needs nobody's word, and then the key.
#[test]
fn who_has_no_power_and_a_share_counts_until_it_is_suspended() {
    for mut world in [World::with_threshold(3), World::without_key()] {
        for alias in [V2, V3, V4] {
            agree(&mut world, Change::SetPower { alias, power: 0 });
        }
        assert_eq!(check(&world, &[V1]), few());
        assert_eq!(check(&world, &[V1, V2, V3]), few());
        let standing = Standing::Suspended;
        agree(
            &mut world,
            Change::SetStanding {
                alias: V4,
                standing,
            },
        );
        assert_eq!(check(&world, &[V1, V2, V3]), Ok(()));
        assert_eq!(check(&world, &[V1, V2]), few());
        assert_eq!(
            check(&world, &[V1, V2, V4]),
            Err(ChangeFault::Holders),
            "suspended"
        );
    }
}

#[test]
fn three_banks_hold_the_key_where_there_are_so_many() {
    let mut world = of_three_banks();
    let fifth = AliasId::new([15; 32]);
    put(&mut world, &alias(fifth, "node-4", Role::Validator, BANK_A));
    assert_eq!(check(&world, &[V1, V2, V3, fifth]), few(), "two banks");
    assert_eq!(check(&world, &[V1, V4, V3, fifth]), Ok(()));
    of_bank(&mut world, V4, BANK_B);
    assert_eq!(
        check(&world, &[V1, V2, V3, fifth]),
        Ok(()),
        "there are two banks"
    );
    assert_eq!(check(&world, &[V1, V2, fifth]), few());
}

#[test]
fn a_network_of_one_or_two_nodes_shares_its_key_among_all_of_them() {
    let mut world = World::with_threshold(3);
    let standing = Standing::Suspended;
    for alias in [V4, V3] {
        agree(&mut world, Change::SetPower { alias, power: 0 });
        agree(&mut world, Change::SetStanding { alias, standing });
    }
    assert_eq!(check(&world, &[V1]), few());
    assert_eq!(check(&world, &[V1, V2]), Ok(()));
    agree(
        &mut world,
        Change::SetPower {
            alias: V2,
            power: 0,
        },
    );
    agree(
        &mut world,
        Change::SetStanding {
            alias: V2,
            standing,
        },
    );
    assert_eq!(check(&world, &[V1]), Ok(()), "the only node");
}

/// It is looked at when the change takes effect, not only when it is proposed.
#[test]
fn a_change_that_the_floor_no_longer_allows_fails_at_its_height() {
    let mut net = Net::with_key();
    let standing = Standing::Suspended;
    let alias = V4;
    agree(&mut net.world, Change::SetPower { alias, power: 0 });
    agree(&mut net.world, Change::SetStanding { alias, standing });
    let at = Height(net.world.height() + 12);
    let change = Change::ShareKey(vec![V1, V2, V3]);
    let proposed = net
        .world
        .send(BANK_A, 0, Action::Propose(Propose { at, change }));
    let Ok(Done::Proposed { proposal, .. }) = proposed else {
        panic!("{proposed:?}");
    };
    let approve = true;
    let vote = sealane_types::governance::CastVote { proposal, approve };
    net.world.send(BANK_B, 0, Action::Vote(vote)).unwrap();
    let standing = Standing::Active;
    agree(&mut net.world, Change::SetStanding { alias, standing });
    while net.world.height() < at.0 {
        net.block(Vec::new());
    }
    assert_eq!(open_round(&net.world.state), None);
    let entry: crate::state::ProposalEntry = net.world.read(&Key::proposal(proposal)).unwrap();
    let failed = crate::state::ProposalStage::Failed(ChangeFault::FewHolders);
    assert_eq!(entry.stage, failed);
}

/// Who is closed never answers again: the votes end where the key would be lost with them. Who is suspended may come back.
#[test]
fn no_vote_leaves_fewer_holders_than_it_takes() {
    let mut world = of_three_banks();
    // out of the set, so that nothing but the key is in the way
    for validator in [V3, V4] {
        agree(
            &mut world,
            Change::SetPower {
                alias: validator,
                power: 0,
            },
        );
    }
    let standing = |alias, standing| Change::SetStanding { alias, standing };
    let fails = |world: &World, change| check_change(&world.state, &change, Height(9));
    for suspended in [V3, V4] {
        assert_eq!(
            fails(&world, standing(suspended, Standing::Suspended)),
            Ok(())
        );
    }
    agree(&mut world, standing(V3, Standing::Closed));
    for change in [
        standing(V4, Standing::Closed),
        standing(BANK_C, Standing::Closed),
        Change::SetRole {
            alias: BANK_C,
            role: Role::Observer,
        },
    ] {
        assert_eq!(fails(&world, change), Err(ChangeFault::KeyLost));
    }
}
