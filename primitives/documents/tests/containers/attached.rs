//! Documents inside PDFs.

use sealane_documents::{Syntax, pdf::NAMES, read};
use sealane_types::schema::Kind;

use super::pdf::{FORMS, Form, Pdf};
use super::{example, refused};

fn invoice() -> Vec<u8> {
    example("invoice-cii.xml")
}

#[test]
fn a_document_in_a_pdf_is_that_document() {
    let plain = read(&invoice(), "plain").expect("an invoice");
    for form in FORMS {
        for name in NAMES {
            let name = format!("({name})");
            let bytes = Pdf::with(&[(&name, "Alternative", &invoice())]).write(form);
            let document =
                read(&bytes, "invoice.pdf").unwrap_or_else(|error| panic!("{form:?} {error}"));
            assert_eq!(document, plain, "{form:?} {name}");
            assert_eq!(document.syntax, Syntax::Cii);
        }
    }
}

#[test]
fn white_space_before_a_pdf_is_no_part_of_it() {
    for form in FORMS {
        let bytes = Pdf::with(&[("(factur-x.xml)", "Data", &invoice())]).write(form);
        for before in [&b"\r\n"[..], b"\xef\xbb\xbf", b"   \n"] {
            let shifted = [before, &bytes].concat();
            assert!(read(&shifted, "invoice.pdf").is_ok(), "{form:?} {before:?}");
        }
    }
    let far = [&[b' '; 1_024][..], b"%PDF-1.7"].concat();
    assert_eq!(refused(&far), "SL-FORMAT");
}

#[test]
fn lines_before_a_pdf_are_no_part_of_it() {
    let header = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf; %PD\r\n\r\n";
    let longest = [b'x'; 1_023];
    for form in FORMS {
        let bytes = Pdf::with(&[("(factur-x.xml)", "Data", &invoice())]).write(form);
        for before in [
            &b"junk\r\n"[..],
            header,
            b"%!PS\n",
            b"\x1b%-12345X@PJL\n",
            &longest,
        ] {
            let shifted = [before, &bytes].concat();
            assert!(read(&shifted, "invoice.pdf").is_ok(), "{form:?} {before:?}");
        }
    }
    let far = [&[b'x'; 1_024][..], b"%PDF-1.7"].concat();
    assert_eq!(refused(&far), "SL-FORMAT");
    // what begins as XML or JSON is that, whatever stands in it
    let mut xml = invoice();
    let at = xml
        .windows(2)
        .position(|two| two == b"?>")
        .expect("a declaration")
        + 2;
    xml.splice(at..at, b"<!-- from %PDF-1.7 -->".iter().copied());
    assert!(read(&xml, "invoice.xml").is_ok());
    assert_eq!(refused(b"{\"%PDF-1.7\": 1}"), "SL-JSON-KEYS");
}

#[test]
fn names_are_read_in_any_capitals_and_as_utf16() {
    let utf16: String = "factur-x.xml"
        .bytes()
        .map(|byte| format!("00{byte:02x}"))
        .collect();
    let little: String = "factur-x.xml"
        .bytes()
        .map(|byte| format!("{byte:02x}00"))
        .collect();
    for name in [
        "(ZUGFeRD-invoice.xml)",
        "(FACTUR-X.XML)",
        "(data/factur-x.xml)",
        &format!("<FEFF{utf16}>"),
        &format!("<FFFE{little}>"),
    ] {
        let bytes = Pdf::with(&[(name, "Data", &invoice())]).write(Form::Plain);
        assert!(read(&bytes, "invoice.pdf").is_ok(), "{name}");
    }
}

#[test]
fn other_files_and_supplements_are_no_documents() {
    let files: [(&str, &str, &[u8]); 3] = [
        ("(terms.xml)", "Data", b"<terms/>"),
        ("(xrechnung.xml)", "Supplement", b"<a/>"),
        ("(factur-x.xml)", "Source", &invoice()),
    ];
    for form in FORMS {
        assert!(
            read(&Pdf::with(&files).write(form), "invoice.pdf").is_ok(),
            "{form:?}"
        );
        assert_eq!(refused(&Pdf::with(&files[..2]).write(form)), "SL-PDF-NONE");
    }
}

#[test]
fn exactly_one_document_is_read() {
    for form in FORMS {
        assert_eq!(refused(&Pdf::with(&[]).write(form)), "SL-PDF-NONE");
        let other = Pdf::with(&[("(notes.xml)", "Data", &invoice())]).write(form);
        let error = read(&other, "notes.pdf").expect_err("no document");
        assert!(error.to_string().contains("notes.xml"), "{error}");
        let two = [
            ("(factur-x.xml)", "Data", &invoice()[..]),
            ("(xrechnung.xml)", "Data", b"<a/>"),
        ];
        assert_eq!(refused(&Pdf::with(&two).write(form)), "SL-PDF-SEVERAL");
    }
}

#[test]
fn the_tree_of_names_and_the_associated_files_each_suffice() {
    for (from, to) in [("/AF[4 0 R]", ""), ("/EmbeddedFiles", "/Others")] {
        let mut pdf = Pdf::with(&[("(factur-x.xml)", "Data", &invoice())]);
        let catalog = &mut pdf.objects[0].value;
        assert!(catalog.contains(from));
        *catalog = catalog.replace(from, to);
        for form in FORMS {
            assert!(
                read(&pdf.write(form), "invoice.pdf").is_ok(),
                "{form:?} without {from}"
            );
        }
    }
}

