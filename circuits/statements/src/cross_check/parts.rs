//! A check in parts: which proofs cover records of given lengths, what each says in public, and how a record's root
//! binds its parts. A verifier makes all of it from the shape, the state and the records' nodes, and takes commitments and proofs.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_crypto::commitment::{column_nodes, columns_over, part_lines_root, record_root};
use sealane_crypto::keys::Place;
use sealane_crypto::poseidon::{Capacity, hash};
use sealane_crypto::tags;
use sealane_types::cross_check::parts::{Leaves, PartsShape};
use sealane_types::schema::{GROUP, LINE_SLOTS};

use super::{CrossCheckStatement, Layout, PACKED, Presented, RecordPublic, packed};

/// Numbers that one call of the commitment takes beside the digest before.
const CELLS: usize = 15;

/// The commitment to the numbers of a chain under a blinding: fifteen to a call, each with the digest of those before.
/// `chain` is the number of the pass that gives them.
#[must_use]
pub fn commitment(chain: u16, cells: &[Fr], blinding: Fr) -> Fr {
    let blocks = cells.chunks(CELLS).enumerate();
    blocks.fold(blinding, |before, (number, block)| {
        let mut inputs = [Fr::ZERO; CELLS + 1];
        inputs[0] = before;
        inputs[1..=block.len()].copy_from_slice(block);
        hash(&capacity(chain, cells.len(), number), &inputs)
    })
}

/// The capacity of a commitment's call: the chain, how many numbers it has, and the call's number.
#[must_use]
pub fn capacity(chain: u16, cells: usize, number: usize) -> Capacity {
    let small = |number: usize| u16::try_from(number).expect("a chain has at most 65,536 numbers");
    let count = u32::try_from(cells).expect("a chain has at most 65,536 numbers");
    let ([c0, c1], [n0, n1]) = (chain.to_be_bytes(), small(number).to_be_bytes());
    let [l0, l1, l2, l3] = count.to_be_bytes();
    Capacity::with_detail(tags::TALLY, [c0, c1, n0, n1, l0, l1, l2, l3])
}

/// What every chain begins with: zeros, hidden by nothing.
#[must_use]
pub fn nothing(chain: u16, cells: usize) -> Fr {
    commitment(chain, &vec![Fr::ZERO; cells], Fr::ZERO)
}

/// A part of a record, or one of its headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The declared document.
    pub document: usize,
    /// Which one of a list.
    pub number: usize,
    /// Which part; `None` where the header alone is looked at.
    pub part: Option<usize>,
}

/// One proof of a check in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The pass; `None` for the last proof, which gives the bits.
    pub pass: Option<usize>,
    /// What it looks at; nothing is said of the last, which looks at all headers.
    pub windows: Vec<Window>,
    /// The chains that it takes up.
    pub takes: Vec<Take>,
}

/// A chain that is taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Take {
    /// Its number: the pass that gives its commitments, or the last one of all folds.
    pub chain: u16,
    /// The step that gave its commitment; none where it begins.
    pub from: Option<usize>,
}

/// Parts of a record with so many line slots.
#[must_use]
pub fn parts(slots: usize, lines: usize) -> usize {
    slots.div_ceil(lines)
}

/// How many proofs [`schedule`] has.
#[must_use]
pub fn step_count(shape: &PartsShape, slots: &[Vec<usize>]) -> usize {
    let lines = shape.lines.lines();
    let of = |document: u8| {
        let slots = slots.get(usize::from(document)).into_iter().flatten();
        slots.map(|slots| parts(*slots, lines)).sum::<usize>()
    };
    let steps = shape.passes.iter().map(|pass| match pass.inner {
        Some(inner) => of(pass.outer).saturating_mul(of(inner)),
        None => of(pass.outer),
    });
    steps.sum::<usize>() + 1
}

