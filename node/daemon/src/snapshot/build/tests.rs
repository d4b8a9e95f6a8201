//! What is honest makes the chain's own folder; whatever is altered is found out.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use sealane_consensus::{Application, Clock};
use sealane_crypto::keys::{InstitutionSecret, Period};
use sealane_crypto::sealing::{Heading, Sealed};
use sealane_ledger::chain_id;
use sealane_ledger::state::Few;
use sealane_ledger::state::Stage;
use sealane_store::Store;
use sealane_types::encoding::Encode;
use sealane_types::fields::FieldValue;
use sealane_types::fingerprint::Mask;
use sealane_types::genesis::Suite;
use sealane_types::schema::{CanonicalFields, Kind, SCHEMA_VERSION, slot};
use sealane_types::transaction::Payload;
use tempfile::TempDir;

use super::*;
use crate::chain::tests::{Own, open_in};
use crate::support::{BANKS, World};

/// Bytes of a part, so that the state has several.
const PART: usize = 200;

fn record(world: &World, number: &str) -> Record {
    let mut header = std::array::from_fn(|_| None);
    header[slot::NUMBER] = Some(FieldValue::Number(number.to_owned()));
    header[slot::ISSUE_DATE] = Some(FieldValue::Date(20_100));
    let fields = CanonicalFields {
        kind: Kind::Invoice,
        version: SCHEMA_VERSION,
        header,
        lines: Vec::new(),
    };
    let heading = Heading {
        chain: chain_id(&world.genesis),
        sealer: BANKS[0],
        bank: BANKS[0],
        replaces: None,
    };
    let secret = InstitutionSecret::import(Suite::International, &[7; 32]);
    let period = Period::at(1_790_000_000_000);
    let sealed = Sealed::seal(&fields, &heading, &secret, period).unwrap();
    sealed.into_parts().0
}

/// A chain with two records, and a block after the one that has them.
struct Served {
    world: World,
    records: Vec<Record>,
    own: Own,
}

async fn served() -> Served {
    let world = World::new();
    let own = open_in(TempDir::new().unwrap(), &world, 1).await;
    let records: Vec<Record> = ["INV-1", "INV-2"]
        .map(|number| record(&world, number))
        .into();
    let seal = |(sequence, record): (u64, &Record)| {
        world.sign(0, sequence, Payload::SealRecord(Box::new(record.clone())))
    };
    own.wait((0..).zip(&records).map(seal)).await;
    own.wait((0..9).map(|number| world.release(1, number, number)))
        .await;
    own.decide().await;
    own.decide().await;
    Served {
        world,
        records,
        own,
    }
}

impl Served {
    fn store(&self) -> &Arc<Store> {
        &self.own.chain.store
    }

    fn header(&self, height: u64) -> v1::FinalHeader {
        let row = self.store().header(Height(height)).unwrap().unwrap();
        v1::FinalHeader {
            header: row.header,
            certificate: row.certificate,
        }
    }

    fn target(&self) -> Result<Target, SnapshotError> {
        let trust = Trust::in_genesis(&self.world.genesis);
        let now = self.own.clock.now();
        Target::new(&trust, self.header(1), self.header(2), now)
    }

    fn begin(&self, folder: &TempDir) -> Builder {
        Builder::begin(&folder.path().join("data"), self.target().unwrap(), false).unwrap()
    }

    /// The parts of the state after the first block.
    fn parts(&self) -> Vec<v1::GetStatePartResponse> {
        let (mut parts, mut after) = (Vec::new(), None);
        loop {
            let part = self.store().state_part(Height(1), after, PART).unwrap();
            let pair = |(key, value)| v1::StatePair { key, value };
            let pairs: Vec<_> = part.pairs.into_iter().map(pair).collect();
            after = pairs.last().map(|pair| hash(&pair.key));
            parts.push(v1::GetStatePartResponse {
                pairs,
                proof: part.proof,
                last: part.last,
            });
            if part.last {
                return parts;
            }
        }
    }
}

fn hash(key: &[u8]) -> [u8; 32] {
    jmt::KeyHash::with::<sha2::Sha256>(key).0
}

