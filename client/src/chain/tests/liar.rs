//! A node that serves a test chain over tonic, and alters one answer as it is told to.

use std::sync::{Arc, Mutex};

use sealane_ledger::state::Key;
use sealane_types::encoding::Encode;
use sealane_wire::code::ErrorCode;
use sealane_wire::v1::node_server::{Node, NodeServer};
use sealane_wire::v1::{
    GetBlockRequest, GetBlockResponse, GetGenesisRequest, GetGenesisResponse, GetHeaderRequest,
    GetHeaderResponse, GetRecordRequest, GetRecordResponse, GetSequenceRequest,
    GetSequenceResponse, GetStatusRequest, GetStatusResponse, GetTransactionRequest,
    GetTransactionResponse, QueryStateRequest, QueryStateResponse, SubmitRequest, SubmitResponse,
    TakenSinceRequest, TakenSinceResponse,
};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

use super::chain::TestChain;

type Answer<T> = Result<Response<T>, Status>;
type Twist<T> = Box<dyn Fn(&mut T) + Send>;

/// What is served, and how it is altered.
pub(crate) struct Served {
    pub chain: TestChain,
    pub state: Twist<QueryStateResponse>,
    pub transaction: Twist<GetTransactionResponse>,
}

/// The node.
#[derive(Clone)]
pub(crate) struct Liar(pub Arc<Mutex<Served>>);

impl Liar {
    /// Serves a chain honestly; the address.
    pub async fn start(chain: TestChain) -> (Self, String) {
        let served = Served {
            chain,
            state: Box::new(|_| ()),
            transaction: Box::new(|_| ()),
        };
        let liar = Self(Arc::new(Mutex::new(served)));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let server = tonic::transport::Server::builder().add_service(NodeServer::new(liar.clone()));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        (liar, address)
    }

    /// What is served, to be altered.
    pub fn served(&self) -> std::sync::MutexGuard<'_, Served> {
        self.0.lock().expect("no test panics while it holds it")
    }
}

fn not_served<T>() -> Answer<T> {
    Err(ErrorCode::NotFound.error("this test does not serve it"))
}

#[tonic::async_trait]
impl Node for Liar {
    async fn get_status(&self, _: Request<GetStatusRequest>) -> Answer<GetStatusResponse> {
        not_served()
    }

    async fn get_genesis(&self, _: Request<GetGenesisRequest>) -> Answer<GetGenesisResponse> {
        let genesis = self.served().chain.genesis.to_bytes();
        Ok(Response::new(GetGenesisResponse { genesis }))
    }

    async fn get_header(&self, _: Request<GetHeaderRequest>) -> Answer<GetHeaderResponse> {
        let header = Some(self.served().chain.latest());
        Ok(Response::new(GetHeaderResponse { header }))
    }

    async fn get_block(&self, _: Request<GetBlockRequest>) -> Answer<GetBlockResponse> {
        not_served()
    }

    async fn submit(&self, _: Request<SubmitRequest>) -> Answer<SubmitResponse> {
        not_served()
    }

    async fn get_transaction(
        &self,
        request: Request<GetTransactionRequest>,
    ) -> Answer<GetTransactionResponse> {
        let served = self.served();
        let wanted = request.into_inner().id;
        for (at, block) in served.chain.blocks.iter().enumerate() {
            let place = block.receipts.iter().position(|receipt| {
                receipt.transaction.as_bytes().as_slice() == wanted
            });
            if let Some(position) = place {
                let committed = Some(served.chain.committed(at, position));
                let mut answer = GetTransactionResponse { committed };
                (served.transaction)(&mut answer);
                return Ok(Response::new(answer));
            }
        }
        not_served()
    }

    async fn get_sequence(&self, _: Request<GetSequenceRequest>) -> Answer<GetSequenceResponse> {
        not_served()
    }

    async fn query_state(&self, request: Request<QueryStateRequest>) -> Answer<QueryStateResponse> {
        let served = self.served();
        let keys = request.into_inner().keys;
        let entry = |key: &Vec<u8>| served.chain.entry_of(key.clone());
        let mut answer = QueryStateResponse {
            header: Some(served.chain.latest()),
            entries: keys.iter().map(entry).collect(),
        };
        (served.state)(&mut answer);
        Ok(Response::new(answer))
    }

    async fn get_record(&self, _: Request<GetRecordRequest>) -> Answer<GetRecordResponse> {
        not_served()
    }

    async fn taken_since(&self, _: Request<TakenSinceRequest>) -> Answer<TakenSinceResponse> {
        let served = self.served();
        Ok(Response::new(TakenSinceResponse {
            header: Some(served.chain.latest()),
            digest: Some(served.chain.entry_of(Key::log().as_bytes().to_vec())),
            entries: Vec::new(),
            total: 0,
        }))
    }
}
