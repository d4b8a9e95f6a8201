//! Documents of more than 128 lines.

use sealane_types::record::MAX_RECORD_CIPHERTEXT;

use super::*;

#[test]
fn a_document_of_300_lines_opens_line_by_line_and_as_a_whole() {
    let fields = invoice(300);
    let (record, openings) = seal(&fields).into_parts();
    assert_eq!(record.header.bucket.lines(), 512);
    assert!(check_record(&record).is_ok());
    assert_eq!(Record::from_bytes(&record.to_bytes()), Ok(record.clone()));
    assert_eq!(encode_element(&openings.root()), *record.root.as_bytes());
    for (place, state) in open_record(&record, &key_of(&record)).into_fields() {
        let expected = match place {
            Place::Header(slot) => fields.header[usize::from(slot)].clone(),
            Place::LineCount => Some(FieldValue::Integer(300)),
            Place::Line { line, slot } => {
                let line = fields.lines.get(usize::from(line));
                line.and_then(|line| line[usize::from(slot)].clone())
            }
        };
        assert_eq!(state, FieldState::Open(expected), "{place}");
    }
    let place = Place::Line {
        line: 299,
        slot: line_slot::ID as u8,
    };
    let key = key_of(&record).field(place);
    let id = Some(FieldValue::Text("299".into()));
    assert_eq!(open_field(&record, place, &key), Ok(id));
    let opened = open_fields(&record, &[key]);
    let hidden = opened.fields().iter();
    let hidden = hidden.filter(|(_, state)| *state == FieldState::Hidden);
    assert_eq!(hidden.count(), record.leaves().len() - 1);
}

#[test]
fn leaves_of_later_parts_are_under_the_root() {
    let (record, _) = seal(&invoice(300)).into_parts();
    for line in [127, 128, 255, 256, 300, 511] {
        let place = Place::Line { line, slot: 4 };
        let at = place.index(record.header.bucket).expect("a line");
        let mut leaves = record.leaves().to_vec();
        leaves[at].hash = FieldBytes::new(encode_element(&Fr::from(5_u8)));
        let altered = Record::new(record.header.clone(), leaves, record.root).expect("same sizes");
        assert_eq!(check_record(&altered), Err(RecordFault::Root), "{place}");
    }
}

#[test]
fn the_longest_document_fits_a_message_with_room_and_a_longer_one_is_refused() {
    for (lines, bytes) in [(256, 514_254), (512, 1_017_038), (1024, 2_022_606)] {
        let (record, _) = seal(&invoice(lines)).into_parts();
        assert_eq!(record.to_bytes().len(), bytes, "less than half of 4 MiB");
        let ciphertext = record.leaves().iter().map(|leaf| leaf.ciphertext.len());
        assert!(ciphertext.sum::<usize>() < MAX_RECORD_CIPHERTEXT);
    }
    let refused = Sealed::seal(&invoice(1025), &heading(), &secret(), PERIOD);
    let refused = refused.map(|_| ()).expect_err("a line too many");
    assert_eq!(refused, SealError::TooManyLines { lines: 1025 });
    assert_eq!(
        refused.to_string(),
        "the document has 1025 lines, and a record holds at most 1024"
    );
}
