//! Proposals, votes, and changes at their heights, under each form of consortium.

use sealane_types::alias::{Alias, Role, Standing};
use sealane_types::block::ValidatorSet;
use sealane_types::genesis::Parameters;
use sealane_types::governance::{CastVote, Change, Governance, Limits, Propose};
use sealane_types::ids::{AliasId, Height, ProposalId, VerifyingKeyId};
use sealane_types::receipt::{ChangeFault, Done, Refusal};
use sealane_types::transaction::Payload;

use super::members::possession;
use super::world::*;
use crate::consortium::validators_at;
use crate::semantic::Semantic;
use crate::state::{Consortium, Key, ProposalEntry, ProposalStage, Turns, Voters};
use crate::validator_set_hash;
use crate::verified::Action;

const BANK_C: AliasId = AliasId::new([4; 32]);
const BANK_D: AliasId = AliasId::new([5; 32]);
const WATCHER: AliasId = AliasId::new([6; 32]);

fn admitting(world: &World, id: AliasId, name: &str, role: Role) -> Change {
    Change::Admit {
        alias: Box::new(alias(id, name, role, id)),
        possession: possession(world, id, None),
    }
}

/// Proposes a change for so many blocks after the one that takes the proposal.
pub fn propose(
    world: &mut World,
    by: AliasId,
    notice: u64,
    change: Change,
) -> Result<Done, Refusal> {
    let at = Height(world.height() + 1 + notice);
    world.send(by, 0, Action::Propose(Propose { at, change }))
}

pub fn vote(world: &mut World, by: AliasId, proposal: u32, approve: bool) -> Result<Done, Refusal> {
    let proposal = ProposalId(proposal);
    world.send(by, 0, Action::Vote(CastVote { proposal, approve }))
}

/// Both banks of genesis agree, and the change's height comes.
pub fn agree(world: &mut World, change: Change) -> u32 {
    let done = propose(world, BANK_A, 3, change).unwrap();
    let Done::Proposed { proposal, approved } = done else {
        panic!("{done:?}");
    };
    if !approved {
        let done = vote(world, BANK_B, proposal.0, true);
        assert_eq!(done, Ok(Done::Voted { approved: true }));
    }
    (0..3).for_each(|_| drop(world.block(Vec::new())));
    proposal.0
}

fn stage(world: &World, proposal: u32) -> ProposalStage {
    let entry: ProposalEntry = world.read(&Key::proposal(ProposalId(proposal))).unwrap();
    entry.stage
}

fn limits(inquiries_per_day: u32) -> Change {
    Change::SetLimits(Limits {
        inquiries_per_day,
        financings_per_day: FINANCINGS,
        max_hold_blocks: MAX_HOLD,
        max_block_transactions: 200,
        max_block_bytes: 4 << 20,
    })
}

fn quota(world: &World) -> u32 {
    let parameters: Parameters = world.read(&Key::parameters()).unwrap();
    parameters.inquiries_per_day
}

#[test]
fn a_change_takes_effect_for_its_height_and_not_before() {
    let mut world = World::new();
    let done = propose(&mut world, BANK_A, 4, limits(77)); // in block 1, for height 5
    let proposal = ProposalId(0);
    let open = Done::Proposed {
        proposal,
        approved: false,
    };
    assert_eq!(
        done,
        Ok(open),
        "one of two banks is not more than two thirds"
    );
    let voted = vote(&mut world, BANK_B, 0, true); // block 2
    assert_eq!(voted, Ok(Done::Voted { approved: true }));
    assert_eq!(stage(&world, 0), ProposalStage::Approved);
    world.block(Vec::new()); // block 3
    assert_eq!(quota(&world), QUOTA, "block 4 runs under the old limits");
    world.block(Vec::new()); // block 4 writes what block 5 runs under
    assert_eq!(quota(&world), 77);
    assert_eq!(stage(&world, 0), ProposalStage::Done);
    let consortium: Consortium = world.read(&Key::consortium()).unwrap();
    assert_eq!(consortium.scheduled, []);
}

#[test]
fn without_votes_in_time_a_proposal_lapses() {
    let mut world = World::new();
    propose(&mut world, BANK_A, 3, limits(77)).unwrap(); // in block 1, for height 4
    world.block(Vec::new()); // block 2, in which a vote would have counted
    let late = vote(&mut world, BANK_B, 0, true);
    assert_eq!(late, Err(Refusal::ProposalOver));
    (0..5).for_each(|_| drop(world.block(Vec::new())));
    assert_eq!(quota(&world), QUOTA);
    for notice in [0, 1, u64::from(u32::MAX)] {
        let refused = propose(&mut world, BANK_A, notice, limits(77));
        assert!(
            matches!(refused, Err(Refusal::HeightOutOfRange { .. })),
            "{notice}"
        );
    }
}

