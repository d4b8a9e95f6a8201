//! The embedded files of a PDF (ISO 32000-1, 7.7.4 and 7.11; associated files: ISO 19005-3, annex E).

use std::collections::HashSet;

use encoding_rs::{UTF_16BE, UTF_16LE};

use crate::pdf::file::File;
use crate::pdf::object::{Dict, Object};
use crate::pdf::{NAMES, Trouble};

/// Most embedded files, and most nodes of their name tree.
const MAX_ATTACHMENTS: usize = 1_000;
/// Most nodes of the name tree inside one another.
const MAX_DEPTH: usize = 16;
/// Keys of an embedded file's streams (ISO 32000-1, table 44): all are the same file.
const SYSTEMS: [&str; 5] = ["F", "UF", "DOS", "Mac", "Unix"];
/// Relations to the PDF under which a file is not what the PDF shows.
const NOT_THE_DOCUMENT: [&str; 4] = ["Supplement", "EncryptedPayload", "FormData", "Schema"];

/// An embedded file.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// The number of the stream that it is.
    pub content: u32,
    /// Other streams that the same file is, for other systems.
    pub twins: Vec<u32>,
    /// Whether its `AFRelationship` allows that it is what the PDF shows.
    related: bool,
}

impl Attachment {
    /// Whether it has a name of [`NAMES`] and is what the PDF shows.
    pub fn is_document(&self) -> bool {
        self.related && self.is_named()
    }

    /// Whether it has such a name, and says that it is not what the PDF shows.
    pub fn is_beside(&self) -> bool {
        !self.related && self.is_named()
    }

    fn is_named(&self) -> bool {
        let mut names = NAMES.iter();
        names.any(|name| self.name.eq_ignore_ascii_case(name))
    }
}

/// All embedded files that the catalog names, each once.
pub fn of(file: &mut File<'_>) -> Result<Vec<Attachment>, Trouble> {
    let catalog = file.catalog()?;
    let mut specifications = Vec::new();
    if let Some(names) = file.dict(catalog.get("Names"))? {
        let mut tree = Tree::default();
        if let Some(root) = names.get("EmbeddedFiles") {
            tree.node(file, root, 0)?;
        }
        specifications = tree.files;
    }
    specifications.extend(file.list(catalog.get("AF"))?);
    if specifications.len() > 2 * MAX_ATTACHMENTS {
        return Err(Trouble::Limit("more than 1,000 embedded files"));
    }
    let mut found: Vec<Attachment> = Vec::new();
    for specification in specifications {
        let Some(attachment) = attachment(file, &specification)? else {
            continue;
        };
        match found
            .iter_mut()
            .find(|own| own.content == attachment.content)
        {
            Some(known) => {
                known.related &= attachment.related;
                known.twins.extend(attachment.twins);
            }
            None => found.push(attachment),
        }
    }
    Ok(found)
}

/// What a walk over the name tree gathers.
#[derive(Default)]
struct Tree {
    seen: HashSet<u32>,
    nodes: usize,
    files: Vec<Object>,
}

impl Tree {
    fn node(&mut self, file: &mut File<'_>, node: &Object, depth: usize) -> Result<(), Trouble> {
        self.nodes += 1;
        if self.nodes > MAX_ATTACHMENTS || depth > MAX_DEPTH {
            return Err(Trouble::Limit("a tree of embedded files without end"));
        }
        if let Object::Reference(number) = node
            && !self.seen.insert(*number)
        {
            return Err(Trouble::Limit(
                "a tree of embedded files that goes round in a circle",
            ));
        }
        let Some(dict) = file.dict(Some(node))? else {
            return Ok(());
        };
        let pairs = file.list(dict.get("Names"))?;
        self.files.extend(pairs.into_iter().skip(1).step_by(2));
        if self.files.len() > MAX_ATTACHMENTS {
            return Err(Trouble::Limit("more than 1,000 embedded files"));
        }
        for kid in file.list(dict.get("Kids"))? {
            self.node(file, &kid, depth + 1)?;
        }
        Ok(())
    }
}

/// What a file specification describes; none if it embeds nothing.
fn attachment(file: &mut File<'_>, specification: &Object) -> Result<Option<Attachment>, Trouble> {
    let Some(dict) = file.dict(Some(specification))? else {
        return Ok(None);
    };
    let Some(embedded) = file.dict(dict.get("EF"))? else {
        return Ok(None);
    };
    let content = embedded.get("UF").or_else(|| embedded.get("F"));
    let Some(Object::Reference(content)) = content else {
        return Ok(None);
    };
    let twins = SYSTEMS
        .iter()
        .filter_map(|system| match embedded.get(system) {
            Some(Object::Reference(twin)) if twin != content => Some(*twin),
            _ => None,
        });
    let twins = twins.collect();
    let relation = dict
        .get("AFRelationship")
        .map(|own| file.resolve(own))
        .transpose()?;
    let related =
        !relation.is_some_and(|own| NOT_THE_DOCUMENT.iter().any(|name| own.is_name(name)));
    Ok(Some(Attachment {
        name: name(file, &dict)?,
        content: *content,
        twins,
        related,
    }))
}

/// The name of a file: `UF`, else `F`. A folder before it is left out.
fn name(file: &mut File<'_>, dict: &Dict) -> Result<String, Trouble> {
    for key in ["UF", "F"] {
        let Some(written) = dict.get(key) else {
            continue;
        };
        if let Object::Text(bytes) = file.resolve(written)? {
            let name = text(&bytes);
            let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
            return Ok(last.trim().to_owned());
        }
    }
    Ok(String::new())
}

/// A text string: UTF-16 or UTF-8 with a mark, else one letter a byte (ISO 32000-1, 7.9.2).
fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        [0xff, 0xfe, rest @ ..] => UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
