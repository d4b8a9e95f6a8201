//! Proofs of cross-checks over records of three owners: true bits are proven, false ones are not.
#![allow(clippy::unwrap_used)]

use sealane_checks::compile::{DocumentWitness, Presented};
use sealane_checks::evaluate::Standing;
use sealane_checks::fixture::{BUYER, CARRIER, SELLER, trade};
use sealane_checks::known::Known;
use sealane_checks::rehearsal::Owned;
use sealane_checks::standard::STANDARD;
use sealane_checks::{Handed, Instance, Sizes, read};
use sealane_prover::{CheckProver, ProveError, default_directory};
use sealane_statements::cross_check::CrossCheckStatement;
use sealane_types::fields::FieldValue;
use sealane_types::schema::{CanonicalFields, line_slot};

fn source(name: &str) -> &'static str {
    let standard = STANDARD.iter().find(|standard| standard.name == name);
    standard.unwrap().source
}

/// The records of a trade, each sealed by its party, as the prover knows them.
fn sealed([order, waybill, invoice]: &[CanonicalFields; 3]) -> [Owned; 3] {
    let seal =
        |fields, sealer: &str, alias| Owned::seal(fields, &[sealer.to_owned()], alias).unwrap();
    [
        seal(order, BUYER, 2),
        seal(waybill, CARRIER, 3),
        seal(invoice, SELLER, 4),
    ]
}

/// What native evaluation says of records, one for each declared document.
fn bits(instance: &Instance<'_>, owned: &[Owned; 3], known: &[Known; 3]) -> Vec<bool> {
    let handed: Vec<Vec<Handed<'_>>> = owned
        .iter()
        .zip(known)
        .map(|(owned, known)| {
            vec![Handed {
                fields: &known.fields,
                sealer: Some(&owned.sealer),
                taken: &[],
            }]
        })
        .collect();
    let outcomes = instance.evaluate(&handed).unwrap().outcomes;
    outcomes
        .iter()
        .map(|one| one.standing == Standing::Met)
        .collect()
}

/// The statement that records have these bits.
fn claim(
    prover: &CheckProver<'_>,
    known: &[Known; 3],
    bits: Vec<bool>,
) -> (CrossCheckStatement, Vec<DocumentWitness>) {
    let presented = known.iter().map(|known| Some(known.presented.clone()));
    let presented: Vec<Option<Presented>> = presented.collect();
    let witnesses = known.iter().map(|known| known.witness.clone()).collect();
    (prover.plan().statement(&presented, bits), witnesses)
}

#[test]
fn an_honest_trade_is_proven_and_a_false_bit_is_not() {
    let lines: usize = std::env::var("LINES").map_or(8, |lines| lines.parse().unwrap());
    let check = read(source("invoice-waybill")).unwrap();
    let instance = Instance::new(&check, Sizes::new(lines, 1).unwrap()).unwrap();
    let cache = default_directory().unwrap();
    let begun = std::time::Instant::now();
    let prover = CheckProver::open(&instance, None, &cache, &mut |_| ()).unwrap();
    println!("{} rows, opened in {:?}", prover.rows(), begun.elapsed());
    let mut documents = trade(lines);
    let owned = sealed(&documents);
    let known = owned.each_ref().map(|owned| owned.known(|_| true));
    let honest = bits(&instance, &owned, &known);
    assert!(honest.iter().all(|bit| *bit), "{honest:?}");
    let (statement, witnesses) = claim(&prover, &known, honest);
    let begun = std::time::Instant::now();
    prover.prove(&statement, &witnesses, &mut |_| ()).unwrap();
    println!("proven in {:?}", begun.elapsed());

    // one piece less was delivered than is billed
    documents[1].lines[2][line_slot::QUANTITY] = Some(FieldValue::Quantity {
        value: 12_000_000,
        unit: "C62".to_owned(),
    });
    let owned = sealed(&documents);
    let known = owned.each_ref().map(|owned| owned.known(|_| true));
    let found = bits(&instance, &owned, &known);
    let wrong = found.iter().position(|bit| !bit).unwrap();
    assert_eq!(prover.plan().requirements()[wrong].0, "line-totals");
    let (statement, witnesses) = claim(&prover, &known, found.clone());
    prover.prove(&statement, &witnesses, &mut |_| ()).unwrap();
    for number in [wrong, 0] {
        let mut lie = found.clone();
        lie[number] = !lie[number];
        let (statement, _) = claim(&prover, &known, lie);
        let refused = prover.prove(&statement, &witnesses, &mut |_| ());
        assert!(matches!(refused, Err(ProveError::Requirement { .. })));
    }
}
