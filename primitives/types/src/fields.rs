//! The fields of a canonical document: typed values, and the inputs that each gives its leaf.
//!
//! A field's plaintext, what sealing encrypts, is the canonical encoding of its [`FieldValue`]; its
//! leaf commits to [`FieldValue::inputs`], a leaf of legal identifiers to [`FieldValue::identifiers`].
//! The inputs are a function of the value, so whoever opens a field recomputes them and compares.

use crate::encoding::{Decode, DecodeError, Encode, Reader, put_bytes, put_length};
use crate::names::plain_name;
use crate::schema::PARTY_IDS;
pub use crate::text::{loose_number, strict_number};

/// Longest text that a field holds, in bytes of UTF-8.
pub const MAX_TEXT: usize = 512;
/// Most references that a field of references holds.
pub const MAX_REFERENCES: usize = 64;
/// Longest legal identifier in its canonical form, in bytes of UTF-8.
pub const MAX_IDENTIFIER: usize = 96;

/// A three-letter ISO 4217 currency code, upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads a code of three letters `A` to `Z`.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes
            .iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Self(bytes))
    }

    /// Reads a code of ISO 4217 for money in use ([`crate::currencies`]).
    #[must_use]
    pub fn listed(code: &str) -> Option<Self> {
        let listed = crate::currencies::CODES.binary_search(&code).is_ok();
        Self::new(code).filter(|_| listed)
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// Free text, as written but for white space at the ends.
    Text(String),
    /// A document number: trimmed, upper case, separators kept.
    Number(String),
    /// A party's name, as written but for white space at the ends.
    Name(String),
    /// Legal identifiers of a party in their canonical form `scheme:value`: 1 to [`PARTY_IDS`] different ones, in
    /// canonical order.
    LegalIds(Vec<String>),
    /// Document numbers that this document refers to, in order, each as a [`FieldValue::Number`].
    References(Vec<String>),
    /// A code or count.
    Integer(i64),
    /// Days since 1970-01-01.
    Date(i32),
    /// An amount of money at the field's fixed scale, with its currency.
    Amount {
        /// Units of 10^-scale.
        value: i128,
        /// The currency, in the leaf beside the amount.
        currency: Currency,
    },
    /// A quantity at the field's fixed scale, with its UN/ECE Recommendation 20 unit code.
    Quantity {
        /// Units of 10^-scale.
        value: i128,
        /// The unit code; empty where the document gives none.
        unit: String,
    },
    /// A unit price and the quantity it is for, each at its field's fixed scale.
    Price {
        /// Price in units of 10^-scale.
        value: i128,
        /// Base quantity in units of 10^-scale of quantities.
        base: i128,
    },
    /// A line of another document.
    LineReference {
        /// The line's identifier, as written but for white space at the ends.
        line: String,
        /// The document that it counts in.
        of: LineOf,
    },
}

/// Which document a referred line is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineOf {
    /// The document names none: the line's identifier alone counts.
    Any,
    /// The document names several, and the line none: it is nobody's line.
    Unknown,
    /// The document with this number, as a [`FieldValue::Number`] whose loose form is not empty.
    Number(String),
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

impl Encode for FieldValue {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) => put_tagged_text(out, 0, text),
            Self::Number(number) => put_tagged_text(out, 1, number),
            Self::LegalIds(ids) => put_tagged_list(out, 2, ids),
            Self::References(list) => put_tagged_list(out, 3, list),
            Self::Integer(value) => {
                out.push(4);
                value.encode(out);
            }
            Self::Date(day) => {
                out.push(5);
                day.encode(out);
            }
            Self::Amount { value, currency } => {
                out.push(6);
                value.encode(out);
                currency.0.encode(out);
            }
            Self::Quantity { value, unit } => {
                out.push(7);
                value.encode(out);
                put_bytes(out, unit.as_bytes());
            }
            Self::Price { value, base } => {
                out.push(8);
                value.encode(out);
                base.encode(out);
            }
            Self::Name(name) => put_tagged_text(out, 9, name),
            Self::LineReference { line, of } => {
                put_tagged_text(out, 10, line);
                of.encode(out);
            }
        }
    }
}

