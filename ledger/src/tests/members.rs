//! A bank's customers, and what each role may do.

use sealane_crypto::tags;
use sealane_types::alias::{Alias, Possession, RegisterAlias, Role, SetStanding, Standing};
use sealane_types::encoding::Encode;
use sealane_types::ids::{AliasId, FieldBytes, Height, Signature};
use sealane_types::receipt::{Done, Refusal};
use sealane_types::transaction::Payload;

use super::world::*;
use crate::semantic::Semantic;
use crate::state::{Key, StateExt};
use crate::verified::Action;
use crate::{InvalidTransaction, admit};

pub const ACME: AliasId = AliasId::new([21; 32]);

pub fn possession(world: &World, alias: AliasId) -> Signature {
    let key = signing_key(&alias);
    let said = Possession {
        chain: world.tip.chain,
        alias,
        key: key.public(),
    };
    key.sign(tags::SIGN_POSSESSION, &said.to_bytes())
}

fn new(world: &World, alias: AliasId, role: Role) -> RegisterAlias {
    RegisterAlias {
        alias,
        role,
        key: signing_key(&alias).public(),
        possession: possession(world, alias),
        commitment: FieldBytes::new([5; 32]),
        until: None,
    }
}

fn register(world: &mut World, bank: AliasId, alias: AliasId) -> Result<Done, Refusal> {
    let new = new(world, alias, Role::Company);
    world.send(bank, 0, Action::Register(new))
}

fn set(
    world: &mut World,
    bank: AliasId,
    alias: AliasId,
    standing: Standing,
) -> Result<Done, Refusal> {
    let set = SetStanding { alias, standing };
    world.send(bank, 0, Action::SetStanding(set))
}

/// Seals as a customer of bank A that was registered, not in genesis.
fn seal_as(world: &mut World, signer: AliasId, record: u8) -> Result<Done, Refusal> {
    let mut header = world.header(signer, None);
    header.bank = BANK_A;
    world.send(signer, record, sealing(record, header))
}

#[test]
fn a_customer_is_registered_once_by_its_bank_and_seals_under_it() {
    let mut world = World::new();
    assert_eq!(register(&mut world, BANK_A, ACME), Ok(Done::Registered));
    let again = register(&mut world, BANK_B, ACME);
    assert_eq!(again, Err(Refusal::AliasExists));
    let alias: Alias = world.state.read(&Key::alias(&ACME)).unwrap();
    assert_eq!((alias.bank, alias.name.as_str()), (BANK_A, ""));
    assert_eq!(seal_as(&mut world, ACME, 1), Ok(Done::Sealed));
    let mut foreign = world.header(ACME, None);
    foreign.bank = BANK_B;
    let refused = world.send(ACME, 2, sealing(2, foreign));
    assert_eq!(refused, Err(Refusal::NotTheSealer), "under another bank");
}

#[test]
fn only_banks_register_and_only_the_own_bank_decides() {
    let mut world = World::new();
    let role = Role::Company;
    let by_customer = register(&mut world, CUSTOMER, ACME);
    assert_eq!(by_customer, Err(Refusal::RoleForbids { role }));
    let role = Role::Validator;
    let by_node = register(&mut world, VALIDATORS[0], ACME);
    assert_eq!(by_node, Err(Refusal::RoleForbids { role }));
    register(&mut world, BANK_A, ACME).unwrap();
    let foreign = set(&mut world, BANK_B, ACME, Standing::Closed);
    assert_eq!(foreign, Err(Refusal::NotYourCustomer));
    let member = set(&mut world, BANK_A, VALIDATORS[0], Standing::Closed);
    assert_eq!(member, Err(Refusal::NotYourCustomer), "governance decides");
    let oneself = set(&mut world, BANK_A, BANK_A, Standing::Closed);
    assert_eq!(oneself, Err(Refusal::NotYourCustomer));
}

#[test]
fn who_is_suspended_waits_and_who_is_closed_is_gone() {
    let mut world = World::new();
    register(&mut world, BANK_A, ACME).unwrap();
    for standing in [Standing::Suspended, Standing::Closed] {
        let done = set(&mut world, BANK_A, ACME, standing);
        assert_eq!(done, Ok(Done::StandingSet(standing)));
        assert_eq!(seal_as(&mut world, ACME, 1), Err(Refusal::NotActive));
        if standing == Standing::Suspended {
            set(&mut world, BANK_A, ACME, Standing::Active).unwrap();
            assert_eq!(seal_as(&mut world, ACME, 9), Ok(Done::Sealed));
        }
    }
    let back = set(&mut world, BANK_A, ACME, Standing::Active);
    assert_eq!(back, Err(Refusal::Closed));
}

#[test]
fn an_alias_for_one_trade_ends_at_its_height() {
    let mut world = World::new();
    let mut one_trade = new(&world, ACME, Role::Company);
    one_trade.until = Some(Height(10));
    world.send(BANK_A, 0, Action::Register(one_trade)).unwrap();
    world.reach(8);
    assert_eq!(seal_as(&mut world, ACME, 1), Ok(Done::Sealed), "in block 9");
    assert_eq!(seal_as(&mut world, ACME, 2), Err(Refusal::NotActive));
}

#[test]
fn whoever_may_not_act_is_not_let_into_the_pool() {
    let mut world = World::new();
    register(&mut world, BANK_A, ACME).unwrap();
    let seal = |world: &World| {
        let header = world.header(ACME, None);
        let signed = world.signed(ACME, Payload::Vote(vote()));
        assert_eq!(header.sealer, ACME);
        admit(&world.state, &world.tip, &signed)
    };
    assert_eq!(seal(&world), Ok(()));
    set(&mut world, BANK_A, ACME, Standing::Suspended).unwrap();
    assert_eq!(seal(&world), Err(InvalidTransaction::NotActive(ACME)));
}

fn vote() -> sealane_types::governance::CastVote {
    sealane_types::governance::CastVote {
        proposal: sealane_types::ids::ProposalId(0),
        approve: true,
    }
}

#[test]
fn a_key_is_registered_by_its_holder_alone() {
    let world = World::new();
    let check = |change: &dyn Fn(&mut RegisterAlias)| {
        let mut new = new(&world, ACME, Role::Carrier);
        change(&mut new);
        let body = world.body(BANK_A, Payload::RegisterAlias(new));
        let parameters = world.read(&Key::parameters()).unwrap();
        let mut semantic = Semantic::new(&world.state, world.tip.chain, &parameters);
        semantic.check(&body).map(|_| ())
    };
    assert_eq!(check(&|_| ()), Ok(()));
    let wrong = Err(Refusal::WrongKey);
    let of_another = check(&|new| new.key = signing_key(&BANK_B).public());
    assert_eq!(of_another, wrong, "somebody else's key");
    let for_another = check(&|new| new.alias = AliasId::new([22; 32]));
    assert_eq!(for_another, wrong, "a signature for another alias");
    let anybody = check(&|new| {
        let mut identity = [0; 32];
        identity[0] = 1;
        new.key = sealane_types::ids::PublicKey::new(identity);
        let mut signature = [0; 64];
        signature[0] = 1;
        new.possession = Signature::new(signature);
    });
    assert_eq!(anybody, wrong, "a key that anybody signs for");
    let no_element = check(&|new| new.commitment = FieldBytes::new([0xff; 32]));
    assert_eq!(no_element, wrong);
}
