//! A trade of three banks' customers: order, two deliveries, invoice.

use std::fs;

use crate::command::{DONE, Outcome, root};
use crate::network::Network;

/// The records of one trade: of the buyer at bank A, the carrier at bank B, the seller at bank C.
pub struct Trade {
    /// The network.
    pub network: Network,
    /// The order's record.
    pub order: String,
    /// The deliveries' records.
    pub deliveries: [String; 2],
    /// The invoice's record.
    pub invoice: String,
}

impl Trade {
    /// Everything is sealed; nothing is granted.
    pub fn sealed(invoice: &dyn Fn(String) -> String) -> Self {
        let network = Network::start(3);
        let customers: [(char, &[&str]); 3] = [
            (
                'a',
                &["--id", "vat:DE318274655", "--id", "de-hr:HRB 99127 Hamburg"],
            ),
            ('b', &["--role", "carrier", "--id", "se-org:5590192836"]),
            ('c', &["--id", "vat:SE559102837701"]),
        ];
        for (letter, ids) in customers {
            let words = [&["alias", "register", "customer"], ids].concat();
            let _ = network.bank(letter).run(&words).expect(DONE);
        }
        let seal = |letter: char, name: &str, text: String| {
            let path = network.desk().join(name);
            fs::write(&path, text).expect("as the trade is made");
            let path = path.to_str().expect("as the trade is made");
            let sealed = network
                .bank(letter)
                .run(&["seal", path, "--as", "customer"]);
            sealed.expect(DONE).text("record").to_owned()
        };
        let example = |name: &str| {
            let path = root().join(format!("examples/checks/template.{name}.json"));
            fs::read_to_string(path).expect("as the trade is made")
        };
        let deliveries = ["delivery.1", "delivery.2"].map(|name| seal('b', name, example(name)));
        Self {
            order: seal('a', "order", example("order")),
            deliveries,
            invoice: seal('c', "invoice", invoice(example("invoice"))),
            network,
        }
    }

    /// The order and the deliveries are granted to the seller's bank: `fields` of the order.
    pub fn granted(&self, fields: &str) {
        let seller = self.network.bank('c');
        let card = self.path("card");
        let _ = seller.run(&["card", "--out", &card]).expect(DONE);
        let grant = |letter: char, record: &str, fields: &str| {
            let (bank, file) = (
                self.network.bank(letter),
                self.path(&format!("for-c-{record}")),
            );
            let _ = bank.run(&["contact", "add", &card]).expect(DONE);
            let words = [
                "grant", record, "--to", "bank-c", "--fields", fields, "--out", &file,
            ];
            let _ = bank.run(&words).expect(DONE);
            let _ = seller.run(&["import", &file]).expect(DONE);
        };
        grant('a', &self.order, fields);
        grant('b', &self.deliveries[0], "all");
        grant('b', &self.deliveries[1], "all");
    }

    /// A file on the desk.
    pub fn path(&self, name: &str) -> String {
        self.network
            .desk()
            .join(name)
            .to_str()
            .expect("as the trade is made")
            .to_owned()
    }

    /// The check's declaration.
    pub fn check() -> String {
        let path = root().join("examples/checks/template.check");
        path.to_str().expect("as the trade is made").to_owned()
    }

    /// The seller's bank proves, with these records as order, and so on.
    pub fn prove(&self, records: &[String], out: &str) -> Outcome {
        let check = Self::check();
        let mut words = vec!["check", "prove", &check, "--out", out];
        words.extend(records.iter().flat_map(|one| ["--record", one]));
        self.network.bank('c').run(&words)
    }

    /// The records, as `--record` takes them.
    pub fn records(&self) -> [String; 3] {
        [
            format!("order={}", self.order),
            format!("delivery={}", self.deliveries.join(",")),
            format!("invoice={}", self.invoice),
        ]
    }
}

/// Each requirement with whether it is met, by one of the forms in which commands print it.
pub fn bits(outcome: &Outcome, key: &str) -> Vec<(String, bool)> {
    let all = outcome.data["requirements"]
        .as_array()
        .expect("as the trade is made")
        .iter();
    let met = |value: &serde_json::Value| *value == true || *value == "met";
    all.map(|one| {
        (
            one["id"].as_str().expect("as the trade is made").to_owned(),
            met(&one[key]),
        )
    })
    .collect()
}
