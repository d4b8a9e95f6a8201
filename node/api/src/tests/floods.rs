//! Callers who take all that they can get, and one who is answered all the same.

use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;

/// A node with an address, and what its callers need.
struct Served {
    address: SocketAddr,
    gate: Arc<Gate>,
    authority: Mutex<Authority>,
    folder: tempfile::TempDir,
}

impl Served {
    async fn new(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let gate = Arc::new(Gate::new());
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::create(&folder.path().join("authority"), "test").unwrap();
        let served = Self {
            address,
            gate: Arc::clone(&gate),
            authority: Mutex::new(authority),
            folder,
        };
        let node = served.equipped(&Party::Node("node-a".to_owned()));
        tokio::spawn(serve(listener, node, gate, limits, std::future::pending()));
        served
    }

    fn equipped(&self, party: &Party) -> Arc<Credentials> {
        let own = self.folder.path().join(party.dns_name());
        if !tls::is_equipped(&own) {
            tls::equip(&own, party, &mut self.authority.lock().unwrap(), 1).unwrap();
        }
        Credentials::open(&own).unwrap()
    }

    /// A new connection of a bank's home.
    fn client(&self, bank: &str) -> NodeClient<Channel> {
        let own = self.equipped(&Party::Home(bank.to_owned()));
        let address = format!("https://{}", self.address);
        let channel = tls::channel(&address, "node-a", &own, |to| to).unwrap();
        NodeClient::new(channel)
    }

    /// A connection of a bank's home on which nothing has been said.
    async fn session(&self, bank: &str) -> tls::Session {
        let own = self.equipped(&Party::Home(bank.to_owned()));
        let stream = TcpStream::connect(self.address).await.unwrap();
        own.connect(stream, "node-a").await.unwrap()
    }
}

async fn answered(client: &mut NodeClient<Channel>) -> Result<(), tonic::Status> {
    let answer = client.get_genesis(v1::GetGenesisRequest {});
    let answer = timeout(Duration::from_secs(20), answer).await;
    answer.expect("an answer").map(drop)
}

/// More than may stand at the door, from the caller's own address, and each as new as it can be.
#[tokio::test]
async fn silent_sockets_shut_nobody_out() {
    let served = Served::new(Limits {
        unidentified: 40,
        unidentified_each: 20,
        handshake: Duration::from_secs(600),
        connections: 4,
        ..Limits::default()
    })
    .await;
    let mut silent = Vec::new();
    for _ in 0..8 {
        for number in 0..25_u8 {
            let mut socket = TcpStream::connect(served.address).await.unwrap();
            if number % 2 == 0 {
                // the beginning of a handshake that never goes on
                socket.write_all(&[22, 3, 1, 2, 0]).await.unwrap();
            }
            silent.push(socket);
        }
        answered(&mut served.client("bank-a")).await.unwrap();
    }
    let mut first = silent.swap_remove(1);
    let end = timeout(Duration::from_secs(20), first.read(&mut [0])).await;
    let end = end.expect("the oldest one has been dropped");
    assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
}

#[tokio::test]
async fn a_connection_on_which_nothing_arrives_is_dropped() {
    let served = Served::new(Limits {
        handshake: Duration::from_millis(300),
        idle: Duration::from_millis(500),
        ..Limits::default()
    })
    .await;
    let mut silent = TcpStream::connect(served.address).await.unwrap();
    let mut idle = served.session("bank-a").await;
    let ends = async {
        let read = silent.read(&mut [0]).await;
        assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
        let mut all = Vec::new();
        // HTTP/2's settings may come before
        let _ = idle.read_to_end(&mut all).await;
    };
    timeout(Duration::from_secs(20), ends).await.expect("ended");
}

#[tokio::test]
async fn one_caller_has_so_many_connections_and_another_its_own() {
    let served = Served::new(Limits {
        connections_each: 3,
        ..Limits::default()
    })
    .await;
    let mut own: Vec<_> = (0..3).map(|_| served.client("bank-a")).collect();
    for client in &mut own {
        answered(client).await.unwrap();
    }
    let fourth = answered(&mut served.client("bank-a")).await;
    assert!(fourth.is_err(), "a fourth connection");
    answered(&mut served.client("bank-b")).await.unwrap();
    drop(own);
    let freed = async {
        while answered(&mut served.client("bank-a")).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), freed).await.expect("free");
}

/// Each request is given up at once; the node works on it all the same, and that counts.
#[tokio::test]
async fn who_resets_its_requests_gets_no_more_work_done_than_others() {
    let limits = Limits {
        requests_each: 3,
        ..Limits::default()
    };
    let served = Served::new(limits).await;
    let mut client = served.client("bank-a");
    answered(&mut client).await.unwrap();
    for _ in 0..30 {
        let slow = v1::SubmitRequest {
            transaction: vec![SLOW],
            wait_ms: 0,
            relayed: false,
        };
        let given_up = timeout(Duration::from_millis(20), client.submit(slow)).await;
        if let Ok(refused) = given_up {
            assert_eq!(code(&refused.unwrap_err()), Some(ErrorCode::TooMany));
        }
    }
    assert_eq!(served.gate.origins.lock().unwrap().len(), 3, "begun");
    answered(&mut served.client("bank-b")).await.unwrap();
    served.gate.through.add_permits(3);
    let goes_on = async {
        while answered(&mut served.client("bank-a")).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), goes_on).await.expect("on");
}

