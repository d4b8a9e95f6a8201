//! Sealed records: their openings give the witness, and an invoice of more than 128 lines has the same rows, which take the lines' root as
//! it is.

use sealane_crypto::keys::Period;
use sealane_crypto::sealing::{Heading, Sealed};
use sealane_types::fields::FieldValue;
use sealane_types::ids::{AliasId, ChainId};
use sealane_types::schema::{CanonicalFields, Kind, LINE_SLOTS, line_slot};

use super::*;

/// The invoice with so many lines, as a document of this kind, sealed: its witness and its record's context and root.
fn sealed(kind: Kind, lines: usize) -> (Result<FinancingWitness, FinancingError>, [Fr; 2]) {
    let line = |number: usize| {
        let mut line = [const { None }; LINE_SLOTS];
        line[line_slot::ID] = Some(FieldValue::Text(number.to_string()));
        line
    };
    let fields = CanonicalFields {
        kind,
        lines: (0..lines).map(line).collect(),
        ..invoice().fields()
    };
    let heading = Heading {
        chain: ChainId::new([1; 32]),
        sealer: AliasId::new([2; 32]),
        bank: AliasId::new([3; 32]),
        replaces: None,
    };
    let secret = secret();
    let sealed = Sealed::seal(&fields, &heading, &secret, Period::new(682)).expect("it fits");
    let (_, openings) = sealed.into_parts();
    let witness = FinancingWitness::of(&openings, &invoice().party(), &secret);
    (witness, [openings.context(), openings.root()])
}

#[test]
fn a_sealed_invoice_is_financed_by_the_same_rows_however_long() {
    let blank = blank().matrices();
    for lines in [1, 129, 1024] {
        let (witness, [context, root]) = sealed(Kind::Invoice, lines);
        let witness = witness.expect("an invoice");
        let statement = witness.statement(context).expect("financeable");
        assert_eq!((statement.root(), statement.context()), (root, context));
        assert_eq!(statement.check(&witness), Ok(()));
        let system = circuit(&statement, &witness);
        assert_eq!(system.broken(), [""; 0], "{lines} lines");
        assert!(system.matrices() == blank);
    }
    let (refused, _) = sealed(Kind::CreditNote, 1);
    let kind = FinancingError::Kind(Kind::CreditNote, 2);
    assert_eq!(refused.err(), Some(kind));
}