#[test]
fn an_encrypted_pdf_says_so() {
    let mut pdf = Pdf::with(&[("(factur-x.xml)", "Data", &invoice())]);
    pdf.trailer = "/Encrypt<</Filter/Standard>>".into();
    for form in FORMS {
        assert_eq!(refused(&pdf.write(form)), "SL-PDF-ENCRYPTED");
    }
}

#[test]
fn a_later_update_of_the_file_counts() {
    let mut bytes = Pdf::with(&[("(factur-x.xml)", "Data", &invoice())]).write(Form::Plain);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let first: usize = text
        .rsplit("startxref\n")
        .next()
        .and_then(|rest| rest.lines().next())
        .and_then(|line| line.parse().ok())
        .expect("an offset");
    let object = bytes.len();
    bytes.extend(b"4 0 obj\n<</Type/Filespec/F(notes.txt)/EF<</F 5 0 R>>>>\nendobj\n");
    let table = bytes.len();
    let update = format!(
        "xref\n4 1\n{object:010} 00000 n \ntrailer\n<</Root 1 0 R/Prev {first}>>\nstartxref\n{table}\n%%EOF\n"
    );
    bytes.extend(update.bytes());
    let error = read(&bytes, "updated.pdf").expect_err("its name is another one now");
    assert!(error.to_string().contains("notes.txt"), "{error}");
}

#[test]
fn faults_name_the_file_in_the_pdf() {
    let broken = String::from_utf8(invoice())
        .expect("UTF-8")
        .replace("format=\"102\">2026", "format=\"102\">x026");
    let bytes = Pdf::with(&[("(factur-x.xml)", "Data", broken.as_bytes())]).write(Form::Packed);
    let error = read(&bytes, "invoice.pdf")
        .expect_err("no date")
        .to_string();
    assert!(
        error.starts_with("invoice.pdf: factur-x.xml: line "),
        "{error}"
    );
}

/// The example invoice as a Cross Industry Order with this type code.
fn order(code: &str) -> String {
    let mut text = String::from_utf8(invoice()).expect("UTF-8");
    for (from, to) in [
        (
            "data:standard:CrossIndustryInvoice:100",
            "data:SCRDMCCBDACIOMessageStructure:100",
        ),
        ("CrossIndustryInvoice", "SCRDMCCBDACIOMessageStructure"),
        (
            "BusinessInformationEntity:100",
            "BusinessInformationEntity:128",
        ),
        ("BilledQuantity", "RequestedQuantity"),
        ("InvoiceCurrencyCode", "OrderCurrencyCode"),
        ("<ram:TypeCode>380<", &format!("<ram:TypeCode>{code}<")),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    // An order says to the minute when it was made.
    let (before, after) = text.split_once("format=\"102\">").expect("the issue date");
    format!("{before}format=\"203\">{}1232{}", &after[..8], &after[8..])
}

#[test]
fn order_x_is_an_order_or_an_answer() {
    let plain = read(&invoice(), "plain").expect("an invoice");
    let of = |code: &str| {
        Pdf::with(&[("(order-x.xml)", "Data", order(code).as_bytes())]).write(Form::ObjectStreams)
    };
    let order = read(&of("220"), "order.pdf").expect("an order");
    assert_eq!(order.kind, Kind::Order);
    assert_eq!((order.id, order.currency), (plain.id, plain.currency));
    assert_eq!(order.issue_date, plain.issue_date);
    assert_eq!(order.totals.payable, plain.totals.tax_inclusive);
    assert_eq!(order.lines.len(), plain.lines.len());
    for (ordered, invoiced) in order.lines.iter().zip(&plain.lines) {
        assert_eq!(
            (ordered.quantity, ordered.price),
            (invoiced.quantity, invoiced.price)
        );
        assert_eq!(ordered.order_line, None);
    }
    let answer = read(&of("231"), "answer.pdf").expect("an answer");
    assert_eq!(answer.kind, Kind::OrderResponse);
    assert!(answer.lines.iter().any(|line| line.order_line.is_some()));
    assert_eq!(refused(&of("230")), "SL-KIND");
    assert_eq!(refused(&of("380")), "SL-KIND");
    for wrong in ["2460", "2360", "12x2", "123"] {
        let late = self::order("220").replacen("1232<", &format!("{wrong}<"), 1);
        assert_eq!(refused(late.as_bytes()), "SL-DATE", "{wrong}");
    }
}

/// Which of two streams a reader takes depends on the reader.
#[test]
fn one_file_with_two_contents_is_refused() {
    for form in FORMS {
        let mut pdf = Pdf::with(&[("(factur-x.xml)", "Data", &invoice())]);
        let twin = pdf.objects.len() + 1;
        let file = &mut pdf.objects[3].value;
        *file = file.replace("/UF 5 0 R", &format!("/UF {twin} 0 R"));
        let stream = |bytes: &[u8]| super::pdf::Object {
            value: "/Type/EmbeddedFile".into(),
            stream: Some(bytes.to_vec()),
        };
        pdf.objects.push(stream(&invoice()));
        assert!(read(&pdf.write(form), "invoice.pdf").is_ok(), "{form:?}");
        pdf.objects.pop();
        pdf.objects.push(stream(&[&invoice()[..], b" "].concat()));
        assert_eq!(refused(&pdf.write(form)), "SL-PDF-SEVERAL", "{form:?}");
    }
    let beside = Pdf::with(&[("(factur-x.xml)", "Supplement", &invoice())]);
    let error = read(&beside.write(Form::Plain), "invoice.pdf").expect_err("a supplement");
    assert!(error.to_string().contains("AFRelationship"), "{error}");
}
