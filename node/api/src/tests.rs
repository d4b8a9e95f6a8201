#![allow(clippy::unwrap_used)]

mod floods;
mod follow;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use sealane_types::ids::{AliasId, Height, RecordId, Sequence, TxId};
use sealane_wire::tls::{self, Authority, Credentials, Party};
use sealane_wire::v1::node_client::NodeClient;
use sealane_wire::{MAX_KEY, MAX_KEYS, MAX_MESSAGE, MAX_WAIT_MS, v1};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tonic::Code;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use super::*;

/// A transaction whose proof does not hold, and one that is let through as `sequences` are.
const BAD: u8 = 0xbd;
const SLOW: u8 = 0x51;

/// Answers `sequences` only while it is let through, notes who hands in, has blocks from the second on, and finds
/// nothing else.
struct Gate {
    through: Semaphore,
    origins: Mutex<Vec<Origin>>,
    blocks: Blocks,
}

/// Blocks of two transactions, each a part.
struct Blocks {
    tip: watch::Sender<u64>,
    stop: watch::Sender<bool>,
    /// Bytes of a transaction.
    size: AtomicUsize,
    /// Parts that were read.
    reads: AtomicUsize,
}

impl Gate {
    fn new() -> Self {
        Self {
            through: Semaphore::new(0),
            origins: Mutex::default(),
            blocks: Blocks {
                tip: watch::Sender::new(0),
                stop: watch::Sender::new(false),
                size: AtomicUsize::new(2),
                reads: AtomicUsize::new(0),
            },
        }
    }
}

fn nothing<T>() -> Result<T, Refused> {
    Err(Refused::new(ErrorCode::NotFound, "there is nothing here"))
}

#[async_trait]
impl Backend for Gate {
    async fn status(&self) -> Result<Status, Refused> {
        nothing()
    }
    async fn genesis(&self) -> Result<Vec<u8>, Refused> {
        Ok(vec![7; 3])
    }
    async fn header(&self, height: Option<Height>) -> Result<FinalHeader, Refused> {
        let header = height.map_or(vec![], |height| height.0.to_le_bytes().to_vec());
        Ok(FinalHeader {
            header,
            certificate: vec![],
        })
    }
    async fn block(&self, _: Option<Height>) -> Result<FinalBlock, Refused> {
        Ok(FinalBlock {
            block: vec![0; MAX_MESSAGE],
            certificate: vec![],
        })
    }
    async fn submit(
        &self,
        transaction: Vec<u8>,
        origin: Origin,
        _: &Work,
    ) -> Result<TxId, Refused> {
        self.origins.lock().unwrap().push(origin);
        if transaction == [BAD] {
            return Err(Refused::new(ErrorCode::BadProof, "it does not hold"));
        }
        if transaction == [SLOW] {
            self.through.acquire().await.unwrap().forget();
        }
        let byte = transaction.first().copied().unwrap_or_default();
        Ok(TxId::new([byte; 32]))
    }
    async fn finality(&self, _: TxId) -> Result<Committed, Refused> {
        std::future::pending().await
    }
    async fn transaction(&self, _: TxId) -> Result<Option<Committed>, Refused> {
        Ok(None)
    }
    async fn sequences(&self, _: AliasId) -> Result<Sequences, Refused> {
        self.through.acquire().await.unwrap().forget();
        let (committed, next) = (Sequence(1), Sequence(2));
        Ok(Sequences { committed, next })
    }
    async fn state(&self, keys: Vec<Vec<u8>>) -> Result<StateAnswer, Refused> {
        let (header, certificate) = (vec![], vec![]);
        let entries = keys.into_iter().map(|key| StateEntry {
            key,
            value: None,
            proof: vec![],
        });
        Ok(StateAnswer {
            header: FinalHeader {
                header,
                certificate,
            },
            entries: entries.collect(),
        })
    }
    async fn record(&self, _: RecordId) -> Result<Vec<u8>, Refused> {
        nothing()
    }
    async fn taken(&self, _: u64, _: usize) -> Result<TakenAnswer, Refused> {
        nothing()
    }
    async fn state_part(
        &self,
        _: Height,
        after: Option<[u8; 32]>,
        _: usize,
    ) -> Result<StatePart, Refused> {
        Ok(StatePart {
            pairs: Vec::new(),
            proof: after.map_or(Vec::new(), Vec::from),
            last: true,
        })
    }
    async fn final_at(&self, height: Height) -> Result<(), Refused> {
        if height < Height(2) {
            let message = "the first block here is 2";
            return Err(Refused::new(ErrorCode::NotFound, message));
        }
        let mut tip = self.blocks.tip.subscribe();
        tokio::select! {
            there = tip.wait_for(|tip| *tip > height.0) => drop(there.unwrap()),
            () = self.stops() => return Err(Refused::new(ErrorCode::Stopping, "stopping")),
        }
        Ok(())
    }
    async fn block_part(
        &self,
        height: Height,
        first: usize,
        _: usize,
    ) -> Result<BlockPart, Refused> {
        self.blocks.reads.fetch_add(1, Ordering::Relaxed);
        let mut transaction = vec![0; self.blocks.size.load(Ordering::Relaxed)];
        transaction[..2].copy_from_slice(&[height.0 as u8, first as u8]);
        let header = || FinalHeader {
            header: vec![],
            certificate: vec![],
        };
        Ok(BlockPart {
            transactions: vec![transaction],
            receipts: vec![vec![]],
            end: (first == 1).then(|| (header(), header())),
        })
    }
    async fn stops(&self) {
        let mut stop = self.blocks.stop.subscribe();
        drop(stop.wait_for(|stop| *stop).await.unwrap());
    }
}

