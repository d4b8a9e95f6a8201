//! Standard Business Document envelopes.

use sealane_documents::{Place, read};

use super::{example, refused};

/// An envelope as Peppol sends it, around `content`.
pub fn around(content: &str) -> String {
    let body = content.split_once("?>").map_or(content, |(_, body)| body);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <StandardBusinessDocument xmlns=\"http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader\">\n\
         <StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion>\
         <Sender><Identifier Authority=\"iso6523-actorid-upis\">0088:7315458756324</Identifier></Sender>\
         <Receiver><Identifier Authority=\"iso6523-actorid-upis\">0208:0871221633</Identifier></Receiver>\
         <DocumentIdentification><Standard>urn:oasis:names:specification:ubl:schema:xsd:Invoice-2</Standard>\
         <TypeVersion>2.1</TypeVersion><InstanceIdentifier>68bb2d9e</InstanceIdentifier><Type>Invoice</Type>\
         <CreationDateAndTime>2026-03-02T10:00:00Z</CreationDateAndTime></DocumentIdentification>\
         <BusinessScope><Scope><Type>PROCESSID</Type><InstanceIdentifier>urn:x</InstanceIdentifier></Scope></BusinessScope>\
         </StandardBusinessDocumentHeader>{body}</StandardBusinessDocument>"
    )
}

fn text(name: &str) -> String {
    String::from_utf8(example(name)).expect("UTF-8")
}

#[test]
fn a_document_in_an_envelope_is_that_document() {
    for name in [
        "invoice-ubl.xml",
        "invoice-cii.xml",
        "order.xml",
        "credit-note.xml",
    ] {
        let plain = read(&example(name), name).expect(name);
        let wrapped = around(&text(name));
        // Equal in all: no address of the envelope is a party's identifier or electronic address.
        assert_eq!(read(wrapped.as_bytes(), name).expect(name), plain, "{name}");
    }
}

#[test]
fn an_envelope_holds_exactly_one_document() {
    let invoice = text("invoice-ubl.xml");
    let body = invoice.split_once("?>").expect("a declaration").1;
    let two = around(&format!("<?xml version='1.0'?>{body}{body}"));
    assert_eq!(refused(two.as_bytes()), "SL-ENVELOPE");
    assert_eq!(refused(around("").as_bytes()), "SL-ENVELOPE");
    // An envelope in an envelope, and bytes in one, are no documents.
    let inner = around(&around(&invoice));
    assert_eq!(refused(inner.as_bytes()), "SL-ROOT");
    let binary = around(
        "<BinaryContent xmlns=\"http://peppol.eu/xsd/ticc/envelope/1.0\">AAAA</BinaryContent>",
    );
    assert_eq!(refused(binary.as_bytes()), "SL-ROOT");
}

#[test]
fn an_envelope_of_another_namespace_is_none() {
    let other = around(&text("invoice-ubl.xml")).replace("namespaces/Standard", "namespaces/Other");
    assert_eq!(refused(other.as_bytes()), "SL-ROOT");
}

#[test]
fn faults_inside_an_envelope_have_their_path() {
    let broken = text("invoice-ubl.xml").replacen("<cbc:IssueDate>", "<cbc:IssueDate>x", 1);
    let error = read(around(&broken).as_bytes(), "broken.xml").expect_err("no date");
    let Place { path, position } = &error.faults[0].place;
    assert_eq!(path, "StandardBusinessDocument/Invoice/IssueDate");
    assert!(position.is_some());
}