/// The proofs that cover records with so many line slots each, by declared document, in their order. Whoever has verified
/// all of them, and nothing less, has seen every line paired with every other that a requirement compares it with.
#[must_use]
pub fn schedule(shape: &PartsShape, slots: &[Vec<usize>]) -> Vec<Step> {
    let lines = shape.lines.lines();
    let windows = |document: u8| {
        let document = usize::from(document);
        let records = slots[document].iter().enumerate();
        records.flat_map(move |(number, slots)| {
            (0..parts(*slots, lines)).map(move |part| Window {
                document,
                number,
                part: Some(part),
            })
        })
    };
    let headers = |all: &[Leaves]| {
        let headers = all.iter().filter(|leaves| !leaves.is_part());
        let window = |leaves: &Leaves| Window {
            document: leaves.document.into(),
            number: 0,
            part: None,
        };
        headers.map(window).collect::<Vec<_>>()
    };
    let mut steps: Vec<Step> = Vec::new();
    let mut folded = None;
    let last_fold = shape.passes.iter().rposition(|pass| pass.inner.is_none());
    let fold_chain = last_fold.map(chain);
    let folds = shape.passes.iter().enumerate();
    for (fold, shape_of_fold) in folds.filter(|(_, pass)| pass.inner.is_none()) {
        for own in windows(shape_of_fold.outer) {
            let mut takes = Vec::new();
            for pair in shape.pairs_of(shape_of_fold.outer) {
                let pass = &shape.passes[pair];
                let mut before = None;
                for other in windows(pass.inner.unwrap_or_default()) {
                    let mut looked = vec![own, other];
                    looked.extend(headers(&pass.windows));
                    steps.push(Step {
                        pass: Some(pair),
                        windows: looked,
                        takes: vec![Take {
                            chain: chain(pair),
                            from: before,
                        }],
                    });
                    before = Some(steps.len() - 1);
                }
                takes.push(Take {
                    chain: chain(pair),
                    from: before,
                });
            }
            takes.extend(fold_chain.map(|chain| Take {
                chain,
                from: folded,
            }));
            let mut looked = vec![own];
            looked.extend(headers(&shape_of_fold.windows));
            steps.push(Step {
                pass: Some(fold),
                windows: looked,
                takes,
            });
            folded = Some(steps.len() - 1);
        }
    }
    steps.push(Step {
        pass: None,
        windows: Vec::new(),
        takes: fold_chain
            .map(|chain| Take {
                chain,
                from: folded,
            })
            .into_iter()
            .collect(),
    });
    steps
}

/// The number of a chain: that of the pass which gives its commitments. All folds share one, the last one's.
fn chain(pass: usize) -> u16 {
    u16::try_from(pass).expect("a check has few passes")
}

/// The chain to which a pass adds.
#[must_use]
pub fn chain_of(shape: &PartsShape, pass: usize) -> u16 {
    match shape.passes[pass].inner {
        Some(_) => chain(pass),
        None => chain(
            shape
                .passes
                .iter()
                .rposition(|pass| pass.inner.is_none())
                .unwrap_or(pass),
        ),
    }
}

/// What binds a record's parts to its root: public hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordNodes {
    /// The field element of the salt.
    pub salt: Fr,
    /// The leaf of the number of lines.
    pub count: Fr,
    /// The root of the header's leaves.
    pub header: Fr,
    /// For each sixteen lines the nodes of their columns.
    pub nodes: Vec<[Fr; LINE_SLOTS]>,
}

impl RecordNodes {
    /// Of a record with these public hashes: field element of the salt, leaf of the number of lines, root of the header, leaves
    /// of its line slots.
    #[must_use]
    pub fn of(salt: Fr, count: Fr, header: Fr, lines: &[[Fr; LINE_SLOTS]]) -> Self {
        Self {
            salt,
            count,
            header,
            nodes: lines.chunks(GROUP).map(column_nodes).collect(),
        }
    }

