//! Checks in parts: constraints of each pass, and the time of making keys, proving and verifying *price × quantity* over an order, a
//! waybill and an invoice of many lines.
//!
//! Set with the environment: `SEALANE_BENCH_PART` (16; 128 takes minutes and gigabytes), `SEALANE_BENCH_LINES` (30).

use std::time::{Duration, Instant};

use sealane_benches::{grouped, number_from};
use sealane_checks::compile::parts::{PartRecord, Parts};
use sealane_checks::evaluate::Fulfilment;
use sealane_checks::fixture::{BUYER, CARRIER, SELLER, trade};
use sealane_checks::rehearsal::Owned;
use sealane_checks::standard::STANDARD;
use sealane_checks::typed::Check;
use sealane_checks::{Handed, Instance, Sizes, read};
use sealane_crypto::curve::encode_element;
use sealane_ledger::claims_in_parts;
use sealane_prover::{PartsProgress, PartsProver, default_directory};
use sealane_statements::cross_check::parts::PresentedParts;
use sealane_types::cross_check::Circuit;
use sealane_types::cross_check::parts::{NodeHashes, PartsProof, StepProof};
use sealane_types::ids::{Digest, FieldBytes, ProofBytes};
use sealane_verifier::{Keys, Verifier as _};

const CHECK: &str = "invoice-waybill";

fn check() -> Check {
    let standard = STANDARD.iter().find(|standard| standard.name == CHECK);
    read(standard.expect("a standard check").source).expect("a standard check")
}

fn owned(lines: usize) -> [Owned; 3] {
    let documents = trade(lines);
    let sealers = [BUYER, CARRIER, SELLER];
    let mut number = 0;
    documents.each_ref().map(|fields| {
        number += 1;
        let sealer = sealers[usize::from(number) - 1].to_owned();
        Owned::seal(fields, &[sealer], number).expect("it fits")
    })
}

fn field(element: &ark_bls12_381::Fr) -> FieldBytes {
    FieldBytes::new(encode_element(element))
}

fn main() {
    let (part, lines) = (
        number_from("SEALANE_BENCH_PART", 16),
        number_from("SEALANE_BENCH_LINES", 30),
    );
    let check = check();
    let parts = Parts::new(&check, part, 1).expect("every standard check can be taken in parts");
    println!("{CHECK} in parts of {part} lines");
    let shape = parts.shape();
    for pass in (0..shape.passes.len()).map(Some).chain([None]) {
        let name = match pass.map(|pass| &shape.passes[pass]) {
            None => "last".to_owned(),
            Some(pass) => {
                let name = |document: u8| check.documents[usize::from(document)].name.as_str();
                match pass.inner {
                    Some(inner) => format!("pair {} {}", name(pass.outer), name(inner)),
                    None => format!("fold {}", name(pass.outer)),
                }
            }
        };
        println!(
            "  {name:<24} {:>9}",
            grouped(parts.blank(pass).rows().len() as u64)
        );
    }
    prove(&parts, &check, lines);
}

fn prove(parts: &Parts<'_>, check: &Check, lines: usize) {
    let owned = owned(lines);
    let known = owned.each_ref().map(|owned| owned.known(|_| true));
    let sizes = Sizes::in_parts(parts.shape().lines.lines(), 1).expect("sizes");
    let instance = Instance::new(check, sizes).expect("within bounds");
    let handed = owned.iter().zip(&known).map(|(owned, known)| {
        vec![Handed {
            fields: &known.fields,
            sealer: Some(&owned.sealer),
            taken: &[],
        }]
    });
    let begun = Instant::now();
    let said = instance
        .evaluate(&handed.collect::<Vec<_>>())
        .expect("its documents");
    let evaluating = begun.elapsed();
    let bits: Vec<bool> = said
        .outcomes
        .iter()
        .map(|one| one.fulfilment == Fulfilment::Met)
        .collect();
    assert!(bits.iter().all(|bit| *bit), "the trade meets the check");
    let records: Vec<Vec<PartRecord>> = known
        .iter()
        .map(|known| {
            vec![PartRecord {
                presented: PresentedParts {
                    record: known.presented.clone(),
                    nodes: known.witness.nodes(),
                },
                witness: known.witness.clone(),
            }]
        })
        .collect();
    let cache = default_directory().expect("a cache folder");
    let prover = PartsProver::new(parts, &cache);
    let begun = Instant::now();
    let circuits = prover.circuits(&mut |_| ()).expect("keys");
    let keys = begun.elapsed();
    let (begun, mut proving) = (Instant::now(), None);
    let mut tallied = Duration::ZERO;
    let proofs = prover.prove(&records, &bits, &mut |step| {
        if matches!(step, PartsProgress::Keys { .. }) && proving.is_none() {
            tallied = begun.elapsed();
            proving = Some(Instant::now());
        }
    });
    let (proofs, took) = (proofs.expect("it holds"), begun.elapsed());
    let circuits: Vec<Circuit> = circuits
        .into_iter()
        .map(|circuit| Circuit {
            digest: Digest::new(circuit.digest),
            verifying_key: circuit.verifying_key,
        })
        .collect();
    verify(parts, &circuits, &records, &bits, &proofs);
    println!(
        "{lines} lines a document: {} proofs; evaluate {evaluating:.1?}, keys ready in {keys:.1?}; proven in {took:.1?}, {tallied:.1?} of them going through the parts",
        proofs.steps.len() + 1
    );
}

fn verify(
    parts: &Parts<'_>,
    circuits: &[Circuit],
    records: &[Vec<PartRecord>],
    bits: &[bool],
    proofs: &sealane_prover::PartsProofs,
) {
    let nodes = |record: &PartRecord| {
        let nodes = &record.presented.nodes;
        NodeHashes {
            salt: field(&nodes.salt),
            count: field(&nodes.count),
            header: field(&nodes.header),
            nodes: nodes
                .nodes
                .iter()
                .map(|row| row.each_ref().map(field))
                .collect(),
        }
    };
    let steps = proofs.steps.iter().map(|(commitment, proof)| StepProof {
        commitment: field(commitment),
        proof: ProofBytes::new(*proof.bytes()),
    });
    let proof = PartsProof {
        nodes: records
            .iter()
            .map(|list| list.iter().map(nodes).collect())
            .collect(),
        steps: steps.collect(),
        last: ProofBytes::new(*proofs.last.bytes()),
    };
    let presented = |list: &Vec<PartRecord>| {
        list.iter()
            .map(|one| one.presented.record.clone())
            .collect()
    };
    let presented = records.iter().map(presented).collect();
    let begun = Instant::now();
    let claims = claims_in_parts(parts.shape(), circuits, presented, bits, &proof);
    let claims = claims.expect("they cover the records");
    let stated = begun.elapsed();
    let keys = Keys::with_test_key();
    let there = claims.iter().all(|claim| keys.cache_key(claim).is_some());
    assert!(there, "keys are prepared before the time is taken");
    let begun = Instant::now();
    let held = keys.hold(&claims);
    assert!(held.iter().all(|holds| *holds), "every proof holds");
    println!(
        "statements made in {stated:.1?}, all proofs verified in batches in {:.1?}",
        begun.elapsed()
    );
}
