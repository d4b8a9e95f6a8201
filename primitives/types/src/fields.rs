//! The fields of a canonical document: typed values, and the inputs that each gives its leaf.
//!
//! A field's plaintext, what sealing encrypts, is the canonical encoding of its [`FieldValue`]; its
//! leaf commits to [`FieldValue::inputs`], a leaf of legal identifiers to [`FieldValue::identifiers`].
//! The inputs are a function of the value, so whoever opens a field recomputes them and compares.

use crate::encoding::{Decode, DecodeError, Encode, Reader, ensure, invalid, put_bytes};
use crate::names::plain_name;
pub use crate::text::{loose_number, strict_number};

/// Longest text that a field holds, in bytes of UTF-8.
pub const MAX_TEXT: usize = 512;
/// Most references that a field of references holds.
pub const MAX_REFERENCES: usize = 64;
/// Most distinct legal identifiers of a party; more are refused, never cut.
pub const PARTY_IDS: usize = 7;
/// Longest legal identifier in its canonical form, in bytes of UTF-8.
pub const MAX_IDENTIFIER: usize = 96;

/// A three-letter ISO 4217 currency code, upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[encoding(check)]
pub struct Currency(#[encoding(array("currency"))] [u8; 3]);

impl Currency {
    /// Reads a code of three letters `A` to `Z`.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let code = Self(code.as_bytes().try_into().ok()?);
        code.check().is_ok().then_some(code)
    }

    /// Reads a code of ISO 4217 for money in use ([`crate::currencies`]).
    #[must_use]
    pub fn listed(code: &str) -> Option<Self> {
        let listed = crate::currencies::CODES.binary_search(&code).is_ok();
        Self::new(code).filter(|_| listed)
    }

    fn check(&self) -> Result<(), DecodeError> {
        let capitals = self.0.iter().all(u8::is_ascii_uppercase);
        ensure(capitals, "currency", "not three capital letters")
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("checked to be ASCII letters")
    }

    /// The letters as one integer, big-endian: what a leaf commits to.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.0
            .iter()
            .fold(0, |number, letter| number << 8 | u32::from(*letter))
    }

    /// Decimals of its minor unit, ISO 4217; two unless listed.
    #[must_use]
    pub fn minor_units(&self) -> u32 {
        match self.code() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF"
            | "UGX" | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            "CLF" | "UYW" => 4,
            _ => 2,
        }
    }
}

