//! Each step's windows, chains and switches.

use sealane_statements::cross_check::parts::commitment;

use super::*;

/// Windows: the order's two parts, the first delivery, the second, the order's header.
const O: (usize, Option<usize>) = (0, Some(0));
const P: (usize, Option<usize>) = (0, Some(1));
const A: (usize, Option<usize>) = (1, Some(0));
const B: (usize, Option<usize>) = (2, Some(0));
const H: (usize, Option<usize>) = (0, None);

/// What a step is by hand: its pass, its windows, which chains it takes up and from which step, which switches are set.
struct Expected {
    pass: usize,
    windows: &'static [(usize, Option<usize>)],
    takes: &'static [(u16, Option<usize>)],
    /// That windows reach 16 lines: the second delivery has 8.
    switches: &'static [u32],
}

const fn step(
    pass: usize,
    windows: &'static [(usize, Option<usize>)],
    takes: &'static [(u16, Option<usize>)],
    switches: &'static [u32],
) -> Expected {
    Expected {
        pass,
        windows,
        takes,
        switches,
    }
}

/// Before the last, which takes up what step 15 gave.
const STEPS: [Expected; 16] = [
    step(0, &[O, A], &[(0, None)], &[0, 19]),
    step(0, &[O, B], &[(0, Some(0))], &[0]),
    step(1, &[O], &[(0, Some(1)), (4, None)], &[0]),
    step(0, &[P, A], &[(0, None)], &[0, 19]),
    step(0, &[P, B], &[(0, Some(3))], &[0]),
    step(1, &[P], &[(0, Some(4)), (4, Some(2))], &[0]),
    step(2, &[A, O], &[(2, None)], &[0, 18]),
    step(2, &[A, P], &[(2, Some(6))], &[0, 18]),
    step(3, &[A, A, H], &[(3, None)], &[0, 18]),
    step(3, &[A, B, H], &[(3, Some(8))], &[0]),
    step(
        4,
        &[A, H],
        &[(2, Some(7)), (3, Some(9)), (4, Some(5))],
        &[0],
    ),
    step(2, &[B, O], &[(2, None)], &[18]),
    step(2, &[B, P], &[(2, Some(11))], &[18]),
    step(3, &[B, A, H], &[(3, None)], &[18]),
    step(3, &[B, B, H], &[(3, Some(13))], &[]),
    step(
        4,
        &[B, H],
        &[(2, Some(12)), (3, Some(14)), (4, Some(10))],
        &[],
    ),
];
/// Where the switches stand among the last proof's inputs, after three records with their aliases.
const LAST_SWITCHES: usize = 9;
/// That there is a second delivery: after two header leaves of the order and one of the first.
const USED: u32 = 3;

fn none() -> Fr {
    Fr::from(0_u8)
}

fn set(switches: &[u32]) -> Fr {
    Fr::from(switches.iter().map(|bit| 1_u64 << bit).sum::<u64>())
}

impl Expected {
    fn inputs(&self, stage: &Stage, number: usize) -> Vec<Fr> {
        let record = |at: usize| match at {
            0 => &stage.order,
            at => &stage.deliveries[at - 1],
        };
        let roots = self.windows.iter().flat_map(|(at, part)| {
            let record = record(*at);
            let root = match part {
                None => record.root(),
                Some(_) if record.bucket <= 16 => record.root(),
                Some(part) => record.part(*part),
            };
            [root, record.context]
        });
        let parts = self.windows.iter().filter_map(|(_, part)| *part);
        let first_lines = parts.map(|part| Fr::from(16 * part as u64));
        let windows = self.windows.iter().filter(|(_, part)| part.is_some());
        let slots = windows.map(|(at, _)| Fr::from(record(*at).bucket as u64));
        let taken = self.takes.iter().map(|(chain, from)| match from {
            Some(from) => given(*from),
            None => {
                let cells = CELLS[usize::from(*chain)] as usize;
                commitment(*chain, &vec![none(); cells], none())
            }
        });
        roots
            .chain([set(self.switches)])
            .chain(first_lines)
            .chain(slots)
            .chain(taken)
            .chain([given(number)])
            .collect()
    }
}

fn last_inputs(stage: &Stage) -> Vec<Fr> {
    let alias = stage.alias();
    let [one, two] = &stage.deliveries;
    let records = [&stage.order, one, two];
    let roots = records
        .into_iter()
        .flat_map(|one| [one.root(), one.context, alias]);
    let bits = Fr::from(0b101_u8);
    roots
        .chain([set(&[USED]), bits, none(), given(15)])
        .collect()
}

