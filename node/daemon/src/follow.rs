//! Final blocks for those who follow the chain, part by part.

use sealane_api::{BlockPart, ErrorCode, FinalHeader, Refused};
use sealane_ledger::chain::Tip;
use sealane_store::Store;
use sealane_types::ids::Height;
use tokio::sync::watch;

use crate::fault::ChainError;
use crate::refuse::{fault, not_here};

/// A block must be one that this node took itself: one that began with a snapshot has none from before.
pub(crate) fn check_here(height: Height, first: Height) -> Result<(), Refused> {
    if height >= first {
        return Ok(());
    }
    let message = format!(
        "this node began with a snapshot: the first block here is {first}; begin there, or ask another node for what was before"
    );
    Err(Refused::new(ErrorCode::NotFound, message))
}

/// Resolves when the chain is above a height, whose receipts are final then; an error when the node stops.
pub(crate) async fn above(
    height: Height,
    mut heights: watch::Receiver<Height>,
    mut stopping: watch::Receiver<bool>,
) -> Result<(), Refused> {
    let stops = stopped(&mut stopping);
    tokio::select! {
        above = heights.wait_for(|tip| *tip > height) => above.map(|_| ()).map_err(|_| stop()),
        () = stops => Err(stop()),
    }
}

/// Resolves when the node stops.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // an error means that whoever says so is gone, and the node with it
    let _ = stopping.wait_for(|stop| *stop).await;
}

fn stop() -> Refused {
    Refused::new(ErrorCode::Stopping, "the node is stopping")
}

/// Transactions of a block from number `first` on and their receipts, until they have so many bytes; with both
/// headers where the block ends. The block's receipts must be final.
pub(crate) fn part(
    store: &Store,
    tip: &Tip,
    height: Height,
    first: usize,
    bytes: usize,
) -> Result<BlockPart, Refused> {
    let missing = || fault(ChainError::Damaged(format!("block {height} is not whole")));
    let ids = store.transaction_ids(height).map_err(fault)?;
    let ids = ids.ok_or_else(missing)?;
    let receipts = store.receipts(height).map_err(fault)?;
    let receipts = receipts.ok_or_else(missing)?;
    if height >= tip.height || ids.len() != receipts.len() {
        return Err(missing());
    }
    let mut part = BlockPart {
        transactions: Vec::new(),
        receipts: Vec::new(),
        end: None,
    };
    let (mut filled, mut at) = (0, first);
    for (id, receipt) in ids.iter().zip(&receipts).skip(first) {
        if filled >= bytes {
            break;
        }
        let row = store.transaction(id).map_err(fault)?;
        let transaction = row.ok_or_else(missing)?.bytes;
        filled += transaction.len() + receipt.len();
        part.transactions.push(transaction);
        part.receipts.push(receipt.clone());
        at += 1;
    }
    if at >= ids.len() {
        let next = final_header(store, height.next())?;
        part.end = Some((final_header(store, height)?, next));
    }
    Ok(part)
}

pub(crate) fn final_header(store: &Store, height: Height) -> Result<FinalHeader, Refused> {
    let row = store.header(height).map_err(fault)?;
    let row = row.ok_or_else(|| not_here(store, "block"))?;
    Ok(FinalHeader {
        header: row.header,
        certificate: row.certificate,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use sealane_types::encoding::Encode;
    use tempfile::TempDir;

    use super::*;
    use crate::chain::tests::open_in;
    use crate::support::World;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_parts_of_a_block_are_the_block_however_small_they_are() {
        let world = World::new();
        let own = open_in(TempDir::new().unwrap(), &world, 1).await;
        own.wait((0..3).map(|sequence| world.release(0, sequence, 1)))
            .await;
        let block = own.decide().await;
        let (height, tip) = (block.header.height, own.chain.tip());
        let early = part(&own.chain.store, &tip, height, 0, 1);
        assert_eq!(early.unwrap_err().code, ErrorCode::Internal, "no receipts");
        let next = own.decide().await;
        let tip = own.chain.tip();
        for (bytes, parts) in [(1, 3), (400, 2), (1 << 20, 1)] {
            let (mut transactions, mut count) = (Vec::new(), 0);
            let end = loop {
                let first = transactions.len();
                let part = part(&own.chain.store, &tip, height, first, bytes).unwrap();
                assert_eq!(part.transactions.len(), part.receipts.len());
                transactions.extend(part.transactions);
                count += 1;
                if let Some(end) = part.end {
                    break end;
                }
            };
            let all: Vec<_> = block.transactions.iter().map(Encode::to_bytes).collect();
            assert_eq!((transactions, count), (all, parts), "{bytes} bytes a part");
            assert_eq!(end.0.header, block.header.to_bytes());
            assert_eq!(end.1.header, next.header.to_bytes());
        }
        let empty = part(&own.chain.store, &own.chain.tip(), Height(1), 9, 1).unwrap();
        assert!(empty.transactions.is_empty() && empty.end.is_some());
    }

    #[tokio::test]
    async fn whoever_waits_for_a_block_hears_of_it_or_of_the_node_s_end() {
        let (heights, stop) = (watch::Sender::new(Height(4)), watch::Sender::new(false));
        let wait = |height| above(Height(height), heights.subscribe(), stop.subscribe());
        assert_eq!(wait(3).await, Ok(()));
        let (there, fifth) = tokio::join!(wait(4), async { heights.send_replace(Height(5)) });
        assert_eq!((there, fifth), (Ok(()), Height(4)));
        let waiting = wait(5);
        stop.send_replace(true);
        assert_eq!(waiting.await.unwrap_err().code, ErrorCode::Stopping);
        assert_eq!(check_here(Height(8), Height(8)), Ok(()));
        let before = check_here(Height(7), Height(8)).unwrap_err();
        assert!(before.message.contains("the first block here is 8;"));
        assert_eq!(before.code, ErrorCode::NotFound);
    }
}
