//! Members who vote for limits under which no block would ever be made again, by mistake or on purpose: the chain
//! refuses those, and goes on under the least that it takes, up to the vote that undoes it.

use sealane_ledger::state::Key;
use sealane_types::block::{LEAST_BLOCK_BYTES, LEAST_BLOCK_TRANSACTIONS};
use sealane_types::genesis::Parameters;
use sealane_types::governance::{Change, Limits};
use sealane_types::receipt::ChangeFault;

use super::bad_dealer::agree;
use super::*;

fn limits(chain: &Chain<'_>) -> Limits {
    let now: Parameters = chain.read(&Key::parameters()).unwrap();
    Limits {
        inquiries_per_day: now.inquiries_per_day,
        financings_per_day: now.financings_per_day,
        max_hold_blocks: now.max_hold_blocks,
        max_block_transactions: now.max_block_transactions,
        max_block_bytes: now.max_block_bytes,
    }
}

#[test]
fn no_vote_stops_the_chain_and_the_least_that_passes_is_undone() {
    let mut chain = chain();
    let before = limits(&chain);
    let fault = ChangeFault::Limits;
    let bricks = [
        Limits {
            max_block_bytes: 16,
            ..before
        },
        Limits {
            max_block_bytes: 1_200,
            ..before
        },
        Limits {
            max_block_transactions: 0,
            ..before
        },
        Limits {
            inquiries_per_day: 0,
            ..before
        },
        Limits {
            max_hold_blocks: 0,
            ..before
        },
    ];
    for limits in bricks {
        let refused = agree(&mut chain, Change::SetLimits(limits));
        assert_eq!(refused, Err(Refusal::ChangeFails { fault }), "{limits:?}");
    }
    let least = Limits {
        inquiries_per_day: 1,
        financings_per_day: 1,
        max_hold_blocks: 1,
        max_block_transactions: LEAST_BLOCK_TRANSACTIONS as u32,
        max_block_bytes: LEAST_BLOCK_BYTES as u32,
    };
    assert_eq!(agree(&mut chain, Change::SetLimits(least)), Ok(()));
    assert_eq!(limits(&chain), least);
    let deal = deal(A, 0);
    ready(&mut chain, &deal);
    assert_eq!(finance(&mut chain, &deal), FINANCED, "trade goes on");
    assert_eq!(agree(&mut chain, Change::SetLimits(before)), Ok(()));
    assert_eq!(limits(&chain), before);
}
