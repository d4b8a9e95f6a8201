//! Objects of a PDF (ISO 32000-1, 7.2 and 7.3), parsed from bytes.

use crate::pdf::Trouble;
use crate::pdf::work::Work;

/// Most arrays and dictionaries inside one another.
const MAX_DEPTH: usize = 32;
/// Most objects that one object may consist of.
const MAX_PARTS: usize = 100_000;

/// An object. Real numbers are not told apart from null: nothing that is read here is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// Null, true, false or a real number.
    Nothing,
    Integer(i64),
    /// Without its slash, `#xx` resolved.
    Name(Vec<u8>),
    Text(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    /// The number of an indirect object; generations are not told apart.
    Reference(u32),
}

/// A dictionary; of a key that stands twice the first value counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dict(Vec<(Vec<u8>, Object)>);

impl Dict {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Object> {
        let found = self.0.iter().find(|(own, _)| own == key.as_bytes());
        found.map(|(_, value)| value)
    }

    /// The integer of a key, not below 0.
    pub fn number(&self, key: &str) -> Option<usize> {
        self.get(key).and_then(Object::number)
    }
}

impl Object {
    /// An integer that is not below 0.
    pub fn number(&self) -> Option<usize> {
        match self {
            Self::Integer(value) => usize::try_from(*value).ok(),
            _ => None,
        }
    }

    /// Whether it is this name.
    pub fn is_name(&self, name: &str) -> bool {
        matches!(self, Self::Name(own) if own == name.as_bytes())
    }
}

/// Reads objects one after another.
pub struct Parser<'b, 'w> {
    bytes: &'b [u8],
    /// Where it stands.
    pub at: usize,
    parts: usize,
    work: &'w mut Work,
}

impl<'b, 'w> Parser<'b, 'w> {
    /// A parser that stands at an offset.
    pub fn new(bytes: &'b [u8], at: usize, work: &'w mut Work) -> Self {
        Self {
            bytes,
            at,
            parts: 0,
            work,
        }
    }

    /// Goes over white space and comments.
    pub fn space(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let rest = &self.bytes[self.at..];
                let line = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                self.at += line.unwrap_or(rest.len());
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
        self.work.read(self.at.saturating_sub(start))
    }

