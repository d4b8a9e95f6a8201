//! The node's figures for Prometheus, in its text format, beside those of the engine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use sealane_consensus::engine_figures;
use sealane_ledger::Applied;
use sealane_types::block::Block;
use sealane_types::ids::{BlockTime, Height};
use sealane_types::receipt::Outcome;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// The format's name.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Most connections at a time, and how long one may take to say what it wants.
const CONNECTIONS: usize = 16;
const PATIENCE: Duration = Duration::from_secs(5);

/// What is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    pub(crate) height: Gauge,
    pub(crate) blocks: Counter,
    pub(crate) transactions: Counter,
    pub(crate) refused: Counter,
    pub(crate) not_taken: Counter,
    pub(crate) turned_away: Counter,
    pub(crate) waiting: Gauge,
    pub(crate) peers: Gauge,
    pub(crate) block_interval: Histogram,
    pub(crate) execute: Histogram,
    pub(crate) commit: Histogram,
    pub(crate) certificate_left: Gauge<f64, AtomicU64>,
}

impl Default for Metrics {
    fn default() -> Self {
        // 1 ms to 32 s
        let seconds = || Histogram::new(exponential_buckets(0.001, 2.0, 16));
        Self {
            height: Gauge::default(),
            blocks: Counter::default(),
            transactions: Counter::default(),
            refused: Counter::default(),
            not_taken: Counter::default(),
            turned_away: Counter::default(),
            waiting: Gauge::default(),
            peers: Gauge::default(),
            block_interval: seconds(),
            execute: seconds(),
            commit: seconds(),
            certificate_left: Gauge::default(),
        }
    }
}

impl Metrics {
    /// The last final block is of this height, also as the node starts.
    pub(crate) fn reach(&self, height: Height) {
        self.height.set(i64::try_from(height.0).unwrap_or(i64::MAX));
    }

    /// Counts a block that was committed after one of the time `before`.
    pub(crate) fn block(&self, before: BlockTime, block: &Block, applied: &Applied) {
        let header = &block.header;
        let interval = Duration::from_millis(header.time.0.saturating_sub(before.0));
        self.block_interval.observe(interval.as_secs_f64());
        self.reach(header.height);
        self.blocks.inc();
        self.transactions.inc_by(applied.receipts.len() as u64);
        let refused = applied.receipts.iter();
        let refused = refused.filter(|one| matches!(one.outcome, Outcome::Refused(_)));
        self.refused.inc_by(refused.count() as u64);
    }

    /// What is so at this moment: how many transactions wait, and how many validators' nodes answered last. Asked for by a timer and
    /// not at blocks, as these figures alarm where no block comes.
    pub(crate) fn now(&self, waiting: usize, peers: usize) {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.waiting.set(number(waiting));
        self.peers.set(number(peers));
    }

    /// All figures, with their help.
    fn registry(&self) -> Registry {
        let mut registry = Registry::with_prefix("sealane");
        let all = &mut registry;
        all.register("height", "The last final block", self.height.clone());
        all.register(
            "blocks",
            "Blocks committed since the start",
            self.blocks.clone(),
        );
        let help = "Transactions in blocks committed since the start";
        all.register("transactions", help, self.transactions.clone());
        let help = "Of these, refused by the rules";
        all.register("transactions_refused", help, self.refused.clone());
        let help = "Submissions that were not taken, whatever the reason";
        all.register("submissions_not_taken", help, self.not_taken.clone());
        let help = "Connections to the API that were not let in";
        all.register("connections_refused", help, self.turned_away.clone());
        let help = "Transactions that wait for a block";
        all.register("waiting_transactions", help, self.waiting.clone());
        all.register(
            "peers_reached",
            "Validators' nodes that answered last",
            self.peers.clone(),
        );
        let help = "Between the times of two blocks, in seconds";
        all.register("block_interval_seconds", help, self.block_interval.clone());
        let help = "Verifying and executing a block, in seconds";
        all.register("execute_seconds", help, self.execute.clone());
        let help = "Writing a block durably, in seconds";
        all.register("commit_seconds", help, self.commit.clone());
        let help = "Until this node's certificate ends, in seconds";
        all.register(
            "certificate_left_seconds",
            help,
            self.certificate_left.clone(),
        );
        registry
    }

    /// All figures as text, the engine's after the node's.
    fn text(&self) -> String {
        let (mut text, mut engine) = (String::new(), String::new());
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry());
        engine_figures(&mut engine);
        let own = text.trim_end().trim_end_matches("# EOF");
        format!("{own}{engine}")
    }
}

fn answer(metrics: &Metrics, request: &Request<Incoming>) -> Response<String> {
    let asked = request.method() == Method::GET && request.uri().path() == "/metrics";
    let mut response = Response::new(match asked {
        true => metrics.text(),
        false => "the figures are at /metrics\n".to_owned(),
    });
    match asked {
        true => {
            let text = HeaderValue::from_static(TEXT);
            response.headers_mut().insert(CONTENT_TYPE, text);
        }
        false => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    response
}

/// Serves the figures until the listener's task ends. They are read without a certificate: the address should be
/// one that only the operator's machines reach.
pub(crate) async fn serve(listener: TcpListener, metrics: Arc<Metrics>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    while let Ok(permit) = Arc::clone(&room).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PATIENCE).await;
            continue;
        };
        let metrics = Arc::clone(&metrics);
        tokio::spawn(async move {
            let service = service_fn(|request: Request<Incoming>| {
                let answer = answer(&metrics, &request);
                async move { Ok::<_, std::convert::Infallible>(answer) }
            });
            let mut server = http1::Builder::new();
            server
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE);
            // A scraper that goes away is its own affair.
            let _ = server
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), service)
                .await;
            drop(permit);
        });
    }
}

/// Listens where the figures are asked for.
pub(crate) async fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}