#[test]
fn members_vote_once_and_nobody_else_does() {
    let mut world = World::new();
    let role = Role::Company;
    let by_customer = propose(&mut world, CUSTOMER, 9, limits(77));
    assert_eq!(by_customer, Err(Refusal::RoleForbids { role }));
    propose(&mut world, BANK_A, 20, limits(77)).unwrap();
    let own = vote(&mut world, BANK_A, 0, true);
    assert_eq!(own, Err(Refusal::AlreadyVoted), "proposing is approving");
    let by_node = vote(&mut world, VALIDATORS[1], 0, true);
    let role = Role::Validator;
    assert_eq!(by_node, Err(Refusal::RoleForbids { role }));
    let unknown = vote(&mut world, BANK_B, 1, true);
    assert_eq!(unknown, Err(Refusal::UnknownProposal));
    let against = vote(&mut world, BANK_B, 0, false);
    assert_eq!(against, Ok(Done::Voted { approved: false }));
    let changed_mind = vote(&mut world, BANK_B, 0, true);
    assert_eq!(changed_mind, Err(Refusal::AlreadyVoted));
}

#[test]
fn three_of_four_banks_decide_and_two_do_not() {
    let mut world = World::new();
    let third = admitting(&world, BANK_C, "bank-c", Role::Bank);
    agree(&mut world, third);
    // three banks: all must agree, as two are not more than two thirds
    let fourth = admitting(&world, BANK_D, "bank-d", Role::Bank);
    propose(&mut world, BANK_A, 20, fourth).unwrap();
    let two = vote(&mut world, BANK_B, 1, true);
    assert_eq!(two, Ok(Done::Voted { approved: false }));
    let three = vote(&mut world, BANK_C, 1, true);
    assert_eq!(three, Ok(Done::Voted { approved: true }));
    world.reach(world.height() + 20);
    world.block(Vec::new());
    propose(&mut world, BANK_D, 20, limits(77)).unwrap();
    let two = vote(&mut world, BANK_A, 2, true);
    assert_eq!(two, Ok(Done::Voted { approved: false }));
    let three = vote(&mut world, BANK_C, 2, true);
    assert_eq!(three, Ok(Done::Voted { approved: true }));
    let voters: Voters = world.read(&Key::voters()).unwrap();
    assert_eq!(voters.0, [BANK_A, BANK_B, BANK_C, BANK_D]);
}

#[test]
fn a_suspended_bank_has_no_voice_and_is_not_counted() {
    let mut world = World::new();
    let third = admitting(&world, BANK_C, "bank-c", Role::Bank);
    agree(&mut world, third);
    let suspended = Change::SetStanding {
        alias: BANK_C,
        standing: Standing::Suspended,
    };
    propose(&mut world, BANK_A, 9, suspended).unwrap();
    vote(&mut world, BANK_B, 1, true).unwrap();
    let own = vote(&mut world, BANK_C, 1, true);
    assert_eq!(own, Ok(Done::Voted { approved: true }));
    world.reach(world.height() + 9);
    world.block(Vec::new());
    let silenced = propose(&mut world, BANK_C, 9, limits(77));
    assert_eq!(silenced, Err(Refusal::NotActive));
    propose(&mut world, BANK_A, 9, limits(78)).unwrap();
    let both = vote(&mut world, BANK_B, 2, true);
    assert_eq!(both, Ok(Done::Voted { approved: true }), "two of two");
}

#[test]
fn a_leading_member_needs_the_others_and_they_need_it() {
    let mut world = World::new();
    let third = admitting(&world, BANK_C, "bank-c", Role::Bank);
    agree(&mut world, third);
    let change = Change::SetGovernance(Governance::Leader(BANK_B));
    propose(&mut world, BANK_A, 9, change).unwrap();
    vote(&mut world, BANK_B, 1, true).unwrap();
    vote(&mut world, BANK_C, 1, true).unwrap();
    world.reach(world.height() + 9);
    world.block(Vec::new());
    propose(&mut world, BANK_A, 9, limits(77)).unwrap();
    let without = vote(&mut world, BANK_C, 2, true);
    assert_eq!(without, Ok(Done::Voted { approved: false }));
    let with = vote(&mut world, BANK_B, 2, true);
    assert_eq!(with, Ok(Done::Voted { approved: true }));
    let alone = propose(&mut world, BANK_B, 9, limits(78)).unwrap();
    let proposal = ProposalId(3);
    let approved = false;
    assert_eq!(alone, Done::Proposed { proposal, approved });
}

