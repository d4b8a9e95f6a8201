//! Who is let in, who is not, and what changes while connections are open.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::HandshakeKind;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{
    Authority, Credentials, Party, Session, TlsError, Trust, Which, equip, install, install_with,
    request,
};

mod trust;

struct World {
    folder: TempDir,
    authority: Authority,
}

fn node(name: &str) -> Party {
    Party::Node(name.to_owned())
}

fn home(name: &str) -> Party {
    Party::Home(name.to_owned())
}

impl World {
    /// An authority of the network "test": each is another one of that name.
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let authority = Authority::create(&folder.path().join("authority"), "test").unwrap();
        Self { folder, authority }
    }

    fn place(&self, party: &Party) -> PathBuf {
        self.folder.path().join(party.dns_name())
    }

    fn equip(&mut self, party: &Party) -> Arc<Credentials> {
        let place = self.place(party);
        equip(&place, party, &mut self.authority, 1).unwrap();
        Credentials::open(&place).unwrap()
    }

    /// Gives a side the authority's newest list.
    fn publish(&self, party: &Party) {
        let list = self.authority.published().unwrap();
        install(&self.place(party), list.as_bytes()).unwrap();
    }
}

/// Both ends of a connection between a caller and the node it wants, as far as each lets the other in.
async fn meet(
    caller: &Credentials,
    wanted: &str,
    listener: &Credentials,
) -> (Result<Session, TlsError>, Result<Session, TlsError>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let called = async {
        caller
            .connect(TcpStream::connect(address).await.unwrap(), wanted)
            .await
    };
    let accepted = async { listener.accept(socket.accept().await.unwrap().0).await };
    tokio::join!(called, accepted)
}

/// Whether a byte passes from one end to the other.
async fn passes(from: &mut Session, to: &mut Session) -> bool {
    let sent = async { from.write_all(&[7]).await.is_ok() && from.flush().await.is_ok() };
    let (sent, read) = tokio::join!(sent, to.read_u8());
    sent && read.is_ok_and(|byte| byte == 7)
}

#[test]
fn a_name_of_a_certificate_is_of_a_node_or_a_home() {
    for party in [node("node-a"), home("bank-a")] {
        assert_eq!(Party::of_dns_name(&party.dns_name()), Some(party));
    }
    for other in [
        "node-a.sealane",
        ".node.sealane",
        "a.b.node.sealane",
        "example.com",
    ] {
        assert_eq!(Party::of_dns_name(other), None, "{other}");
    }
}

#[tokio::test]
async fn a_home_and_the_node_it_wants_know_each_other() {
    let mut world = World::new();
    let (a, bank) = (world.equip(&node("node-a")), world.equip(&home("bank-a")));
    let (called, accepted) = meet(&bank, "node-a", &a).await;
    let (mut called, mut accepted) = (called.unwrap(), accepted.unwrap());
    assert_eq!(accepted.peer(), &home("bank-a"));
    assert_eq!(called.peer(), &node("node-a"));
    assert!(passes(&mut called, &mut accepted).await);
    assert!(passes(&mut accepted, &mut called).await);
}

#[tokio::test]
async fn nobody_passes_for_somebody_else() {
    let mut world = World::new();
    let (a, b) = (world.equip(&node("node-a")), world.equip(&node("node-b")));
    let bank = world.equip(&home("bank-a"));
    assert!(
        meet(&bank, "node-b", &a).await.0.is_err(),
        "another node answers"
    );
    assert!(
        meet(&b, "bank-a", &bank).await.0.is_err(),
        "a home is no node"
    );
    // a home that names itself like a node in its request: the authority's person would see it; the key use differs
    let mut other = World::new();
    let stranger = other.equip(&home("bank-a"));
    let (_, accepted) = meet(&stranger, "node-a", &a).await;
    assert!(accepted.is_err(), "of another consortium's authority");
    let believed = world.authority.published().unwrap();
    let place = other.place(&home("bank-a"));
    install_with(&place, believed.as_bytes(), Trust::Add).unwrap();
    stranger.refresh().unwrap();
    let (_, accepted) = meet(&stranger, "node-a", &a).await;
    assert!(accepted.is_err(), "even one that believes the node");
    let impostor = other.equip(&node("node-a"));
    assert!(
        meet(&bank, "node-a", &impostor).await.0.is_err(),
        "and as a node"
    );
}

