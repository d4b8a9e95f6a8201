//! A PDF as a file of objects, each read when it is asked for.

use std::collections::HashMap;
use std::rc::Rc;

use crate::pdf::Trouble;
use crate::pdf::object::{Dict, Object, Parser};
use crate::pdf::stream::unpack;
use crate::pdf::work::Work;
use crate::pdf::xref::{Entry, Table, indirect, plain_filter};

/// Most references that are followed from one to the next.
const MAX_STEPS: usize = 8;

const CYCLE: Trouble = Trouble::Limit("references that go round in a circle");

/// A PDF.
pub struct File<'b> {
    bytes: &'b [u8],
    table: Table,
    work: Work,
    /// Object streams that were unpacked.
    unpacked: HashMap<u32, Rc<Vec<u8>>>,
}

impl<'b> File<'b> {
    /// Reads the cross-reference sections.
    pub fn open(bytes: &'b [u8]) -> Result<Self, Trouble> {
        let mut work = Work::new();
        let table = Table::read(bytes, &mut work)?;
        if table
            .trailer
            .get("Encrypt")
            .is_some_and(|own| *own != Object::Nothing)
        {
            return Err(Trouble::Encrypted);
        }
        Ok(Self {
            bytes,
            table,
            work,
            unpacked: HashMap::new(),
        })
    }

    /// The catalog.
    pub fn catalog(&mut self) -> Result<Dict, Trouble> {
        let root = self.table.trailer.get("Root").cloned();
        let root = self.dict(root.as_ref())?;
        root.ok_or(Trouble::Damaged("it has no catalog"))
    }

    /// What stands in an object or where it refers to; an object that is not there is nothing.
    pub fn resolve(&mut self, object: &Object) -> Result<Object, Trouble> {
        self.follow(object, 0)
    }

    /// The dictionary in an object or where it refers to.
    pub fn dict(&mut self, object: Option<&Object>) -> Result<Option<Dict>, Trouble> {
        match object.map(|object| self.resolve(object)).transpose()? {
            Some(Object::Dict(dict)) => Ok(Some(dict)),
            _ => Ok(None),
        }
    }

    /// The list in an object or where it refers to; empty if there is none.
    pub fn list(&mut self, object: Option<&Object>) -> Result<Vec<Object>, Trouble> {
        match object.map(|object| self.resolve(object)).transpose()? {
            Some(Object::Array(list)) => Ok(list),
            _ => Ok(Vec::new()),
        }
    }

    /// The unpacked bytes of a stream.
    pub fn content(&mut self, number: u32) -> Result<Vec<u8>, Trouble> {
        self.stream(number, 0).map(|(_, content)| content)
    }

    fn follow(&mut self, object: &Object, steps: usize) -> Result<Object, Trouble> {
        let Object::Reference(number) = object else {
            return Ok(object.clone());
        };
        if steps >= MAX_STEPS {
            return Err(CYCLE);
        }
        let found = match self.table.entry(*number) {
            Entry::Free => Object::Nothing,
            Entry::At(offset) => self.at(*number, offset)?.0,
            Entry::Inside(container, place) => self.inside(*number, container, place, steps + 1)?,
        };
        self.follow(&found, steps + 1)
    }

    /// The object at an offset, which must have this number.
    fn at(&mut self, number: u32, offset: usize) -> Result<(Object, Option<usize>), Trouble> {
        let (own, object, start) = indirect(self.bytes, offset, &mut self.work)?;
        if u32::try_from(own) != Ok(number) {
            return Err(Trouble::Damaged("an object is not where it should be"));
        }
        Ok((object, start))
    }

    /// An object of an object stream (ISO 32000-1, 7.5.7).
    fn inside(
        &mut self,
        number: u32,
        container: u32,
        place: usize,
        steps: usize,
    ) -> Result<Object, Trouble> {
        const BROKEN: Trouble = Trouble::Damaged("an object stream is broken");
        let (dict, content) = self.object_stream(container, steps)?;
        let first = dict.number("First").ok_or(BROKEN)?;
        let mut parser = Parser::new(&content, 0, &mut self.work);
        for _ in 0..place {
            parser.number()?;
            parser.number()?;
        }
        let (own, offset) = (parser.number()?, parser.number()?);
        if u32::try_from(own) != Ok(number) {
            return Err(BROKEN);
        }
        let start = first.checked_add(offset).ok_or(BROKEN)?;
        Parser::new(&content, start, &mut self.work).object()
    }

    fn object_stream(&mut self, number: u32, steps: usize) -> Result<(Dict, Rc<Vec<u8>>), Trouble> {
        if let Some(content) = self.unpacked.get(&number).cloned() {
            let Entry::At(offset) = self.table.entry(number) else {
                return Err(CYCLE);
            };
            let (object, _) = self.at(number, offset)?;
            return match object {
                Object::Dict(dict) => Ok((dict, content)),
                _ => Err(Trouble::Damaged("an object stream is broken")),
            };
        }
        let (dict, content) = self.stream(number, steps)?;
        let content = Rc::new(content);
        self.unpacked.insert(number, Rc::clone(&content));
        Ok((dict, content))
    }

    /// A stream's dictionary and its unpacked bytes. Streams stand in the file itself, never in others.
    fn stream(&mut self, number: u32, steps: usize) -> Result<(Dict, Vec<u8>), Trouble> {
        const BROKEN: Trouble = Trouble::Damaged("a stream is not where it should be");
        let Entry::At(offset) = self.table.entry(number) else {
            return Err(BROKEN);
        };
        let (Object::Dict(dict), Some(start)) = self.at(number, offset)? else {
            return Err(BROKEN);
        };
        if dict.get("F").is_some() {
            return Err(Trouble::Damaged("a stream's bytes are in another file"));
        }
        let length = dict.get("Length").ok_or(BROKEN)?.clone();
        let length = self.follow(&length, steps + 1)?.number().ok_or(BROKEN)?;
        let end = start.checked_add(length).ok_or(BROKEN)?;
        let packed = self
            .bytes
            .get(start..end)
            .ok_or(Trouble::Damaged("it ends inside a stream"))?;
        let (filter, parameters) = plain_filter(&dict);
        let filter = self.follow(&filter, steps + 1)?;
        let content = unpack(packed, &filter, parameters, &mut self.work)?;
        Ok((dict, content))
    }
}
