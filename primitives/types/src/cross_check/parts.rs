//! A check in parts: documents longer than one circuit takes, gone through part by part. Each pass is a circuit of its own;
//! `specs/circuits/cross-check.md` ("In parts") says what each proves and how they are chained.

use crate::encoding::{Decode, DecodeError, Encode, invalid};
use crate::ids::{FieldBytes, ProofBytes};
use crate::record::Bucket;
use crate::schema::{GROUP, HEADER_SLOTS, LINE_SLOTS, MAX_LINES};

use super::{CheckShape, DocumentShape, MAX_BITS, MAX_DOCUMENTS, MAX_LIST, check_slots};

/// Lines that a part may have.
pub const PART_LINES: [usize; 3] = [16, 32, 128];
/// Passes of a check: each pair of documents, and each document.
pub const MAX_PASSES: usize = MAX_DOCUMENTS * (MAX_DOCUMENTS + 1);
/// Numbers that one chain keeps.
pub const MAX_CELLS: u32 = 1 << 16;
/// Proofs of one outcome: three documents of 1,024 lines in parts of 128 have some 270.
pub const MAX_STEPS: usize = 1024;

/// Leaves of a declared document, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct Leaves {
    /// The document's place among those declared.
    pub document: u8,
    /// Slots of the header, ascending.
    #[encoding(list(HEADER_SLOTS, "header slots"))]
    pub header: Vec<u8>,
    /// The number of lines.
    pub count: bool,
    /// Slots of every line, ascending.
    #[encoding(list(LINE_SLOTS, "line slots"))]
    pub columns: Vec<u8>,
}

impl Leaves {
    fn check(&self) -> Result<(), DecodeError> {
        check_slots(&self.header, &self.columns)
    }

    /// Whether lines are looked at: then this is a part, and else the document's header.
    #[must_use]
    pub fn is_part(&self) -> bool {
        self.count
    }
}

/// One circuit of a check in parts.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PassShape {
    /// The document whose lines are tallied, or folded.
    pub outer: u8,
    /// The document whose lines are gone through for each of those; none where tallies are folded.
    pub inner: Option<u8>,
    /// What is opened: a part of `outer`, a part of `inner`, headers.
    #[encoding(list(MAX_DOCUMENTS + 2, "windows"))]
    pub windows: Vec<Leaves>,
    /// How many numbers the commitment that it gives holds.
    pub cells: u32,
}

/// What the public inputs of a check in parts follow from.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct PartsShape {
    /// Lines of a part.
    pub lines: Bucket,
    /// Documents of a list.
    pub documents: u8,
    /// Documents and requirements, with the leaves of headers that the last proof opens.
    pub head: CheckShape,
    /// By requirement, all that it can read.
    #[encoding(list(MAX_BITS, "requirements"), list(MAX_DOCUMENTS, "reads"))]
    pub reads: Vec<Vec<Leaves>>,
    /// The passes: of each document that has lines to go through, its pairs, then its fold.
    #[encoding(list(MAX_PASSES, "passes"))]
    pub passes: Vec<PassShape>,
}

impl PartsShape {
    /// The shape of a pass as that of a check of its own, whose documents are the windows.
    ///
    /// # Panics
    /// When there is no such pass.
    #[must_use]
    pub fn of_pass(&self, pass: usize) -> CheckShape {
        let window = |leaves: &Leaves| {
            let declared = &self.head.documents[usize::from(leaves.document)];
            DocumentShape {
                kind: declared.kind,
                schema_version: declared.schema_version,
                list: false,
                header: leaves.header.clone(),
                count: leaves.count,
                columns: leaves.columns.clone(),
            }
        };
        CheckShape {
            documents: self.passes[pass].windows.iter().map(window).collect(),
            requirements: Vec::new(),
        }
    }

    /// The passes whose tallies a fold takes up, in their order.
    pub fn pairs_of(&self, outer: u8) -> impl Iterator<Item = usize> + '_ {
        let passes = self.passes.iter().enumerate();
        passes
            .filter(move |(_, pass)| pass.outer == outer && pass.inner.is_some())
            .map(|(number, _)| number)
    }
}