#[tokio::test]
async fn who_shows_no_certificate_is_not_let_in() {
    let mut world = World::new();
    let a = world.equip(&node("node-a"));
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let plain = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            .await
            .unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await
    };
    let accepted = async { a.accept(socket.accept().await.unwrap().0).await };
    let (_, accepted) = tokio::join!(plain, accepted);
    assert!(accepted.is_err());
}

#[tokio::test]
async fn what_is_revoked_is_cut_off_and_let_in_no_more() {
    let mut world = World::new();
    let a = world.equip(&node("node-a"));
    let (bank, other) = (world.equip(&home("bank-a")), world.equip(&home("bank-b")));
    let (mut revoked, mut cut) = both(meet(&bank, "node-a", &a).await);
    let (mut stays, mut kept) = both(meet(&other, "node-a", &a).await);
    assert_eq!(
        world
            .authority
            .revoke(&home("bank-a"), Which::All)
            .unwrap()
            .0
            .len(),
        1
    );
    assert!(a.refresh().unwrap().is_empty(), "nobody has told the node");
    assert!(passes(&mut revoked, &mut cut).await);
    world.publish(&node("node-a"));
    assert_eq!(a.refresh().unwrap(), [home("bank-a")]);
    assert!(
        !passes(&mut revoked, &mut cut).await,
        "the connection is cut"
    );
    assert!(passes(&mut stays, &mut kept).await, "others are not");
    let refused = meet(&bank, "node-a", &a).await.1.err().unwrap().to_string();
    assert!(refused.contains("revoked"), "{refused}");
    assert_eq!(
        world
            .authority
            .revoke(&home("bank-a"), Which::All)
            .unwrap()
            .0
            .len(),
        0,
        "once"
    );
    // with a new certificate it is let in again
    let bank = world.equip(&home("bank-a"));
    assert!(meet(&bank, "node-a", &a).await.1.is_ok());
}

fn both(ends: (Result<Session, TlsError>, Result<Session, TlsError>)) -> (Session, Session) {
    (ends.0.unwrap(), ends.1.unwrap())
}

#[tokio::test]
async fn a_node_that_is_revoked_is_not_spoken_to() {
    let mut world = World::new();
    let (a, b) = (world.equip(&node("node-a")), world.equip(&node("node-b")));
    let (mut called, mut accepted) = both(meet(&a, "node-b", &b).await);
    world.authority.revoke(&node("node-b"), Which::All).unwrap();
    world.publish(&node("node-a"));
    assert_eq!(
        a.refresh().unwrap(),
        [node("node-b")],
        "who called cuts, too"
    );
    assert!(!passes(&mut accepted, &mut called).await);
    assert!(meet(&a, "node-b", &b).await.0.is_err());
}

#[tokio::test]
async fn certificates_are_renewed_while_connections_are_open() {
    let mut world = World::new();
    let (a, bank) = (world.equip(&node("node-a")), world.equip(&home("bank-a")));
    let (mut called, mut accepted) = both(meet(&bank, "node-a", &a).await);
    let place = world.place(&node("node-a"));
    let before = std::fs::read(place.join("identity.pem")).unwrap();
    equip(&place, &node("node-a"), &mut world.authority, 1).unwrap();
    assert_ne!(std::fs::read(place.join("identity.pem")).unwrap(), before);
    assert!(a.refresh().unwrap().is_empty());
    assert!(
        passes(&mut called, &mut accepted).await,
        "what is open stays open"
    );
    assert!(
        meet(&bank, "node-a", &a).await.1.is_ok(),
        "and the new one is used"
    );
}

#[tokio::test]
async fn what_has_ended_is_not_let_in_and_cut_off() {
    let mut world = World::new();
    let a = world.equip(&node("node-a"));
    let mut ending = |from_now: Duration| {
        let place = world.place(&home("bank-a"));
        let asked = request(&place, &home("bank-a")).unwrap();
        let ends = OffsetDateTime::now_utc() + from_now;
        let issued = world.authority.issue_until(&asked, ends).unwrap();
        install(&place, issued.bundle.as_bytes()).unwrap();
        Credentials::open(&place).unwrap()
    };
    let ended = ending(-Duration::MINUTE);
    let refused = meet(&ended, "node-a", &a)
        .await
        .1
        .err()
        .unwrap()
        .to_string();
    assert!(refused.contains("was valid until"), "{refused}");
    let ends_soon = ending(Duration::SECOND * 2);
    let (mut called, mut accepted) = both(meet(&ends_soon, "node-a", &a).await);
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(a.refresh().unwrap(), [home("bank-a")]);
    assert!(!passes(&mut called, &mut accepted).await);
}

