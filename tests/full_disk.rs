//! A disk that gets full, or a limit on the size of files, while a node runs under load (RELIABILITY 4): the node stops and
//! says which file and what to do. It acknowledges nothing that it lost, and goes on when there is space again.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use sealane_tests::command::DONE;
use sealane_tests::consortium::Consortium;
use sealane_tests::disk::{Disk, limited};
use sealane_tests::history::{Deed, History};
use sealane_tests::invoice::Invoice;
use sealane_tests::network::{Bank, Network};

/// How long a node may take to have what the others have, and a command to be done.
const PATIENCE: Duration = Duration::from_secs(120);
/// Most documents until the disk is full.
const DOCUMENTS: usize = 300;
/// How often each disk gets full.
const TIMES: usize = if cfg!(feature = "torture") { 10 } else { 1 };
/// The node whose disk gets full.
const POOR: usize = 3;
/// Free on the disk of the data, in bytes: a start and some blocks fit.
const DATA: u64 = 640 << 10;
/// Free on the disk of the engine's folder: some small blocks fit.
const ENGINE: u64 = 24 << 10;
/// Longest file under the limit.
const FILE: u64 = 384 << 10;

/// A bank seals documents until its node is gone; what it was told nothing of.
fn until_gone(
    history: &History,
    bank: &Bank,
    name: &str,
    mut gone: impl FnMut() -> bool,
) -> Vec<(String, String)> {
    let mut open = Vec::new();
    for number in 0..DOCUMENTS {
        if gone() {
            return open;
        }
        let document = format!("INV-{name}-{number}");
        let file = bank.file(&Invoice::new(&document));
        if history.run(bank, &document, Deed::Seal, &file).code != DONE {
            open.push((document, file));
        }
    }
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline && !gone() {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(
        gone(),
        "{name}: the disk is not full after {DOCUMENTS} documents"
    );
    open
}

/// What was left open is typed again.
fn finish(history: &History, bank: &Bank, open: &[(String, String)]) {
    for (document, file) in open {
        let sealed = (document.as_str(), Deed::Seal, file.as_str());
        let _ = history.until_done(bank, sealed, PATIENCE).expect(DONE);
    }
}

/// The node has said which file, what is wrong and what to do.
fn said(log: &str, file: &str, wrong: &str, remedy: &str) {
    let line = log
        .lines()
        .find(|line| line.contains("stops because of a fault"));
    let line = line.unwrap_or_else(|| panic!("it has not said why it stops:\n{log}"));
    for word in [file, wrong, remedy] {
        assert!(line.contains(word), "no {word:?} in: {line}");
    }
}

#[test]
fn a_node_whose_disk_gets_full_under_load_stops_and_goes_on_when_there_is_space() {
    let history = History::begin(0);
    let mut network = Consortium::start(4);
    let bank = network.bank(POOR);
    for (round, folder) in ["data", "consensus"].repeat(TIMES).into_iter().enumerate() {
        let name = format!("{folder}-{round}");
        network.kill_node(POOR);
        let Some(disk) = Disk::under(&network.node_folder(POOR).join(folder)) else {
            println!("{name}: left out, as this machine allows no mounts");
            network.start_node(POOR);
            continue;
        };
        disk.fill(if folder == "data" { DATA } else { ENGINE });
        let before = network.log(POOR).len();
        network.start_node(POOR);
        let open = until_gone(&history, &bank, &name, || network.is_over(POOR));
        let log = &network.log(POOR)[before..];
        said(
            log,
            &format!("/node/{folder}/"),
            "No space left",
            "Make room",
        );
        println!("{name}: {} of its documents were left open", open.len());
        disk.clear();
        network.start_node(POOR);
        finish(&history, &bank, &open);
        network.reaches(POOR, network.height(0), PATIENCE);
        let _ = history.check(&network.agreed());
        network.kill_node(POOR);
        let kept = network.backup(POOR, &name);
        drop(disk);
        network.restore(POOR, &kept);
        network.start_node(POOR);
    }
    for round in 0..TIMES {
        let name = format!("limit-{round}");
        network.kill_node(POOR);
        let before = network.log(POOR).len();
        network.start_as(POOR, &mut limited(FILE));
        let open = until_gone(&history, &bank, &name, || network.is_over(POOR));
        let log = &network.log(POOR)[before..];
        said(log, "/node/data/", "File too large", "LimitFSIZE");
        network.start_node(POOR);
        finish(&history, &bank, &open);
        network.reaches(POOR, network.height(0), PATIENCE);
        let _ = history.check(&network.agreed());
    }
    network.kill_all();
    (0..network.size()).for_each(|at| network.start_node(at));
    println!("{:?}", history.check(&network.agreed()));
}

/// Alone it has nobody to take from what it lost: all that it acknowledged must be on its own disk.
#[test]
fn a_lone_node_whose_disk_gets_full_has_what_it_acknowledged() {
    let history = History::begin(0);
    let mut network = Network::start(1);
    let bank = network.bank('a');
    network.kill_node();
    let Some(disk) = Disk::under(&network.node_home().join("data")) else {
        println!("left out, as this machine allows no mounts");
        network.start_node();
        return;
    };
    for round in 0..TIMES {
        disk.fill(DATA);
        let before = std::fs::metadata(network.log()).unwrap().len() as usize;
        network.start_node();
        let open = until_gone(&history, &bank, &format!("ALONE-{round}"), || {
            network.has_ended()
        });
        let log = std::fs::read_to_string(network.log()).unwrap();
        said(&log[before..], "/data/", "No space left", "Make room");
        disk.clear();
        network.start_node();
        finish(&history, &bank, &open);
        network.kill_node();
        network.start_node();
        let blocks = sealane_tests::blocks::Blocks::read(&bank.home);
        println!("{:?}", history.check(&[blocks]));
        network.kill_node();
    }
    network.start_node();
}