#[test]
fn the_proofs_are_those_of_the_schedule() {
    let stage = Stage::new();
    let proofs = stage.proofs(&stage.said()).unwrap();
    assert_eq!(proofs.len(), 17);
    for (number, (expected, found)) in STEPS.iter().zip(&proofs).enumerate() {
        let (circuit, inputs, proof) = found;
        assert_eq!(*circuit, expected.pass, "step {number}");
        assert_eq!(*inputs, expected.inputs(&stage, number), "step {number}");
        assert_eq!(inputs.len(), INPUTS[expected.pass], "step {number}");
        assert_eq!(*proof, ProofBytes::new([number as u8; 192]));
    }
    let (circuit, inputs, proof) = &proofs[16];
    assert_eq!((*circuit, inputs.len()), (5, INPUTS[5]));
    assert_eq!(*inputs, last_inputs(&stage));
    assert_eq!(*proof, ProofBytes::new([99; 192]));
}

/// A record whose lines fill less than a part is one part, and its switches say so (the second delivery above); a list of one
/// leaves the other position without a record.
#[test]
fn a_list_may_have_fewer_records() {
    let stage = Stage::new();
    let mut said = stage.said();
    said.records[1].truncate(1);
    let CheckProof::Parts(proof) = &mut said.proof else {
        unreachable!()
    };
    proof.nodes[1].truncate(1);
    // of the order's parts each a pair and a fold; of the delivery's two pairs with the order, one with itself, a fold
    proof.steps.truncate(2 * 2 + 4);
    let proofs = stage.proofs(&said).unwrap();
    let circuits: Vec<usize> = proofs.iter().map(|(circuit, ..)| *circuit).collect();
    assert_eq!(circuits, [0, 1, 0, 1, 2, 2, 3, 4, 5]);
    let last = &proofs[8].1;
    assert_eq!(last[6..LAST_SWITCHES + 1], [none(); 4], "no second one");
    let chains = &proofs[7].1;
    let taken = [given(5), given(6), given(3), given(7)];
    assert_eq!(chains[chains.len() - 4..], taken);
}

/// Which record (0 is the order) and place is opened, which requirements that spoils, which switch in which step it turns, and
/// in the last.
type Opened = (usize, Place, u64, &'static [(usize, u32)], Option<u32>);

const OPENED: [Opened; 8] = [
    // line 18 of the order, its second column: second line of the second part
    (
        0,
        Place::Line { line: 17, slot: 1 },
        0b010,
        &[(3, 4), (4, 4), (7, 21), (12, 21)],
        None,
    ),
    // a column that one fold opens, and no requirement says that it reads
    (0, Place::Line { line: 15, slot: 2 }, 0, &[(2, 17)], None),
    // a column that nobody opens
    (0, Place::Line { line: 0, slot: 3 }, 0, &[], None),
    (
        0,
        Place::Header(0),
        0b010,
        &[(0, 1), (1, 1), (3, 1), (4, 1)],
        Some(0),
    ),
    (
        0,
        Place::Header(5),
        0b001,
        &[(8, 37), (9, 37), (13, 37), (14, 37)],
        None,
    ),
    (0, Place::Header(3), 0b001, &[(10, 20), (15, 20)], Some(1)),
    // the first delivery's number of lines
    (
        1,
        Place::LineCount,
        0b010,
        &[
            (0, 20),
            (3, 20),
            (6, 1),
            (7, 1),
            (8, 1),
            (8, 19),
            (9, 1),
            (10, 2),
            (13, 19),
        ],
        None,
    ),
    (2, Place::Header(0), 0b100, &[(15, 1)], Some(4)),
];

#[test]
fn opened_fields_are_taken_out_where_they_are_opened_and_spoil_what_reads_them() {
    for (record, place, spoiled, switched, in_last) in OPENED {
        let mut stage = Stage::new();
        let opened = match record {
            0 => stage.order.id(),
            record => stage.deliveries[record - 1].id(),
        };
        let honest = stage.proofs(&stage.said()).unwrap();
        stage.open(opened, place);
        let proofs = stage.proofs(&stage.said()).unwrap();
        for (number, (before, after)) in honest.iter().zip(&proofs).enumerate().take(16) {
            let at = 2 * STEPS[number].windows.len();
            let turned = switched.iter().filter(|(step, _)| *step == number);
            let turned: Vec<u32> = turned.map(|(_, switch)| *switch).collect();
            let mut expected = before.1.clone();
            expected[at] += set(&turned);
            assert_eq!(after.1, expected, "{place:?} in step {number}");
        }
        let mut last = last_inputs(&stage);
        last[LAST_SWITCHES] += set(&in_last.into_iter().collect::<Vec<_>>());
        last[LAST_SWITCHES + 2] = Fr::from(spoiled);
        assert_eq!(proofs[16].1, last, "{place:?} in the last");
    }
}