#[test]
fn files_that_do_not_fit_leave_what_was_there() {
    let mut world = World::new();
    let a = world.equip(&node("node-a"));
    let place = world.place(&node("node-a"));
    std::fs::write(place.join("authority.pem"), "-----BEGIN CERTIFICATE-----\n").unwrap();
    assert!(a.refresh().is_err());
    assert_eq!(a.party(), node("node-a"));
    std::fs::remove_file(place.join("identity.pem")).unwrap();
    let reason = Credentials::open(&place).err().unwrap().to_string();
    assert!(reason.contains("identity.pem"), "{reason}");
}

fn refused(place: &Path, given: &str) -> String {
    install(place, given.as_bytes()).err().unwrap().to_string()
}

#[test]
fn only_what_was_asked_for_is_installed() {
    let mut world = World::new();
    let place = world.place(&home("bank-a"));
    let first = request(&place, &home("bank-a")).unwrap();
    let second = request(&place, &home("bank-a")).unwrap();
    let (first, second) = (
        world.authority.issue(&first, 1).unwrap(),
        world.authority.issue(&second, 1).unwrap(),
    );
    assert!(refused(&place, &first.bundle).contains("requested here last"));
    assert!(!place.join("identity.pem").exists(), "nothing is half done");
    assert!(!place.join("authority.pem").exists());
    assert!(refused(&place, "").contains("expected"));
    let key = std::fs::read_to_string(place.join("requested.key")).unwrap();
    assert!(refused(&place, &key).contains("PRIVATE KEY"));
    let done = install(&place, second.bundle.as_bytes()).unwrap();
    assert!(done.identity && done.authorities == 1 && done.revoked == 1);
    assert!(refused(&place, &second.bundle).contains("installed already"));
}

#[test]
fn the_authority_issues_to_parties_of_a_network_alone() {
    let mut world = World::new();
    let refused = |authority: &mut Authority, asked: &str, days: u32| {
        authority.issue(asked, days).err().unwrap().to_string()
    };
    let place = world.place(&node("node-a"));
    let asked = request(&place, &node("node-a")).unwrap();
    assert!(refused(&mut world.authority, &asked, 0).contains("days"));
    assert!(refused(&mut world.authority, &asked, 5_000).contains("days"));
    assert!(refused(&mut world.authority, "nothing", 1).contains("not a request"));
    let other = rcgen::CertificateParams::new(vec!["example.com".to_owned()]).unwrap();
    let other = other
        .serialize_request(&rcgen::KeyPair::generate().unwrap())
        .unwrap();
    let other = other.pem().unwrap();
    assert!(refused(&mut world.authority, &other, 1).contains("names no node"));
    assert!(request(&place, &node("-a")).is_err() && request(&place, &node("a-")).is_err());
    world.authority.issue(&asked, 1).unwrap();
    let again = Authority::open(&world.folder.path().join("authority")).unwrap();
    assert_eq!(again.issued().len(), 1);
    assert!(Authority::create(&world.folder.path().join("authority"), "test").is_err());
}

/// A caller as plain `rustls` has it, that believes the authority of `place`, and shows the certificate there or none.
fn plain_caller(place: &Path, shows: bool) -> rustls::ClientConfig {
    let read = |name: &str| std::fs::read(place.join(name)).unwrap();
    let certificates = |pem: &[u8]| -> Vec<CertificateDer<'static>> {
        let all: Result<_, _> = CertificateDer::pem_slice_iter(pem).collect();
        all.unwrap()
    };
    let mut roots = rustls::RootCertStore::empty();
    for authority in certificates(&read("authority.pem")) {
        roots.add(authority).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider);
    let config = config.with_protocol_versions(&[&rustls::version::TLS13]);
    let config = config.unwrap().with_root_certificates(roots);
    let mut config = match shows {
        true => {
            let identity = read("identity.pem");
            let key = PrivateKeyDer::from_pem_slice(&identity).unwrap();
            let config = config.with_client_auth_cert(certificates(&identity), key);
            config.unwrap()
        }
        false => config.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

/// A plain caller meets a node; how the caller's handshake went, once a byte of the node has come or failed to.
async fn meet_plainly(
    config: &Arc<rustls::ClientConfig>,
    node: &Credentials,
) -> (Option<HandshakeKind>, Result<Session, TlsError>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let called = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("node-a.node.sealane").unwrap();
        let connector = tokio_rustls::TlsConnector::from(Arc::clone(config));
        let mut stream = connector.connect(name, stream).await.unwrap();
        let read = stream.read_u8().await; // what stands before it, tickets say, is taken in
        read.ok().and(stream.get_ref().1.handshake_kind())
    };
    let accepted = async {
        let mut session = node.accept(socket.accept().await.unwrap().0).await?;
        session.write_all(&[7]).await.unwrap();
        session.flush().await.unwrap();
        Ok(session)
    };
    tokio::join!(called, accepted)
}

