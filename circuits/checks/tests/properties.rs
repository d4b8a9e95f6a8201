//! Random documents and random checks, thousands of them: the evaluation says what a naive one says, a check is printed as it was
//! read, values stay within their bounds, and no text brings the reader down.
#![allow(clippy::unwrap_used)]

use crate::naive::World;
use crate::random::{Author, Random, any_document};
use crate::support::{declaration, document};
use proptest::prelude::*;
use sealane_checks::compile::Plan;
use sealane_checks::evaluate::{Fulfilment, Why};
use sealane_checks::standard::STANDARD;
use sealane_checks::typed::Check;
use sealane_checks::{Handed, Instance, Sizes, parse, read};
use sealane_crypto::keys::Place;
use sealane_types::record::Bucket;
use sealane_types::schema::{CanonicalFields, Kind};

const CASES: u32 = 6000;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

struct Documents {
    order: CanonicalFields,
    delivery: Vec<CanonicalFields>,
    invoice: CanonicalFields,
}

fn documents(random: &mut Random) -> Documents {
    let several = 1 + random.below(3);
    Documents {
        order: any_document(random, Kind::Order, 3),
        delivery: (0..several)
            .map(|_| any_document(random, Kind::Waybill, 2))
            .collect(),
        invoice: any_document(random, Kind::Invoice, 3),
    }
}

fn unsealed(fields: &CanonicalFields) -> Handed<'_> {
    Handed {
        fields,
        sealer: None,
        taken: &[],
    }
}

/// Whether the requirement is met, by the crate and by the naive evaluation; `None` where its values could be too large.
fn both(source: &str, documents: &Documents) -> Option<(bool, bool)> {
    let check = read(source).unwrap_or_else(|faults| panic!("{}", faults.render("random", source)));
    let instance = match Instance::new(&check, Sizes::new(8, 3).unwrap()) {
        Ok(instance) => instance,
        Err(fault) => {
            let large = ["could need 2", "combinations"]
                .iter()
                .any(|part| fault.problem.contains(part));
            assert!(large, "{fault:?}\n{source}");
            return None;
        }
    };
    let Documents {
        order,
        delivery,
        invoice,
    } = documents;
    let handed = [
        vec![unsealed(order)],
        delivery.iter().map(unsealed).collect(),
        vec![unsealed(invoice)],
    ];
    let said = instance.evaluate(&handed).unwrap();
    assert!(
        said.peak <= instance.bits(),
        "{} bits, {} promised\n{source}",
        said.peak,
        instance.bits()
    );
    let outcome = said.outcome("it").unwrap();
    let met = outcome.fulfilment == Fulfilment::Met;
    assert_eq!(
        outcome.discrepancies.is_empty(),
        met,
        "a reason exactly where it is not met\n{source}"
    );
    let declaration = parse(source).unwrap();
    let world = World::new(order, delivery.iter().collect(), invoice);
    Some((met, world.holds(&declaration.requirements[0].condition)))
}

#[test]
fn the_evaluation_says_what_a_naive_one_says() {
    let mut bits = [0_u32; 2];
    let mut runner = proptest::test_runner::TestRunner::new(config());
    let met = std::cell::RefCell::new(&mut bits);
    runner
        .run(&any::<u64>(), |seed| {
            let mut random = Random(seed);
            let documents = documents(&mut random);
            let source = declaration(&Author::new(&mut random).condition(2));
            let Some((own, naive)) = both(&source, &documents) else {
                return Ok(());
            };
            met.borrow_mut()[usize::from(own)] += 1;
            prop_assert_eq!(own, naive, "{}", source);
            Ok(())
        })
        .unwrap();
    println!("{} met, {} not met", bits[1], bits[0]);
    assert!(
        bits[0] > CASES / 10 && bits[1] > CASES / 10,
        "both outcomes occur: {bits:?}"
    );
}

