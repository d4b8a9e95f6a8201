//! What `[limits]` and `[waiting]` of `node.toml` must be, so that a node serves its bank and the other nodes.

use std::time::Duration;

use sealane_api::Limits;
use sealane_types::block::{MAX_BLOCK_PROOFS, MAX_TRANSACTION_BYTES};
use sealane_wire::MAX_MESSAGE;

use super::Waiting;

/// Shortest and longest that a transaction waits, in seconds: a few blocks, and a week.
const AGE: [usize; 2] = [60, 7 * 24 * 3600];
/// Most percent of one core: of 64 cores.
const MAX_WORK: usize = 6_400;
/// Longest times, in seconds.
/// Bytes a second of one caller, of which it may use twice as many at once: the largest message.
const TRAFFIC: usize = MAX_MESSAGE / 2;
const MINUTE: usize = 60;
const HOUR: usize = 3_600;

/// A value, the least and the most that it may be, and why.
type Bound = (&'static str, usize, [usize; 2], &'static str);

const NO_MOST: usize = usize::MAX;

/// The first bound that is not kept, in words.
fn check(section: &str, bounds: &[Bound]) -> Result<(), String> {
    let broken = |(_, value, [least, most], _): &&Bound| value < least || value > most;
    let Some((name, value, [least, most], why)) = bounds.iter().find(broken) else {
        return Ok(());
    };
    Err(match value < least {
        true => format!("[{section}] {name} = {value} is too little: at least {least}, {why}"),
        false => format!("[{section}] {name} = {value} is too much: at most {most}, {why}"),
    })
}

fn seconds(duration: Duration) -> usize {
    usize::try_from(duration.as_secs()).unwrap_or(usize::MAX)
}

/// That a bank and so many other nodes are served.
pub(super) fn check_limits(limits: &Limits, peers: usize) -> Result<(), String> {
    let connections = "one connection for a home and one for each other node";
    let message = "the largest message";
    let several = "as a bank's programs and the other nodes call at the same time";
    let node = "as each other node calls several times a second";
    let wait = "or callers wait for what will not come";
    check(
        "limits",
        &[
            ("unidentified", limits.unidentified, [16, NO_MOST], several),
            (
                "unidentified_each",
                limits.unidentified_each,
                [4, NO_MOST],
                several,
            ),
            (
                "connections_each",
                limits.connections_each,
                [4, NO_MOST],
                several,
            ),
            ("streams", limits.streams as usize, [16, NO_MOST], several),
            ("calls_each", limits.calls_each, [64, NO_MOST], several),
            ("rate_each", limits.rate_each as usize, [100, NO_MOST], node),
            (
                "traffic_each",
                limits.traffic_each as usize,
                [TRAFFIC, NO_MOST],
                "half of the largest message",
            ),
            (
                "frames_each",
                limits.frames_each as usize,
                [4096, NO_MOST],
                node,
            ),
            ("requests", limits.requests, [16, NO_MOST], several),
            ("requests_each", limits.requests_each, [4, NO_MOST], several),
            ("turns_each", limits.turns_each, [1, NO_MOST], several),
            (
                "bytes_each",
                limits.bytes_each,
                [MAX_MESSAGE, NO_MOST],
                message,
            ),
            (
                "connections",
                limits.connections,
                [peers + 1, NO_MOST],
                connections,
            ),
            (
                "work_each",
                limits.work_each as usize,
                [5, MAX_WORK],
                "percent of one core, or a financing takes minutes to check",
            ),
            (
                "handshake",
                seconds(limits.handshake),
                [1, MINUTE],
                "or sockets of nobody stay open",
            ),
            (
                "idle",
                seconds(limits.idle),
                [60, HOUR],
                "as a ping is sent each 30 s",
            ),
            ("time", seconds(limits.time), [1, HOUR], wait),
            (
                "refused_proof",
                seconds(limits.refused_proof),
                [0, MINUTE],
                "or one mistake shuts a bank out",
            ),
            (
                "stalled_reader",
                seconds(limits.stalled_reader),
                [1, HOUR],
                wait,
            ),
        ],
    )
}

/// That the pool holds one largest transaction.
pub(super) fn check_waiting(waiting: &Waiting) -> Result<(), String> {
    let one = "one transaction";
    check(
        "waiting",
        &[
            (
                "transactions",
                waiting.transactions,
                [1, NO_MOST],
                "one transaction",
            ),
            (
                "bytes",
                waiting.bytes,
                [MAX_TRANSACTION_BYTES, NO_MOST],
                "the bytes of the largest transaction",
            ),
            (
                "work",
                waiting.work,
                [MAX_BLOCK_PROOFS, NO_MOST],
                "the proofs of the largest transaction",
            ),
            ("per_signer", waiting.per_signer, [1, NO_MOST], one),
            (
                "age",
                usize::try_from(waiting.age).unwrap_or(usize::MAX),
                AGE,
                "in seconds: from a minute to a week",
            ),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(text: &str) -> Result<(), String> {
        check_waiting(&toml::from_str(text).expect("a section"))
    }

    fn limits(text: &str) -> Result<(), String> {
        check_limits(&toml::from_str(text).expect("a section"), 3)
    }

    #[test]
    fn a_pool_that_cannot_hold_the_largest_transaction_is_refused_with_the_bound() {
        assert_eq!(waiting(""), Ok(()));
        for (text, bound) in [
            ("transactions = 0", "at least 1,"),
            ("bytes = 1000", "at least 3145728,"),
            ("work = 2047", "at least 2048,"),
            ("per_signer = 0", "at least 1,"),
            ("age = 59", "at least 60,"),
            ("age = 4000000000", "at most 604800,"),
        ] {
            let refused = waiting(text).expect_err(text);
            assert!(
                refused.contains(bound) && refused.contains(text),
                "{refused}"
            );
        }
        let least = "transactions = 1\nbytes = 3145728\nwork = 2048\nper_signer = 1\nage = 60";
        assert_eq!(waiting(least), Ok(()));
    }

    #[test]
    fn limits_that_shut_a_bank_or_other_nodes_out_are_refused_with_the_bound() {
        assert_eq!(limits(""), Ok(()));
        for (text, bound) in [
            ("unidentified = 0", "at least 16,"),
            ("unidentified_each = 1", "at least 4,"),
            ("connections_each = 1", "at least 4,"),
            ("streams = 1", "at least 16,"),
            ("calls_each = 1", "at least 64,"),
            ("rate_each = 1", "at least 100,"),
            ("traffic_each = 1000", "at least 2097152,"),
            ("frames_each = 1", "at least 4096,"),
            ("requests = 0", "at least 16,"),
            ("requests_each = 1", "at least 4,"),
            ("turns_each = 0", "at least 1,"),
            ("work_each = 1", "at least 5,"),
            ("handshake = 0", "at least 1,"),
            ("idle = 5", "at least 60,"),
            ("bytes_each = 4194303", "at least 4194304,"),
            ("connections = 3", "at least 4,"),
            ("work_each = 6401", "at most 6400,"),
            ("handshake = 61", "at most 60,"),
            ("idle = 59", "at least 60,"),
            ("idle = 3601", "at most 3600,"),
            ("time = 0", "at least 1,"),
            ("time = 3601", "at most 3600,"),
            ("refused_proof = 61", "at most 60,"),
            ("stalled_reader = 0", "at least 1,"),
        ] {
            let refused = limits(text).expect_err(text);
            assert!(
                refused.contains(bound) && refused.contains(text),
                "{refused}"
            );
        }
        assert_eq!(limits("bytes_each = 4194304\nconnections = 4"), Ok(()));
    }
}
