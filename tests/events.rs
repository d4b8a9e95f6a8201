//! Following a chain: whoever reads hears of every event once, however often reader and node are killed.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use sealane_tests::blocks::Blocks;
use sealane_tests::command::{CANNOT, DONE, INVALID, prepare};
use sealane_tests::invoice::Invoice;
use sealane_tests::network::{Bank, Network};
use serde_json::Value;

/// How long an event may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// `sealane events` that runs, and its lines as they come.
struct Reader {
    child: Child,
    lines: Receiver<Value>,
}

impl Reader {
    fn start(bank: &Bank, words: &[&str]) -> Self {
        let home = bank.home.to_str().unwrap();
        let mut child = prepare(&[&["--home", home, "events"], words].concat())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (told, heard) = channel();
        std::thread::spawn(move || {
            let mut events = lines.map_while(Result::ok).map(|line| {
                let event = serde_json::from_str(&line);
                event.unwrap_or(Value::String(line))
            });
            while events.next().is_some_and(|event| told.send(event).is_ok()) {}
        });
        Self {
            child,
            lines: heard,
        }
    }

    /// The events until one is what it shall be, which is the last of them.
    #[track_caller]
    fn until(&self, last: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let event = self.lines.recv_timeout(PATIENCE);
            let event = event.unwrap_or_else(|_| panic!("no such event after {events:#?}"));
            let done = last(&event);
            events.push(event);
            if done {
                return events;
            }
        }
    }

    /// Ends it with SIGKILL; what it had printed and nobody had heard yet.
    fn kill(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.iter().collect()
    }
}

/// All events by now.
fn all(bank: &Bank, words: &[&str]) -> Vec<Value> {
    let mut reader = Reader::start(bank, words);
    let events = reader.lines.iter().collect();
    assert_eq!(reader.child.wait().unwrap().code(), Some(DONE));
    events
}

fn is(event: &Value, what: &str, record: &str) -> bool {
    event["what"] == what && event["record"] == record
}

/// Height and position.
fn place(event: &Value) -> (u64, u64) {
    let number = |key: &str| event[key].as_u64().unwrap();
    (number("height"), number("position"))
}

/// The same events in the same order, and each once.
#[track_caller]
fn once(events: &[Value], expected: &[Value]) {
    let places: Vec<_> = events.iter().map(place).collect();
    assert!(places.windows(2).all(|two| two[0] < two[1]), "{places:?}");
    assert_eq!(events, expected);
}

#[test]
fn a_reader_that_is_killed_goes_on_and_hears_of_every_event() {
    let mut network = Network::start(2);
    let (a, b) = (network.bank('a'), network.bank('b'));
    let words = ["--follow", "--resume"];
    let reader = Reader::start(&b, &words);
    let invoice = Invoice::new("INV-FOLLOWED-1");
    let (record, financed) = a.seal_and_finance(&invoice);
    let _ = financed.expect(DONE);
    let mut heard = reader.until(|event| is(event, "present", &record));
    heard.extend(reader.kill());

    // nobody reads; the node is killed, too
    let release = ["release", &record, "--reason", "withdrawn"];
    let _ = a.run(&release).expect(DONE);
    network.kill_node();
    let reader = Reader::start(&b, &words);
    network.start_node();
    let again = reader.until(|event| is(event, "release", &record));
    // at most one was printed, and not noted before the kill
    let doubled = heard.iter().filter(|event| again.contains(event)).count();
    assert!(doubled <= 1, "{doubled} events came twice");
    heard.extend(again.into_iter().skip(doubled));

    // a home is not held by its reader, which goes on where the connection is lost
    network.kill_node();
    network.start_node();
    let of_b = b.seal(&invoice);
    let _ = b.run(&["finance", &of_b]).expect(DONE);
    let refused = a.run(&["finance", &record]);
    assert_eq!(refused.code, 3, "on its own side: {refused}");
    heard.extend(reader.until(|event| is(event, "finance", &of_b)));
    let _ = reader.kill();

    let expected = all(&a, &[]);
    once(&heard, &expected);
    told_right(&network, &expected, [&record, &of_b]);
    asked_wrongly(&b);
    network.kill_node();
    let unreachable = b.run(&["events"]).expect(CANNOT);
    assert!(unreachable.words().contains("cannot be reached"));
}

/// The events are what the node's blocks hold, and choosing from them leaves the rest out.
fn told_right(network: &Network, events: &[Value], [record, of_b]: [&str; 2]) {
    let a = network.bank('a');
    let blocks = Blocks::read(&a.home);
    let whats: Vec<_> = blocks.receipts.iter().map(|(one, _)| one.name()).collect();
    let told: Vec<_> = events
        .iter()
        .map(|one| one["what"].as_str().unwrap())
        .collect();
    assert_eq!(told, whats);
    let (of_a, rest): (Vec<Value>, Vec<Value>) = events
        .iter()
        .cloned()
        .partition(|event| event["record"] == record);
    assert!(of_a.len() >= 5 && !rest.is_empty(), "{of_a:#?}");
    once(&all(&a, &["--record", record]), &of_a);
    let financed = of_a
        .iter()
        .find(|event| event["what"] == "finance")
        .unwrap();
    assert_eq!(financed["name"], "bank-a");
    assert_eq!(financed["text"], "financed");
    let last = events.last().unwrap();
    assert_eq!(
        last["name"], "bank-b",
        "what bank A was refused is no event"
    );
    assert!(events.iter().all(|event| event["outcome"] == "done"));
    let from = events.iter().position(|event| event["record"] == of_b);
    let from = &events[from.unwrap()..];
    let (height, _) = place(&from[0]);
    once(&all(&a, &["--from", &height.to_string()]), from);
}

fn asked_wrongly(bank: &Bank) {
    let _ = bank.run(&["events", "--from", "0"]).expect(INVALID);
    let _ = bank.run(&["events", "--record", "x"]).expect(INVALID);
    let _ = bank.run(&["events", "--resume=../keys"]).expect(INVALID);
    let other = "00".repeat(32);
    let others = bank.run(&["events", "--resume", "--record", &other]);
    let others = others.expect(INVALID);
    assert!(others.words().contains("other records"), "{others}");
}
