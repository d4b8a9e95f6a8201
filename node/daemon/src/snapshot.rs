//! Beginning with a snapshot: the state of a running chain instead of all of its blocks (`specs/snapshots.md`).
//!
//! ```text
//! genesis ─ turns ─▶ trusted validators ─▶ header S + 1 ─ its state root ─▶ parts ─▶ records, taken log ─▶ data/
//! ```
//!
//! One peer at a time is asked and never believed: what it gives is checked against the root that a header names
//! which the chain's validators have signed. What is half fetched stands in a folder beside `data/` and is thrown away.

mod build;
mod fault;
mod source;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sealane_consensus::Clock;
use sealane_store::StoreError;
use sealane_types::genesis::Genesis;
use sealane_types::ids::Height;
use sealane_wire::tls::Credentials;
use tokio::runtime::Handle;

use self::build::Builder;
pub use self::fault::SnapshotError;
use self::source::Source;
use crate::config::Peer;

/// How often all peers are asked, and after which pause.
const ROUNDS: usize = 30;
const PAUSE: Duration = Duration::from_secs(2);
/// Records that are asked for at a time.
const RECORDS: usize = 16;
/// After how many records it is told how far it has come.
const TELL: usize = 10_000;

/// What a snapshot is for.
pub(crate) struct Wanted {
    pub genesis: Arc<Genesis>,
    pub peers: Vec<Peer>,
    pub credentials: Arc<Credentials>,
    pub clock: Arc<dyn Clock>,
    /// Whether a validator answers blinded sets here.
    pub answers: bool,
}

/// Makes the folder `data` from a snapshot, unless there is one already or the chain is too young for it.
pub(crate) async fn begin(data: &Path, wanted: &Wanted) -> Result<(), SnapshotError> {
    if data.join("CURRENT").exists() {
        return Ok(());
    }
    let part = data.with_extension("part");
    let peers = wanted.peers.iter().filter(|peer| !peer.observer);
    let peers: Vec<&Peer> = peers.collect();
    for round in 0..ROUNDS {
        if round > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        for peer in &peers {
            match attempt(peer, wanted, &part).await {
                Ok(None) => {
                    tracing::info!("the chain has just begun: its blocks are all there is");
                    return Ok(());
                }
                Ok(Some(height)) => {
                    put(&part, data)?;
                    tracing::info!(%height, peer = peer.name, "began with a snapshot");
                    return Ok(());
                }
                Err(error) => tracing::warn!(peer = peer.name, %error, "no snapshot"),
            }
        }
    }
    Err(SnapshotError::NoPeer(peers.len()))
}

/// The finished folder takes its place.
fn put(part: &Path, data: &Path) -> Result<(), SnapshotError> {
    let folder = |source| StoreError::Folder {
        path: data.to_path_buf(),
        source,
    };
    // an empty folder may stand there
    match fs::remove_dir(data) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(folder(error).into());
        }
        _ => {}
    }
    fs::rename(part, data).map_err(folder)?;
    let above = data.parent().unwrap_or(data);
    let synced = fs::File::open(above).and_then(|above| above.sync_all());
    Ok(synced.map_err(folder)?)
}

/// Takes everything from one peer; `None` where the chain is too young.
async fn attempt(
    peer: &Peer,
    wanted: &Wanted,
    part: &Path,
) -> Result<Option<Height>, SnapshotError> {
    let source = Source::new(peer, &wanted.credentials)?;
    let Some(target) = source.target(&wanted.genesis, wanted.clock.now()).await? else {
        return Ok(None);
    };
    let height = target.height();
    tracing::info!(%height, peer = peer.name, "taking the state of the chain");
    let (part, answers) = (part.to_path_buf(), wanted.answers);
    // the library's tree stays on one thread
    let handle = Handle::current();
    let work = move || fill(&handle, &source, Builder::begin(&part, target, answers)?);
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| SnapshotError::Wire(error.to_string()))??;
    Ok(Some(height))
}

fn fill(handle: &Handle, source: &Source, mut builder: Builder) -> Result<(), SnapshotError> {
    let height = builder.height();
    loop {
        let part = handle.block_on(source.part(height, builder.last()))?;
        if builder.part(part)? {
            break;
        }
    }
    let records = builder.state()?;
    tracing::info!(
        records = records.len(),
        "the state is whole; taking the records"
    );
    for (at, some) in records.chunks(RECORDS).enumerate() {
        let ids = some.iter().map(|(id, _)| *id).collect();
        let bytes = handle.block_on(source.records(ids))?;
        builder.records(some, bytes)?;
        if (at * RECORDS) % TELL > TELL - RECORDS {
            tracing::info!(
                records = at * RECORDS,
                of = records.len(),
                "taking the records"
            );
        }
    }
    while let Some(index) = builder.next_taken() {
        let entries = handle.block_on(source.taken(index))?;
        builder.taken(entries)?;
    }
    builder.finish()
}
