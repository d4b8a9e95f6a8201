//! What whoever runs a node relies on: its figures, whom it lets in, and that it stops where it would go wrong.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::thread;
use std::time::Duration;

use sealane_tests::blocks::Blocks;
use sealane_tests::command::{CANNOT, DONE, INVALID, REFUSED, prepare, root, sealane};
use sealane_tests::consortium::Consortium;
use sealane_tests::figures::{ask, figure};
use sealane_tests::invoice::Invoice;
use sealane_tests::network::{Bank, Network, free_port};
use sealane_tests::page::{Desk, Shell, blocks, marked};
use sealane_tests::votes::until;
use serde_json::Value as Json;
use toml::{Table, Value};

/// Tells a running node's log another level, and waits until the node has taken it over.
fn log_level(network: &Network, level: &str) {
    let config = network.node_home().join("node.toml");
    let text = fs::read_to_string(&config).unwrap();
    let others = text.lines().filter(|line| !line.starts_with("log = "));
    let others = others.collect::<Vec<_>>().join("\n");
    let before = log_since(network, 0).len();
    fs::write(&config, format!("log = {level:?}\n{others}\n")).unwrap();
    until("the node has taken the level over", || {
        log_since(network, before).contains("the log's level is now")
    });
}

/// A node's log, from so many bytes on.
fn log_since(network: &Network, from: usize) -> String {
    fs::read_to_string(network.log()).unwrap().split_off(from)
}

#[test]
fn a_node_tells_prometheus_what_happened() {
    let mut network = Network::make(2);
    let config = network.node_home().join("node.toml");
    let text = fs::read_to_string(&config).unwrap();
    let port = free_port();
    fs::write(&config, format!("metrics = \"127.0.0.1:{port}\"\n{text}")).unwrap();
    network.start_node();
    let a = network.bank('a');
    let (record, financed) = a.seal_and_finance(&Invoice::new("INV-COUNTED"));
    let _ = financed.expect(DONE);
    let release = |reason| a.run(&["release", &record, "--reason", reason]);
    let _ = release("withdrawn").expect(DONE);
    let _ = release("repaid").expect(REFUSED);
    let before = Blocks::read(&a.home);
    let answer = ask(port, "GET /metrics");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.trim_end().ends_with("# EOF"),
        "the format's end: {answer}"
    );
    assert_eq!(answer.matches("# EOF").count(), 1);
    let refused = before.counts().values().map(|one| one.refused).sum::<u32>();
    assert!(refused > 0, "the second release was refused");
    assert_eq!(
        figure(&answer, "sealane_transactions_refused_total"),
        f64::from(refused)
    );
    assert!(figure(&answer, "sealane_height") >= before.blocks.len() as f64);
    assert!(figure(&answer, "sealane_transactions_total") >= before.receipts.len() as f64);
    assert!(figure(&answer, "sealane_execute_seconds_count") > 0.0);
    let day = 24.0 * 3600.0;
    let left = figure(&answer, "sealane_certificate_left_seconds") / day;
    assert!((390.0..398.0).contains(&left), "{left} days");
    assert!(ask(port, "GET /").starts_with("HTTP/1.1 404"));
    assert!(ask(port, "POST /metrics").starts_with("HTTP/1.1 404"));

    // more and less is told while the node runs
    let length = || log_since(&network, 0).len();
    let seal = |number: &str| {
        let before = length();
        let _ = a
            .run(&["seal", &a.file(&Invoice::new(number))])
            .expect(DONE);
        before
    };
    log_level(&network, "debug");
    let before = seal("INV-LOUD");
    until("empty blocks are told", || {
        log_since(&network, before).contains("empty block")
    });
    log_level(&network, "warn");
    let quiet = log_since(&network, seal("INV-QUIET"));
    assert!(
        !quiet.contains("INFO") && !quiet.contains("DEBUG"),
        "{quiet}"
    );
    log_level(&network, "info");
    let before = seal("INV-USUAL");
    until("blocks are told", || {
        log_since(&network, before).contains("INFO")
    });
    let usual = log_since(&network, before);
    assert!(!usual.contains("DEBUG"), "{usual}");
}

