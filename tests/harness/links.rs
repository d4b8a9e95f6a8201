//! The links between nodes, each a TCP proxy on loopback that can be stopped, slowed and opened again, each way by itself.
//!
//! A broken one resets each connection in the middle of what it carries. A stopped link holds what is sent; when it opens, everything goes on, as TCP would bring it. New connections are taken
//! and held alike, so a node cannot tell a stopped link from a silent peer.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

/// How often a stopped link looks whether it is open again.
const LOOK: Duration = Duration::from_millis(10);

/// What a link does with what is sent one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flow {
    /// Carries it.
    #[default]
    Open,
    /// Holds it.
    Stopped,
    /// Carries it later by so much.
    Slow(Duration),
    /// Carries half of it, and breaks the connection, both ways: each end is told of a reset (RST), nobody of what is lost.
    Broken,
}

/// From one node to another, by their places.
type Way = (usize, usize);

/// What passed one way of one connection.
#[derive(Debug, Clone)]
pub struct Carried {
    /// Who sent it, and to whom.
    pub way: (usize, usize),
    /// All bytes, in order.
    pub bytes: Vec<u8>,
}

/// All links of a network, by the places of its nodes.
#[derive(Debug, Clone, Default)]
pub struct Links {
    flows: Arc<RwLock<BTreeMap<Way, Flow>>>,
    /// Where all that passes is kept; nowhere else.
    tape: Option<Arc<Mutex<Vec<Carried>>>>,
}

impl Links {
    /// Links that keep everything that passes.
    #[must_use]
    pub fn recorded() -> Self {
        Self {
            tape: Some(Arc::default()),
            ..Self::default()
        }
    }

    /// Everything that passed until now, where it is kept.
    #[must_use]
    pub fn carried(&self) -> Vec<Carried> {
        let tape = self.tape.as_ref();
        let taken = tape.map(|tape| tape.lock().unwrap_or_else(PoisonError::into_inner).clone());
        taken.unwrap_or_default()
    }

    /// Opens a way from one node to a port of another; gives the port to dial instead.
    ///
    /// # Panics
    /// When loopback has no free port.
    #[must_use]
    pub fn lead(&self, from: usize, to: usize, port: u16) -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        let own = listener.local_addr().expect("a listener has an address");
        let links = self.clone();
        thread::spawn(move || {
            for near in listener.incoming().filter_map(Result::ok) {
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else {
                    continue; // the node is down
                };
                let _ = (near.set_nodelay(true), far.set_nodelay(true));
                let broken = Arc::new(AtomicBool::new(false));
                links.carry(&near, &far, (from, to), Arc::clone(&broken));
                links.carry(&far, &near, (to, from), broken);
            }
        });
        own.port()
    }

    /// Sets what becomes of what one node sends another.
    pub fn set(&self, from: usize, to: usize, flow: Flow) {
        let mut flows = self.flows.write().unwrap_or_else(PoisonError::into_inner);
        flows.insert((from, to), flow);
    }

    /// As [`Links::set`], both ways.
    pub fn set_both(&self, one: usize, other: usize, flow: Flow) {
        self.set(one, other, flow);
        self.set(other, one, flow);
    }

    /// Stops every link between nodes of different groups, and opens all others.
    pub fn split(&self, groups: &[&[usize]]) {
        self.heal();
        for (at, group) in groups.iter().enumerate() {
            for other in groups.iter().skip(at + 1).copied().flatten() {
                group
                    .iter()
                    .for_each(|one| self.set_both(*one, *other, Flow::Stopped));
            }
        }
    }

    /// Opens every link.
    pub fn heal(&self) {
        self.flows
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn flow(&self, way: Way) -> Flow {
        let flows = self.flows.read().unwrap_or_else(PoisonError::into_inner);
        flows.get(&way).copied().unwrap_or_default()
    }

    /// A new connection's place on the tape.
    fn begin(&self, way: Way) -> Option<usize> {
        let tape = self.tape.as_ref()?;
        let mut tape = tape.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = Vec::new();
        tape.push(Carried { way, bytes });
        Some(tape.len() - 1)
    }

    fn record(&self, place: Option<usize>, bytes: &[u8]) {
        if let (Some(tape), Some(place)) = (&self.tape, place) {
            let mut tape = tape.lock().unwrap_or_else(PoisonError::into_inner);
            tape[place].bytes.extend_from_slice(bytes);
        }
    }

    fn carry(&self, from: &TcpStream, to: &TcpStream, way: Way, broken: Arc<AtomicBool>) {
        let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else {
            return;
        };
        let links = self.clone();
        thread::spawn(move || {
            let (mut buffer, place) = ([0; 64 * 1024], links.begin(way));
            while let Ok(read @ 1..) = from.read(&mut buffer) {
                links.record(place, &buffer[..read]);
                while links.flow(way) == Flow::Stopped {
                    thread::sleep(LOOK);
                }
                match links.flow(way) {
                    Flow::Slow(later) => thread::sleep(later),
                    Flow::Broken => {
                        let _ = to.write_all(&buffer[..read / 2]);
                        broken.store(true, Ordering::SeqCst);
                        reset(&from);
                        reset(&to);
                        break;
                    }
                    Flow::Open | Flow::Stopped => {}
                }
                if to.write_all(&buffer[..read]).is_err() {
                    break;
                }
            }
            if !broken.load(Ordering::SeqCst) {
                let _ = to.shutdown(Shutdown::Write);
                let _ = from.shutdown(Shutdown::Read);
            }
        });
    }
}