/// Gives all parts; the state is whole after them.
fn give(
    builder: &mut Builder,
    parts: Vec<v1::GetStatePartResponse>,
) -> Result<Vec<(RecordId, Digest)>, SnapshotError> {
    for part in parts {
        if builder.part(part)? {
            break;
        }
    }
    builder.state()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_made_of_what_an_honest_peer_gives_goes_on_with_the_chain() {
    let served = served().await;
    let folder = TempDir::new().unwrap();
    let mut builder = served.begin(&folder);
    let parts = served.parts();
    assert!(parts.len() > 3, "{} parts", parts.len());
    let wanted = give(&mut builder, parts).unwrap();
    let find = |(id, _): &(RecordId, Digest)| {
        let mut all = served.records.iter();
        all.find(|record| record.id() == *id).unwrap().to_bytes()
    };
    let found: Vec<Vec<u8>> = wanted.iter().map(find).collect();
    assert_eq!(found.len(), 2);
    builder.records(&wanted, found).unwrap();
    assert_eq!(builder.next_taken(), None, "nothing is financed yet");
    builder.finish().unwrap();

    let made = TempDir::new().unwrap();
    std::fs::remove_dir(made.path()).unwrap();
    std::fs::rename(folder.path().join("data"), made.path()).unwrap();
    let copy = open_in(made, &served.world, 1).await;
    let (tip, first) = (copy.chain.tip(), Height(2));
    assert_eq!((tip.height, copy.chain.first_block()), (Height(1), first));
    for record in &served.records {
        let kept = copy.chain.store.kept_record(&record.id()).unwrap();
        assert_eq!(kept, Some(record.to_bytes()));
    }
    // it takes the blocks that come, with the same outcome, and opens again at each
    let second = crate::rows::final_block(served.store(), first).unwrap();
    copy.clock.set(BlockTime(served.own.clock.now().0 + 5));
    copy.follow(&second.unwrap().0).await;
    assert_eq!(copy.chain.tip(), served.own.chain.tip());
    let genesis = &served.world.genesis;
    let again = crate::tip::open(&copy.chain.store, genesis).unwrap();
    assert_eq!(again.tip, served.own.chain.tip());
    served.own.wait([served.world.release(1, 9, 9)]).await;
    let third = served.own.decide().await;
    copy.clock.set(served.own.clock.now());
    copy.follow(&third).await;
    assert_eq!(copy.chain.tip(), served.own.chain.tip());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_is_not_the_one_signed_is_refused_part_by_part() {
    type Twist = fn(&mut Vec<v1::GetStatePartResponse>);
    let twists: [(&str, Twist); 10] = [
        ("a value", |parts| parts[1].pairs[0].value[0] ^= 1),
        ("a key", |parts| parts[1].pairs[0].key.push(1)),
        ("a pair left out", |parts| drop(parts[0].pairs.remove(0))),
        ("the last pair left out", |parts| drop(parts[0].pairs.pop())),
        ("a part left out", |parts| drop(parts.remove(1))),
        ("two pairs swapped", |parts| {
            let mut several = parts.iter_mut().filter(|part| part.pairs.len() > 1);
            several.next().unwrap().pairs.swap(0, 1);
        }),
        ("an end before the end", |parts| {
            parts[0].last = true;
            parts.truncate(1);
        }),
        ("another proof", |parts| {
            parts[0].proof = parts[1].proof.clone();
        }),
        ("an empty value", |parts| parts[1].pairs[0].value.clear()),
        ("values of another form", |parts| {
            let pairs = parts.iter_mut().flat_map(|part| &mut part.pairs);
            pairs.for_each(|pair| pair.value.truncate(1));
        }),
    ];
    let served = served().await;
    for (name, twist) in twists {
        let folder = TempDir::new().unwrap();
        let mut builder = served.begin(&folder);
        let mut parts = served.parts();
        twist(&mut parts);
        let refused = give(&mut builder, parts);
        assert!(
            matches!(refused, Err(SnapshotError::Store(_))),
            "{name}: {refused:?}"
        );
    }
    // no bytes of a proof bring it down
    for length in 0..served.parts()[0].proof.len() {
        let folder = TempDir::new().unwrap();
        let mut builder = served.begin(&folder);
        let mut part = served.parts().remove(0);
        part.proof.truncate(length);
        assert!(builder.part(part).is_err(), "a proof of {length} bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_records_and_another_log_are_refused() {
    let served = served().await;
    let folder = TempDir::new().unwrap();
    let mut builder = served.begin(&folder);
    let wanted = give(&mut builder, served.parts()).unwrap();
    let one: Vec<Vec<u8>> = served.records.iter().map(Encode::to_bytes).collect();
    let swapped = match wanted[0].0 == served.records[0].id() {
        true => vec![one[1].clone(), one[0].clone()],
        false => one.clone(),
    };
    let refused = |answer: Result<(), SnapshotError>| matches!(answer, Err(SnapshotError::Lie(_)));
    assert!(refused(builder.records(&wanted, swapped)));
    assert!(
        refused(builder.records(&wanted, one[..1].to_vec())),
        "one is missing or another's"
    );
    assert!(builder.records(&wanted, vec![vec![1], vec![2]]).is_err());

    let entry = |number: u8| LogEntry {
        height: Height(number.into()),
        record: RecordId::new([number; 32]),
        bank: BANKS[0],
        stage: Stage::Financed,
        since: RecordId::new([number; 32]),
        mask: Mask::new(Mask::ALWAYS).unwrap(),
        fingerprints: Few(Vec::new()),
    };
    let entries: Vec<LogEntry> = (1..=3).map(entry).collect();
    let bytes: Vec<Vec<u8>> = entries.iter().map(Encode::to_bytes).collect();
    let whole = entries
        .iter()
        .fold(LogHead::empty(), |head, one| head.with(one));
    let log = |builder: &mut Builder| builder.log = (LogHead::empty(), whole.clone());
    log(&mut builder);
    assert_eq!(builder.next_taken(), Some(0));
    assert!(refused(builder.taken(Vec::new())), "nothing comes");
    let mut other = bytes.clone();
    other.swap(0, 1);
    assert!(refused(builder.taken(other)), "in another order");
    log(&mut builder);
    builder.taken(bytes[..2].to_vec()).unwrap();
    assert_eq!(builder.next_taken(), Some(2));
    // the log has grown at the peer since: what is beyond the state is left out
    let more = vec![bytes[2].clone(), entry(4).to_bytes()];
    builder.taken(more).unwrap();
    assert_eq!(builder.next_taken(), None);
    log(&mut builder);
    assert!(refused(builder.finish()), "the log is not whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_has_the_open_sets_to_answer_and_nobody_else_has() {
    let served = served().await;
    for answers in [true, false] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("data");
        let mut builder = Builder::begin(&path, served.target().unwrap(), answers).unwrap();
        let _ = give(&mut builder, served.parts()).unwrap();
        let [open, closed] = [1, 2].map(|number| RecordId::new([number; 32]));
        for key in [
            Key::blinded_set(&open),
            Key::completed(&closed),
            Key::blinded_set(&closed),
        ] {
            builder.note(key.as_bytes(), b"any").unwrap();
        }
        builder.finish().unwrap();
        let store = Store::open(&path, chain_id(&served.world.genesis)).unwrap();
        let expected = match answers {
            true => vec![(open.as_bytes().to_vec(), Height(1).to_bytes())],
            false => Vec::new(),
        };
        assert_eq!(store.tasks().unwrap(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_is_taken_from_newest_headers_that_follow_one_another_alone() {
    let served = served().await;
    let trust = Trust::in_genesis(&served.world.genesis);
    let now = served.own.clock.now();
    let target = |base, next, now| Target::new(&trust, base, next, now);
    let at = |time: u64| target(served.header(1), served.header(2), BlockTime(time));
    assert_eq!(at(now.0).unwrap().height(), Height(1));
    let same = target(served.header(2), served.header(2), now);
    assert!(matches!(same, Err(SnapshotError::Lie(_))));
    assert!(at(now.0 + 180_000).is_ok());
    assert!(matches!(at(now.0 + 181_000), Err(SnapshotError::Age(181))));
    let mut unsigned = served.header(2);
    unsigned.certificate = served.header(1).certificate;
    let refused = target(served.header(1), unsigned, now);
    assert!(matches!(refused, Err(SnapshotError::Header(_))));
}