    /// Goes over a keyword, if it is the next.
    pub fn keyword(&mut self, word: &str) -> Result<bool, Trouble> {
        self.space()?;
        let found = self
            .bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word.as_bytes()));
        if found {
            self.at += word.len();
        }
        Ok(found)
    }

    /// The next object.
    pub fn object(&mut self) -> Result<Object, Trouble> {
        self.nested(0)
    }

    /// The next object, which must be an integer that is not below 0.
    pub fn number(&mut self) -> Result<usize, Trouble> {
        self.space()?;
        let found = self.digits()?.number();
        found.ok_or(Trouble::Damaged("a number is missing"))
    }

    fn nested(&mut self, depth: usize) -> Result<Object, Trouble> {
        self.parts += 1;
        if depth > MAX_DEPTH || self.parts > MAX_PARTS {
            return Err(Trouble::Limit("objects of too many parts"));
        }
        self.space()?;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        match rest.first() {
            None => Err(Trouble::Damaged("it ends inside an object")),
            Some(b'/') => self.name().map(Object::Name),
            Some(b'(') => self.text().map(Object::Text),
            Some(b'[') => self.array(depth),
            Some(b'<') if rest.starts_with(b"<<") => self.dict(depth),
            Some(b'<') => self.hex().map(Object::Text),
            Some(b'0'..=b'9' | b'+' | b'-' | b'.') => self.integer_or_reference(),
            Some(_) => self.word(),
        }
    }

    fn word(&mut self) -> Result<Object, Trouble> {
        for word in ["null", "true", "false"] {
            if self.keyword(word)? {
                return Ok(Object::Nothing);
            }
        }
        Err(Trouble::Damaged("something stands where an object should"))
    }

    fn array(&mut self, depth: usize) -> Result<Object, Trouble> {
        self.at += 1;
        let mut parts = Vec::new();
        while !self.keyword("]")? {
            parts.push(self.nested(depth + 1)?);
        }
        Ok(Object::Array(parts))
    }

    fn dict(&mut self, depth: usize) -> Result<Object, Trouble> {
        self.at += 2;
        let mut entries = Vec::new();
        while !self.keyword(">>")? {
            if self.peek() != Some(b'/') {
                return Err(Trouble::Damaged("a dictionary's key is not a name"));
            }
            let key = self.name()?;
            entries.push((key, self.nested(depth + 1)?));
        }
        Ok(Object::Dict(Dict(entries)))
    }

    /// An integer, or the reference that begins with it.
    fn integer_or_reference(&mut self) -> Result<Object, Trouble> {
        let value = self.digits()?;
        let Some(number) = value.number().and_then(|number| u32::try_from(number).ok()) else {
            return Ok(value);
        };
        let back = self.at;
        self.space()?;
        if self.peek().is_some_and(|byte| byte.is_ascii_digit())
            && self.digits()?.number().is_some()
            && self.keyword("R")?
        {
            return Ok(Object::Reference(number));
        }
        self.at = back;
        Ok(value)
    }

    /// A number as written; one that is no integer, or a huge one, is nothing.
    fn digits(&mut self) -> Result<Object, Trouble> {
        let written = self.take(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.'))?;
        let value = std::str::from_utf8(written)
            .ok()
            .and_then(|text| text.parse().ok());
        Ok(value.map_or(Object::Nothing, Object::Integer))
    }

    fn name(&mut self) -> Result<Vec<u8>, Trouble> {
        self.at += 1;
        let written = self.take(|byte| !is_space(byte) && !b"()<>[]{}/%".contains(&byte))?;
        let mut name = Vec::with_capacity(written.len());
        let mut rest = written;
        while let Some((first, after)) = rest.split_first() {
            let code = after
                .get(..2)
                .and_then(|code| std::str::from_utf8(code).ok());
            let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
            match code.filter(|_| *first == b'#') {
                Some(code) => {
                    name.push(code);
                    rest = &after[2..];
                }
                None => {
                    name.push(*first);
                    rest = after;
                }
            }
        }
        Ok(name)
    }

    /// A string in parentheses.
    fn text(&mut self) -> Result<Vec<u8>, Trouble> {
        let start = self.at;
        self.at += 1;
        let (mut text, mut open) = (Vec::new(), 1_usize);
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.escape(&mut text),
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                self.work.read(self.at - start)?;
                return Ok(text);
            }
            if byte != b'\\' {
                text.push(byte);
            }
        }
        Err(Trouble::Damaged("it ends inside a string"))
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else {
            return;
        };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' | b'\n' => {}
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                text.push((code & 0xff) as u8);
            }
            other => text.push(other),
        }
    }

    /// A string in hexadecimal digits.
    fn hex(&mut self) -> Result<Vec<u8>, Trouble> {
        self.at += 1;
        let written = self.take(|byte| byte != b'>')?;
        if self.peek().is_none() {
            return Err(Trouble::Damaged("it ends inside a string"));
        }
        self.at += 1;
        let digits = written.iter().filter(|byte| !is_space(**byte));
        let digits: Option<Vec<u8>> = digits
            .map(|byte| {
                char::from(*byte)
                    .to_digit(16)
                    .and_then(|digit| u8::try_from(digit).ok())
            })
            .collect();
        let digits = digits.ok_or(Trouble::Damaged(
            "a string has other than hexadecimal digits",
        ))?;
        let pairs = digits.chunks(2);
        Ok(pairs
            .map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0))
            .collect())
    }

    fn take(&mut self, fits: impl Fn(u8) -> bool) -> Result<&'b [u8], Trouble> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| !fits(*byte))
            .unwrap_or(rest.len());
        self.at += length;
        self.work.read(length + 1)?;
        Ok(&rest[..length])
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

#[cfg(test)]
mod tests;
