//! A node that serves a test chain over tonic, and alters one answer as it is told to.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sealane_ledger::state::Key;
use sealane_ledger::transaction_id;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::receipt::Receipt;
use sealane_types::transaction::{Payload, Transaction};
use sealane_wire::code::ErrorCode;
use sealane_wire::tls::{self, Authority, Credentials, Party, Session};
use sealane_wire::v1::node_server::{Node, NodeServer};
use sealane_wire::v1::{
    BlockPart, CommittedTransaction, FollowBlocksRequest, GetBlockRequest, GetBlockResponse,
    GetGenesisRequest, GetGenesisResponse, GetHeaderRequest, GetHeaderResponse, GetRecordRequest,
    GetRecordResponse, GetSequenceRequest, GetSequenceResponse, GetStatePartRequest,
    GetStatePartResponse, GetStatusRequest, GetStatusResponse, GetTransactionRequest,
    GetTransactionResponse, QueryStateRequest, QueryStateResponse, SubmitRequest, SubmitResponse,
    TakenSinceRequest, TakenSinceResponse,
};
use tokio::net::TcpListener;
use tokio::sync::mpsc::Sender;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::chain::TestChain;
use crate::chain::NodeOptions;

type Answer<T> = Result<Response<T>, Status>;
type Twist<T> = Box<dyn Fn(&mut T) + Send>;
type PartsTwist = Box<dyn Fn(u64, &mut Vec<BlockPart>) + Send>;

/// A free port, and its address.
pub(crate) async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("https://{}", listener.local_addr().expect("bound"));
    (listener, address)
}

/// The name in the liar's certificate.
pub(crate) const NAME: &str = "node-a";

/// What the liar shows to callers, in a folder of its own.
pub(crate) fn equip(folder: &Path, authority: &mut Authority) -> Arc<Credentials> {
    equip_as(folder, &Party::Node(NAME.to_owned()), authority)
}

fn equip_as(folder: &Path, party: &Party, authority: &mut Authority) -> Arc<Credentials> {
    tls::equip(folder, party, authority, 1).expect("a certificate");
    Credentials::open(folder).expect("certificates")
}

/// Connections to the liar.
fn sessions(listener: TcpListener, own: Arc<Credentials>) -> ReceiverStream<io::Result<Session>> {
    let (accepted, sessions) = tokio::sync::mpsc::channel(8);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(session) = own.accept(stream).await {
                let _ = accepted.send(Ok(session)).await;
            }
        }
    });
    ReceiverStream::new(sessions)
}

/// What is served, and how it is altered.
pub(crate) struct Served {
    pub chain: TestChain,
    pub state: Twist<QueryStateResponse>,
    pub transaction: Twist<GetTransactionResponse>,
    /// How the parts of each block are altered, by its height.
    pub parts: PartsTwist,
    /// Blocks of one stream after which it is cut, as a connection is.
    pub cut: Option<u64>,
    /// Streams of blocks so far, each by its first height.
    pub streams: Vec<u64>,
    /// Requests so far.
    pub requests: usize,
    /// Keys of the state that were asked for.
    pub asked: Vec<Vec<u8>>,
    /// From this request on nothing is answered: before it is worked on, or after.
    pub dies: Option<(usize, Dies)>,
    /// Whether it has died.
    pub dead: bool,
}

/// When a request's answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dies {
    /// Before the node does anything.
    Before,
    /// After it has done all of it.
    After,
}

/// The node.
#[derive(Clone)]
pub(crate) struct Liar(pub Arc<Mutex<Served>>);

impl Liar {
    /// Serves a chain honestly; where, and who may ask.
    pub async fn start(chain: TestChain) -> (Self, NodeOptions, Arc<Credentials>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let authority = Authority::create(&folder.path().join("authority"), "test");
        let mut authority = authority.expect("an authority");
        let own = equip(&folder.path().join("node"), &mut authority);
        let home = Party::Home("bank-a".to_owned());
        let asking = equip_as(&folder.path().join("home"), &home, &mut authority);
        let (listener, address) = listen().await;
        let name = NAME.to_owned();
        let node = NodeOptions { name, address };
        (Self::serve(listener, own, chain), node, asking)
    }