/// The connection ends with a reset when it is closed here; whoever reads from it here gets its end.
fn reset(stream: &TcpStream) {
    let at_once = SockRef::from(stream).set_linger(Some(Duration::ZERO));
    at_once.expect("a socket takes this setting");
    let _ = stream.shutdown(Shutdown::Read);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_link_holds_and_an_opened_one_brings_everything() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let links = Links::recorded();
        let port = listener.local_addr().expect("an address").port();
        let mut near =
            TcpStream::connect(("127.0.0.1", links.lead(0, 1, port))).expect("the proxy");
        let (mut far, _) = listener.accept().expect("the proxy's connection");
        links.split(&[&[0], &[1]]);
        near.write_all(b"held").expect("taken");
        far.set_read_timeout(Some(Duration::from_millis(100)))
            .expect("set");
        let mut bytes = [0; 4];
        assert!(far.read_exact(&mut bytes).is_err(), "the link is stopped");
        links.heal();
        far.set_read_timeout(Some(Duration::from_secs(5)))
            .expect("set");
        far.read_exact(&mut bytes).expect("the link is open");
        assert_eq!(&bytes, b"held");
        let sent = links.carried().into_iter().find(|one| one.way == (0, 1));
        assert_eq!(sent.map(|one| one.bytes), Some(b"held".to_vec()));
    }

    #[test]
    fn a_broken_link_resets_both_ends_in_the_middle_and_an_open_one_carries_again() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let links = Links::default();
        let port = listener.local_addr().expect("an address").port();
        let way = links.lead(0, 1, port);
        let connect = || {
            let near = TcpStream::connect(("127.0.0.1", way)).expect("the proxy");
            (near, listener.accept().expect("the proxy's connection").0)
        };
        let (mut near, mut far) = connect();
        links.set(0, 1, Flow::Broken);
        near.write_all(b"in two").expect("taken");
        let mut came = Vec::new();
        let end = far.read_to_end(&mut came).expect_err("a reset");
        assert_eq!(end.kind(), std::io::ErrorKind::ConnectionReset);
        assert!(came.len() <= 3, "{came:?}");
        let end = near.read(&mut [0; 1]).expect_err("a reset");
        assert_eq!(end.kind(), std::io::ErrorKind::ConnectionReset);
        links.heal();
        let (mut near, mut far) = connect();
        near.write_all(b"whole").expect("taken");
        let mut bytes = [0; 5];
        far.read_exact(&mut bytes).expect("the link is open");
        assert_eq!(&bytes, b"whole");
    }
}
