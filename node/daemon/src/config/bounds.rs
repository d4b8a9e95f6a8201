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
    let wait = "or callers wait for what will not come";
    check(
        "limits",
        &[
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
                [1, MAX_WORK],
                "percent of one core",
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