#[test]
fn a_named_authority_decides_alone_and_cannot_be_sent_away() {
    let mut world = World::new();
    let watcher = admitting(&world, WATCHER, "watcher", Role::Regulator);
    agree(&mut world, watcher);
    let no_voice = propose(&mut world, WATCHER, 9, limits(77));
    let role = Role::Regulator;
    assert_eq!(no_voice, Err(Refusal::RoleForbids { role }));
    agree(
        &mut world,
        Change::SetGovernance(Governance::Authority(WATCHER)),
    );
    propose(&mut world, BANK_A, 9, limits(77)).unwrap();
    let banks = vote(&mut world, BANK_B, 2, true);
    assert_eq!(banks, Ok(Done::Voted { approved: false }));
    let authority = propose(&mut world, WATCHER, 9, limits(79)).unwrap();
    let proposal = ProposalId(3);
    let approved = true;
    assert_eq!(authority, Done::Proposed { proposal, approved });
    let away = Change::SetStanding {
        alias: WATCHER,
        standing: Standing::Closed,
    };
    let fault = ChangeFault::NobodyDecides;
    let refused = propose(&mut world, WATCHER, 9, away);
    assert_eq!(refused, Err(Refusal::ChangeFails { fault }));
}

/// A vote made a validator the sole authority: no home holds its alias, and nobody could decide anything any more.
#[test]
fn who_decides_is_a_bank_or_a_regulator() {
    let mut world = World::new();
    let watcher = admitting(&world, WATCHER, "watcher", Role::Regulator);
    agree(&mut world, watcher);
    let observer = admitting(&world, BANK_D, "observer", Role::Observer);
    agree(&mut world, observer);
    let fault = ChangeFault::NobodyDecides;
    let refused = Err(Refusal::ChangeFails { fault });
    for nobody in [VALIDATORS[0], BANK_D] {
        for form in [Governance::Authority(nobody), Governance::Leader(nobody)] {
            let made = propose(&mut world, BANK_A, 9, Change::SetGovernance(form));
            assert_eq!(made, refused);
        }
    }
    let authority = Governance::Authority(WATCHER);
    agree(&mut world, Change::SetGovernance(authority));
    for role in [Role::Observer, Role::Operator] {
        let alias = WATCHER;
        let made = propose(&mut world, WATCHER, 9, Change::SetRole { alias, role });
        assert_eq!(made, refused, "the authority cannot give its voice away");
    }
    let mut genesis = genesis();
    genesis.governance = authority;
    assert!(genesis.check().is_err(), "it is no member");
    genesis.governance = Governance::Authority(VALIDATORS[0]);
    let told = genesis.check().unwrap_err().to_string();
    assert!(told.contains("neither a bank nor a regulator"), "{told}");
    genesis.governance = Governance::Leader(BANK_B);
    assert_eq!(genesis.check(), Ok(()));
}

#[test]
fn a_change_that_cannot_be_made_is_refused_at_once_or_fails_at_its_height() {
    let mut world = World::new();
    let fails = |world: &mut World, change: Change, fault: ChangeFault| {
        let refused = propose(world, BANK_A, 9, change);
        assert_eq!(refused, Err(Refusal::ChangeFails { fault }));
    };
    let taken = admitting(&world, BANK_C, "bank-b", Role::Bank);
    fails(&mut world, taken, ChangeFault::NameTaken);
    let twice = admitting(&world, BANK_B, "bank-z", Role::Bank);
    fails(&mut world, twice, ChangeFault::AliasExists);
    let customer = Change::SetStanding {
        alias: CUSTOMER,
        standing: Standing::Suspended,
    };
    fails(&mut world, customer, ChangeFault::NotAMember);
    let node = Change::SetRole {
        alias: VALIDATORS[0],
        role: Role::Observer,
    };
    fails(&mut world, node, ChangeFault::Role);
    let bank_of_validators = Change::SetStanding {
        alias: BANK_A,
        standing: Standing::Suspended,
    };
    fails(&mut world, bank_of_validators, ChangeFault::Validates);
    let signing_node = Change::SetStanding {
        alias: VALIDATORS[0],
        standing: Standing::Suspended,
    };
    fails(&mut world, signing_node, ChangeFault::Validates);
    let nothing = Change::SetLimits(Limits {
        inquiries_per_day: 1,
        financings_per_day: 1,
        max_hold_blocks: 1,
        max_block_transactions: 0,
        max_block_bytes: 1,
    });
    fails(&mut world, nothing, ChangeFault::Limits);
    let unknown = Change::RetireCircuit(VerifyingKeyId::new([9; 32]));
    fails(&mut world, unknown, ChangeFault::Circuit);
    fails(&mut world, Change::SetProtocol(1), ChangeFault::Version);
    let no_validator = Change::SetPower {
        alias: BANK_B,
        power: 1,
    };
    fails(&mut world, no_validator, ChangeFault::NotAValidator);

    // two proposals of one name: the second cannot be made any more when its height comes
    let first = admitting(&world, BANK_C, "bank-c", Role::Observer);
    let second = admitting(&world, BANK_D, "bank-c", Role::Observer);
    propose(&mut world, BANK_A, 9, first).unwrap();
    propose(&mut world, BANK_A, 9, second).unwrap();
    vote(&mut world, BANK_B, 0, true).unwrap();
    vote(&mut world, BANK_B, 1, true).unwrap();
    world.reach(world.height() + 9);
    world.block(Vec::new());
    assert_eq!(stage(&world, 0), ProposalStage::Done);
    let fault = ChangeFault::NameTaken;
    assert_eq!(stage(&world, 1), ProposalStage::Failed(fault));
    assert_eq!(world.read::<Alias>(&Key::alias(&BANK_D)), None);
}

