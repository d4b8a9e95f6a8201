//! Cross-reference sections (ISO 32000-1, 7.5.4 and 7.5.8): where each object stands.

use std::collections::{HashMap, HashSet};

use crate::pdf::Trouble;
use crate::pdf::object::{Dict, Object, Parser};
use crate::pdf::stream::unpack;
use crate::pdf::work::Work;

/// Most sections: each incremental update adds one.
const MAX_SECTIONS: usize = 256;
/// Most entries of all sections.
const MAX_ENTRIES: usize = 1_000_000;
/// What a row of a cross-reference stream costs, in bytes of the allowance.
const ROW_COST: usize = 8;

/// Where an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Free,
    /// At this offset of the file.
    At(usize),
    /// In this object stream, at this place.
    Inside(u32, usize),
}

/// All sections, the newest first: the first entry of an object counts.
pub struct Table {
    entries: HashMap<u32, Entry>,
    /// The newest section's trailer.
    pub trailer: Dict,
}

impl Table {
    /// Reads all sections, from the last `startxref` on.
    pub fn read(bytes: &[u8], work: &mut Work) -> Result<Self, Trouble> {
        let word = b"startxref";
        let last = bytes.windows(word.len()).rposition(|window| window == word);
        let last = last.ok_or(Trouble::Damaged("it does not say where its objects stand"))?;
        let mut next = Some(Parser::new(bytes, last + word.len(), work).number()?);
        let mut table = Self {
            entries: HashMap::new(),
            trailer: Dict::default(),
        };
        let mut seen = HashSet::new();
        while let Some(offset) = next {
            if !seen.insert(offset) || seen.len() > MAX_SECTIONS {
                return Err(Trouble::Limit("cross-reference sections without end"));
            }
            let trailer = table.section(bytes, offset, work)?;
            next = trailer.number("Prev");
            if seen.len() == 1 {
                table.trailer = trailer;
            }
        }
        Ok(table)
    }

    /// Where an object stands.
    pub fn entry(&self, number: u32) -> Entry {
        self.entries.get(&number).copied().unwrap_or(Entry::Free)
    }

    /// Reads one section; returns its trailer.
    fn section(&mut self, bytes: &[u8], offset: usize, work: &mut Work) -> Result<Dict, Trouble> {
        let mut parser = Parser::new(bytes, offset, work);
        if !parser.keyword("xref")? {
            return self.stream(bytes, offset, work);
        }
        while !parser.keyword("trailer")? {
            let (first, count) = (parser.number()?, parser.number()?);
            for number in first..first.saturating_add(count) {
                let at = parser.number()?;
                parser.number()?;
                let used = parser.keyword("n")?;
                if !used && !parser.keyword("f")? {
                    return Err(Trouble::Damaged("a cross-reference table is broken"));
                }
                self.add(number, if used { Entry::At(at) } else { Entry::Free })?;
            }
        }
        let Object::Dict(trailer) = parser.object()? else {
            return Err(Trouble::Damaged("a trailer is missing"));
        };
        if let Some(offset) = trailer.number("XRefStm") {
            self.stream(bytes, offset, work)?;
        }
        Ok(trailer)
    }

    /// Reads a cross-reference stream; returns its dictionary. Nothing in it may be a reference.
    fn stream(&mut self, bytes: &[u8], offset: usize, work: &mut Work) -> Result<Dict, Trouble> {
        const BROKEN: Trouble = Trouble::Damaged("a cross-reference stream is broken");
        let (_, object, start) = indirect(bytes, offset, work)?;
        let (Object::Dict(dict), Some(start)) = (object, start) else {
            return Err(BROKEN);
        };
        if !dict.get("Type").is_some_and(|own| own.is_name("XRef")) {
            return Err(BROKEN);
        }
        let end = dict
            .number("Length")
            .and_then(|length| start.checked_add(length));
        let packed = end.and_then(|end| bytes.get(start..end)).ok_or(BROKEN)?;
        let (filter, parameters) = plain_filter(&dict);
        let data = unpack(packed, &filter, parameters, work)?;
        let widths = numbers(dict.get("W"));
        let [one, two, three] = widths[..] else {
            return Err(BROKEN);
        };
        let size = one.saturating_add(two).saturating_add(three);
        if size == 0 || [one, two, three].iter().any(|width| *width > 8) {
            return Err(BROKEN);
        }
        let mut index = numbers(dict.get("Index"));
        if index.is_empty() {
            index = vec![0, dict.number("Size").unwrap_or(0)];
        }
        work.read(ROW_COST.saturating_mul(data.len() / size))?;
        let mut rows = data.chunks_exact(size);
        for range in index.chunks_exact(2) {
            let numbers = range[0]..range[0].saturating_add(range[1]);
            for (number, row) in numbers.zip(&mut rows) {
                let field = |from: usize, width: usize| value(&row[from..from + width]);
                let kind = if one == 0 { 1 } else { field(0, one) };
                let (first, second) = (field(one, two), field(one + two, three));
                let inside = u32::try_from(first).ok();
                let entry = match (kind, inside) {
                    (1, _) => Entry::At(first),
                    (2, Some(container)) => Entry::Inside(container, second),
                    _ => Entry::Free,
                };
                self.add(number, entry)?;
            }
        }
        Ok(dict)
    }

    fn add(&mut self, number: usize, entry: Entry) -> Result<(), Trouble> {
        if self.entries.len() >= MAX_ENTRIES {
            return Err(Trouble::Limit("more objects than a document needs"));
        }
        if let Ok(number) = u32::try_from(number) {
            self.entries.entry(number).or_insert(entry);
        }
        Ok(())
    }
}

/// The indirect object at an offset: its number, itself, and where its stream begins if it has one.
pub fn indirect(
    bytes: &[u8],
    offset: usize,
    work: &mut Work,
) -> Result<(usize, Object, Option<usize>), Trouble> {
    let mut parser = Parser::new(bytes, offset, work);
    let number = parser.number()?;
    parser.number()?;
    if !parser.keyword("obj")? {
        return Err(Trouble::Damaged("an object is not where it should be"));
    }
    let object = parser.object()?;
    let mut start = None;
    if matches!(object, Object::Dict(_)) && parser.keyword("stream")? {
        let line = bytes.get(parser.at..).unwrap_or_default();
        start = match line {
            [b'\r', b'\n', ..] => Some(parser.at + 2),
            [b'\n' | b'\r', ..] => Some(parser.at + 1),
            _ => None,
        };
    }
    Ok((number, object, start))
}

/// The one filter of a dictionary without references and its parameters; a list of several stays a list.
pub fn plain_filter(dict: &Dict) -> (Object, Option<&Dict>) {
    let one = |key: &str| match dict.get(key) {
        Some(Object::Array(list)) if list.len() <= 1 => list.first(),
        other => other,
    };
    let parameters = match one("DecodeParms") {
        Some(Object::Dict(own)) => Some(own),
        _ => None,
    };
    (
        one("Filter").cloned().unwrap_or(Object::Nothing),
        parameters,
    )
}

fn numbers(object: Option<&Object>) -> Vec<usize> {
    match object {
        Some(Object::Array(list)) => list.iter().filter_map(Object::number).collect(),
        _ => Vec::new(),
    }
}

fn value(bytes: &[u8]) -> usize {
    let value = bytes
        .iter()
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    usize::try_from(value).unwrap_or(usize::MAX)
}
