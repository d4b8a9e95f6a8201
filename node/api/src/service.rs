//! The generated service over a backend, with limits on time and on requests at a time.
//!
//! A request that has begun holds its place until the node is done with it, also where its caller has gone away: who resets
//! requests again and again gets no more work out of the node than who waits for the answers.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sealane_types::ids::{AliasId, Height, RecordId, TxId};
use sealane_wire::code::ErrorCode;
use sealane_wire::tls::Party;
use sealane_wire::v1::node_server::Node;
use sealane_wire::{MAX_KEY, MAX_KEYS, MAX_MESSAGE, MAX_TAKEN, MAX_WAIT_MS, STATE_PART, v1};
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::backend::{Backend, Origin, Refused, Work};
use crate::callers::{Account, Who};
use crate::convert::id;
use crate::follow::{Follows, Part, SLACK};
use crate::limits::Limits;
use crate::places::{Full, Place, Places};

type Answer<T> = Result<Response<T>, Status>;

pub(crate) struct Service<B> {
    backend: Arc<B>,
    limits: Limits,
    /// Of members' homes, and of nodes: three quarters and a quarter.
    requests: [Arc<Places<Who>>; 2],
    /// Submissions that wait for their receipt; of one caller a quarter at most.
    waits: Arc<Places<Who>>,
    follows: Follows,
}

impl<B: Backend> Service<B> {
    pub(crate) fn new(backend: Arc<B>, limits: Limits) -> Self {
        Self {
            backend,
            limits,
            requests: [limits.requests - limits.requests / 4, limits.requests / 4]
                .map(|most| Places::new(most, limits.requests_each)),
            waits: Places::new(
                limits.waiting_for_receipt,
                limits.waiting_for_receipt.div_ceil(4),
            ),
            follows: Follows::new(limits),
        }
    }

    /// A place among the requests that are worked on.
    // The error is tonic's own type.
    #[allow(clippy::result_large_err)]
    fn place(&self, who: Who) -> Result<Place<Who>, Status> {
        let [homes, nodes] = &self.requests;
        let places = match who {
            Some(Party::Node(_)) => nodes,
            _ => homes,
        };
        places.take(who).map_err(|full| {
            ErrorCode::TooMany.error(match full {
                Full::All => "too many requests at a time; try again",
                Full::Own => "too many requests of this caller at a time; try again",
            })
        })
    }

    /// Answers a question within the limits, in its caller's turn.
    async fn limited<T, F>(
        &self,
        caller: Caller,
        work: impl FnOnce(Arc<B>) -> F + Send + 'static,
    ) -> Result<T, Status>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Refused>> + Send + 'static,
    {
        let Caller { who, account } = caller;
        let in_turn = |backend| async move {
            let _turn = match &account {
                Some(account) => account.turn().await,
                None => None,
            };
            work(backend).await
        };
        self.worked_on(who, in_turn).await
    }

    /// Runs a request within the limits; what is above them is refused, not queued.
    async fn worked_on<T, F>(
        &self,
        who: Who,
        work: impl FnOnce(Arc<B>) -> F + Send,
    ) -> Result<T, Status>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Refused>> + Send + 'static,
    {
        let place = self.place(who)?;
        let work = work(Arc::clone(&self.backend));
        // apart, as what the work has begun goes on when this future is dropped
        let work = tokio::spawn(async move {
            let done = work.await;
            drop(place);
            done
        });
        match timeout(self.limits.time, work).await {
            Ok(Ok(result)) => result.map_err(Into::into),
            Ok(Err(_)) => Err(ErrorCode::Internal.error("a fault of the node")),
            Err(_) => Err(ErrorCode::Deadline.error("the node did not answer in time; try again")),
        }
    }

    /// Hands a transaction to the node, and charges what checking it took.
    async fn hand_in(
        &self,
        caller: Caller,
        transaction: Vec<u8>,
        origin: Origin,
    ) -> Result<TxId, Status> {
        let Caller { who, account } = caller;
        if let Some(account) = &account {
            account.may_work(Instant::now())?;
        }
        let checked = move |backend: Arc<B>| async move {
            let work = Work::default();
            let submitted = backend.submit(transaction, origin, &work).await;
            if let Some(account) = account {
                account.charge_work(work.took(), Instant::now());
                if let Err(refused) = &submitted
                    && refused.code == ErrorCode::BadProof
                {
                    account.charge_refused_proof(Instant::now());
                }
            }
            submitted
        };
        self.worked_on(who, checked).await
    }

    /// Waits for a transaction's receipt; `None` when the time is up, and at once where too many wait: the transaction
    /// was taken, so this is no error.
    async fn wait(
        &self,
        who: Who,
        transaction: TxId,
        time: Duration,
    ) -> Result<Option<v1::CommittedTransaction>, Status> {
        let Ok(_place) = self.waits.take(who) else {
            return Ok(None);
        };
        match timeout(time, self.backend.finality(transaction)).await {
            Ok(result) => Ok(Some(result?.into())),
            Err(_) => Ok(None),
        }
    }
}

/// Whose request it is.
struct Caller {
    who: Who,
    account: Option<Arc<Account>>,
}

fn caller<T>(request: &Request<T>) -> Caller {
    Caller {
        who: request.extensions().get().cloned(),
        account: request.extensions().get().cloned(),
    }
}

fn height(number: u64) -> Option<Height> {
    (number != 0).then_some(Height(number))
}

#[tonic::async_trait]
impl<B: Backend> Node for Service<B> {
    async fn get_status(
        &self,
        request: Request<v1::GetStatusRequest>,
    ) -> Answer<v1::GetStatusResponse> {
        let status = |backend: Arc<B>| async move { backend.status().await };
        let status = self.limited(caller(&request), status).await?;
        Ok(Response::new(status.into()))
    }