    /// Serves a chain honestly.
    pub fn serve(listener: TcpListener, own: Arc<Credentials>, chain: TestChain) -> Self {
        let served = Served {
            chain,
            state: Box::new(|_| ()),
            transaction: Box::new(|_| ()),
            parts: Box::new(|_, _| ()),
            cut: None,
            streams: Vec::new(),
            requests: 0,
            asked: Vec::new(),
            dies: None,
            dead: false,
        };
        let liar = Self(Arc::new(Mutex::new(served)));
        let node =
            NodeServer::new(liar.clone()).max_decoding_message_size(sealane_wire::MAX_MESSAGE);
        let server = tonic::transport::Server::builder().add_service(node);
        tokio::spawn(server.serve_with_incoming(sessions(listener, own)));
        liar
    }

    /// What is served, to be altered.
    pub fn served(&self) -> std::sync::MutexGuard<'_, Served> {
        self.0.lock().expect("no test panics while it holds it")
    }
}

impl Liar {
    /// Answers a request, unless its time to die has come: then it never returns.
    async fn answer<T>(&self, work: impl FnOnce(&mut Served) -> Answer<T>) -> Answer<T> {
        let died = {
            let mut served = self.served();
            served.requests += 1;
            served
                .dies
                .filter(|(at, _)| served.requests >= *at)
                .map(|(_, when)| when)
        };
        if died != Some(Dies::Before) {
            let answer = work(&mut self.served());
            if died.is_none() {
                return answer;
            }
        }
        self.served().dead = true;
        std::future::pending().await
    }
}

/// The parts of a block, once its receipts are final; a transaction each, so that blocks have several.
fn parts(chain: &TestChain, height: u64) -> Option<Vec<BlockPart>> {
    let at = usize::try_from(height).expect("small") - 1;
    let (block, _) = (chain.blocks.get(at)?, chain.blocks.get(at + 1)?);
    let pairs = block.block.transactions.iter().zip(&block.receipts);
    let part = |(transaction, receipt): (&Transaction, &Receipt)| BlockPart {
        transactions: vec![transaction.to_bytes()],
        receipts: vec![receipt.to_bytes()],
        ..BlockPart::default()
    };
    let mut parts: Vec<_> = pairs.map(part).collect();
    parts.push(BlockPart {
        header: Some(chain.header(at)),
        next_header: Some(chain.header(at + 1)),
        ..BlockPart::default()
    });
    Some(parts)
}

