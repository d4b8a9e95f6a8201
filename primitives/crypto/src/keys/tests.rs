//! Every node of the tree is its own, a grant covers what is below it, and nothing of a key shows.

use std::collections::BTreeSet;

use super::*;

fn secret(number: u8) -> InstitutionSecret {
    InstitutionSecret::import(Suite::International, &[number; 32])
}

fn record(secret: &InstitutionSecret, salt: u8) -> RecordKey {
    let period = secret
        .grants()
        .schema(Kind::Invoice, 1)
        .period(Period::new(682));
    period.record(&Salt::new([salt; 32]))
}

#[test]
fn no_two_nodes_of_the_tree_are_equal() {
    let mut seen = BTreeSet::new();
    let mut count = 0;
    let mut see = |bytes: &[u8; 32]| {
        count += 1;
        seen.insert(*bytes);
    };
    for number in 1..=2 {
        let secret = secret(number);
        see(&secret.export());
        let root = secret.grants();
        see(&root.export());
        for (kind, version) in [(Kind::Invoice, 1), (Kind::Invoice, 2), (Kind::Order, 1)] {
            let schema = root.schema(kind, version);
            see(&schema.export());
            for month in [681, 682] {
                let period = schema.period(Period::new(month));
                see(&period.export());
                for salt in 0..2 {
                    let record = period.record(&Salt::new([salt; 32]));
                    see(&record.export());
                    for place in [
                        Place::Header(0),
                        Place::Line { line: 0, slot: 0 },
                        Place::LineCount,
                    ] {
                        let field = record.field(place);
                        see(&field.export());
                        see(field.id().as_bytes());
                        see(&field.cipher_key());
                    }
                }
            }
        }
    }
    assert_eq!(seen.len(), count);
}

#[test]
fn a_granted_subtree_gives_the_same_fields_and_no_more() {
    let own = record(&secret(1), 9);
    let granted = RecordKey::import(Suite::International, &own.export());
    assert_eq!(granted, own);
    assert_eq!(granted.field(Place::Header(3)), own.field(Place::Header(3)));
    assert_eq!(granted.amount_blinding(), own.amount_blinding());
    assert_ne!(granted, record(&secret(2), 9));
    assert_ne!(granted.field(Place::Header(3)), own.field(Place::Header(4)));
}

#[test]
fn the_blinding_differs_by_everything_that_sets_differ_in() {
    let points = *crate::curve::slot_bases();
    let bits =
        |secret: &InstitutionSecret, [context, root, alias]: [u8; 3], points: &[Point; SLOTS]| {
            let [context, root, alias] = [context, root, alias].map(Fr::from);
            *secret.blinding(&context, &root, &alias, points).bits()
        };
    let honest = bits(&secret(1), [1, 2, 3], &points);
    assert_eq!(bits(&secret(1), [1, 2, 3], &points), honest);
    let mut seen = vec![honest, bits(&secret(2), [1, 2, 3], &points)];
    // another record, another alias or its amendment, the places exchanged
    for other in [[9, 2, 3], [1, 9, 3], [1, 2, 9], [2, 1, 3], [1, 3, 2]] {
        seen.push(bits(&secret(1), other, &points));
    }
    // each point, by its sign alone
    for slot in 0..SLOTS {
        let mut other = points;
        other[slot] = -other[slot];
        seen.push(bits(&secret(1), [1, 2, 3], &other));
    }
    // the holder of the whole grant tree, taking its root for the secret, does not find it
    let granted = secret(1).grants().export();
    let other = InstitutionSecret::import(Suite::International, &granted);
    seen.push(bits(&other, [1, 2, 3], &points));
    for (at, bits) in seen.iter().enumerate() {
        assert!(!seen[..at].contains(bits), "{at}");
    }
    assert_ne!(other.grants(), secret(1).grants());
}

