//! Hostile PDFs and envelopes: refused in bounded time and memory, and no bytes make the reader panic.

use proptest::prelude::*;
use sealane_documents::{MAX_BYTES, read};

use super::envelope::around;
use super::pdf::{FORMS, Form, Object, Pdf, pack};
use super::{example, refused};

fn factur_x(content: &[u8]) -> Pdf {
    Pdf::with(&[("(factur-x.xml)", "Data", content)])
}

#[test]
fn a_pdf_that_ends_anywhere_is_refused() {
    let content = example("invoice-cii.xml");
    for form in FORMS {
        let bytes = factur_x(&content).write(form);
        let end = bytes.len() - 8; // before the last offset's digits end
        for length in (0..end).step_by(211).chain(end - 200..end) {
            assert!(
                read(&bytes[..length], "cut.pdf").is_err(),
                "{form:?} cut to {length}"
            );
        }
    }
}

#[test]
fn what_unpacks_to_more_than_a_file_may_have_is_refused() {
    let bomb = vec![b' '; MAX_BYTES + 1];
    assert_eq!(refused(&factur_x(&bomb).write(Form::Packed)), "SL-LIMIT");
    // A thousand times its size, and packed twice.
    let mut twice = factur_x(b"");
    twice.objects[4].value = "/Filter[/FlateDecode/FlateDecode]".into();
    twice.objects[4].stream = Some(pack(&pack(&bomb)));
    assert_eq!(refused(&twice.write(Form::Plain)), "SL-PDF-FILTER");
    // A great object stream and a great cross-reference stream.
    let mut wide = factur_x(b"<a/>");
    wide.add(&format!("({})", "x".repeat(MAX_BYTES)));
    assert_eq!(refused(&wide.write(Form::ObjectStreams)), "SL-LIMIT");
    let rows = pack(&bomb);
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let at = bytes.len();
    let head = format!(
        "1 0 obj\n<</Type/XRef/W[1 1 1]/Size 9/Filter/FlateDecode/Length {}>>\nstream\n",
        rows.len()
    );
    bytes.extend(head.bytes());
    bytes.extend(rows);
    bytes.extend(format!("\nendstream\nstartxref\n{at}\n").bytes());
    assert_eq!(refused(&bytes), "SL-LIMIT");
}

#[test]
fn circles_are_refused() {
    let with = |catalog: &str, more: &[&str]| {
        let mut pdf = Pdf::default();
        pdf.add(catalog);
        more.iter().for_each(|value| pdf.add(value));
        pdf
    };
    let circles = [
        with("1 0 R", &[]),
        with("2 0 R", &["1 0 R"]),
        with(
            "<</Names 2 0 R>>",
            &["<</EmbeddedFiles 3 0 R>>", "<</Kids[3 0 R]>>"],
        ),
        with(
            "<</Names<</EmbeddedFiles 2 0 R>>>>",
            &["<</Kids[3 0 R]>>", "<</Kids[2 0 R]>>"],
        ),
    ];
    for pdf in circles {
        for form in [Form::Plain, Form::ObjectStreams] {
            assert_eq!(refused(&pdf.write(form)), "SL-LIMIT");
        }
    }
    // A stream whose length stands in the object stream that it is itself.
    let mut pdf = factur_x(b"<a/>");
    pdf.add("6");
    let text = pdf.write(Form::ObjectStreams);
    let at = text
        .windows(12)
        .position(|window| window == b"/Type/ObjStm")
        .expect("one");
    let length = at
        + text[at..]
            .windows(7)
            .position(|window| window == b"/Length")
            .expect("one");
    let mut own = text.clone();
    own[length..length + 13].copy_from_slice(b"/Length 6 0 R");
    assert!(read(&own, "own.pdf").is_err());
}

#[test]
fn sections_in_a_circle_are_refused() {
    let text = b"%PDF-1.7\nxref\n0 0\ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n9\n";
    assert_eq!(refused(text), "SL-LIMIT");
}

#[test]
fn a_table_that_names_one_great_object_often_costs_no_more_than_reading_it() {
    let mut pdf = factur_x(b"<a/>");
    pdf.objects[0].value = format!("<</AF[{}]>>", "7 0 R ".repeat(2_000));
    pdf.objects.push(Object {
        value: "/Type/Filespec".into(),
        stream: None,
    });
    pdf.objects[5].value = "null".into();
    pdf.add(&format!("<</Text({})>>", "x".repeat(1 << 20)));
    assert_eq!(refused(&pdf.write(Form::Plain)), "SL-LIMIT");
}

#[test]
fn trees_and_lists_of_files_are_limited() {
    let content = example("invoice-cii.xml");
    let names: Vec<String> = (0..1_001)
        .map(|file| format!("(terms-{file}.txt)"))
        .collect();
    let mut files: Vec<(&str, &str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), "Data", &b"x"[..]))
        .collect();
    assert_eq!(refused(&Pdf::with(&files).write(Form::Plain)), "SL-LIMIT");
    files.truncate(900);
    files.push(("(factur-x.xml)", "Data", &content));
    assert!(read(&Pdf::with(&files).write(Form::Plain), "many.pdf").is_ok());
}

/// Changes bytes here and there.
fn mutated(bytes: &mut Vec<u8>, edits: Vec<(prop::sample::Index, u8, u8)>) {
    for (at, byte, how) in edits {
        let at = at.index(bytes.len());
        match how {
            0 => bytes[at] = byte,
            1 => bytes[at] = b"0123456789 /<>[]()R%"[usize::from(byte) % 20],
            2 => {
                bytes.remove(at);
            }
            _ => bytes.insert(at, byte),
        }
    }
}

fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, u8)>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..12)
}

fn exercise(bytes: &[u8]) {
    if let Err(error) = read(bytes, "mutated") {
        assert!(!error.to_string().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn mutated_pdfs_never_panic(form in 0..3_usize, edits in edits()) {
        // Little content, so that most changes meet the structure.
        let mut bytes = factur_x(b"<a/>").write(FORMS[form]);
        mutated(&mut bytes, edits);
        exercise(&bytes);
    }

    #[test]
    fn mutated_objects_never_panic(which in 0..4_usize, edits in edits()) {
        let mut pdf = factur_x(b"<a/>");
        let mut value = pdf.objects[which].value.clone().into_bytes();
        mutated(&mut value, edits);
        pdf.objects[which].value = String::from_utf8_lossy(&value).into_owned();
        exercise(&pdf.write(Form::ObjectStreams));
    }

    #[test]
    fn mutated_envelopes_never_panic(edits in edits()) {
        let invoice = String::from_utf8(example("invoice-ubl.xml")).expect("UTF-8");
        let mut bytes = around(&invoice).into_bytes();
        mutated(&mut bytes, edits);
        exercise(&bytes);
    }
}