/// The words of a command with these passphrases, which must end so.
fn locked(arguments: &[&str], [now, new]: [&str; 2], code: i32) -> String {
    let mut command = prepare(arguments);
    command.env("SEALANE_PASSPHRASE", now);
    let output = command.env("SEALANE_NEW_PASSPHRASE", new).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

#[test]
fn a_home_s_passphrase_is_changed_and_the_old_one_opens_nothing_any_more() {
    const OLD: &str = "correct horse battery";
    const NEW: &str = "staple horse battery";
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (dir, home, request) = (path("net"), path("net/bank-a"), path("request"));
    let init = [
        "network",
        "init",
        "--dir",
        &dir,
        "--banks",
        "1",
        "--passphrase",
    ];
    let _ = locked(&init, [OLD, ""], DONE);
    let change = ["--home", &home, "passphrase"];
    let short = locked(&change, [OLD, "short"], INVALID);
    assert!(short.contains("15 characters"), "{short}");
    // while a new signing key waits, there are two keystores
    let rekey = ["--home", &home, "member", "rekey", "--out", &request];
    let _ = locked(&rekey, [OLD, ""], DONE);
    let asked = fs::read(&request).unwrap();
    fs::remove_file(&request).unwrap();
    let said = locked(&change, [OLD, NEW], DONE);
    assert!(said.contains("\"ok\""), "{said}");
    let closed = locked(&rekey, [OLD, ""], INVALID);
    assert!(closed.contains("passphrase does not open"), "{closed}");
    let _ = locked(&rekey, [NEW, ""], DONE);
    assert_eq!(fs::read(&request).unwrap(), asked, "the same key waits");
}

/// Stops a network's nodes, however the test ends.
struct Stopped(String);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = sealane(&["network", "stop", "--dir", &self.0]);
    }
}

#[test]
fn a_network_whose_node_ends_soon_after_it_listens_has_not_started() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("net").display().to_string();
    let port = free_port().to_string();
    let init = [
        "network", "init", "--dir", &dir, "--banks", "1", "--port", &port,
    ];
    let _ = sealane(&[&init[..], &["--nodes", "each"]].concat()).expect(DONE);
    let _stopped = Stopped(dir.clone());
    let start = ["network", "start", "--dir", &dir];
    let _ = sealane(&start).expect(DONE);
    let _ = sealane(&["network", "stop", "--dir", &dir]).expect(DONE);
    let mark = folder.path().join("net/bank-a/node/signed");
    fs::remove_file(mark).unwrap(); // the engine looks at it once the node listens
    let ended = sealane(&start).expect(CANNOT);
    assert!(ended.words().contains("its node ended"), "{ended}");
    assert!(
        ended.words().contains("signed"),
        "its log says why: {ended}"
    );
}

#[test]
fn a_node_that_does_not_know_the_protocol_s_version_stops_and_says_what_to_do() {
    let mut network = Consortium::start(4);
    let [a, b, c] = [0, 1, 2].map(|at| network.bank(at));
    let change = ["proposal", "new", "protocol", "2", "--in", "12"];
    let refused = a.run(&change).expect(INVALID);
    let known = "up to version 1, and not version 2";
    assert!(refused.words().contains(known), "{refused}");
    let proposed = a.run(&[&change[..], &["--unknown"]].concat()).expect(DONE);
    let (proposal, at) = (
        proposed.number("proposal").to_string(),
        proposed.number("at"),
    );
    let vote = ["proposal", "vote", &proposal];
    let refused = b.run(&vote).expect(INVALID);
    assert!(refused.words().contains("--unknown"), "{refused}");
    let shown = b.run(&["proposal", "show", &proposal]).expect(DONE);
    assert!(shown.text("stops_nodes").contains(known), "{shown}");
    for bank in [&b, &c] {
        let _ = bank.run(&[&vote[..], &["--unknown"]].concat()).expect(DONE);
    }
    let foretold = format!("stops before height {at}");
    until("the nodes say so before", || {
        (0..4).all(|node| network.log(node).contains(&foretold))
    });
    let mut number = 0;
    until("the nodes stop", || {
        let _ = a.run(&["seal", &a.file(&Invoice::new(&format!("INV-{number}")))]);
        number += 1;
        network.has_ended(0)
    });
    until("the others stop too", || {
        (1..4).all(|at| network.is_over(at))
    });
    for at in 0..4 {
        let said = network.log(at);
        assert!(
            said.contains("version 2 of the protocol") && said.contains("install the version"),
            "{said}"
        );
    }
    let again = network.try_start(0).unwrap_err();
    assert!(again.contains("version 2 of the protocol"), "{again}");
    assert!(
        number > 1,
        "the change holds from height {at} on, not before"
    );
}