#[tokio::test]
async fn who_speaks_tls_and_shows_no_certificate_is_not_let_in() {
    let mut world = World::new();
    let a = world.equip(&node("node-a"));
    world.equip(&home("bank-a"));
    let place = world.place(&home("bank-a"));
    let with = Arc::new(plain_caller(&place, true));
    assert!(meet_plainly(&with, &a).await.1.is_ok());
    let without = Arc::new(plain_caller(&place, false));
    let (_, accepted) = meet_plainly(&without, &a).await;
    let refused = accepted.err().unwrap().to_string();
    assert!(refused.contains("no certificate"), "{refused}");
}

#[tokio::test]
async fn a_node_resumes_no_session() {
    let mut world = World::new();
    let a = world.equip(&node("node-a"));
    world.equip(&home("bank-a"));
    let caller = Arc::new(plain_caller(&world.place(&home("bank-a")), true));
    for _ in 0..2 {
        let (kind, accepted) = meet_plainly(&caller, &a).await;
        assert!(accepted.is_ok());
        assert_eq!(kind, Some(HandshakeKind::Full));
    }
}

#[tokio::test]
async fn a_caller_resumes_no_session_even_where_the_node_would() {
    let mut world = World::new();
    world.equip(&node("node-a"));
    let bank = world.equip(&home("bank-a"));
    let identity = std::fs::read(world.place(&node("node-a")).join("identity.pem")).unwrap();
    let chain: Result<_, _> = CertificateDer::pem_slice_iter(&identity).collect();
    let key = PrivateKeyDer::from_pem_slice(&identity).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider);
    let config = config.with_protocol_versions(&[&rustls::version::TLS13]);
    let config = config.unwrap().with_no_client_auth();
    let mut config = config.with_single_cert(chain.unwrap(), key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    for _ in 0..2 {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let called = async {
            let stream = TcpStream::connect(address).await.unwrap();
            let mut session = bank.connect(stream, "node-a").await.unwrap();
            session.read_u8().await.unwrap()
        };
        let accepted = async {
            let stream = socket.accept().await.unwrap().0;
            let mut stream = acceptor.accept(stream).await.unwrap();
            stream.write_all(&[7]).await.unwrap();
            stream.flush().await.unwrap();
            stream.get_ref().1.handshake_kind()
        };
        let (_, kind) = tokio::join!(called, accepted);
        assert_eq!(kind, Some(HandshakeKind::Full));
    }
}

/// Each list is one authority's: whose list is not here cannot be told from who was revoked.
#[tokio::test]
async fn an_authority_without_its_revocation_list_is_not_believed() {
    let (mut world, mut other) = (World::new(), World::new());
    let (a, bank) = (world.equip(&node("node-a")), world.equip(&home("bank-a")));
    let (b, stranger) = (other.equip(&node("node-b")), other.equip(&home("bank-b")));
    let [own, others] = [&world, &other].map(|world| world.authority.published().unwrap());
    let (authority, _) = others.split_at(others.find("-----BEGIN X509 CRL").unwrap());
    let two_lists = [&own, &others[..]].concat();
    for (party, side) in [(node("node-a"), &a), (home("bank-a"), &bank)] {
        let path = world.place(&party).join("authority.pem");
        let present = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, [&present, authority].concat()).unwrap();
        side.refresh().unwrap();
    }
    let place = other.place(&home("bank-b"));
    let done = install_with(&place, two_lists.as_bytes(), Trust::Add).unwrap();
    assert_eq!((done.authorities, done.new, done.revoked), (2, 1, 2));
    let place = other.place(&node("node-b"));
    install_with(&place, two_lists.as_bytes(), Trust::Add).unwrap();
    stranger.refresh().unwrap();
    b.refresh().unwrap();
    assert!(meet(&stranger, "node-a", &a).await.1.is_err());
    assert!(meet(&bank, "node-b", &b).await.0.is_err());
    // and with both lists they meet
    for (party, side) in [(node("node-a"), &a), (home("bank-a"), &bank)] {
        install(&world.place(&party), two_lists.as_bytes()).unwrap();
        side.refresh().unwrap();
    }
    assert!(meet(&stranger, "node-a", &a).await.1.is_ok());
    assert!(meet(&bank, "node-b", &b).await.0.is_ok());
}