/// What binds a record's parts to its root: hashes that the record itself has in public.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct NodeHashes {
    /// The field element of the salt.
    pub salt: FieldBytes,
    /// The leaf of the number of lines.
    pub count: FieldBytes,
    /// The root of the header's leaves.
    pub header: FieldBytes,
    /// For each sixteen lines the nodes of their columns.
    #[encoding(list(MAX_LINES.div_ceil(GROUP), "nodes"))]
    pub nodes: Vec<[FieldBytes; LINE_SLOTS]>,
}

/// One proof of many, and the chain that it gives.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StepProof {
    /// The commitment to what is counted up to here.
    pub commitment: FieldBytes,
    /// The proof.
    pub proof: ProofBytes,
}

/// What shows the bits of a check in parts.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PartsProof {
    /// By declared document and record.
    #[encoding(list(MAX_DOCUMENTS, "documents"), list(MAX_LIST, "nodes of records"))]
    pub nodes: Vec<Vec<NodeHashes>>,
    /// All steps in their order, but the last.
    #[encoding(list(MAX_STEPS, "steps"))]
    pub steps: Vec<StepProof>,
    /// The proof that gives the bits.
    pub last: ProofBytes,
}

impl PartsShape {
    fn check(&self) -> Result<(), DecodeError> {
        match self.fault() {
            Some(reason) => invalid("shape of a check in parts", reason),
            None => Ok(()),
        }
    }

    /// Why this is the shape of no check in parts.
    fn fault(&self) -> Option<&'static str> {
        let known = |document: u8| usize::from(document) < self.head.documents.len();
        let declared = |leaves: &Leaves| known(leaves.document);
        if !PART_LINES.contains(&self.lines.lines()) {
            return Some("a part has 16, 32 or 128 lines");
        }
        if !(1..=MAX_LIST).contains(&usize::from(self.documents)) {
            return Some("a list has 1 to 8 documents");
        }
        if self.reads.len() != self.head.requirements.len() {
            return Some("each requirement reads something");
        }
        let with_lines = |one: &DocumentShape| one.count || !one.columns.is_empty();
        if self.head.documents.iter().any(with_lines) {
            return Some("the last proof reads headers alone");
        }
        let windows = self.passes.iter().flat_map(|pass| &pass.windows);
        if !self.reads.iter().flatten().chain(windows).all(declared) {
            return Some("a document is none of those declared");
        }
        let sound = self.passes.iter().all(|pass| self.pass_is_sound(pass));
        (!sound || !self.is_in_order()).then_some("a pass opens a part of each of its documents, headers after them, and gives a commitment; a document's pairs stand before its fold")
    }

    fn pass_is_sound(&self, pass: &PassShape) -> bool {
        let parts = 1 + usize::from(pass.inner.is_some());
        let named = [Some(pass.outer), pass.inner].into_iter().flatten();
        let fitting = pass.windows.iter().zip(named);
        (1..=MAX_CELLS).contains(&pass.cells)
            && pass.windows.len() >= parts
            && fitting.fold(true, |all, (window, document)| {
                all && window.document == document && window.is_part()
            })
            && pass.windows[parts..]
                .iter()
                .all(|window| !window.is_part() && window.columns.is_empty())
            && pass.windows[parts..]
                .iter()
                .all(|window| !self.head.documents[usize::from(window.document)].list)
    }

    /// Each document's pairs, by ascending inner document, then its fold; documents ascending. All folds keep the same numbers.
    fn is_in_order(&self) -> bool {
        let place = |pass: &PassShape| (pass.outer, pass.inner.unwrap_or(u8::MAX));
        let folds = || self.passes.iter().filter(|pass| pass.inner.is_none());
        let folded = |pass: &PassShape| folds().any(|fold| fold.outer == pass.outer);
        self.passes
            .is_sorted_by(|one, other| place(one) < place(other))
            && self.passes.iter().all(folded)
            && folds()
                .zip(folds().skip(1))
                .all(|(one, other)| one.cells == other.cells)
    }
}