#[test]
fn validators_change_two_heights_after_the_state_that_says_so() {
    let mut world = World::new();
    let power = |power| Change::SetPower {
        alias: VALIDATORS[3],
        power,
    };
    propose(&mut world, BANK_A, 3, power(0)).unwrap(); // in block 1, for height 4
    let before = world.tip.next_validators;
    vote(&mut world, BANK_B, 0, true).unwrap(); // block 2
    let three = validators_at(&world.state, Height(4));
    assert_eq!(three.validators().len(), 3);
    let three = validator_set_hash(&three);
    assert_eq!(
        world.tip.validators, before,
        "block 3 is signed by all four"
    );
    assert_eq!(
        world.tip.next_validators, three,
        "and names the three of block 4"
    );
    world.block(Vec::new()); // block 3
    assert_eq!(world.tip.validators, three);
    let turns: Turns = world.read(&Key::turns()).unwrap();
    assert_eq!(turns.0, [Height(4)]);
    let from: ValidatorSet = world.read(&Key::validators_from(Height(4))).unwrap();
    assert_eq!(validator_set_hash(&from), three, "for clients that follow");
    let last: Vec<AliasId> = VALIDATORS[..3].to_vec();
    for (at, validator) in last.iter().enumerate() {
        let out = Change::SetPower {
            alias: *validator,
            power: 0,
        };
        if at < 2 {
            agree(&mut world, out);
        } else {
            let fault = ChangeFault::ValidatorSet;
            let refused = propose(&mut world, BANK_A, 9, out);
            assert_eq!(refused, Err(Refusal::ChangeFails { fault }), "the last one");
        }
    }
}

#[test]
fn a_new_key_signs_from_its_height_on_and_in_the_validator_set_too() {
    let mut world = World::new();
    let (alias, key) = (VALIDATORS[0], signing_key(&WATCHER));
    let said = sealane_types::alias::Possession {
        chain: world.tip.chain,
        alias,
        key: key.public(),
        vouched: None,
    };
    let tag = sealane_crypto::tags::SIGN_POSSESSION;
    let possession = key.sign(tag, &sealane_types::encoding::Encode::to_bytes(&said));
    let change = Change::SetKey {
        alias,
        key: key.public(),
        possession,
    };
    let check = |change: &Change| {
        let propose = Propose {
            at: Height(9),
            change: change.clone(),
        };
        let body = world.body(BANK_A, Payload::Propose(Box::new(propose)));
        let parameters = world.read(&Key::parameters()).unwrap();
        let mut semantic = Semantic::new(&world.state, world.tip.chain, &parameters);
        semantic.check(&body, &mut Vec::new()).map(|_| ())
    };
    assert_eq!(check(&change), Ok(()));
    let stolen = Change::SetKey {
        alias: VALIDATORS[1],
        key: key.public(),
        possession,
    };
    let fault = ChangeFault::WrongKey;
    assert_eq!(check(&stolen), Err(Refusal::ChangeFails { fault }));
    agree(&mut world, change);
    let next = Height(world.height() + 1);
    let set = validators_at(&world.state, next);
    assert_eq!(set.get(&alias).unwrap().key, key.public());
    let signer: Alias = world.read(&Key::alias(&alias)).unwrap();
    assert_eq!(signer.key, key.public());
}

#[test]
fn a_circuit_is_published_and_retired_and_a_version_rises() {
    let mut world = World::new();
    let circuit = VerifyingKeyId::new([1; 32]);
    agree(&mut world, Change::AcceptCircuit(circuit));
    let parameters: Parameters = world.read(&Key::parameters()).unwrap();
    assert_eq!(parameters.verifying_keys, [circuit, VERIFYING_KEY]);
    agree(&mut world, Change::RetireCircuit(VERIFYING_KEY));
    let parameters: Parameters = world.read(&Key::parameters()).unwrap();
    assert_eq!(parameters.verifying_keys, [circuit]);
    agree(&mut world, Change::SetProtocol(2));
    let consortium: Consortium = world.read(&Key::consortium()).unwrap();
    assert_eq!(consortium.protocol, 2);
}
