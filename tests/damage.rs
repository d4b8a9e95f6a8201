//! Folders of another day, and damaged ones (RELIABILITY 4 and 5): a node stops with a clear message or takes what it lost
//! from the others. It never serves anything else, and signs nothing twice.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sealane_tests::command::{DONE, program};
use sealane_tests::consortium::Consortium;
use sealane_tests::history::{Deed, History};
use sealane_tests::invoice::Invoice;
use sealane_tests::network::Network;
use sealane_tests::votes::until;

/// How long a node may take to have what the others have.
const PATIENCE: Duration = Duration::from_secs(60);
/// The node that fares badly.
const DAMAGED: usize = 3;

/// The largest file with this ending.
fn largest(folder: &Path, ending: &str) -> PathBuf {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let like = files.filter(|path| path.extension().is_some_and(|own| own == ending));
    let found = like.max_by_key(|path| fs::metadata(path).unwrap().len());
    found.unwrap_or_else(|| panic!("no {ending} in {}", folder.display()))
}

fn cut_in_half(path: &Path) {
    let bytes = fs::read(path).unwrap();
    assert!(
        bytes.len() > 64,
        "{} is too short to be cut",
        path.display()
    );
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

/// One bit of each page.
fn flip_bits(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    for at in (100..bytes.len()).step_by(1024) {
        bytes[at] ^= 1;
    }
    fs::write(path, bytes).unwrap();
}

fn seal(network: &Consortium, history: &History, documents: &[String]) {
    for (at, document) in documents.iter().enumerate() {
        let bank = network.bank(at % DAMAGED);
        let file = bank.file(&Invoice::new(document));
        let _ = history.run(&bank, document, Deed::Seal, &file).expect(DONE);
    }
}

fn named(what: &str, count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("INV-{what}-{number}"))
        .collect()
}