/// Takes out one leaf after the other, and compares which requirements are not met for that with what the compiler says that
/// they can read. How many requirements could read one.
fn same_reads(check: &Check) -> usize {
    let Ok(instance) = Instance::new(check, Sizes::new(8, 3).unwrap()) else {
        return 0; // its values could be too large
    };
    let plan = Plan::of(&instance);
    let empty: Vec<CanonicalFields> = check
        .documents
        .iter()
        .map(|one| document(one.kind))
        .collect();
    let places = Place::all(Bucket::new(8).unwrap());
    let places = places.filter(|place| !matches!(place, Place::Line { line: 1.., .. }));
    let mut count = 0;
    for (place, at) in places.flat_map(|place| (0..empty.len()).map(move |at| (place, at))) {
        let mut handed: Vec<_> = empty.iter().map(|fields| vec![unsealed(fields)]).collect();
        let taken = [place];
        handed[at][0].taken = &taken;
        let said = instance.evaluate(&handed).unwrap();
        for (number, outcome) in said.outcomes.iter().enumerate() {
            let own = outcome.discrepancies.iter();
            let own = own.map(|found| found.why).any(|why| why == Why::TakenOut);
            let compiled = plan.reads(number, at, place);
            assert_eq!(own, compiled, "{} {} {place:?}", check.name, outcome.id);
            count += usize::from(own);
        }
    }
    count
}

#[test]
fn evaluation_and_compiler_find_the_same_reads_apart() {
    for standard in STANDARD {
        assert!(
            same_reads(&read(standard.source).unwrap()) > 0,
            "{}",
            standard.name
        );
    }
    let random = (0..2000).map(|seed| {
        let source = declaration(&Author::new(&mut Random(seed)).condition(3));
        same_reads(&read(&source).unwrap())
    });
    let brought = 4; // by the documents themselves
    assert!(random.filter(|reads| *reads > brought).count() > 1000);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_bit_depends_on_the_order_of_lines_or_documents(seed in any::<u64>()) {
        let mut random = Random(seed);
        let mut documents = documents(&mut random);
        let source = declaration(&Author::new(&mut random).condition(2));
        let before = both(&source, &documents);
        documents.delivery.reverse();
        let turn = 1 + random.below(3);
        let Documents { order, delivery, invoice } = &mut documents;
        for one in delivery.iter_mut().chain([order, invoice]) {
            let count = one.lines.len().max(1);
            one.lines.rotate_left(turn % count);
        }
        prop_assert_eq!(before, both(&source, &documents), "{}", source);
    }

    #[test]
    fn a_printed_check_is_the_same_check(seed in any::<u64>()) {
        let source = declaration(&Author::new(&mut Random(seed)).condition(3));
        let declaration = parse(&source).unwrap();
        let printed = declaration.to_string();
        let again = parse(&printed);
        prop_assert_eq!(again.as_ref(), Ok(&declaration), "{}\n{}", source, printed);
        prop_assert_eq!(again.unwrap().to_string(), printed);
    }

    #[test]
    fn no_text_brings_the_reader_down(words in "\\PC{0,200}", seed in any::<u64>()) {
        let source = declaration(&Author::new(&mut Random(seed)).condition(2));
        let at = source.floor_char_boundary(usize::try_from(seed).unwrap_or(0) % source.len());
        let mixed = format!("{}{words}{}", &source[..at], &source[at..]);
        for text in [words, mixed] {
            if let Err(faults) = read(&text) {
                prop_assert!(!faults.render("random", &text).is_empty());
            }
        }
    }

    #[test]
    fn a_check_with_a_word_less_or_twice_is_read_or_refused(seed in any::<u64>()) {
        let mut random = Random(seed);
        let source = declaration(&Author::new(&mut random).condition(2));
        let mut words: Vec<&str> = source.split(' ').collect();
        let at = random.below(words.len());
        if random.below(2) == 0 { words.remove(at); } else { words.insert(at, words[at]); }
        let text = words.join(" ");
        if let Err(faults) = read(&text) {
            prop_assert!(!faults.render("random", &text).is_empty());
        }
    }
}