#[tokio::test]
async fn who_is_of_an_authority_that_is_believed_no_more_is_cut_off() {
    let (mut world, mut other) = (World::new(), World::new());
    let (a, b) = (world.equip(&node("node-a")), world.equip(&node("node-b")));
    let bank = world.equip(&home("bank-a"));
    let place = world.place(&node("node-a"));
    let (mut called, mut accepted) = both(meet(&bank, "node-a", &a).await);
    let _calls = both(meet(&a, "node-b", &b).await);
    let replaced = other.authority.published().unwrap();
    install_with(&place, replaced.as_bytes(), Trust::Add).unwrap();
    equip(&place, &node("node-a"), &mut other.authority, 1).unwrap();
    assert!(a.refresh().unwrap().is_empty(), "both are believed");
    install_with(&place, replaced.as_bytes(), Trust::Only).unwrap();
    let mut cut = a.refresh().unwrap();
    cut.sort();
    assert_eq!(cut, [node("node-b"), home("bank-a")]);
    assert!(!passes(&mut called, &mut accepted).await);
}

#[tokio::test]
async fn a_node_whose_certificate_has_ended_is_not_spoken_to() {
    let mut world = World::new();
    let bank = world.equip(&home("bank-a"));
    let place = world.place(&node("node-a"));
    let asked = request(&place, &node("node-a")).unwrap();
    let ends = OffsetDateTime::now_utc() - Duration::MINUTE;
    let issued = world.authority.issue_until(&asked, ends).unwrap();
    install(&place, issued.bundle.as_bytes()).unwrap();
    let ended = Credentials::open(&place).unwrap();
    let refused = meet(&bank, "node-a", &ended).await.0;
    let refused = refused.err().unwrap().to_string();
    assert!(refused.contains("was valid until"), "{refused}");
}

#[tokio::test]
async fn who_is_revoked_during_its_greeting_is_not_let_in() {
    let mut world = World::new();
    let (a, bank) = (world.equip(&node("node-a")), world.equip(&home("bank-a")));
    world.authority.revoke(&home("bank-a"), Which::All).unwrap();
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let called = async {
        let stream = TcpStream::connect(address).await.unwrap();
        // the node has begun with what it believed before
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        world.publish(&node("node-a"));
        assert!(a.refresh().unwrap().is_empty());
        bank.connect(stream, "node-a").await
    };
    let accepted = async { a.accept(socket.accept().await.unwrap().0).await };
    let (_, accepted) = tokio::join!(called, accepted);
    let refused = accepted.err().unwrap().to_string();
    assert!(refused.contains("does not hold any more"), "{refused}");
}

#[tokio::test]
async fn files_that_cannot_be_read_keep_nobody_who_has_ended() {
    let mut world = World::new();
    let a = world.equip(&node("node-a"));
    let place = world.place(&home("bank-a"));
    let asked = request(&place, &home("bank-a")).unwrap();
    let ends = OffsetDateTime::now_utc() + Duration::SECOND * 2;
    let issued = world.authority.issue_until(&asked, ends).unwrap();
    install(&place, issued.bundle.as_bytes()).unwrap();
    let bank = Credentials::open(&place).unwrap();
    let (mut called, mut accepted) = both(meet(&bank, "node-a", &a).await);
    std::fs::remove_file(world.place(&node("node-a")).join("revoked.pem")).unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert!(a.refresh().is_err());
    assert!(!passes(&mut called, &mut accepted).await);
}