/// The peers in a node's configuration.
fn peers(config: &mut Table) -> &mut Vec<Value> {
    let consensus = config["consensus"].as_table_mut().unwrap();
    consensus["peers"].as_array_mut().unwrap()
}

/// Changes the peers of a bank's node, as its operator does with an editor.
fn edit<T>(bank: &Bank, change: impl FnOnce(&mut Vec<Value>) -> T) -> T {
    let path = bank.home.join("node/node.toml");
    let mut config: Table = fs::read_to_string(&path).unwrap().parse().unwrap();
    let done = change(peers(&mut config));
    fs::write(&path, toml::to_string(&config).unwrap()).unwrap();
    done
}

/// How many connections a process has with nodes that speak at these ports, whoever began them.
#[cfg(target_os = "linux")]
fn connections(process: u32, ports: &[u16]) -> usize {
    const ESTABLISHED: &str = "01";
    let open = fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let open: Vec<String> = open
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .map(|link| link.display().to_string())
        .collect();
    let text = fs::read_to_string("/proc/net/tcp").unwrap();
    let port = |address: &str| {
        let port = address.rsplit(':').next().unwrap();
        u16::from_str_radix(port, 16).unwrap()
    };
    let counts = text.lines().skip(1).filter(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let own = open.contains(&format!("socket:[{}]", words[9]));
        let ends = [port(words[1]), port(words[2])];
        own && words[3] == ESTABLISHED && ends.iter().any(|end| ports.contains(end))
    });
    counts.count()
}

#[test]
#[cfg(target_os = "linux")]
fn who_is_taken_out_of_node_toml_is_cut_off_and_follows_no_more() {
    let network = Consortium::start_with(4, 1);
    let a = network.bank(0);
    let _ = a.seal(&Invoice::new("INV-1"));
    let _ = network.agreed();
    let port = |peer: &Value| -> u16 {
        let address = peer["consensus"].as_str().unwrap();
        address.rsplit(':').next().unwrap().parse().unwrap()
    };
    let mut ports: Vec<u16> = edit(&network.bank(4), |peers| peers.iter().map(port).collect());
    edit(&a, |peers| ports.extend(peers.iter().map(port)));
    let linked = || connections(network.process(4), &ports);
    assert!(linked() >= 4, "it has no connections");
    let observer = |peer: &Value| peer.get("observer").is_some();
    let entries: Vec<Value> = (0..4)
        .map(|at| {
            edit(&network.bank(at), |peers| {
                let place = peers.iter().position(observer).unwrap();
                peers.remove(place)
            })
        })
        .collect();
    until("its connections end", || linked() == 0);
    thread::sleep(Duration::from_secs(3)); // it tries again, and is not let in
    let before = network.height(4);
    for number in 2..5 {
        let _ = a.seal(&Invoice::new(&format!("INV-{number}")));
    }
    thread::sleep(Duration::from_secs(5));
    assert_eq!(linked(), 0);
    assert!(network.height(0) >= before + 3);
    assert_eq!(network.height(4), before, "it follows though it is cut off");
    for (at, entry) in entries.into_iter().enumerate() {
        edit(&network.bank(at), |peers| peers.push(entry));
    }
    until("let in again, it follows", || {
        network.height(4) >= network.height(0)
    });
    let _ = network.agreed();
}

/// What the manual's blocks are that nobody types into a shell: a listing, files, another language.
const NOT_TYPED: [&str; 5] = ["", "text", "ini", "toml", "python"];

