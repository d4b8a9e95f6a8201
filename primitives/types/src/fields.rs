//! The fields of a canonical document: typed values, and the one or two inputs each gives its leaf.
//!
//! A field's plaintext, what sealing encrypts, is the canonical encoding of its [`FieldValue`]; its
//! leaf commits to [`FieldValue::inputs`]. The inputs are a function of the value, so whoever opens
//! a field recomputes them and compares.

use crate::encoding::{Decode, DecodeError, Encode, Reader, put_bytes, put_length};
pub use crate::text::{loose_number, strict_number};

/// Longest text that a field holds, in bytes of UTF-8.
pub const MAX_TEXT: usize = 512;
/// Most references that a field of references holds.
pub const MAX_REFERENCES: usize = 64;

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
    /// A legal identifier in its canonical form `scheme:value`.
    LegalId(String),
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
}

impl FieldValue {
    /// The two inputs that a leaf commits to, after presence and before blinding.
    #[must_use]
    pub fn inputs(&self) -> [LeafInput; 2] {
        use LeafInput::{Bytes, Integer, Text, Zero};
        match self {
            Self::Text(text) | Self::LegalId(text) => [Text(text.clone()), Zero],
            Self::Number(number) => [Text(number.clone()), Text(loose_number(number))],
            Self::References(list) => {
                let first = list
                    .first()
                    .map_or(Zero, |number| Text(loose_number(number)));
                let mut all = Vec::new();
                list.iter()
                    .for_each(|number| put_bytes(&mut all, number.as_bytes()));
                [first, Bytes(all)]
            }
            Self::Integer(value) => [Integer((*value).into()), Zero],
            Self::Date(day) => [Integer((*day).into()), Zero],
            Self::Amount { value, currency } => {
                [Integer(*value), Integer(currency.number().into())]
            }
            Self::Quantity { value, unit } => [Integer(*value), Text(unit.clone())],
            Self::Price { value, base } => [Integer(*value), Integer(*base)],
        }
    }
}

impl Encode for FieldValue {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) => put_tagged_text(out, 0, text),
            Self::Number(number) => put_tagged_text(out, 1, number),
            Self::LegalId(id) => put_tagged_text(out, 2, id),
            Self::References(list) => {
                out.push(3);
                put_length(out, list.len());
                list.iter()
                    .for_each(|number| put_bytes(out, number.as_bytes()));
            }
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
        }
    }
}

fn put_tagged_text(out: &mut Vec<u8>, tag: u8, text: &str) {
    out.push(tag);
    put_bytes(out, text.as_bytes());
}

impl Decode for FieldValue {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match u8::decode(reader)? {
            0 => Self::Text(reader.text(MAX_TEXT, "text")?),
            1 => Self::Number(decode_number(reader)?),
            2 => Self::LegalId(reader.text(MAX_TEXT, "legal identifier")?),
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