/// A hundred calls that counted as given up would be paid off after a hundred seconds.
#[tokio::test]
async fn calls_that_are_answered_count_as_their_own_bytes_alone() {
    let served = Served::new(Limits {
        frames_each: 16 << 10,
        ..Limits::default()
    })
    .await;
    let mut client = served.client("bank-a");
    let calls = async {
        for _ in 0..50 {
            answered(&mut client).await.unwrap();
            let nothing = v1::QueryStateRequest { keys: Vec::new() };
            let refused = client.query_state(nothing).await.unwrap_err();
            assert_eq!(code(&refused), Some(ErrorCode::Malformed));
        }
    };
    timeout(Duration::from_secs(30), calls).await.expect("soon");
}

#[tokio::test]
async fn who_sends_proofs_that_fail_waits_and_others_do_not() {
    let served = Served::new(Limits::default()).await;
    let (mut greedy, mut honest) = (served.client("bank-a"), served.client("bank-b"));
    let submit = |byte| v1::SubmitRequest {
        transaction: vec![byte],
        wait_ms: 0,
        relayed: false,
    };
    let begun = Instant::now();
    let mut looked_at = 0;
    let refused = loop {
        let refused = greedy.submit(submit(BAD)).await.unwrap_err();
        match code(&refused) {
            Some(ErrorCode::BadProof) => looked_at += 1,
            _ => break refused,
        }
        assert!(looked_at < 100, "nobody asked it to wait");
    };
    assert_eq!(code(&refused), Some(ErrorCode::TooMany));
    assert!(refused.message().contains("wait"), "{refused}");
    // five of two seconds each and one beyond, and what has been paid off since
    assert!(
        looked_at <= 6 + begun.elapsed().as_secs() / 2,
        "{looked_at}"
    );
    assert!(honest.submit(submit(9)).await.is_ok());
    answered(&mut greedy)
        .await
        .expect("it may ask all the same");
}

#[tokio::test]
async fn answers_that_nobody_reads_are_counted_against_their_caller() {
    let limits = Limits {
        bytes_each: 8 << 20,
        ..Limits::default()
    };
    let served = Served::new(limits).await;
    served.gate.blocks.tip.send_replace(40);
    served.gate.blocks.size.store(3 << 20, Ordering::Relaxed);
    let client = served.client("bank-a");
    let mut unread = Vec::new();
    let mut refused = None;
    for _ in 0..8 {
        let mut client = client.clone().max_decoding_message_size(2 * MAX_MESSAGE);
        match client
            .follow_blocks(v1::FollowBlocksRequest { from: 2 })
            .await
        {
            Ok(stream) => unread.push(stream),
            Err(status) => refused = Some(status),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let refused = refused.expect("above eight MiB nothing more is begun");
    assert_eq!(code(&refused), Some(ErrorCode::TooMany));
    answered(&mut served.client("bank-b")).await.unwrap();
    drop(unread);
    let goes_on = async {
        while answered(&mut client.clone()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), goes_on).await.expect("on");
}

#[tokio::test]
async fn a_stream_that_is_read_holds_nothing_against_its_caller() {
    let limits = Limits {
        bytes_each: 8 << 20,
        ..Limits::default()
    };
    let served = Served::new(limits).await;
    served.gate.blocks.tip.send_replace(40);
    served.gate.blocks.size.store(1 << 20, Ordering::Relaxed);
    let client = served.client("bank-a");
    let mut reader = client.clone().max_decoding_message_size(2 * MAX_MESSAGE);
    let asked = reader.follow_blocks(v1::FollowBlocksRequest { from: 2 });
    let mut parts = asked.await.unwrap().into_inner();
    for _ in 0..24 {
        let part = timeout(Duration::from_secs(10), parts.message()).await;
        assert!(part.expect("it comes").unwrap().is_some());
    }
    // 24 MiB were read: three times what one caller may hold
    answered(&mut client.clone()).await.unwrap();
}

/// Two of its questions are looked up at a time: what it asks after them waits, and nobody else does.
#[tokio::test]
async fn who_asks_much_at_a_time_waits_for_its_own_turn() {
    let served = Served::new(Limits {
        turns_each: 2,
        ..Limits::default()
    })
    .await;
    let mut slow = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let mut client = served.client("bank-a");
        let alias = vec![1; 32];
        slow.spawn(async move { client.get_sequence(v1::GetSequenceRequest { alias }).await });
    }
    let mut greedy = served.client("bank-a");
    let waits = async {
        while timeout(Duration::from_millis(200), answered(&mut greedy))
            .await
            .is_ok()
        {}
    };
    timeout(Duration::from_secs(20), waits)
        .await
        .expect("a third question waits");
    answered(&mut served.client("bank-b")).await.unwrap();
    served.gate.through.add_permits(2);
    while let Some(answer) = slow.join_next().await {
        answer.unwrap().unwrap();
    }
    answered(&mut greedy).await.unwrap();
}