#[test]
fn a_fill_up_depends_on_secret_alias_place_number_and_date() {
    let [one, two] = [Fr::from(1_u8), Fr::from(2_u8)];
    let alias = AliasId::new([1; 32]);
    let honest = secret(1).fill_up(&alias, 3, &one, &two);
    assert_eq!(secret(1).fill_up(&alias, 3, &one, &two), honest);
    let others = [
        secret(2).fill_up(&alias, 3, &one, &two),
        secret(1).fill_up(&AliasId::new([2; 32]), 3, &one, &two),
        secret(1).fill_up(&alias, 4, &one, &two),
        secret(1).fill_up(&alias, 3, &two, &two),
        secret(1).fill_up(&alias, 3, &one, &one),
        secret(1).fill_up(&alias, 3, &two, &one),
    ];
    assert!(others.iter().all(|other| *other != honest));
}

#[test]
fn field_blindings_and_amount_blinding_are_distinct() {
    let record = record(&secret(1), 1);
    let bucket = sealane_types::record::Bucket::new(8).expect("a bucket");
    let mut seen: BTreeSet<Fr> = Place::all(bucket)
        .map(|place| record.field(place).leaf_blinding())
        .collect();
    seen.insert(record.amount_blinding());
    assert_eq!(seen.len(), bucket.leaves() + 1);
}

#[test]
fn a_document_is_known_again_by_its_own_institution_alone() {
    let digest = secret(1).document_digest(b"invoice");
    assert_eq!(secret(1).document_digest(b"invoice"), digest);
    assert_ne!(secret(1).document_digest(b"invoicf"), digest);
    assert_ne!(secret(2).document_digest(b"invoice"), digest);
}

#[test]
fn keys_show_nothing_of_themselves() {
    let shown = [
        format!("{:?}", secret(0xab)),
        format!("{:?}", secret(0xab).grants()),
        format!("{:?}", record(&secret(0xab), 1)),
        format!("{:?}", record(&secret(0xab), 1).field(Place::LineCount)),
        format!("{:?}", Blinding::from_bytes([1; 32])),
    ];
    for text in shown {
        assert!(text.ends_with("(secret)"), "{text}");
    }
}

#[test]
fn a_new_secret_is_new() {
    let generate = || InstitutionSecret::generate(Suite::International).expect("this system");
    assert_ne!(generate(), generate());
}

#[test]
fn what_an_institution_keeps_for_its_customers_depends_on_secret_and_alias() {
    let (one, other) = (AliasId::new([1; 32]), AliasId::new([2; 32]));
    let (mine, yours) = (secret(1), secret(2));
    let key = |secret: &InstitutionSecret, alias| secret.customer_key(alias).public();
    assert_eq!(key(&mine, &one), key(&mine, &one));
    assert_ne!(key(&mine, &one), key(&mine, &other));
    assert_ne!(key(&mine, &one), key(&yours, &one));
    let blinding = |secret: &InstitutionSecret, alias| *secret.identity_blinding(alias, 2);
    assert_eq!(blinding(&mine, &one), blinding(&mine, &one));
    assert_ne!(blinding(&mine, &one), blinding(&mine, &other));
    assert_ne!(blinding(&mine, &one), blinding(&yours, &one));
    let amended = mine.identity_blinding(&one, 3);
    assert_ne!(blinding(&mine, &one), *amended);
}

#[test]
fn an_institution_s_file_opens_to_itself_alone_and_unchanged_alone() {
    let (mine, yours) = (secret(1), secret(2));
    let file = mine.encrypt_file(b"label", b"acme gmbh").expect("random");
    let again = mine.encrypt_file(b"label", b"acme gmbh").expect("random");
    assert_ne!(file, again, "a fresh salt each time");
    let opened = mine.decrypt_file(b"label", &file).expect("its own");
    assert_eq!(&**opened, b"acme gmbh");
    assert!(mine.decrypt_file(b"other", &file).is_none());
    assert!(yours.decrypt_file(b"label", &file).is_none());
    assert!(mine.decrypt_file(b"label", &file[..31]).is_none());
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1;
        assert!(mine.decrypt_file(b"label", &changed).is_none(), "byte {at}");
    }
}
