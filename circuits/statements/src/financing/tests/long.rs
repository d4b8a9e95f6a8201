//! An invoice of more than 128 lines: the same rows, which take the lines' root as it is.

use sealane_crypto::keys::{InstitutionSecret, Period};
use sealane_crypto::sealing::{Heading, Sealed};
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, ChainId};
use sealane_types::schema::{LINE_SLOTS, line_slot};

use super::*;

/// The invoice with so many lines, sealed: its witness and its record's context and root.
fn sealed(lines: usize) -> (FinancingWitness, [Fr; 2]) {
    let line = |number: usize| {
        let mut line = [const { None }; LINE_SLOTS];
        line[line_slot::ID] = Some(FieldValue::Text(number.to_string()));
        line
    };
    let fields = CanonicalFields {
        lines: (0..lines).map(line).collect(),
        ..invoice()
    };
    let heading = Heading {
        chain: ChainId::new([1; 32]),
        sealer: AliasId::new([2; 32]),
        bank: AliasId::new([3; 32]),
        replaces: None,
    };
    let secret = InstitutionSecret::import(Suite::International, &[7; 32]);
    let sealed = Sealed::seal(&fields, &heading, &secret, Period::new(682)).expect("it fits");
    let (record, openings) = sealed.into_parts();
    let blinding = secret.blinding(&record.header.salt);
    let witness = FinancingWitness::of(&openings, blinding).expect("an invoice");
    (witness, [openings.context(), openings.root()])
}

#[test]
fn a_long_invoice_is_financed_by_the_same_rows() {
    for lines in [129, 300, 1024] {
        let (witness, [context, root]) = sealed(lines);
        let statement = witness.statement(Shape::Full, context);
        let statement = statement.expect("financeable");
        assert_eq!((statement.root(), statement.context()), (root, context));
        assert_eq!(statement.check(Shape::Full, &witness), Ok(()));
        let system = circuit(Shape::Full, &statement, &witness);
        assert_eq!(system.broken(), [""; 0], "{lines} lines");
        assert!(system.matrices() == blank(Shape::Full).matrices());
    }
}
