//! The links between nodes, each a TCP proxy on loopback that can be stopped, slowed and opened again, each way by itself.
//!
//! A stopped link holds what is sent; when it opens, everything goes on, as TCP would bring it. New connections are taken
//! and held alike, so a node cannot tell a stopped link from a silent peer.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

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
}

/// All links of a network, by the places of its nodes.
#[derive(Debug, Clone, Default)]
pub struct Links(Arc<RwLock<BTreeMap<(usize, usize), Flow>>>);

impl Links {
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
                links.carry(&near, &far, (from, to));
                links.carry(&far, &near, (to, from));
            }
        });
        own.port()
    }

    /// Sets what becomes of what one node sends another.
    pub fn set(&self, from: usize, to: usize, flow: Flow) {
        let mut flows = self.0.write().unwrap_or_else(PoisonError::into_inner);
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
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn flow(&self, way: (usize, usize)) -> Flow {
        let flows = self.0.read().unwrap_or_else(PoisonError::into_inner);
        flows.get(&way).copied().unwrap_or_default()
    }

    fn carry(&self, from: &TcpStream, to: &TcpStream, way: (usize, usize)) {
        let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else {
            return;
        };
        let links = self.clone();
        thread::spawn(move || {
            let mut buffer = [0; 64 * 1024];
            while let Ok(read @ 1..) = from.read(&mut buffer) {
                while links.flow(way) == Flow::Stopped {
                    thread::sleep(LOOK);
                }
                if let Flow::Slow(later) = links.flow(way) {
                    thread::sleep(later);
                }
                if to.write_all(&buffer[..read]).is_err() {
                    break;
                }
            }
            let _ = to.shutdown(Shutdown::Write);
            let _ = from.shutdown(Shutdown::Read);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_link_holds_and_an_opened_one_brings_everything() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let links = Links::default();
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
    }
}