    /// The record's root under its context.
    #[must_use]
    pub fn root(&self, context: Fr) -> Fr {
        self.over(context, &self.nodes)
    }

    /// The root that a part of so many lines would have were it a record by itself: what a pass opens it under. `None` where
    /// the record has no such part.
    #[must_use]
    pub fn part(&self, context: Fr, part: usize, lines: usize) -> Option<Fr> {
        let nodes = lines / GROUP;
        if self.nodes.len() <= nodes {
            return (part == 0).then(|| self.root(context));
        }
        let here = self.nodes.get(part * nodes..(part + 1) * nodes)?;
        Some(self.over(context, here))
    }

    fn over(&self, context: Fr, nodes: &[[Fr; LINE_SLOTS]]) -> Fr {
        let lines = part_lines_root(&columns_over(nodes));
        record_root(context, self.salt, [self.count, self.header, lines])
    }
}

/// A record as the ledger knows it, with what binds its parts.
#[derive(Debug, Clone)]
pub struct PresentedParts {
    /// As for a check in one.
    pub record: Presented,
    /// Its nodes, which the root was found to be over.
    pub nodes: RecordNodes,
}

impl PresentedParts {
    /// The part, or the whole for its header, as a record by itself.
    fn window(&self, part: Option<usize>, lines: usize) -> Option<Presented> {
        let Some(part) = part else {
            let header = |place: &&Place| matches!(place, Place::Header(_));
            let taken = self.record.taken.iter().filter(header).copied().collect();
            return Some(Presented {
                taken,
                bucket: 0,
                ..self.record.clone()
            });
        };
        let context = self.record.record.context;
        let first = u16::try_from(part * lines).ok()?;
        let end = u16::try_from((part + 1) * lines).ok()?;
        let here = |place: &Place| match *place {
            Place::Line { line, slot } if (first..end).contains(&line) => Some(Place::Line {
                line: line - first,
                slot,
            }),
            Place::Line { .. } => None,
            other => Some(other),
        };
        let mut record = self.record.record;
        record.root = self.nodes.part(context, part, lines)?;
        Some(Presented {
            record,
            bucket: self.record.bucket.min(lines),
            taken: self.record.taken.iter().filter_map(here).collect(),
        })
    }
}

/// What one proof of a check in parts says in public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassStatement {
    /// The windows as records, and the bits of the last.
    pub base: CrossCheckStatement,
    /// The number of each part's first line.
    pub first_lines: Vec<u16>,
    /// How many line slots each part's record has.
    pub slots: Vec<u16>,
    /// Of the last: requirements that could read a leaf which is taken out.
    pub spoiled: Option<Vec<bool>>,
    /// The chains taken up, and the one that is given.
    pub commitments: Vec<Fr>,
}

impl PassStatement {
    /// The public inputs: root and context of each window (and the alias, of the last), switches, bits, first lines, line
    /// slots, spoiled requirements, commitments.
    #[must_use]
    pub fn public_inputs(&self) -> Vec<Fr> {
        let mut inputs = match &self.spoiled {
            Some(_) => self.base.public_inputs(),
            None => self.of_windows(),
        };
        let of_parts = self.first_lines.iter().chain(&self.slots);
        inputs.extend(of_parts.map(|lines| Fr::from(*lines)));
        let spoiled = self.spoiled.iter().flatten().copied().collect::<Vec<_>>();
        inputs.extend(spoiled.chunks(PACKED).map(packed));
        inputs.extend(&self.commitments);
        inputs
    }

    fn of_windows(&self) -> Vec<Fr> {
        let record = |record: &Option<RecordPublic>| {
            record.map_or([Fr::ZERO; 2], |record| [record.root, record.context])
        };
        let roots = self.base.records.iter().flat_map(record);
        let switches = self.base.switches.chunks(PACKED).map(packed);
        roots.chain(switches).collect()
    }
}

