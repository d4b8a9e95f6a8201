//! The generated service over a backend, with limits on time and on requests at a time.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use sealane_types::ids::{AliasId, Height, RecordId, TxId};
use sealane_wire::code::ErrorCode;
use sealane_wire::tls::Party;
use sealane_wire::v1::node_server::Node;
use sealane_wire::{MAX_KEY, MAX_KEYS, MAX_MESSAGE, MAX_TAKEN, MAX_WAIT_MS, STATE_PART, v1};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::backend::{Backend, Origin, Refused};
use crate::convert::id;
use crate::follow::{Follows, Part};
use crate::server::Limits;

type Answer<T> = Result<Response<T>, Status>;

/// Room in a message beside the bytes that fill it.
pub(crate) const SLACK: usize = 4096;

pub(crate) struct Service<B> {
    backend: Arc<B>,
    limits: Limits,
    requests: Semaphore,
    waits: Semaphore,
    follows: Follows,
}

impl<B: Backend> Service<B> {
    pub(crate) fn new(backend: Arc<B>, limits: Limits) -> Self {
        Self {
            backend,
            limits,
            requests: Semaphore::new(limits.requests),
            waits: Semaphore::new(limits.waits),
            follows: Follows::new(limits),
        }
    }

    /// Runs a request within the limits; what is above them is refused, not queued.
    async fn limited<T>(
        &self,
        work: impl Future<Output = Result<T, Refused>> + Send,
    ) -> Result<T, Status> {
        let _permit = permit(&self.requests)?;
        match timeout(self.limits.time, work).await {
            Ok(result) => result.map_err(Into::into),
            Err(_) => Err(ErrorCode::Deadline.error("the node did not answer in time; try again")),
        }
    }

    /// Waits for a transaction's receipt; `None` when the time is up.
    async fn wait(
        &self,
        transaction: TxId,
        time: Duration,
    ) -> Result<Option<v1::CommittedTransaction>, Status> {
        let _permit = permit(&self.waits)?;
        match timeout(time, self.backend.finality(transaction)).await {
            Ok(result) => Ok(Some(result?.into())),
            Err(_) => Ok(None),
        }
    }
}

// The error is tonic's own type.
#[allow(clippy::result_large_err)]
fn permit(of: &Semaphore) -> Result<SemaphorePermit<'_>, Status> {
    let refused = |_| ErrorCode::TooMany.error("too many requests at a time; try again");
    of.try_acquire().map_err(refused)
}

fn height(number: u64) -> Option<Height> {
    (number != 0).then_some(Height(number))
}

#[tonic::async_trait]
impl<B: Backend> Node for Service<B> {
    async fn get_status(&self, _: Request<v1::GetStatusRequest>) -> Answer<v1::GetStatusResponse> {
        let status = self.limited(self.backend.status()).await?;
        Ok(Response::new(status.into()))
    }

    async fn get_genesis(
        &self,
        _: Request<v1::GetGenesisRequest>,
    ) -> Answer<v1::GetGenesisResponse> {
        let genesis = self.limited(self.backend.genesis()).await?;
        Ok(Response::new(v1::GetGenesisResponse { genesis }))
    }

    async fn get_header(
        &self,
        request: Request<v1::GetHeaderRequest>,
    ) -> Answer<v1::GetHeaderResponse> {
        let asked = height(request.into_inner().height);
        let header = self.limited(self.backend.header(asked)).await?;
        let header = Some(header.into());
        Ok(Response::new(v1::GetHeaderResponse { header }))
    }

    async fn get_block(
        &self,
        request: Request<v1::GetBlockRequest>,
    ) -> Answer<v1::GetBlockResponse> {
        let asked = height(request.into_inner().height);
        let block = self.limited(self.backend.block(asked)).await?;
        if block.block.len() + block.certificate.len() + SLACK > MAX_MESSAGE {
            let sorry = "the block is larger than one message; ask for its transactions";
            return Err(ErrorCode::TooLarge.error(sorry));
        }
        Ok(Response::new(block.into()))
    }