/// What a home's certificate is good for, and what a node's is besides (RFC 5280, section 4.2.1.12).
#[test]
fn only_a_nodes_certificate_is_one_to_listen_with() {
    let mut world = World::new();
    for (party, listens) in [(node("node-a"), true), (home("bank-a"), false)] {
        world.equip(&party);
        let pem = std::fs::read(world.place(&party).join("identity.pem")).unwrap();
        let own = CertificateDer::pem_slice_iter(&pem)
            .next()
            .unwrap()
            .unwrap();
        let own = super::files::parsed(&own).unwrap();
        let usage = own.extended_key_usage().unwrap().unwrap();
        assert!(usage.value.client_auth && !usage.value.any);
        assert_eq!(usage.value.server_auth, listens, "{party}");
        assert!(!own.is_ca());
    }
}

#[tokio::test]
async fn all_certificates_of_who_is_revoked_are() {
    let mut world = World::new();
    let (a, older) = (world.equip(&node("node-a")), world.equip(&home("bank-a")));
    let newer = world.equip(&home("bank-a"));
    assert_eq!(
        world
            .authority
            .revoke(&home("bank-a"), Which::All)
            .unwrap()
            .0
            .len(),
        2
    );
    world.publish(&node("node-a"));
    a.refresh().unwrap();
    for bank in [older, newer] {
        assert!(meet(&bank, "node-a", &a).await.1.is_err());
    }
}

/// A bank that has made new keys where they are used: the first ones go, and it stays.
#[tokio::test]
async fn older_certificates_are_revoked_and_the_newest_holds() {
    let mut world = World::new();
    let (a, older) = (world.equip(&node("node-a")), world.equip(&home("bank-a")));
    let _ = world.equip(&home("bank-b"));
    let middle = world.equip(&home("bank-a"));
    let newer = world.equip(&home("bank-a"));
    let (revoked, left) = world
        .authority
        .revoke(&home("bank-a"), Which::Older)
        .unwrap();
    assert_eq!((revoked, left), (vec![2, 4], 1));
    world.publish(&node("node-a"));
    a.refresh().unwrap();
    for bank in [older, middle] {
        assert!(meet(&bank, "node-a", &a).await.1.is_err());
    }
    assert!(meet(&newer, "node-a", &a).await.1.is_ok());
    let again = world
        .authority
        .revoke(&home("bank-a"), Which::Older)
        .unwrap();
    assert_eq!(again, (vec![], 1), "the only one is not older");
    let others = world
        .authority
        .revoke(&home("bank-a"), Which::Serial(3))
        .unwrap();
    assert_eq!(others, (vec![], 1), "it is bank-b's");
    let last = world
        .authority
        .revoke(&home("bank-a"), Which::Serial(5))
        .unwrap();
    assert_eq!(last, (vec![5], 0));
    world.publish(&node("node-a"));
    a.refresh().unwrap();
    assert!(meet(&newer, "node-a", &a).await.1.is_err());
}

#[test]
fn a_certificate_that_names_two_is_nobodys() {
    let mut world = World::new();
    let names = ["node-a.node.sealane", "bank-a.home.sealane"].map(str::to_owned);
    let params = rcgen::CertificateParams::new(names).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let asked = params.serialize_request(&key).unwrap().pem().unwrap();
    let refused = world.authority.issue(&asked, 1).err().unwrap().to_string();
    assert!(refused.contains("names no node"), "{refused}");
    // and where another authority made it
    world.equip(&node("node-a"));
    let place = world.place(&node("node-a"));
    let own = params.self_signed(&key).unwrap().pem();
    let identity = [key.serialize_pem(), own].concat();
    std::fs::write(place.join("identity.pem"), identity).unwrap();
    let refused = Credentials::open(&place).err().unwrap().to_string();
    assert!(refused.contains("names no node"), "{refused}");
}

#[test]
fn no_large_file_is_read_and_no_second_certificate_taken() {
    let mut world = World::new();
    world.equip(&node("node-a"));
    let place = world.place(&node("node-a"));
    let large = vec![b'\n'; (4 << 20) + 1];
    std::fs::write(place.join("revoked.pem"), large).unwrap();
    let reason = Credentials::open(&place).err().unwrap().to_string();
    assert!(reason.contains("longer than"), "{reason}");
    let asked = request(&place, &node("node-a")).unwrap();
    let two = [1, 2].map(|days| world.authority.issue(&asked, days).unwrap().bundle);
    assert!(refused(&place, &two.concat()).contains("expected"));
}