/// The statement of a step, without commitments. `None` where a record has no such part.
#[must_use]
pub fn statement(
    shape: &PartsShape,
    step: &Step,
    records: &[Vec<PresentedParts>],
    bits: &[bool],
) -> Option<PassStatement> {
    let lines = shape.lines.lines();
    let Some(pass) = step.pass else {
        return Some(last(shape, records, bits));
    };
    let mut presented = Vec::with_capacity(step.windows.len());
    let (mut first_lines, mut slots) = (Vec::new(), Vec::new());
    for window in &step.windows {
        let record = records.get(window.document)?.get(window.number)?;
        presented.push(Some(record.window(window.part, lines)?));
        if let Some(part) = window.part {
            first_lines.push(u16::try_from(part * lines).ok()?);
            slots.push(u16::try_from(record.record.bucket).ok()?);
        }
    }
    let own = shape.of_pass(pass);
    let layout = Layout {
        shape: &own,
        lines,
        documents: 1,
    };
    Some(PassStatement {
        base: layout.statement(&presented, Vec::new()),
        first_lines,
        slots,
        spoiled: None,
        commitments: Vec::new(),
    })
}

/// The sizes at which the last proof's circuit knows records: of headers alone, all are alike.
pub const HEADERS: usize = 8;

/// The statement of the last proof.
fn last(shape: &PartsShape, records: &[Vec<PresentedParts>], bits: &[bool]) -> PassStatement {
    let layout = Layout {
        shape: &shape.head,
        lines: HEADERS,
        documents: shape.documents.into(),
    };
    let presented: Vec<Option<Presented>> = layout
        .positions()
        .map(|position| {
            let record = records.get(position.document)?.get(position.number)?;
            record.window(None, HEADERS)
        })
        .collect();
    let spoiled = shape.reads.iter().map(|reads| spoiled(reads, records));
    PassStatement {
        base: layout.statement(&presented, bits.to_vec()),
        first_lines: Vec::new(),
        slots: Vec::new(),
        spoiled: Some(spoiled.collect()),
        commitments: Vec::new(),
    }
}

/// Whether a leaf that a requirement could read is taken out.
fn spoiled(reads: &[Leaves], records: &[Vec<PresentedParts>]) -> bool {
    let of_record = |leaves: &Leaves, record: &PresentedParts| {
        record.record.taken.iter().any(|place| match place {
            Place::Header(slot) => leaves.header.contains(slot),
            Place::LineCount => leaves.count,
            Place::Line { slot, .. } => leaves.columns.contains(slot),
        })
    };
    reads.iter().any(|leaves| {
        let all = records.get(usize::from(leaves.document)).into_iter();
        all.flatten().any(|record| of_record(leaves, record))
    })
}

/// How many public inputs the proofs of a pass have; of the last, without a pass.
#[must_use]
pub fn input_count(shape: &PartsShape, pass: Option<usize>) -> usize {
    let packed = |bits: usize| bits.div_ceil(PACKED);
    let Some(number) = pass else {
        let layout = Layout {
            shape: &shape.head,
            lines: HEADERS,
            documents: shape.documents.into(),
        };
        let folded = usize::from(!shape.passes.is_empty());
        return layout.input_count() + packed(shape.head.requirements.len()) + folded;
    };
    let own = shape.of_pass(number);
    let lines = shape.lines.lines();
    let layout = Layout {
        shape: &own,
        lines,
        documents: 1,
    };
    let switches: usize = (0..own.documents.len())
        .map(|window| super::buckets(lines).count() + layout.places(window).count())
        .sum();
    let parts = own.documents.iter().filter(|window| window.count).count();
    let outer = shape.passes[number].outer;
    let taken = match shape.passes[number].inner {
        Some(_) => 1,
        None => 1 + shape.pairs_of(outer).count(),
    };
    2 * own.documents.len() + packed(switches) + 2 * parts + taken + 1
}
