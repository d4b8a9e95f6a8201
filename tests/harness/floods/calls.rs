//! A member that asks for more than anybody needs, and one that does not read what it asked for.

use std::sync::Arc;
use std::time::Duration;

use sealane_wire::code::ErrorCode;
use sealane_wire::v1::node_client::NodeClient;
use sealane_wire::v1::{
    FollowBlocksRequest, GetBlockRequest, GetStatePartRequest, GetStatusRequest, QueryStateRequest,
    TakenSinceRequest,
};
use sealane_wire::{MAX_KEY, MAX_KEYS};
use tokio::time::sleep;
use tonic::Status;
use tonic::transport::Channel;

use super::frames::{self, Attack};
use super::target::Target;
use super::{Tally, side_by_side};

/// Connections, and calls at a time on each.
const CONNECTIONS: usize = 16;
const CALLS: usize = 32;
/// The pause after a refusal: without, most of what is measured is how fast refusals are written.
const PAUSE: Duration = Duration::from_millis(1);

/// As many keys as a question may have, as long as they may be: each answer has a proof for each.
pub(super) fn keys(number: usize) -> Vec<Vec<u8>> {
    let key = |at: usize| {
        let mut key = vec![0xa5; MAX_KEY];
        key[..8].copy_from_slice(&(number * MAX_KEYS + at).to_be_bytes());
        key
    };
    (0..MAX_KEYS).map(key).collect()
}

/// The questions that cost a node most, in turn.
async fn ask(node: &mut NodeClient<Channel>, number: usize, height: u64) -> Result<(), Status> {
    match number % 4 {
        0 | 1 => {
            let keys = keys(number);
            node.query_state(QueryStateRequest { keys }).await.map(drop)
        }
        2 => {
            let after = Vec::new();
            let part = GetStatePartRequest { height, after };
            node.get_state_part(part).await.map(drop)
        }
        _ if number % 8 == 3 => node
            .taken_since(TakenSinceRequest { index: 0 })
            .await
            .map(drop),
        _ => node
            .get_block(GetBlockRequest { height: 0 })
            .await
            .map(drop),
    }
}

/// Costly questions, more at a time than a caller may have worked on.
pub(super) async fn costly(target: Arc<Target>, tally: Arc<Tally>) {
    let height = target.client().get_status(GetStatusRequest {}).await;
    let height = height.map_or(0, |status| status.into_inner().height);
    let connections: Vec<_> = (0..CONNECTIONS).map(|_| target.client()).collect();
    let task = |number: usize| {
        let (mut node, tally) = (
            connections[number % CONNECTIONS].clone(),
            Arc::clone(&tally),
        );
        async move {
            let mut turn = number;
            while tally.goes_on() {
                turn += 1;
                tally.made(1);
                if let Err(status) = ask(&mut node, turn, height).await {
                    tally.status(&status);
                    sleep(PAUSE).await;
                }
            }
        }
    };
    side_by_side(CONNECTIONS * CALLS, task).await;
}

/// Streams of blocks from the first one on that are opened, and opened again, and never read; beside them connections
/// whose window is shut, so that their answers stay with the node. What is refused is told as `streams` and `calls`.
pub(super) async fn unread(target: Arc<Target>, tally: Arc<Tally>) {
    let refused = |status: &Status| match ErrorCode::of(status) {
        Some(ErrorCode::TooMany) if status.message().contains("streams") => {
            tally.refused("streams", status.message());
        }
        Some(ErrorCode::TooMany) => tally.refused("calls", status.message()),
        _ => tally.status(status),
    };
    let mut node = target.client();
    let mut open = Vec::new();
    let mut follow = async || {
        tally.made(1);
        let stream = node.follow_blocks(FollowBlocksRequest { from: 1 }).await;
        let refused = stream.as_ref().err().map(&refused).is_some();
        open.extend(stream);
        refused
    };
    while tally.goes_on() && !follow().await {}
    let asks = async {
        let mut node = target.client();
        while tally.goes_on() {
            tally.made(1);
            let _ = follow().await;
            if let Err(status) = node.get_status(GetStatusRequest {}).await {
                refused(&status);
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    let shut = frames::flood(Attack::ShutWindow, Arc::clone(&target), Arc::clone(&tally));
    tokio::join!(asks, shut);
}
