//! The XML inside a PDF: Factur-X, ZUGFeRD and Order-X embed one document in a PDF/A-3 (ISO 19005-3).
//!
//! Only the few objects on the way from the trailer to the embedded file are read, as ISO 32000-1 has
//! them: the cross-reference sections (tables and streams), the catalog, its name tree of embedded files
//! and its associated files, and object streams where they hold any of these. Pages, fonts and pictures
//! are never looked at. Every byte that is read and every byte that is unpacked is paid for out of one
//! allowance ([`work::Work`]), and references are followed to a stated depth, so that time and memory
//! are bounded whatever the file says of itself.

use crate::fault::{Class, Fault, Place};
use crate::pdf::attachments::Attachment;
use crate::pdf::file::File;

mod attachments;
mod file;
mod object;
mod stream;
mod work;
mod xref;

/// Names of the embedded document, as the standards write them: Factur-X and ZUGFeRD 2.1 on; ZUGFeRD 2.0
/// and 1.0; ZUGFeRD's XRechnung profile; Order-X; and the Cross Industry Order and Despatch Advice as
/// some programs call them. Capitals do not count.
pub const NAMES: [&str; 6] = [
    "factur-x.xml",
    "zugferd-invoice.xml",
    "xrechnung.xml",
    "order-x.xml",
    "cio.xml",
    "cida.xml",
];

/// Why no document comes out of a PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Not as ISO 32000-1 has it.
    Damaged(&'static str),
    /// The trailer names an encryption dictionary.
    Encrypted,
    /// A stream is packed in a way that is not read.
    Filter,
    /// More than the stated bounds.
    Limit(&'static str),
}

/// How far into a file readers look for a PDF's first line (ISO 32000-1, annex H.3).
const HEAD: usize = 1_024;

/// Where a PDF begins: at `%PDF`, behind white space and byte order marks, or at `%PDF-` in the first bytes of a file
/// that does not begin as XML or JSON does: programs of mail and printing leave lines before it.
pub(crate) fn start(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < HEAD {
        let rest = bytes.get(at..)?;
        at += match rest.first()? {
            b'%' if rest.starts_with(b"%PDF") => return Some(at),
            0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ' => 1,
            0xef if rest.starts_with(b"\xef\xbb\xbf") => 3,
            b'<' | b'{' | b'[' => return None,
            _ => return within(rest, HEAD - at).map(|behind| at + behind),
        };
    }
    None
}

/// Where `%PDF-` first stands among so many bytes and begins there.
fn within(bytes: &[u8], most: usize) -> Option<usize> {
    const MARK: &[u8] = b"%PDF-";
    let head = &bytes[..bytes.len().min(most + MARK.len() - 1)];
    head.windows(MARK.len()).position(|window| window == MARK)
}

/// The embedded document: its name and its bytes.
///
/// # Errors
/// When the PDF is damaged, encrypted or above a limit, has no embedded file under a name of [`NAMES`],
/// or several.
pub fn embedded(bytes: &[u8]) -> Result<(String, Vec<u8>), Fault> {
    let mut file = File::open(bytes).map_err(fault)?;
    let attachments = attachments::of(&mut file).map_err(fault)?;
    let wanted: Vec<&Attachment> = attachments.iter().filter(|one| one.is_document()).collect();
    let one = match wanted[..] {
        [one] => one,
        [] => return Err(none(&attachments)),
        _ => return Err(several(&wanted)),
    };
    let content = file.content(one.content).map_err(fault)?;
    for twin in &one.twins {
        if file.content(*twin).map_err(fault)? != content {
            return Err(differing(&one.name));
        }
    }
    Ok((one.name.clone(), content))
}

fn none(attachments: &[Attachment]) -> Fault {
    let problem = match attachments {
        [] => {
            "the PDF has no embedded file in its catalog, so it holds no document that a program can read: files that are attached \
             to a page or an annotation are not read"
                .into()
        }
        some if some.iter().any(Attachment::is_beside) => format!(
            "no embedded file of the PDF is a document: its AFRelationship says that {} is not what the PDF shows",
            listed(&some.iter().filter(|one| one.is_beside()).cloned().collect::<Vec<_>>())
        ),
        some => format!(
            "no embedded file of the PDF is a document: it has {}",
            listed(some)
        ),
    };
    Fault {
        class: Class::Unknown,
        place: Place::default(),
        rule: "SL-PDF-NONE",
        problem,
        advice: "Ask the sender for the XML (factur-x.xml, xrechnung.xml, order-x.xml), or type the paper in with `sealane document new`.",
    }
}

fn several(wanted: &[&Attachment]) -> Fault {
    let wanted: Vec<Attachment> = wanted.iter().map(|one| (*one).clone()).collect();
    Fault {
        class: Class::Unknown,
        place: Place::default(),
        rule: "SL-PDF-SEVERAL",
        problem: format!("the PDF holds more than one document: {}", listed(&wanted)),
        advice: "Take the right one out of the PDF and give that; ask the sender to embed one.",
    }
}

/// One file whose streams for two systems differ: a reader of the one sees another invoice than a reader of the other.
fn differing(name: &str) -> Fault {
    let name: String = name.chars().take(60).collect();
    Fault {
        class: Class::Unknown,
        place: Place::default(),
        rule: "SL-PDF-SEVERAL",
        problem: format!(
            "the PDF's embedded file {name:?} has more than one content, which differ (F, UF)"
        ),
        advice: "Ask the sender for the XML itself, or for a PDF with one.",
    }
}

/// The first few names, for messages.
fn listed(attachments: &[Attachment]) -> String {
    const SHOWN: usize = 5;
    let mut names: Vec<String> = attachments
        .iter()
        .take(SHOWN)
        .map(|one| {
            let short: String = one.name.chars().take(60).collect();
            format!("{short:?}")
        })
        .collect();
    if attachments.len() > SHOWN {
        names.push(format!("{} more", attachments.len() - SHOWN));
    }
    names.join(", ")
}

fn fault(trouble: Trouble) -> Fault {
    let (class, rule, problem, advice) = match trouble {
        Trouble::Damaged(what) => (
            Class::Form,
            "SL-PDF",
            format!("the PDF is damaged: {what}"),
            "Ask the sender for the file again, or for its XML alone.",
        ),
        Trouble::Encrypted => (
            Class::Form,
            "SL-PDF-ENCRYPTED",
            "the PDF is encrypted".to_owned(),
            "PDF/A-3 allows no encryption: ask the sender for the file without it, or for its XML alone.",
        ),
        Trouble::Filter => (
            Class::Form,
            "SL-PDF-FILTER",
            "the embedded file is packed otherwise than with FlateDecode".to_owned(),
            "Take the XML out of the PDF and give that.",
        ),
        Trouble::Limit(what) => (
            Class::Limit,
            "SL-LIMIT",
            format!("the PDF has {what}"),
            "Take the XML out of the PDF and give that.",
        ),
    };
    Fault {
        class,
        place: Place::default(),
        rule,
        problem,
        advice,
    }
}
