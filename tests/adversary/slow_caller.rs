//! A stranger whose TLS drips, byte by byte; a member whose messages announce a gigabyte (RELIABILITY 30).

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use sealane_tests::floods::frames::Attack;
use sealane_tests::floods::{Flood, Target, during, honest};
use sealane_tests::network::Network;

/// Connections of the stranger.
const DRIPPING: usize = 40;
/// Between two bytes of each.
const PAUSE: Duration = Duration::from_millis(300);
/// How long all of them may take to be ended: a node waits five seconds for a certificate.
const PATIENCE: Duration = Duration::from_secs(60);
/// Calls whose messages announce a gigabyte.
const ANNOUNCED: u64 = 20_000;
/// What memory may grow by meanwhile, in MiB: what is in memory, and what is set aside of the address space.
const RESIDENT: u64 = 256;
const SET_ASIDE: u64 = 8 << 10;

/// The beginning of a hello of 16 KiB; zeros come after it.
const HELLO: [u8; 9] = [22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc];

/// Whether the node has ended the connection.
fn is_over(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0; 64]) {
        Ok(0) => true,
        Ok(_) => false,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}

#[test]
fn a_hello_that_drips_is_ended_while_it_drips_and_others_are_answered() {
    let network = Network::start(2);
    let connect = |_| {
        let stream = TcpStream::connect(("127.0.0.1", network.port())).unwrap();
        stream.set_nonblocking(true).unwrap();
        stream
    };
    let mut open: Vec<TcpStream> = (0..DRIPPING).map(connect).collect();
    let begun = Instant::now();
    let mut answered = 0;
    for at in 0.. {
        let byte = HELLO.get(at).copied().unwrap_or(0);
        open.retain_mut(|stream| stream.write_all(&[byte]).is_ok() && !is_over(stream));
        if open.is_empty() {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{} drip on", open.len());
        if at % 8 == 1 {
            honest(&network.bank('b'), 100 + answered);
            answered += 1;
        }
        sleep(PAUSE);
    }
    assert!(answered > 0, "nobody was answered meanwhile");
    honest(&network.bank('a'), 99);
}

/// A figure of a process' memory, in MiB.
fn memory(process: u32, figure: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(figure));
    let line = line.unwrap_or_else(|| panic!("no {figure} in\n{status}"));
    let kib = line.trim_start_matches(':').trim().trim_end_matches(" kB");
    kib.parse::<u64>().unwrap() >> 10
}

#[test]
fn a_gigabyte_that_is_announced_takes_no_memory() {
    let network = Network::start(2);
    let (greedy, other) = (network.bank('a'), network.bank('b'));
    honest(&other, 1);
    let process = network.process();
    let [resident, set_aside] = ["VmRSS", "VmSize"].map(|figure| memory(process, figure));
    let target = Target::new(&greedy.home, network.node_home());
    during(Flood::Frames(Attack::Gigabyte), &target, |tally| {
        tally.until_made(ANNOUNCED);
        honest(&other, 2);
        eprintln!("{} calls, {:?}", tally.count(), tally.reasons());
    });
    let [most, peak] = ["VmHWM", "VmPeak"].map(|figure| memory(process, figure));
    eprintln!("resident {resident}, at most {most} MiB; set aside {set_aside}, at most {peak} MiB");
    assert!(
        most < resident + RESIDENT,
        "{resident} MiB, then {most} MiB"
    );
    assert!(
        peak < set_aside + SET_ASIDE,
        "{set_aside} MiB, then {peak} MiB"
    );
    honest(&greedy, 3);
}