/// One field's value.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "field value")]
pub enum FieldValue {
    /// Free text, as written but for white space at the ends.
    Text(#[encoding(text(MAX_TEXT, "text"))] String) = 0,
    /// A document number: trimmed, upper case, separators kept.
    Number(#[encoding(read = number(reader))] String) = 1,
    /// A party's name, as written but for white space at the ends.
    Name(#[encoding(text(MAX_TEXT, "name"))] String) = 9,
    /// Legal identifiers of a party in their canonical form `scheme:value`: 1 to [`PARTY_IDS`] different ones, in
    /// canonical order.
    LegalIds(#[encoding(read = identifiers(reader))] Vec<String>) = 2,
    /// Document numbers that this document refers to, in order, each as a [`FieldValue::Number`].
    References(#[encoding(list(MAX_REFERENCES, "references"), read = number(reader))] Vec<String>) =
        3,
    /// A code or count.
    Integer(i64) = 4,
    /// Days since 1970-01-01.
    Date(i32) = 5,
    /// An amount of money at the field's fixed scale, with its currency.
    Amount {
        /// Units of 10^-scale.
        value: i128,
        /// The currency, in the leaf beside the amount.
        currency: Currency,
    } = 6,
    /// A quantity at the field's fixed scale, with its UN/ECE Recommendation 20 unit code.
    Quantity {
        /// Units of 10^-scale.
        value: i128,
        /// The unit code; empty where the document gives none.
        #[encoding(text(MAX_TEXT, "unit code"))]
        unit: String,
    } = 7,
    /// A unit price and the quantity it is for, each at its field's fixed scale.
    Price {
        /// Price in units of 10^-scale.
        value: i128,
        /// Base quantity in units of 10^-scale of quantities.
        base: i128,
    } = 8,
    /// A line of another document.
    LineReference {
        /// The line's identifier, as written but for white space at the ends.
        #[encoding(text(MAX_TEXT, "line identifier"))]
        line: String,
        /// The document that it counts in.
        of: LineOf,
    } = 10,
}

/// Which document a referred line is of.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "document of a line")]
pub enum LineOf {
    /// The document names none: the line's identifier alone counts.
    Any = 0,
    /// The document names several, and the line none: it is nobody's line.
    Unknown = 1,
    /// The document with this number, as a [`FieldValue::Number`] whose loose form is not empty.
    Number(#[encoding(read = telling_number(reader))] String) = 2,
}

/// One input of a leaf, before it becomes a field element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeafInput {
    /// Nothing: the field element 0.
    Zero,
    /// An integer; a negative one is the modulus less its magnitude.
    Integer(i128),
    /// Text, hashed to a field element under the domain tag for text.
    Text(String),
    /// Bytes, hashed to a field element under the domain tag for byte strings.
    Bytes(Vec<u8>),
    /// The fixed element of a document that is not known: nothing else hashes to it.
    Unknown,
}

impl FieldValue {
    /// The identifiers of a party, as text inputs, zeros after them: what a leaf of identifiers commits to. `None` of
    /// another value, and of more identifiers than [`PARTY_IDS`].
    #[must_use]
    pub fn identifiers(&self) -> Option<[LeafInput; PARTY_IDS]> {
        let Self::LegalIds(ids) = self else {
            return None;
        };
        let mut inputs = [const { LeafInput::Zero }; PARTY_IDS];
        (ids.len() <= PARTY_IDS).then(|| {
            for (input, id) in inputs.iter_mut().zip(ids) {
                *input = LeafInput::Text(id.clone());
            }
            inputs
        })
    }

    /// The two inputs that a leaf commits to, after presence and before blinding.
    #[must_use]
    pub fn inputs(&self) -> [LeafInput; 2] {
        use LeafInput::{Bytes, Integer, Text, Unknown, Zero};
        match self {
            Self::Text(text) => {
                let loose = Some(loose_number(text)).filter(|loose| !loose.is_empty());
                [Text(text.clone()), loose.map_or(Zero, Text)]
            }
            Self::Name(name) => {
                let plain = Some(plain_name(name)).filter(|plain| !plain.is_empty());
                [Text(name.clone()), plain.map_or(Zero, Text)]
            }
            // in a slot that is no party's: such a leaf is wrong, but has a hash
            Self::LegalIds(ids) => [Bytes(joined(ids)), Zero],
            Self::Number(number) => [Text(number.clone()), Text(loose_number(number))],
            Self::References(list) => {
                let first = list
                    .first()
                    .map_or(Zero, |number| Text(loose_number(number)));
                [first, Bytes(joined(list))]
            }
            Self::Integer(value) => [Integer((*value).into()), Zero],
            Self::Date(day) => [Integer((*day).into()), Zero],
            Self::Amount { value, currency } => {
                [Integer(*value), Integer(currency.number().into())]
            }
            Self::Quantity { value, unit } => [Integer(*value), Text(unit.clone())],
            Self::Price { value, base } => [Integer(*value), Integer(*base)],
            Self::LineReference { line, of } => {
                let of = match of {
                    LineOf::Any => Zero,
                    LineOf::Unknown => Unknown,
                    LineOf::Number(number) => Text(loose_number(number)),
                };
                [Text(line.clone()), of]
            }
        }
    }
}

/// Texts, each with its length before it.
fn joined(list: &[String]) -> Vec<u8> {
    let mut all = Vec::new();
    list.iter()
        .for_each(|text| put_bytes(&mut all, text.as_bytes()));
    all
}

fn identifiers(reader: &mut Reader<'_>) -> Result<Vec<String>, DecodeError> {
    let what = "legal identifiers";
    let read = |reader: &mut Reader<'_>| reader.text(MAX_IDENTIFIER, what);
    let ids: Vec<String> = reader.list_of(PARTY_IDS, what, read)?;
    let twice = |(at, id): (usize, &String)| ids[..at].contains(id);
    if ids.is_empty() {
        invalid(what, "a party without any has no such field")
    } else if ids.iter().any(String::is_empty) {
        invalid(what, "one of them is empty")
    } else if ids.iter().enumerate().any(twice) {
        invalid(what, "one of them stands there twice")
    } else {
        Ok(ids)
    }
}

fn number(reader: &mut Reader<'_>) -> Result<String, DecodeError> {
    let number = reader.text(MAX_TEXT, "document number")?;
    let strict = strict_number(&number) == number;
    ensure(strict, "document number", "not trimmed and in upper case")?;
    Ok(number)
}

fn telling_number(reader: &mut Reader<'_>) -> Result<String, DecodeError> {
    let number = number(reader)?;
    let telling = !loose_number(&number).is_empty();
    ensure(
        telling,
        "document of a line",
        "a number has a letter or a digit",
    )?;
    Ok(number)
}
