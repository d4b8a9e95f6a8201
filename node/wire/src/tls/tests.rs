//! Who is let in, who is not, and what changes while connections are open.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use time::{Duration, OffsetDateTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{Authority, Credentials, Party, Session, TlsError, equip, install, request};

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
    assert_eq!(world.authority.revoke(&home("bank-a")).unwrap(), 1);
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
    assert!(refused.contains("Revoked"), "{refused}");
    assert_eq!(world.authority.revoke(&home("bank-a")).unwrap(), 0, "once");
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
    world.authority.revoke(&node("node-b")).unwrap();
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
    assert!(refused.contains("xpired"), "{refused}");
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
    assert!(refused(&place, &second.bundle).contains("none was requested"));
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
    assert!(refused(&mut world.authority, "nothing", 1).contains("no request"));
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
