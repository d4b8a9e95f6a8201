//! The chain's blocks, one after the other, as they come.

use std::time::Duration;

use sealane_ledger::trust::Certified;
use sealane_types::ids::Height;
use sealane_wire::v1;
use tokio::time::timeout;
use tonic::{Code, Streaming};

use super::block::{Parts, Shown};
use super::certified::certify;
use super::{CommittedBlock, Lie, NodeClient, NodeError, Place};

/// How long a stream may be silent: a chain makes at least one block a minute, and a header that is older than
/// this is not accepted as the latest either.
const SILENCE: Duration = Duration::from_secs(180);

/// Blocks from a place on. None is left out: each is checked to follow the one before.
#[derive(Debug)]
pub struct Blocks {
    stream: Streaming<v1::BlockPart>,
    place: Place,
    known: Option<Certified>,
}

impl NodeClient {
    /// The latest header, checked: its certificate, its age, and that the chain did not go back.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn tip(&self) -> Result<Certified, NodeError> {
        let request = v1::GetHeaderRequest { height: 0 };
        let answer = self.wire().get_header(request).await;
        let answer = answer.map_err(|status| self.failed(&status))?.into_inner();
        self.latest(answer.header).await
    }

    /// The header of a height, checked; `None` where the node does not have it.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn header(&self, height: Height) -> Result<Option<Certified>, NodeError> {
        let request = v1::GetHeaderRequest { height: height.0 };
        let answer = match self.wire().get_header(request).await {
            Err(status) if status.code() == Code::NotFound => return Ok(None),
            other => other.map_err(|status| self.failed(&status))?.into_inner(),
        };
        let trust = self.trust(); // the tip was asked for before: all turns are followed
        let header = certify(&trust, answer.header);
        let right = header.and_then(|header| match header.height() == height {
            true => Ok(Some(header)),
            false => Err(Lie::Missing("header of this height")),
        });
        right.map_err(|lie| self.lies(lie))
    }

    /// The blocks from `place` on.
    ///
    /// # Errors
    /// When the node does not answer, or does not have that block.
    pub async fn blocks(&self, place: Place) -> Result<Blocks, NodeError> {
        let from = place.height.0;
        let request = v1::FollowBlocksRequest { from };
        let answer = self.wire().follow_blocks(request).await;
        let stream = answer.map_err(|status| self.failed(&status))?.into_inner();
        Ok(Blocks {
            stream,
            place,
            known: None,
        })
    }
}

impl Blocks {
    /// The next block, once it and its receipts are final; `node` is the one that these blocks come from.
    ///
    /// # Errors
    /// When the connection is lost or silent, or the node lies.
    pub async fn next(&mut self, node: &NodeClient) -> Result<CommittedBlock, NodeError> {
        let mut parts = Parts::default();
        let shown = loop {
            let part = self.part(node).await?;
            if let Some(shown) = parts.add(part).map_err(|lie| node.lies(lie))? {
                break shown;
            }
        };
        let block = self.check(node, &shown).await?;
        self.place = block.after();
        self.known = Some(block.next().clone());
        Ok(block)
    }

    async fn part(&mut self, node: &NodeClient) -> Result<v1::BlockPart, NodeError> {
        let lost = |reason: &str| NodeError::Unreachable {
            node: node.address().to_owned(),
            reason: reason.to_owned(),
            advice: "run the same command again".to_owned(),
        };
        let part = timeout(SILENCE, self.stream.message()).await;
        let part = part.map_err(|_| lost("no block came for three minutes"))?;
        let part = part.map_err(|status| node.failed(&status))?;
        part.ok_or_else(|| lost("it ended the stream of blocks"))
    }

    async fn check(&self, node: &NodeClient, shown: &Shown) -> Result<CommittedBlock, NodeError> {
        let checked = || shown.check(&node.trusted(), &self.place, self.known.as_ref());
        let mut block = checked();
        if block.as_ref().is_err_and(Lie::is_of_other_validators) {
            node.follow().await?;
            block = checked();
        }
        block.map_err(|lie| node.lies(lie))
    }
}
