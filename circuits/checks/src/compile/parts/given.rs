//! What the passes before have given, and where the present one looks.

use std::collections::BTreeMap;

use sealane_gadgets::Wire;

use super::outline::{Key, Picked};

/// Where a pass looks: which of its windows has the lines that bindings run over, and which have the declared documents' headers.
#[derive(Debug, Clone)]
pub(in crate::compile) struct View {
    pub lines: usize,
    pub headers: BTreeMap<usize, usize>,
}

/// What stands for bindings, by their place.
pub(in crate::compile) type Tallies = BTreeMap<Key, TallyOf>;

/// What was counted of one binding.
#[derive(Debug, Clone)]
pub(in crate::compile) struct TallyOf {
    pub(super) cells: Vec<Wire>,
    /// What the cells of a picked line hold; none for a binding in no other, whose body was evaluated line by line.
    pub(super) picked: Option<Vec<Picked>>,
}

impl TallyOf {
    pub(super) fn outer(cells: &[Wire]) -> Self {
        Self {
            cells: cells.to_vec(),
            picked: None,
        }
    }

    pub(super) fn inner(cells: &[Wire], picked: &[Picked]) -> Self {
        Self {
            cells: cells.to_vec(),
            picked: Some(picked.to_vec()),
        }
    }
}

/// The one line of many parts that a filter picks: its values.
#[derive(Debug)]
pub(in crate::compile) struct TalliedLine {
    pub(super) cells: Vec<(Picked, Vec<Wire>)>,
}