/// Sends blocks as they come, until the stream is cut or nobody reads.
async fn send_blocks(liar: Liar, from: u64, sender: Sender<Result<BlockPart, Status>>) {
    let mut height = from;
    loop {
        let (parts, cut) = {
            let served = liar.served();
            let mut parts = parts(&served.chain, height);
            if let Some(parts) = &mut parts {
                (served.parts)(height, parts);
            }
            (parts, served.cut)
        };
        if cut.is_some_and(|most| height - from >= most) {
            let lost = Err(Status::unavailable("the line is cut"));
            return drop(sender.send(lost).await);
        }
        let Some(parts) = parts else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            if sender.is_closed() {
                return;
            }
            continue;
        };
        for part in parts {
            if sender.send(Ok(part)).await.is_err() {
                return;
            }
        }
        height += 1;
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

    async fn submit(&self, request: Request<SubmitRequest>) -> Answer<SubmitResponse> {
        let bytes = request.into_inner().transaction;
        self.answer(|served| {
            let transaction = Transaction::from_bytes(&bytes).expect("a transaction");
            let id = transaction_id(&transaction.body);
            if find(&served.chain, id.as_bytes()).is_none() {
                let run = served.chain.run(transaction);
                run.map_err(|fault| ErrorCode::OldSequence.error(fault.to_string()))?;
            }
            let committed = find(&served.chain, id.as_bytes());
            let id = id.as_bytes().to_vec();
            Ok(Response::new(SubmitResponse { id, committed }))
        })
        .await
    }

    async fn get_transaction(
        &self,
        request: Request<GetTransactionRequest>,
    ) -> Answer<GetTransactionResponse> {
        let wanted = request.into_inner().id;
        self.answer(|served| {
            let committed = find(&served.chain, &wanted);
            if committed.is_none() {
                return not_served();
            }
            let mut answer = GetTransactionResponse { committed };
            (served.transaction)(&mut answer);
            Ok(Response::new(answer))
        })
        .await
    }

    async fn get_sequence(&self, _: Request<GetSequenceRequest>) -> Answer<GetSequenceResponse> {
        not_served()
    }

    async fn query_state(&self, request: Request<QueryStateRequest>) -> Answer<QueryStateResponse> {
        let keys = request.into_inner().keys;
        self.answer(|served| {
            served.asked.extend(keys.iter().cloned());
            let entry = |key: &Vec<u8>| served.chain.entry_of(key.clone());
            let mut answer = QueryStateResponse {
                header: Some(served.chain.latest()),
                entries: keys.iter().map(entry).collect(),
            };
            (served.state)(&mut answer);
            Ok(Response::new(answer))
        })
        .await
    }

    async fn get_state_part(
        &self,
        _: Request<GetStatePartRequest>,
    ) -> Answer<GetStatePartResponse> {
        Err(Status::unimplemented("no client asks for it"))
    }

    type FollowBlocksStream = ReceiverStream<Result<BlockPart, Status>>;

    async fn follow_blocks(
        &self,
        request: Request<FollowBlocksRequest>,
    ) -> Answer<Self::FollowBlocksStream> {
        let from = request.into_inner().from;
        self.served().streams.push(from);
        let (sender, blocks) = tokio::sync::mpsc::channel(4);
        tokio::spawn(send_blocks(self.clone(), from, sender));
        Ok(Response::new(ReceiverStream::new(blocks)))
    }

    async fn get_record(&self, request: Request<GetRecordRequest>) -> Answer<GetRecordResponse> {
        let wanted = request.into_inner().id;
        self.answer(|served| {
            let blocks = served.chain.blocks.iter();
            let transactions = blocks.flat_map(|block| &block.block.transactions);
            let mut records =
                transactions.filter_map(|transaction| match &transaction.body.payload {
                    Payload::SealRecord(record) => Some(record),
                    _ => None,
                });
            match records.find(|record| record.id().as_bytes()[..] == wanted) {
                Some(record) => Ok(Response::new(GetRecordResponse {
                    record: record.to_bytes(),
                })),
                None => not_served(),
            }
        })
        .await
    }

    async fn taken_since(&self, request: Request<TakenSinceRequest>) -> Answer<TakenSinceResponse> {
        let from = usize::try_from(request.into_inner().index).expect("small");
        self.answer(|served| {
            let log = &served.chain.log;
            Ok(Response::new(TakenSinceResponse {
                header: Some(served.chain.latest()),
                digest: Some(served.chain.entry_of(Key::log().as_bytes().to_vec())),
                entries: log[from.min(log.len())..].to_vec(),
                total: log.len() as u64,
            }))
        })
        .await
    }
}

/// A transaction as it travels.
fn find(chain: &TestChain, wanted: &[u8]) -> Option<CommittedTransaction> {
    let mut blocks = chain.blocks.iter().enumerate();
    blocks.find_map(|(at, block)| {
        let mut receipts = block.receipts.iter();
        let position = receipts.position(|receipt| receipt.transaction.as_bytes() == wanted)?;
        Some(chain.committed(at, position))
    })
}
