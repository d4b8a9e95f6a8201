//! A record's steps up to query, once per adversary: each file is one who cheats, with everything
//! real around them: records, proofs, signatures, blocks. Peers that lie to a node while it follows the chain, and
//! proposals without end, need an engine that lies: these two stand in `byzantine/` (`make byzantine`).
#![allow(clippy::unwrap_used)]

#[path = "adversary/bad_dealer.rs"]
mod bad_dealer;
#[path = "adversary/borrowed_proof.rs"]
mod borrowed_proof;
#[path = "adversary/bricking_votes.rs"]
mod bricking_votes;
#[path = "adversary/copied_registration.rs"]
mod copied_registration;
#[path = "adversary/deaf_reader.rs"]
mod deaf_reader;
#[path = "adversary/false_prover.rs"]
mod false_prover;
#[path = "adversary/forged_fingerprint.rs"]
mod forged_fingerprint;
#[path = "adversary/frame_flooder.rs"]
mod frame_flooder;
#[path = "adversary/greedy_bank.rs"]
mod greedy_bank;
#[path = "adversary/greedy_caller.rs"]
mod greedy_caller;
#[path = "adversary/impatient_holder.rs"]
mod impatient_holder;
#[path = "adversary/lying_validator.rs"]
mod lying_validator;
#[path = "adversary/malleable_signature.rs"]
mod malleable_signature;
#[path = "adversary/many_aliases.rs"]
mod many_aliases;
#[path = "adversary/poisoned_batch.rs"]
mod poisoned_batch;
#[path = "adversary/published_match.rs"]
mod published_match;
#[path = "adversary/recycled_inquiry.rs"]
mod recycled_inquiry;
#[path = "adversary/replayed_transaction.rs"]
mod replayed_transaction;
#[path = "adversary/rerandomised_proof.rs"]
mod rerandomised_proof;
#[path = "adversary/silent_sockets.rs"]
mod silent_sockets;
#[path = "adversary/slow_caller.rs"]
mod slow_caller;
#[path = "adversary/tampering_sealer.rs"]
mod tampering_sealer;
#[path = "adversary/thief_card.rs"]
mod thief_card;

use std::sync::LazyLock;

use sealane_tests::chain::{BANKS, Chain};
use sealane_tests::deals::{Deal, kept};
use sealane_tests::invoice::Invoice;
use sealane_types::ids::AliasId;
use sealane_types::receipt::{Done, Refusal};
use sealane_types::transaction::Payload;
use sealane_verifier::Keys;

const A: AliasId = BANKS[0];
const B: AliasId = BANKS[1];

static PROOFS: LazyLock<Keys> = LazyLock::new(Keys::with_test_key);

fn chain() -> Chain<'static> {
    Chain::new(&PROOFS)
}

/// The deal over invoice `number` at a bank. The race uses the same ones.
fn deal(bank: AliasId, number: u32) -> Deal {
    let invoice = Invoice::new(&format!("RACE-{number}"));
    kept(&PROOFS, chain().tip.chain, bank, &invoice)
}

/// Seals, presents, and has it answered.
fn ready(chain: &mut Chain<'_>, deal: &Deal) {
    assert_eq!(chain.send(deal.bank, deal.seal()), Ok(Done::Sealed));
    assert_eq!(chain.send(deal.bank, deal.present()), Ok(Done::Presented));
    chain.answer(&deal.id());
}

fn finance(chain: &mut Chain<'_>, deal: &Deal) -> Result<Done, Refusal> {
    let finance = chain.finance(deal.bank, &deal.id());
    chain.send(deal.bank, Payload::Finance(finance))
}

const FINANCED: Result<Done, Refusal> = Ok(Done::Financed { took_over: None });

/// With nobody cheating, all that the adversaries below try is done.
#[test]
fn honest_banks_come_through() {
    let mut chain = chain();
    let deal = deal(A, 0);
    ready(&mut chain, &deal);
    assert_eq!(finance(&mut chain, &deal), FINANCED);
}
