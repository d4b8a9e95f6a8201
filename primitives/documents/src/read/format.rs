//! What a file is that Sealane does not read: its format by name, where the file tells, and what to do instead.

use crate::fault::{Class, Fault, Place};
use crate::table::schemas;
use crate::xml::Node;

const FORMATS: &str = "Give a UBL 2.x document, a UN/CEFACT Cross Industry Invoice or Order (Order-X), a PDF with one in it, or Sealane's own JSON; \
    or type it in with `sealane document new`.";
const TYPE_IN: &str =
    "Type the paper in with `sealane document new`, or ask the sender for the XML.";

/// Root elements of XML formats; with a star at the end, the beginning of one.
const ROOTS: [(&str, &str); 15] = [
    ("FatturaElettronica*", "FatturaPA, Italy's format"),
    ("Facturae", "Facturae, Spain's format"),
    ("Finvoice", "Finvoice, a Finnish format"),
    ("Comprobante", "CFDI, Mexico's format"),
    ("nfeProc", "NF-e, Brazil's format"),
    ("NFe", "NF-e, Brazil's format"),
    ("Faktura", "FA, the format of Poland's KSeF"),
    ("InvoiceData", "the format of Hungary's NAV"),
    ("DTE", "DTE, Chile's format"),
    ("EnvioDTE", "DTE, Chile's format"),
    (
        "CrossIndustryDocument",
        "ZUGFeRD 1.0, which Factur-X replaced",
    ),
    (
        "SCRDMCCBDACI*",
        "a UN/CEFACT Cross Industry message of another kind",
    ),
    ("cXML", "cXML"),
    ("Envelope", "a SOAP message around a document"),
    ("html", "a web page"),
];

/// Namespaces of XML formats, by a part of each.
const NAMESPACES: [(&str, &str); 8] = [
    (
        "oasis:names:specification:ubl:schema:xsd:",
        "a UBL document of another kind",
    ),
    ("iso:20022", "an ISO 20022 message"),
    ("ebinterface.at", "ebInterface, Austria's older format"),
    ("rep.oio.dk/ubl", "OIOXML, Denmark's older format"),
    ("sfti:documents", "Svefaktura, Sweden's older format"),
    ("isdoc.cz", "ISDOC, a Czech format"),
    ("gs1:ecom", "GS1 XML"),
    (
        "CrossIndustry",
        "a UN/CEFACT Cross Industry message of another version",
    ),
];

/// Beginnings of files that are no XML, in bytes.
const BEGINNINGS: [(&[u8], &str); 15] = [
    (b"UNA", "UN/EDIFACT"),
    (b"UNB", "UN/EDIFACT"),
    (b"UNH", "UN/EDIFACT"),
    (b"ISA*", "ANSI X12"),
    (b"ISA|", "ANSI X12"),
    (b"STX=", "TRADACOMS"),
    (b"EDI_DC", "an SAP IDoc"),
    (b"{1:F", "a SWIFT MT message"),
    (b":20:", "a SWIFT MT message"),
    (b"{\\rtf", "rich text (RTF)"),
    (b"PK\x03\x04", "a ZIP archive or an Office file"),
    (
        b"\xd0\xcf\x11\xe0",
        "an older Office file or a mail of Outlook",
    ),
    (
        b"\x30\x82",
        "a signed envelope (CMS, .p7m): take the document out of it",
    ),
    (
        b"\x30\x80",
        "a signed envelope (CMS, .p7m): take the document out of it",
    ),
    (b"\x1f\x8b", "a gzip archive"),
];

/// Beginnings of pictures.
const PICTURES: [(&[u8], &str); 5] = [
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
];

/// What a file is by its first bytes, if it is none that could be read: a picture, or another format.
pub fn foreign(bytes: &[u8]) -> Option<Fault> {
    let picture = PICTURES.iter().find(|(start, _)| bytes.starts_with(start));
    if let Some((_, what)) = picture {
        let problem =
            format!("the file is {what}, which holds no document that a program can read");
        return Some(fault(problem, TYPE_IN));
    }
    let space = bytes.iter().take_while(|byte| byte.is_ascii_whitespace());
    let start = &bytes[space.count()..];
    let known = BEGINNINGS.iter().find(|(text, _)| start.starts_with(text));
    known.map(|(_, what)| {
        let problem = format!("the file is neither XML nor JSON: it is {what}");
        fault(problem, FORMATS)
    })
}

/// A text that is neither XML nor JSON, from its first sign on.
pub fn unknown(start: &str) -> Fault {
    let problem = match start.is_empty() {
        true => "the file is empty",
        false => "the file is neither XML nor JSON: it begins with neither '<' nor '{'",
    };
    fault(problem.to_owned(), FORMATS)
}

/// An XML document with a root that no declared schema has.
pub fn unknown_root(root: Node<'_, '_>) -> Fault {
    let (name, namespace) = (root.tag_name().name(), root.tag_name().namespace());
    let namespace = namespace.unwrap_or("no namespace");
    let shown = |text: &str| text.chars().take(120).collect::<String>();
    let root_is = format!(
        "the root element is {} in {}",
        shown(name),
        shown(namespace)
    );
    let known: Vec<&str> = schemas()
        .iter()
        .map(|schema| schema.root.as_str())
        .collect();
    let problem = match format_of(root, name, namespace) {
        Some(format) => format!("{root_is}: this is {format}, which is not read"),
        None => format!("{root_is}, which is none of {}", known.join(", ")),
    };
    Fault {
        class: Class::Unknown,
        place: Place::element(root),
        rule: "SL-ROOT",
        problem,
        advice: FORMATS,
    }
}

/// The name of a format that is not read.
fn format_of(root: Node<'_, '_>, name: &str, namespace: &str) -> Option<&'static str> {
    let is = |pattern: &str| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    };
    if root
        .first_element_child()
        .is_some_and(|child| child.tag_name().name() == "IDOC")
    {
        return Some("an SAP IDoc");
    }
    let by_namespace = NAMESPACES.iter().find(|(part, _)| namespace.contains(part));
    let by_name = ROOTS.iter().find(|(pattern, _)| is(pattern));
    by_namespace.or(by_name).map(|(_, format)| *format)
}

fn fault(problem: String, advice: &'static str) -> Fault {
    Fault {
        class: Class::Unknown,
        place: Place::default(),
        rule: "SL-FORMAT",
        problem,
        advice,
    }
}
