//! What the API allows, all callers together and each alone.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What the API allows. A caller is whom a certificate names: several certificates of one name are one caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Connections that have not shown a certificate yet, so that nobody knows whose they are. Beyond, the oldest one of the address that has most is dropped.
    pub unidentified: usize,
    /// Of these, from one address (of IPv6: one network of 64 bits). Beyond, its oldest one is dropped.
    pub unidentified_each: usize,
    /// Seconds in which a connection must have shown its certificate.
    #[serde(with = "Seconds")]
    pub handshake: Duration,
    /// Connections with a certificate.
    pub connections: usize,
    /// Of these, of one caller.
    pub connections_each: usize,
    /// Seconds after which a connection is dropped on which nothing arrives: not even the answer to a ping, which is sent
    /// each 30 s.
    #[serde(with = "Seconds")]
    pub idle: Duration,
    /// Streams of one connection (HTTP/2's `SETTINGS_MAX_CONCURRENT_STREAMS`).
    pub streams: u32,
    /// Open calls of one caller, those that wait or stream too.
    pub calls_each: usize,
    /// Calls of one caller in a second, on average; of bursts, as many as of two seconds.
    pub rate_each: u32,
    /// Bytes of requests and answers that are held for one caller at a time.
    pub bytes_each: usize,
    /// Bytes to and from one caller in a second, on average; of bursts, as many as of two seconds.
    pub traffic_each: u32,
    /// Bytes from one caller in a second beside what its calls hand over: frames, headers, requests that it gave up. Of bursts,
    /// as many as of two seconds. Beyond, its connections are read later.
    pub frames_each: u32,
    /// Requests that are worked on. A quarter is kept for nodes.
    pub requests: usize,
    /// Of these, of one caller.
    pub requests_each: usize,
    /// Of these, questions of one caller that are looked up at a time; the others wait for their turn.
    pub turns_each: usize,
    /// Part of one core, in percent, that checking a caller's transactions may take on average; of bursts, as much as of
    /// ten seconds.
    pub work_each: u32,
    /// Seconds of checking that a refused proof counts as beside its own.
    #[serde(with = "Seconds")]
    pub refused_proof: Duration,
    /// Submissions that wait for their receipt.
    pub waiting_for_receipt: usize,
    /// Streams of blocks, in all.
    pub block_streams: usize,
    /// Streams of blocks of one caller.
    pub block_streams_each: usize,
    /// Seconds after which a stream of blocks ends whose reader takes nothing.
    #[serde(with = "Seconds")]
    pub stalled_reader: Duration,
    /// Seconds for a request, waiting aside.
    #[serde(with = "Seconds")]
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unidentified: 512,
            unidentified_each: 128,
            handshake: Duration::from_secs(5),
            connections: 1024,
            connections_each: 64,
            idle: Duration::from_secs(75),
            streams: 256,
            calls_each: 2048,
            rate_each: 2000,
            bytes_each: 64 << 20,
            traffic_each: 32 << 20,
            frames_each: 1 << 20,
            requests: 256,
            requests_each: 48,
            turns_each: 4,
            work_each: 50,
            refused_proof: Duration::from_secs(2),
            waiting_for_receipt: 4096,
            block_streams: 64,
            block_streams_each: 8,
            stalled_reader: Duration::from_secs(60),
            time: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// That no limit shuts everybody out.
    ///
    /// # Errors
    /// Which limit does.
    pub fn check(&self) -> Result<(), &'static str> {
        let least = [
            ("unidentified", self.unidentified),
            ("unidentified_each", self.unidentified_each),
            ("connections", self.connections),
            ("connections_each", self.connections_each),
            ("streams", self.streams as usize),
            ("calls_each", self.calls_each),
            ("rate_each", self.rate_each as usize),
            ("bytes_each", self.bytes_each),
            ("traffic_each", self.traffic_each as usize),
            ("frames_each", self.frames_each as usize / 4096),
            ("requests", self.requests / 4),
            ("requests_each", self.requests_each),
            ("turns_each", self.turns_each),
            ("work_each", self.work_each as usize),
            ("handshake", self.handshake.as_secs() as usize),
            ("idle", self.idle.as_secs() as usize / 60),
            ("time", self.time.as_secs() as usize),
        ];
        match least.iter().find(|(_, limit)| *limit == 0) {
            Some((name, _)) => Err(name),
            None => Ok(()),
        }
    }
}

/// A duration as whole seconds.
struct Seconds;

impl Seconds {
    fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(duration.as_secs())
    }

    fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u32::deserialize(from).map(|seconds| Duration::from_secs(seconds.into()))
    }
}