/// Whether a node that starts with what it has notices that it is damaged: it does not start, ends, or refuses to
/// answer. If it does not notice, it has nothing but what the others have.
fn notices(network: &mut Consortium) -> bool {
    if let Err(words) = network.try_start(DAMAGED) {
        let words = words.to_lowercase();
        let clear = ["data", "corrupt", "damaged", "checksum", "log"];
        assert!(
            clear.iter().any(|word| words.contains(word)),
            "unclear: {words}"
        );
        return true;
    }
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if network.has_ended(DAMAGED) {
            return true;
        }
        if network.height(DAMAGED) >= network.height(0) {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let read = catch_unwind(AssertUnwindSafe(|| network.blocks(DAMAGED)));
    if read.is_err() {
        network.kill_node(DAMAGED);
    }
    read.is_err()
}

#[test]
fn a_damaged_node_stops_or_takes_what_it_lost_from_the_others() {
    let history = History::begin(0);
    let mut network = Consortium::start(4);
    seal(&network, &history, &named("FIRST", 6));
    let node = network.node_folder(DAMAGED);
    let (data, log) = (node.join("data"), node.join("consensus/votes.log"));
    let whole = |path: &Path| path.to_path_buf();
    type Harm<'a> = (&'a str, &'a dyn Fn() -> PathBuf, fn(&Path), Option<bool>);
    let harms: [Harm<'_>; 5] = [
        (
            "the store's log cut in half",
            &|| largest(&data, "log"),
            cut_in_half,
            None,
        ),
        (
            "a table with flipped bits",
            &|| largest(&data, "sst"),
            flip_bits,
            Some(true),
        ),
        (
            "a table cut in half",
            &|| largest(&data, "sst"),
            cut_in_half,
            Some(true),
        ),
        (
            "the engine's log cut in half",
            &|| whole(&log),
            cut_in_half,
            None,
        ),
        (
            "the engine's log with flipped bits",
            &|| whole(&log),
            flip_bits,
            None,
        ),
    ];
    for (name, path, harm, expected) in harms {
        // a start writes the store's log into tables
        network.kill_node(DAMAGED);
        network.start_node(DAMAGED);
        seal(
            &network,
            &history,
            &named(&name.replace([' ', '\''], ""), 2),
        );
        network.reaches(DAMAGED, network.height(0), PATIENCE);
        network.kill_node(DAMAGED);
        harm(&path());
        let noticed = notices(&mut network);
        println!("{name}: {}", if noticed { "noticed" } else { "made good" });
        assert!(
            expected.is_none_or(|expected| expected == noticed),
            "{name}"
        );
        if noticed {
            network.wipe(DAMAGED);
            network.start_node(DAMAGED);
        }
        let _ = history.check(&network.agreed());
    }
}

#[test]
fn a_validator_with_an_old_copy_of_its_folders_or_none_takes_part_again_and_signs_nothing_twice() {
    let history = History::begin(0);
    let mut network = Consortium::start(4);
    seal(&network, &history, &named("FIRST", 2));
    network.kill_node(DAMAGED);
    let old = network.backup(DAMAGED, "old");
    network.start_node(DAMAGED);
    seal(&network, &history, &named("LATER", 6));
    for wiped in [false, true] {
        network.reaches(DAMAGED, network.height(0), PATIENCE);
        network.kill_node(DAMAGED);
        match wiped {
            true => network.wipe(DAMAGED),
            false => network.restore(DAMAGED, &old),
        }
        let already = network.log_of(DAMAGED).matches(SIGNS_NOTHING).count();
        network.start_node(DAMAGED);
        network.reaches(DAMAGED, network.height(0), PATIENCE);
        let now = network.log_of(DAMAGED).matches(SIGNS_NOTHING).count();
        assert!(
            now > already,
            "it did not wait until it was level (wiped: {wiped})"
        );
        // it reads blocks of the round for its share again, whose key it has erased since
        let log = network.log_of(DAMAGED);
        assert!(!log.contains("has lost its key"), "{log}");
        // its vote is needed again
        network.kill_node(0);
        let bank = network.bank(1);
        let document = format!("INV-NEEDED-{wiped}");
        let file = bank.file(&Invoice::new(&document));
        let sealed = (document.as_str(), Deed::Seal, file.as_str());
        let _ = history.until_done(&bank, sealed, PATIENCE).expect(DONE);
        network.start_node(0);
    }
    let _ = history.check(&network.agreed());
    for at in 0..network.size() {
        let log = network.log_of(at);
        for sign in ["voted twice", "proposed twice"] {
            assert!(!log.contains(sign), "node {at} saw that somebody {sign}");
        }
    }
}

#[test]
fn a_damaged_share_counts_as_missing_and_the_node_runs() {
    let mut network = Consortium::start(4);
    network.kill_node(DAMAGED);
    let share = network.bank(DAMAGED).home.join("node/shares/1.share.age");
    let mut bytes = fs::read(&share).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&share, &bytes).unwrap();
    network.start_node(DAMAGED);
    until("it says what it lacks", || {
        network.status(DAMAGED).lacks_share
    });
    let log = network.log_of(DAMAGED);
    for words in [
        "1.share.age",
        "share of the fingerprint key is missing or damaged",
    ] {
        assert!(log.contains(words), "no word of {words:?}: {log}");
    }
    // three others answer
    let (_, financed) = network.bank(0).seal_and_finance(&Invoice::new("INV-1"));
    let _ = financed.expect(DONE);
    network.kill_node(DAMAGED);
    bytes[middle] ^= 1;
    fs::write(&share, &bytes).unwrap();
    network.start_node(DAMAGED);
    network.kill_node(0); // three of four answer: with its share put back it is one of them
    let (_, financed) = network.bank(1).seal_and_finance(&Invoice::new("INV-2"));
    let _ = financed.expect(DONE);
}

/// What a node says that finds itself behind.
const SIGNS_NOTHING: &str = "votes again once it is level";

#[test]
fn a_lone_node_whose_store_lost_blocks_that_it_signed_does_not_start() {
    let mut network = Network::start(1);
    let bank = network.bank('a');
    for number in 0..4 {
        let _ = bank.seal(&Invoice::new(&format!("INV-{number}")));
    }
    network.kill_node();
    cut_in_half(&largest(&network.node_home().join("data"), "log"));
    let child = Command::new(program())
        .args(["node", "--home"])
        .arg(network.node_home())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = child.kill();
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("the data folder has lost blocks"), "{words}");
}
