//! What a financing sends: the bytes of its transactions. Nothing is timed.

use sealane_benches::documents::{full, invoice};
use sealane_benches::grouped;
use sealane_benches::trade::{BANK, Office, prover};
use sealane_types::encoding::Encode;
use sealane_types::ids::{ChainId, Sequence, Signature};
use sealane_types::transaction::{Payload, Transaction, TransactionBody};

/// Bytes of a signed transaction. The signature has 64 of them whatever it signs.
fn bytes(payload: Payload) -> u64 {
    let chain = ChainId::new([3; 32]);
    let body = TransactionBody {
        chain,
        signer: BANK,
        sequence: Sequence(1),
        payload,
    };
    let signature = Signature::new([0; 64]);
    Transaction { body, signature }.to_bytes().len() as u64
}

fn main() {
    let prover = prover();
    for (name, fields) in [
        ("examples/invoice-ubl.xml", invoice()),
        ("all twelve slots", full(1)),
    ] {
        let office = Office::new(ChainId::new([3; 32])).selling(&fields);
        let trade = office.trade(&prover, &fields);
        let present = bytes(Payload::PresentBlinded(trade.present.clone()));
        let finance = bytes(Payload::Finance(trade.finance.clone()));
        let record = bytes(Payload::SealRecord(Box::new(trade.record.clone())));
        let answer = bytes(Payload::Answer(trade.answer.clone()));
        println!("{name}: {} fingerprints", trade.present.blinded.len());
        println!(
            "  present + finance {:>8} bytes ({present} + {finance})",
            grouped(present + finance)
        );
        println!(
            "  not counted: seal {:>8} bytes, each answer {answer}",
            grouped(record)
        );
    }
}
