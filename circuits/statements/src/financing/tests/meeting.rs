//! Who meets whom: banks that keep a seller by different numbers, fill-ups, amendments.

use super::*;

/// The inputs of the strict slots.
fn strict(invoice: &Invoice) -> Vec<Fr> {
    let witness = witness(invoice);
    let inputs = Slot::ALL[..7].iter().map(|slot| witness.input(*slot));
    let group = sealane_crypto::curve::INVOICE_GROUP;
    inputs.map(|input| input.x(group)).collect()
}

/// The document shows the VAT number to one bank and nothing to the other; both files share one number, at other places.
#[test]
fn two_banks_meet_as_soon_as_their_files_share_a_number() {
    let one = with(|invoice| {
        invoice.alias = ["de-vat:1", "lei:2"].map(str::to_owned).to_vec();
        invoice.seller = vec!["de-vat:1".to_owned()];
    });
    let two = with(|invoice| {
        invoice.alias = ["de-hr:3", "eori:4", "lei:2"].map(str::to_owned).to_vec();
        invoice.seller.clear();
    });
    let (first, second) = (strict(&one), strict(&two));
    assert_eq!(first[1], second[2]);
    let met = first.iter().filter(|x| second.contains(x)).count();
    // and the fill-ups of two places: the fixture's banks have one secret and one alias
    assert_eq!(met, 1 + 4);
    let other = with(|invoice| {
        invoice.alias = vec!["de-hr:3".to_owned()];
        invoice.seller.clear();
    });
    assert!(!strict(&other)[..1].contains(&first[0]));
}

/// An amendment fills the next free place: the others keep their inputs, fill-ups too.
#[test]
fn an_amendment_changes_one_strict_input_alone() {
    let before = strict(&of_places(3, 1));
    let after = strict(&of_places(4, 1));
    let changed: Vec<usize> = (0..7).filter(|at| before[*at] != after[*at]).collect();
    assert_eq!(changed, [3]);
}

/// A document sealed again under another salt has the same inputs in every slot, and another blinding.
#[test]
fn a_second_record_of_a_document_repeats_everything_but_the_blinding() {
    let seller = invoice().party();
    let mut rest = rest();
    let one = witness(&invoice());
    rest.salt += Fr::ONE;
    let two = FinancingWitness::new(leaves(&invoice()), rest, context(), &seller, &secret());
    let two = two.expect("maps");
    assert_eq!(one.points(), two.points());
    assert_ne!(one.blinding.bits(), two.blinding.bits());
    // an amended alias, or another context: another blinding too
    let amended = witness(&with(|invoice| invoice.alias.push("lei:9".to_owned())));
    assert_ne!(one.blinding.bits(), amended.blinding.bits());
    let elsewhere = Fr::from(7_u8);
    let other = FinancingWitness::new(
        leaves(&invoice()),
        super::rest(),
        elsewhere,
        &seller,
        &secret(),
    );
    assert_ne!(one.blinding.bits(), other.expect("maps").blinding.bits());
}

/// A fill-up with a value that is another seller's identifier does not meet it: its capacity is another.
#[test]
fn a_fill_up_takes_over_no_identifiers_fingerprint() {
    let real = strict(&of_places(1, 1))[0];
    let mut forged = witness(&with(|invoice| {
        invoice.alias.clear();
        invoice.seller.clear();
    }));
    forged.fills = [element("xx-id:0"); 7];
    let statement = statement(&forged);
    assert_eq!(circuit(&statement, &forged).broken(), [""; 0], "f is free");
    let group = sealane_crypto::curve::INVOICE_GROUP;
    let input = forged.input(Slot::Strict(0));
    assert_eq!(input.values()[0], element("xx-id:0"));
    assert_ne!(input.x(group), real);
}

/// Two companies of one tax group with registers' numbers of their own number their invoices alike: the group's number, which the
/// documents show, is in no strict fingerprint of theirs, and alerts by the looser rules.
#[test]
fn members_of_a_tax_group_meet_by_no_strict_fingerprint() {
    let member = |register: &str| {
        let invoice = with(|invoice| {
            invoice.alias = [register, "gb-vat:1"].map(str::to_owned).to_vec();
            invoice.seller = vec!["gb-vat:1".to_owned()];
        });
        marked(invoice, 0b10, true)
    };
    let group = sealane_crypto::curve::INVOICE_GROUP;
    let inputs = |invoice: &Invoice| {
        let witness = witness(invoice);
        statement(&witness);
        Slot::ALL.map(|slot| witness.input(slot).x(group))
    };
    let (one, two) = (
        inputs(&member("gb-company:1")),
        inputs(&member("gb-company:2")),
    );
    assert_ne!(one[0], two[0], "the registers' numbers");
    assert_eq!(one[7..], two[7..], "all looser rules alert");
    // the fixture's banks have one secret and one alias, so that fill-ups repeat: what stands at the group's place is one
    let witness = witness(&member("gb-company:1"));
    let filled = sealane_crypto::curve::FingerprintInput::FillUp {
        fill: witness.fills[1],
        number: element("INV-0042"),
        date: Fr::from(20_000_u16),
    };
    assert_eq!(one[1], filled.x(group));
    // a bank whose file has the group's number alone takes it strictly, and meets both by the looser rules
    let alone = inputs(&with(|invoice| {
        invoice.alias = vec!["gb-vat:1".to_owned()];
        invoice.seller = vec!["gb-vat:1".to_owned()];
    }));
    assert!(one[..7].iter().all(|x| *x != alone[0]));
    assert_eq!(one[7..], alone[7..]);
}
