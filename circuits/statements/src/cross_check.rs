//! What a cross-check's proof says in public (`specs/circuits/cross-check.md`): which records, sealed by whom, and a bit
//! for each requirement. How a check is compiled is `sealane-checks`'.

mod layout;
pub mod parts;

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field};

pub use layout::{Layout, Position, Presented, buckets};

/// Bits of one packed public input.
pub const PACKED: usize = 248;

/// A record in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordPublic {
    /// The record root.
    pub root: Fr,
    /// The field element of its public header: computed from the header, never taken over.
    pub context: Fr,
    /// The commitment of the alias that sealed it.
    pub alias: Fr,
}

/// What a cross-check's proof says in public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrossCheckStatement {
    /// By document position; `None` where a list has no further document.
    pub records: Vec<Option<RecordPublic>>,
    /// Which positions are used, which buckets reached, which leaves taken out.
    pub switches: Vec<bool>,
    /// Which requirements are met.
    pub bits: Vec<bool>,
}

impl CrossCheckStatement {
    /// The public inputs: root, context and alias of each position, switches, bits.
    #[must_use]
    pub fn public_inputs(&self) -> Vec<Fr> {
        let record = |record: &Option<RecordPublic>| {
            record.map_or([Fr::ZERO; 3], |record| {
                [record.root, record.context, record.alias]
            })
        };
        let records = self.records.iter().flat_map(record);
        let packed = [&self.switches, &self.bits]
            .into_iter()
            .flat_map(|bits| bits.chunks(PACKED).map(packed));
        records.chain(packed).collect()
    }

    /// How many public inputs a statement of so many positions, switches and bits has.
    #[must_use]
    pub fn input_count(positions: usize, switches: usize, bits: usize) -> usize {
        3 * positions + switches.div_ceil(PACKED) + bits.div_ceil(PACKED)
    }
}

/// `Σ 2ⁱ·bitᵢ`, at most [`PACKED`] bits.
#[must_use]
pub fn packed(bits: &[bool]) -> Fr {
    let step = |sum: Fr, bit: &bool| sum.double() + if *bit { Fr::ONE } else { Fr::ZERO };
    bits.iter().rev().fold(Fr::ZERO, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_packed_lowest_first() {
        assert_eq!(packed(&[true, false, true]), Fr::from(5_u8));
        assert_eq!(packed(&[]), Fr::ZERO);
        let full = packed(&[true; PACKED]);
        assert_eq!(full + Fr::ONE, Fr::from(2_u8).pow([PACKED as u64]));
    }

    #[test]
    fn a_statement_has_the_inputs_that_it_counts() {
        let record = RecordPublic {
            root: Fr::from(1_u8),
            context: Fr::from(2_u8),
            alias: Fr::from(3_u8),
        };
        let statement = CrossCheckStatement {
            records: vec![Some(record), None],
            switches: vec![true; PACKED + 1],
            bits: vec![false, true],
        };
        let inputs = statement.public_inputs();
        assert_eq!(
            inputs.len(),
            CrossCheckStatement::input_count(2, PACKED + 1, 2)
        );
        assert_eq!(inputs[..3], [1_u8, 2, 3].map(Fr::from));
        assert_eq!(inputs[3..6], [Fr::ZERO; 3]);
        assert_eq!(inputs[7..], [1_u8, 2].map(Fr::from));
    }
}