async fn served(limits: Limits) -> (NodeClient<Channel>, Arc<Gate>) {
    let (channel, gate) = channel(limits).await;
    let client = NodeClient::new(channel).max_decoding_message_size(2 * MAX_MESSAGE);
    (client.max_encoding_message_size(2 * MAX_MESSAGE), gate)
}

/// A connection of a bank's home to a node that serves.
async fn channel(limits: Limits) -> (Channel, Arc<Gate>) {
    called_by(Party::Home("bank-a".to_owned()), limits).await
}

async fn called_by(caller: Party, limits: Limits) -> (Channel, Arc<Gate>) {
    let (channels, gate) = all_called_by(&[caller], limits).await;
    (channels[0].clone(), gate)
}

/// Connections of several callers to one node.
async fn all_called_by(callers: &[Party], limits: Limits) -> (Vec<Channel>, Arc<Gate>) {
    serving(callers, limits, std::future::pending()).await
}

/// As [`all_called_by`], until `shutdown` resolves.
async fn serving(
    callers: &[Party],
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> (Vec<Channel>, Arc<Gate>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let gate = Arc::new(Gate::new());
    let folder = tempfile::tempdir().unwrap();
    let mut authority = Authority::create(&folder.path().join("authority"), "test").unwrap();
    let mut equipped = |party: &Party| {
        let own = folder.path().join(party.dns_name());
        tls::equip(&own, party, &mut authority, 1).unwrap();
        Credentials::open(&own).unwrap()
    };
    let node = equipped(&Party::Node("node-a".to_owned()));
    let address = format!("https://{address}");
    let channel = |caller| {
        let own = equipped(caller);
        tls::channel(&address, "node-a", &own, |to| to).unwrap()
    };
    let channels = callers.iter().map(channel).collect();
    tokio::spawn(serve(listener, node, gate.clone(), limits, shutdown));
    (channels, gate)
}

/// So does a node that stops as its state is not the certified one: its engine ends, and the API with it.
#[tokio::test]
async fn a_node_that_stops_says_that_it_does_not_serve() {
    let (stop, mut stopped) = watch::channel(false);
    let until = async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let caller = Party::Home("bank-a".to_owned());
    let (channels, _gate) = serving(&[caller], Limits::default(), until).await;
    let mut health = HealthClient::new(channels[0].clone());
    let asked = || HealthCheckRequest {
        service: "sealane.v1.Node".to_owned(),
    };
    let mut watched = health.watch(asked()).await.unwrap().into_inner();
    let now = watched.message().await.unwrap().unwrap();
    assert_eq!(now.status(), ServingStatus::Serving);
    stop.send_replace(true);
    let then = watched.message().await.unwrap().unwrap();
    assert_eq!(then.status(), ServingStatus::NotServing);
    let late = health.check(asked()).await;
    let serves = late.is_ok_and(|answer| answer.into_inner().status() == ServingStatus::Serving);
    assert!(!serves, "nor is anybody told otherwise afterwards");
}

#[tokio::test]
async fn the_api_says_that_it_serves_and_what_it_is() {
    let (channel, _gate) = channel(Limits::default()).await;
    let mut health = HealthClient::new(channel.clone());
    let asked = |service: &str| HealthCheckRequest {
        service: service.to_owned(),
    };
    let healthy = health.check(asked("sealane.v1.Node")).await.unwrap();
    assert_eq!(healthy.into_inner().status(), ServingStatus::Serving);
    let unknown = health.check(asked("sealane.v1.Other")).await.unwrap_err();
    assert_eq!(unknown.code(), tonic::Code::NotFound);
    let mut reflection = ServerReflectionClient::new(channel.clone());
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let answers = reflection.server_reflection_info(tokio_stream::once(request));
    let answer = answers.await.unwrap().into_inner().message().await.unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.unwrap().message_response else {
        panic!("no list of services");
    };
    let names: Vec<String> = list.service.into_iter().map(|one| one.name).collect();
    assert!(names.contains(&"sealane.v1.Node".to_owned()), "{names:?}");
    assert!(
        names.contains(&"grpc.health.v1.Health".to_owned()),
        "{names:?}"
    );
    let own = |names: Vec<String>| -> Vec<String> {
        let all = names.into_iter();
        all.filter(|name| !name.starts_with("grpc.reflection."))
            .collect()
    };
    assert_eq!(own(asked_as_python_does(channel).await), own(names));
}

/// The services by reflection's earlier version, which Python's client asks for.
async fn asked_as_python_does(channel: Channel) -> Vec<String> {
    use tonic_reflection::pb::v1alpha;
    use v1alpha::server_reflection_request::MessageRequest;
    use v1alpha::server_reflection_response::MessageResponse;
    let mut reflection = v1alpha::server_reflection_client::ServerReflectionClient::new(channel);
    let request = v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let answers = reflection.server_reflection_info(tokio_stream::once(request));
    let answer = answers.await.unwrap().into_inner().message().await.unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.unwrap().message_response else {
        panic!("no list of services");
    };
    list.service.into_iter().map(|one| one.name).collect()
}

fn code(error: &tonic::Status) -> Option<ErrorCode> {
    ErrorCode::of(error)
}

#[tokio::test]
async fn requests_pass_and_refusals_carry_their_word() {
    let (mut client, _gate) = served(Limits::default()).await;
    let genesis = client.get_genesis(v1::GetGenesisRequest {}).await.unwrap();
    assert_eq!(genesis.into_inner().genesis, [7; 3]);
    let latest = client.get_header(v1::GetHeaderRequest { height: 0 }).await;
    assert!(
        latest
            .unwrap()
            .into_inner()
            .header
            .unwrap()
            .header
            .is_empty()
    );
    let fifth = client.get_header(v1::GetHeaderRequest { height: 5 }).await;
    assert_eq!(fifth.unwrap().into_inner().header.unwrap().header[0], 5);
    let status = client
        .get_status(v1::GetStatusRequest {})
        .await
        .unwrap_err();
    assert_eq!(code(&status), Some(ErrorCode::NotFound));
    assert_eq!(status.message(), "there is nothing here");
    let short = v1::GetRecordRequest { id: vec![0; 31] };
    let short = client.get_record(short).await.unwrap_err();
    assert_eq!(code(&short), Some(ErrorCode::Malformed));
}

#[tokio::test]
async fn what_is_above_a_limit_is_refused() {
    let (mut client, _gate) = served(Limits::default()).await;
    let refused = [
        vec![],
        vec![vec![1]; MAX_KEYS + 1],
        vec![vec![]],
        vec![vec![1; MAX_KEY + 1]],
    ];
    for keys in refused {
        let error = client.query_state(v1::QueryStateRequest { keys }).await;
        assert_eq!(code(&error.unwrap_err()), Some(ErrorCode::Malformed));
    }
    let keys = vec![vec![1; MAX_KEY]; MAX_KEYS];
    let answer = client.query_state(v1::QueryStateRequest { keys }).await;
    assert_eq!(answer.unwrap().into_inner().entries.len(), MAX_KEYS);
    let large = client.get_block(v1::GetBlockRequest { height: 1 }).await;
    assert_eq!(code(&large.unwrap_err()), Some(ErrorCode::TooLarge));
    let transaction = vec![1; MAX_MESSAGE + 1];
    let wait_ms = 0;
    let huge = v1::SubmitRequest {
        transaction,
        wait_ms,
        relayed: false,
    };
    let huge = client.submit(huge).await.unwrap_err();
    assert_eq!(huge.code(), Code::OutOfRange, "{huge:?}");
}

#[tokio::test]
async fn requests_above_the_number_are_refused_at_once_and_others_time_out() {
    let limits = Limits {
        requests: 4,
        requests_each: 2,
        time: Duration::from_millis(300),
        ..Limits::default()
    };
    let (client, gate) = served(limits).await;
    let ask = || {
        let mut client = client.clone();
        let alias = vec![0; 32];
        tokio::spawn(async move { client.get_sequence(v1::GetSequenceRequest { alias }).await })
    };
    let (first, second) = (ask(), ask());
    let third = loop {
        let refused = ask().await.unwrap().unwrap_err();
        if code(&refused) == Some(ErrorCode::TooMany) {
            break refused;
        }
    };
    assert_eq!(third.code(), Code::ResourceExhausted);
    for waited in [first, second] {
        let error = waited.await.unwrap().unwrap_err();
        let word = code(&error);
        assert!(matches!(
            word,
            Some(ErrorCode::Deadline | ErrorCode::TooMany)
        ));
    }
    // the two that were given up hold their places until the node is done with them
    let full = ask().await.unwrap().unwrap_err();
    assert_eq!(code(&full), Some(ErrorCode::TooMany));
    gate.through.add_permits(3);
    let answer = loop {
        match ask().await.unwrap() {
            Ok(answer) => break answer.into_inner(),
            Err(error) => assert_eq!(code(&error), Some(ErrorCode::TooMany)),
        }
    };
    assert_eq!((answer.committed, answer.next), (1, 2));
}

#[tokio::test]
async fn a_submission_waits_as_long_as_it_says_and_no_longer() {
    let limits = Limits {
        waiting_for_receipt: 0,
        ..Limits::default()
    };
    let (mut client, _gate) = served(Limits::default()).await;
    let submit = |wait_ms| v1::SubmitRequest {
        transaction: vec![9],
        wait_ms,
        relayed: false,
    };
    let brief = client.submit(submit(20)).await.unwrap().into_inner();
    assert_eq!((brief.id, brief.committed), (vec![9; 32], None));
    // where no more may wait, who has handed in hears that it was taken
    let (mut full, _gate) = served(limits).await;
    let taken = tokio::time::timeout(Duration::from_secs(10), full.submit(submit(MAX_WAIT_MS)));
    let taken = taken.await.unwrap().unwrap().into_inner();
    assert_eq!((taken.id, taken.committed), (vec![9; 32], None));
}

#[tokio::test]
async fn only_a_nodes_certificate_may_say_relayed() {
    let node = |name: &str| Party::Node(name.to_owned());
    let home = |name: &str| Party::Home(name.to_owned());
    let cases = [
        (node("node-b"), true, Origin::Node),
        (node("node-b"), false, Origin::Client),
        (home("bank-a"), true, Origin::Client),
        (home("bank-a"), false, Origin::Client),
        (home("node-b"), true, Origin::Client),
    ];
    for (caller, relayed, expected) in cases {
        let (channel, gate) = called_by(caller.clone(), Limits::default()).await;
        let request = v1::SubmitRequest {
            transaction: vec![9],
            wait_ms: 0,
            relayed,
        };
        NodeClient::new(channel).submit(request).await.unwrap();
        let origins = gate.origins.lock().unwrap().clone();
        assert_eq!(origins, [expected], "{caller}, relayed: {relayed}");
    }
}
