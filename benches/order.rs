//! Ordering on a real node, end to end over loopback: a financing from its submission to its receipt, and a duplicate from its
//! fingerprints to its refusal, which the client finds in the log.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use criterion::Criterion;
use sealane_benches::documents::example;
use sealane_benches::network::Network;
use sealane_benches::{median, micros};
use sealane_client::flows::{Bank, FinanceOptions, NewCustomer, Reading};
use sealane_client::home::customers::CustomerRole;
use sealane_client::progress::{Activity, Event, Silent};
use sealane_types::ids::RecordId;

const INVOICE: &str = "invoice-ubl.xml";

/// When the log of taken fingerprints was last looked into.
#[derive(Clone, Default)]
struct Looked(Arc<Mutex<Option<Instant>>>);

impl Looked {
    fn watch(&self, event: &Event) {
        if event.activity == Activity::FetchingTaken {
            *self.0.lock().expect("nobody panics") = Some(Instant::now());
        }
    }

    fn elapsed(&self) -> Duration {
        let looked = self.0.lock().expect("nobody panics");
        looked.expect("the log was looked into").elapsed()
    }
}

/// Finances, and must be refused as a duplicate: from the look into the log to the refusal.
async fn refused(bank: &Bank, record: &RecordId) -> Duration {
    let looked = Looked::default();
    let watch = looked.clone();
    let progress = move |event: &Event| watch.watch(event);
    let outcome = bank
        .finance(record, &FinanceOptions::default(), &progress)
        .await;
    let elapsed = looked.elapsed();
    let error = outcome.expect_err("a duplicate");
    assert_eq!(error.exit_code(), 3, "the rules refuse it: {error}");
    elapsed
}

/// The document's seller, as its bank's customer.
fn seller(document: &[u8]) -> NewCustomer {
    let document = sealane_documents::read(document, INVOICE).expect("the example is valid");
    let ids = document.seller.strict_ids();
    NewCustomer {
        name: "the seller".to_owned(),
        role: CustomerRole::Company,
        identifiers: ids
            .map(|id| (id.scheme.clone(), id.value.clone()))
            .collect(),
        reading: Reading::default(),
    }
}

fn order(criterion: &mut Criterion) {
    let network = Network::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let entered = runtime.enter(); // a bank's client makes its connection in it
    let [a, b] = ["bank-a", "bank-b"].map(|name| network.bank(name));
    drop(entered);
    let document = example(INVOICE);
    let seller = seller(&document);
    for bank in [&a, &b] {
        let registered = runtime.block_on(bank.register(&seller, &Silent));
        registered.expect("a new customer");
    }
    let seal = |bank: &Bank| {
        let sealed = runtime.block_on(bank.seal(INVOICE, &document, None, &Silent));
        sealed.expect("the example is valid").record
    };
    let begun = Instant::now();
    let first = seal(&a);
    println!(
        "seal, submitted and committed: {} µs",
        micros(begun.elapsed(), 1)
    );
    let begun = Instant::now();
    let financed = runtime.block_on(a.finance(&first, &FinanceOptions::default(), &Silent));
    let financed = financed.expect("the document is free");
    println!("finance, all of it: {} µs", micros(begun.elapsed(), 1));
    if let Some(presented) = &financed.presented {
        let (present, finance) = (presented.transaction_bytes, financed.transaction_bytes);
        println!(
            "  proving {} µs; transactions of {present} and {finance} bytes",
            micros(presented.proving, 1)
        );
    }
    println!(
        "  from submission to receipt: {} µs",
        micros(financed.ordering, 1)
    );
    let second = seal(&b);
    let begun = Instant::now();
    let elapsed = runtime.block_on(refused(&b, &second));
    println!(
        "a duplicate, all of it: {} µs; from the look into the log to the refusal: {} µs",
        micros(begun.elapsed(), 1),
        micros(elapsed, 1)
    );
    let mut all = Vec::new();
    let mut group = criterion.benchmark_group("order");
    group.measurement_time(Duration::from_secs(5));
    group.bench_function("a duplicate refused", |bencher| {
        bencher.iter_custom(|times| {
            let one = |_| runtime.block_on(refused(&b, &second));
            let spent: Vec<Duration> = (0..times).map(one).collect();
            all.extend(spent.iter().copied());
            spent.iter().sum()
        });
    });
    group.finish();
    println!(
        "a duplicate refused: median {} µs of {}",
        micros(median(all.clone()), 1),
        all.len()
    );
}

fn main() {
    sealane_benches::run(20, order);
}