    async fn submit(&self, request: Request<v1::SubmitRequest>) -> Answer<v1::SubmitResponse> {
        let from_node = matches!(request.extensions().get(), Some(Party::Node(_)));
        let v1::SubmitRequest {
            transaction,
            wait_ms,
            relayed,
        } = request.into_inner();
        let origin = match relayed && from_node {
            true => Origin::Node,
            false => Origin::Client,
        };
        let submitted = self
            .limited(self.backend.submit(transaction, origin))
            .await?;
        let committed = match wait_ms.min(MAX_WAIT_MS) {
            0 => None,
            wait => {
                let time = Duration::from_millis(u64::from(wait));
                self.wait(submitted, time).await?
            }
        };
        let id = submitted.as_bytes().to_vec();
        Ok(Response::new(v1::SubmitResponse { id, committed }))
    }

    async fn get_transaction(
        &self,
        request: Request<v1::GetTransactionRequest>,
    ) -> Answer<v1::GetTransactionResponse> {
        let asked = TxId::new(id(&request.get_ref().id, "a transaction's id")?);
        let committed = self.limited(self.backend.transaction(asked)).await?;
        let committed = committed.map(Into::into);
        Ok(Response::new(v1::GetTransactionResponse { committed }))
    }

    async fn get_sequence(
        &self,
        request: Request<v1::GetSequenceRequest>,
    ) -> Answer<v1::GetSequenceResponse> {
        let asked = AliasId::new(id(&request.get_ref().alias, "an alias")?);
        let sequences = self.limited(self.backend.sequences(asked)).await?;
        Ok(Response::new(sequences.into()))
    }

    async fn query_state(
        &self,
        request: Request<v1::QueryStateRequest>,
    ) -> Answer<v1::QueryStateResponse> {
        let keys = request.into_inner().keys;
        let fits = |key: &Vec<u8>| (1..=MAX_KEY).contains(&key.len());
        if keys.is_empty() || keys.len() > MAX_KEYS || !keys.iter().all(fits) {
            let rule = format!("a query has 1 to {MAX_KEYS} keys of 1 to {MAX_KEY} bytes");
            return Err(ErrorCode::Malformed.error(rule));
        }
        let answer = self.limited(self.backend.state(keys)).await?;
        Ok(Response::new(answer.into()))
    }

    async fn get_record(
        &self,
        request: Request<v1::GetRecordRequest>,
    ) -> Answer<v1::GetRecordResponse> {
        let asked = RecordId::new(id(&request.get_ref().id, "a record's id")?);
        let record = self.limited(self.backend.record(asked)).await?;
        Ok(Response::new(v1::GetRecordResponse { record }))
    }

    async fn taken_since(
        &self,
        request: Request<v1::TakenSinceRequest>,
    ) -> Answer<v1::TakenSinceResponse> {
        let index = request.into_inner().index;
        let answer = self.limited(self.backend.taken(index, MAX_TAKEN)).await?;
        Ok(Response::new(answer.into()))
    }

    async fn get_state_part(
        &self,
        request: Request<v1::GetStatePartRequest>,
    ) -> Answer<v1::GetStatePartResponse> {
        let v1::GetStatePartRequest { height, after } = request.into_inner();
        let after = match after.is_empty() {
            true => None,
            false => Some(id(&after, "the hash of a key")?),
        };
        let part = self.backend.state_part(Height(height), after, STATE_PART);
        let part = self.limited(part).await?;
        Ok(Response::new(part.into()))
    }

    type FollowBlocksStream = ReceiverStream<Part>;

    async fn follow_blocks(
        &self,
        request: Request<v1::FollowBlocksRequest>,
    ) -> Answer<Self::FollowBlocksStream> {
        let caller: Option<Party> = request.extensions().get().cloned();
        let Some(from) = height(request.get_ref().from) else {
            return Err(ErrorCode::Malformed.error("blocks are counted from 1"));
        };
        let seat = self.follows.seat(caller)?;
        let parts = seat.follow(Arc::clone(&self.backend), from);
        Ok(Response::new(parts))
    }
}