fn put_tagged_text(out: &mut Vec<u8>, tag: u8, text: &str) {
    out.push(tag);
    put_bytes(out, text.as_bytes());
}

fn put_tagged_list(out: &mut Vec<u8>, tag: u8, list: &[String]) {
    out.push(tag);
    put_length(out, list.len());
    list.iter().for_each(|text| put_bytes(out, text.as_bytes()));
}

impl Encode for LineOf {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Any => out.push(0),
            Self::Unknown => out.push(1),
            Self::Number(number) => put_tagged_text(out, 2, number),
        }
    }
}

impl Decode for LineOf {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let what = "document of a line";
        let invalid = |reason: String| Err(DecodeError::Invalid { what, reason });
        match u8::decode(reader)? {
            0 => Ok(Self::Any),
            1 => Ok(Self::Unknown),
            2 => {
                let number = decode_number(reader)?;
                match loose_number(&number).is_empty() {
                    true => invalid("a number has a letter or a digit".to_owned()),
                    false => Ok(Self::Number(number)),
                }
            }
            tag => invalid(format!("nothing has tag {tag}")),
        }
    }
}

impl Decode for FieldValue {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match u8::decode(reader)? {
            0 => Self::Text(reader.text(MAX_TEXT, "text")?),
            1 => Self::Number(decode_number(reader)?),
            2 => Self::LegalIds(decode_identifiers(reader)?),
            3 => {
                let length = reader.length(MAX_REFERENCES, "references")?;
                Self::References(
                    (0..length)
                        .map(|_| decode_number(reader))
                        .collect::<Result<_, _>>()?,
                )
            }
            4 => Self::Integer(i64::decode(reader)?),
            5 => Self::Date(i32::decode(reader)?),
            6 => Self::Amount {
                value: i128::decode(reader)?,
                currency: decode_currency(reader)?,
            },
            7 => Self::Quantity {
                value: i128::decode(reader)?,
                unit: reader.text(MAX_TEXT, "unit code")?,
            },
            8 => Self::Price {
                value: i128::decode(reader)?,
                base: i128::decode(reader)?,
            },
            9 => Self::Name(reader.text(MAX_TEXT, "name")?),
            10 => Self::LineReference {
                line: reader.text(MAX_TEXT, "line identifier")?,
                of: LineOf::decode(reader)?,
            },
            tag => {
                let reason = format!("no kind of value has tag {tag}");
                return Err(DecodeError::Invalid {
                    what: "field value",
                    reason,
                });
            }
        })
    }
}

fn decode_identifiers(reader: &mut Reader<'_>) -> Result<Vec<String>, DecodeError> {
    let what = "legal identifiers";
    let length = reader.length(PARTY_IDS, what)?;
    let mut ids: Vec<String> = Vec::with_capacity(length);
    let mut fault = (length == 0).then_some("a party without any has no such field");
    for _ in 0..length {
        let id = reader.text(MAX_IDENTIFIER, what)?;
        if id.is_empty() {
            fault = Some("one of them is empty");
        } else if ids.contains(&id) {
            fault = Some("one of them stands there twice");
        }
        ids.push(id);
    }
    match fault {
        Some(reason) => Err(DecodeError::Invalid {
            what,
            reason: reason.to_owned(),
        }),
        None => Ok(ids),
    }
}

fn decode_number(reader: &mut Reader<'_>) -> Result<String, DecodeError> {
    let number = reader.text(MAX_TEXT, "document number")?;
    if strict_number(&number) != number {
        let reason = "not trimmed and in upper case".to_owned();
        return Err(DecodeError::Invalid {
            what: "document number",
            reason,
        });
    }
    Ok(number)
}

fn decode_currency(reader: &mut Reader<'_>) -> Result<Currency, DecodeError> {
    let bytes: [u8; 3] = reader.array("currency")?;
    let code = std::str::from_utf8(&bytes).ok().and_then(Currency::new);
    code.ok_or_else(|| DecodeError::Invalid {
        what: "currency",
        reason: "not three capital letters".to_owned(),
    })
}
