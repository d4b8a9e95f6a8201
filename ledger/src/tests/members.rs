//! A bank's customers, and what each role may do.

use sealane_crypto::tags;
use sealane_types::alias::{
    Alias, AmendAlias, Amendment, Possession, RegisterAlias, Role, SetStanding, Standing, Vouched,
};
use sealane_types::encoding::Encode;
use sealane_types::ids::{AliasId, FieldBytes, Height, Signature};
use sealane_types::receipt::{Done, Refusal};
use sealane_types::transaction::Payload;

use super::world::*;
use crate::semantic::Semantic;
use crate::state::{Earlier, Key, StateExt};
use crate::verified::Action;
use crate::{InvalidTransaction, admit};

pub const ACME: AliasId = AliasId::new([21; 32]);

pub fn possession(world: &World, alias: AliasId, vouched: Option<Vouched>) -> Signature {
    let key = signing_key(&alias);
    let said = Possession {
        chain: world.tip.chain,
        alias,
        key: key.public(),
        vouched,
    };
    key.sign(tags::SIGN_POSSESSION, &said.to_bytes())
}

/// What bank A says of a customer.
fn vouched(role: Role, commitment: u8) -> Vouched {
    Vouched {
        bank: BANK_A,
        role,
        commitment: FieldBytes::new([commitment; 32]),
    }
}

fn new(world: &World, alias: AliasId, role: Role) -> RegisterAlias {
    RegisterAlias {
        alias,
        role,
        key: signing_key(&alias).public(),
        possession: possession(world, alias, Some(vouched(role, 5))),
        commitment: FieldBytes::new([5; 32]),
        until: None,
    }
}

pub fn register(world: &mut World, bank: AliasId, alias: AliasId) -> Result<Done, Refusal> {
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

fn judged(world: &World, signer: AliasId, payload: Payload) -> Result<(), Refusal> {
    let body = world.body(signer, payload);
    let parameters = world.read(&Key::parameters()).unwrap();
    let mut semantic = Semantic::new(&world.state, world.tip.chain, &parameters);
    semantic.check(&body, &mut Vec::new()).map(|_| ())
}

/// Another bank sees a registration on its way, and sends it as its own: the customer would be the other bank's.
#[test]
fn a_registration_is_no_other_banks_role_or_identifiers() {
    let world = World::new();
    let honest = new(&world, ACME, Role::Company);
    let sent = |by, new: &RegisterAlias| judged(&world, by, Payload::RegisterAlias(new.clone()));
    assert_eq!(sent(BANK_A, &honest), Ok(()));
    let wrong = Err(Refusal::WrongKey);
    assert_eq!(sent(BANK_B, &honest), wrong, "copied under another bank");
    let mut carrier = honest.clone();
    carrier.role = Role::Carrier;
    assert_eq!(sent(BANK_A, &carrier), wrong);
    let mut other = honest.clone();
    other.commitment = FieldBytes::new([6; 32]);
    assert_eq!(sent(BANK_A, &other), wrong);
    let mut as_member = honest;
    as_member.possession = possession(&world, ACME, None);
    assert_eq!(sent(BANK_A, &as_member), wrong, "a member's word");
}

fn amendment(world: &World, bank: AliasId, old: u8, new: u8) -> AmendAlias {
    let said = Amendment {
        chain: world.tip.chain,
        alias: ACME,
        vouched: Vouched {
            bank,
            ..vouched(Role::Company, new)
        },
        old: FieldBytes::new([old; 32]),
    };
    AmendAlias {
        alias: ACME,
        old: said.old,
        new: said.vouched.commitment,
        possession: signing_key(&ACME).amend(&said),
    }
}

#[test]
fn an_amendment_is_signed_for_its_bank_and_both_commitments() {
    let mut world = World::new();
    register(&mut world, BANK_A, ACME).unwrap();
    let honest = amendment(&world, BANK_A, 5, 6);
    let sent = |by, amend: AmendAlias| judged(&world, by, Payload::AmendAlias(amend));
    assert_eq!(sent(BANK_A, honest), Ok(()));
    let wrong = Err(Refusal::WrongKey);
    assert_eq!(sent(BANK_B, honest), wrong, "copied under another bank");
    let mut swapped = honest;
    swapped.new = FieldBytes::new([7; 32]);
    assert_eq!(sent(BANK_A, swapped), wrong, "other identifiers");
    let mut later = honest;
    later.old = FieldBytes::new([4; 32]);
    assert_eq!(sent(BANK_A, later), wrong, "after another amendment");
    let mut nobody = honest;
    nobody.alias = AliasId::new([22; 32]);
    assert_eq!(sent(BANK_A, nobody), Err(Refusal::NotYourCustomer));
    let no_element = amendment(&world, BANK_A, 5, 0xff);
    assert_eq!(sent(BANK_A, no_element), wrong);
}

#[test]
fn an_amended_alias_keeps_its_earlier_commitment_for_earlier_records() {
    let mut world = World::new();
    register(&mut world, BANK_A, ACME).unwrap();
    world.reach(10);
    let amend = Action::Amend(amendment(&world, BANK_A, 5, 6));
    assert_eq!(world.send(BANK_A, 0, amend.clone()), Ok(Done::Amended));
    let alias: Alias = world.state.read(&Key::alias(&ACME)).unwrap();
    assert_eq!(alias.commitment, FieldBytes::new([6; 32]));
    let earlier: Earlier = world.state.read(&Key::commitments(&ACME)).unwrap();
    let old = FieldBytes::new([5; 32]);
    assert!(earlier.serves(&old, Height(11)), "sealed in its block");
    assert!(!earlier.serves(&old, Height(12)), "sealed after it");
    assert!(!earlier.serves(&FieldBytes::new([4; 32]), Height(1)));
    let again = world.send(BANK_A, 0, amend);
    assert_eq!(again, Err(Refusal::OtherCommitment));
    let foreign = Action::Amend(amendment(&world, BANK_B, 6, 7));
    let foreign = world.send(BANK_B, 0, foreign);
    assert_eq!(foreign, Err(Refusal::NotYourCustomer));
    for number in 6..21 {
        let amend = Action::Amend(amendment(&world, BANK_A, number, number + 1));
        assert_eq!(world.send(BANK_A, 0, amend), Ok(Done::Amended));
    }
    let amend = Action::Amend(amendment(&world, BANK_A, 21, 22));
    let often = world.send(BANK_A, 0, amend);
    assert_eq!(often, Err(Refusal::TooManyAmendments));
}

#[test]
fn what_is_for_one_trade_or_closed_is_not_amended() {
    let mut world = World::new();
    let mut one_trade = new(&world, ACME, Role::Company);
    one_trade.until = Some(Height(100));
    world.send(BANK_A, 0, Action::Register(one_trade)).unwrap();
    let amend = Action::Amend(amendment(&world, BANK_A, 5, 6));
    assert_eq!(world.send(BANK_A, 0, amend.clone()), Err(Refusal::OneTrade));
    let mut world = World::new();
    register(&mut world, BANK_A, ACME).unwrap();
    set(&mut world, BANK_A, ACME, Standing::Closed).unwrap();
    assert_eq!(world.send(BANK_A, 0, amend), Err(Refusal::Closed));
}

#[test]
fn a_key_is_registered_by_its_holder_alone() {
    let world = World::new();
    let check = |change: &dyn Fn(&mut RegisterAlias)| {
        let mut new = new(&world, ACME, Role::Carrier);
        change(&mut new);
        judged(&world, BANK_A, Payload::RegisterAlias(new))
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