    async fn get_genesis(
        &self,
        request: Request<v1::GetGenesisRequest>,
    ) -> Answer<v1::GetGenesisResponse> {
        let genesis = |backend: Arc<B>| async move { backend.genesis().await };
        let genesis = self.limited(caller(&request), genesis).await?;
        Ok(Response::new(v1::GetGenesisResponse { genesis }))
    }

    async fn get_header(
        &self,
        request: Request<v1::GetHeaderRequest>,
    ) -> Answer<v1::GetHeaderResponse> {
        let (who, asked) = (caller(&request), height(request.into_inner().height));
        let header = move |backend: Arc<B>| async move { backend.header(asked).await };
        let header = self.limited(who, header).await?;
        let header = Some(header.into());
        Ok(Response::new(v1::GetHeaderResponse { header }))
    }

    async fn get_block(
        &self,
        request: Request<v1::GetBlockRequest>,
    ) -> Answer<v1::GetBlockResponse> {
        let (who, asked) = (caller(&request), height(request.into_inner().height));
        let block = move |backend: Arc<B>| async move { backend.block(asked).await };
        let block = self.limited(who, block).await?;
        if block.block.len() + block.certificate.len() + SLACK > MAX_MESSAGE {
            let sorry = "the block is larger than one message; ask for its transactions";
            return Err(ErrorCode::TooLarge.error(sorry));
        }
        Ok(Response::new(block.into()))
    }

    async fn submit(&self, request: Request<v1::SubmitRequest>) -> Answer<v1::SubmitResponse> {
        let caller = caller(&request);
        let v1::SubmitRequest {
            transaction,
            wait_ms,
            relayed,
        } = request.into_inner();
        let origin = match (relayed, &caller.who) {
            (true, Some(Party::Node(_))) => Origin::Node,
            _ => Origin::Client,
        };
        let who = caller.who.clone();
        let submitted = self.hand_in(caller, transaction, origin).await?;
        let committed = match wait_ms.min(MAX_WAIT_MS) {
            0 => None,
            wait => {
                let time = Duration::from_millis(u64::from(wait));
                self.wait(who, submitted, time).await?
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
        let committed = move |backend: Arc<B>| async move { backend.transaction(asked).await };
        let committed = self.limited(caller(&request), committed).await?;
        let committed = committed.map(Into::into);
        Ok(Response::new(v1::GetTransactionResponse { committed }))
    }

    async fn get_sequence(
        &self,
        request: Request<v1::GetSequenceRequest>,
    ) -> Answer<v1::GetSequenceResponse> {
        let asked = AliasId::new(id(&request.get_ref().alias, "an alias")?);
        let sequences = move |backend: Arc<B>| async move { backend.sequences(asked).await };
        let sequences = self.limited(caller(&request), sequences).await?;
        Ok(Response::new(sequences.into()))
    }

    async fn query_state(
        &self,
        request: Request<v1::QueryStateRequest>,
    ) -> Answer<v1::QueryStateResponse> {
        let (who, keys) = (caller(&request), request.into_inner().keys);
        let fits = |key: &Vec<u8>| (1..=MAX_KEY).contains(&key.len());
        if keys.is_empty() || keys.len() > MAX_KEYS || !keys.iter().all(fits) {
            let rule = format!("a query has 1 to {MAX_KEYS} keys of 1 to {MAX_KEY} bytes");
            return Err(ErrorCode::Malformed.error(rule));
        }
        let answer = move |backend: Arc<B>| async move { backend.state(keys).await };
        let answer = self.limited(who, answer).await?;
        Ok(Response::new(answer.into()))
    }

    async fn get_record(
        &self,
        request: Request<v1::GetRecordRequest>,
    ) -> Answer<v1::GetRecordResponse> {
        let asked = RecordId::new(id(&request.get_ref().id, "a record's id")?);
        let record = move |backend: Arc<B>| async move { backend.record(asked).await };
        let record = self.limited(caller(&request), record).await?;
        Ok(Response::new(v1::GetRecordResponse { record }))
    }

    async fn taken_since(
        &self,
        request: Request<v1::TakenSinceRequest>,
    ) -> Answer<v1::TakenSinceResponse> {
        let (who, index) = (caller(&request), request.into_inner().index);
        let answer = move |backend: Arc<B>| async move { backend.taken(index, MAX_TAKEN).await };
        let answer = self.limited(who, answer).await?;
        Ok(Response::new(answer.into()))
    }

    async fn get_state_part(
        &self,
        request: Request<v1::GetStatePartRequest>,
    ) -> Answer<v1::GetStatePartResponse> {
        let who = caller(&request);
        let v1::GetStatePartRequest { height, after } = request.into_inner();
        let after = match after.is_empty() {
            true => None,
            false => Some(id(&after, "the hash of a key")?),
        };
        let part = move |backend: Arc<B>| async move {
            let height = Height(height);
            backend.state_part(height, after, STATE_PART).await
        };
        let part = self.limited(who, part).await?;
        Ok(Response::new(part.into()))
    }

    type FollowBlocksStream = ReceiverStream<Part>;

    async fn follow_blocks(
        &self,
        request: Request<v1::FollowBlocksRequest>,
    ) -> Answer<Self::FollowBlocksStream> {
        let who = caller(&request).who;
        let Some(from) = height(request.get_ref().from) else {
            return Err(ErrorCode::Malformed.error("blocks are counted from 1"));
        };
        let seat = self.follows.seat(who)?;
        let parts = seat.follow(Arc::clone(&self.backend), from);
        Ok(Response::new(parts))
    }
}