/// What the page says to wait for: nodes that take new certificates and reach one another, and changes that take effect,
/// a new sharing of the fingerprint key among them.
fn what_the_manual_waits_for(desk: &Desk) {
    let net = desk.folder().join("net").display().to_string();
    let level = || {
        let status = sealane(&["network", "status", "--dir", &net]);
        let nodes = status.data["nodes"].as_array().cloned();
        let reached =
            |node: &Json| node["peers"].as_u64() >= node["validators"].as_u64().map(|all| all - 1);
        let level = |nodes: &Vec<Json>| {
            nodes
                .iter()
                .all(|node| reached(node) && node["height"] == nodes[0]["height"])
        };
        let shared = status.data["fingerprint_key"]["open_round"].is_null();
        status.code == DONE && shared && nodes.is_some_and(|nodes| level(&nodes))
    };
    until("the nodes are level", level);
    let a = desk.bank("bank-a");
    until("bank A's node answers", || {
        a.run(&["proposal", "list"]).code == DONE
    });
    a.until_in_effect();
    until("the nodes are level with what took effect", level);
}

#[test]
fn the_manual_s_runbook_runs_as_typed() {
    let page = fs::read_to_string(root().join("docs/operate.md")).unwrap();
    for (mark, text) in marked(&page) {
        assert!(
            NOT_TYPED.contains(&mark) || mark == "sh run",
            "not played: {mark}\n{text}"
        );
    }
    let desk = Desk::new();
    let mut shell = Shell::open(desk.folder());
    for (number, block) in blocks(&page, "run").iter().enumerate() {
        if number > 0 {
            what_the_manual_waits_for(&desk);
        }
        shell.plays(block);
    }
    // the new keys are in force: none waits
    for waiting in ["bank-a/keystore-next.age", "bank-b/node/validator-next.age"] {
        assert!(
            !desk.folder().join("net").join(waiting).exists(),
            "{waiting}"
        );
    }
}

/// Nodes that systemd starts have no pid file: they are asked at their own addresses. One that does not answer is said to, and
/// what the others say stays.
#[test]
fn the_network_s_status_asks_nodes_that_others_started_and_outlives_one_that_is_silent() {
    let mut network = Consortium::start(4);
    let dir = network.network().display().to_string();
    let words = ["network", "status", "--dir", &dir];
    let nodes = |code| {
        let status = sealane(&words).expect(code);
        assert_eq!(status.data["ok"], code == DONE, "{status}");
        let nodes = status.data["nodes"].as_array().unwrap().iter();
        nodes.cloned().collect::<Vec<Json>>()
    };
    let named = |nodes: &[Json]| {
        let names = nodes.iter().map(|node| node["name"].as_str().unwrap());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let all = nodes(DONE);
    assert_eq!(named(&all), ["node-a", "node-b", "node-c", "node-d"]);
    assert!(
        all.iter().all(|node| node["height"].as_u64() > Some(0)),
        "{all:?}"
    );
    // a bank whose home speaks through another node
    let config = network.bank(0).home.join("home.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(config, text.replace("node-a", "node-b")).unwrap();
    for command in ["status", "stop"] {
        let home = network.bank(0).home.display().to_string();
        let wrong = sealane(&["network", command, "--dir", &home]).expect(INVALID);
        assert!(wrong.words().contains("a member's home"), "{wrong}");
    }
    network.kill_node(3);
    let without = nodes(CANNOT);
    assert_eq!(
        named(&without),
        ["node-a", "node-b", "node-c", "node of bank-d"]
    );
    let reason = without[3]["reason"].as_str().unwrap();
    assert!(reason.contains("cannot be reached"), "{reason}");
    assert!(reason.contains("/home.toml"), "which home: {reason}");
    assert_eq!(without[3]["pid"], Json::Null);
    // what network start leaves of a node that ended by itself
    let folder = network.bank(3).home.join("node");
    fs::write(folder.join("node.pid"), "4194303").unwrap();
    fs::write(folder.join("node.log"), "").unwrap();
    let told = sealane(&words).expect(CANNOT);
    let log = folder.join("node.log").canonicalize().unwrap();
    assert_eq!(
        told.data["nodes"][3]["log"],
        log.display().to_string(),
        "{told}"
    );
    (0..3).for_each(|at| network.kill_node(at));
    let none = sealane(&words).expect(CANNOT);
    let none = none.words();
    assert!(none.contains("none of its nodes answers"), "{none}");
    assert!(none.contains("no process known"), "{none}");
}
