//! The one canonical encoding of records, transactions and blocks: for hashing, signing and storing.
//!
//! Integers are little-endian and of fixed width. A list is its length as `u32`, then its items. An
//! option is one byte (0 or 1), then the value. A struct is its fields in order; an enum is one byte, the
//! variant's number, then the variant's fields. There is exactly one encoding of a value: what decodes
//! re-encodes to the same bytes, and bytes after the end are refused.
//!
//! Both directions are derived from a type's declaration, `#[derive(Encode, Decode)]`; `sealane-derive` says how
//! `#[encoding(…)]` bounds lists and texts and names them in errors. Lists and texts have no [`Decode`] of their own:
//! a field of them without a limit does not compile (`specs/decisions/0031-derived-encodings.md`).

pub use sealane_derive::{Decode, Encode};
use thiserror::Error;

/// Why bytes are not a value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The bytes end before the value does.
    #[error("the bytes end at {at}, inside {what}")]
    Truncated {
        /// What was being read.
        what: &'static str,
        /// Offset in bytes from the start.
        at: usize,
    },
    /// There are bytes after the value.
    #[error("{extra} bytes follow the value")]
    Trailing {
        /// How many bytes are left over.
        extra: usize,
    },
    /// A length is above its limit; nothing was allocated for it.
    #[error("{what} has {length} items, at most {limit} are allowed")]
    TooLong {
        /// What was being read.
        what: &'static str,
        /// The length that the bytes claim.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// A value that this type does not have.
    #[error("{what} is not valid: {reason}")]
    Invalid {
        /// What was being read.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// What decoding gives.
pub type Decoded<T> = Result<T, DecodeError>;

/// The error about a value that its type does not have.
///
/// # Errors
/// Always.
pub fn invalid<T>(what: &'static str, reason: impl Into<String>) -> Result<T, DecodeError> {
    let reason = reason.into();
    Err(DecodeError::Invalid { what, reason })
}

/// The error about a number that no variant has.
///
/// # Errors
/// Always.
pub fn unknown<T>(what: &'static str, tag: u8) -> Result<T, DecodeError> {
    invalid(what, format!("none has number {tag}"))
}

/// Refuses a value that does not hold what its type promises.
///
/// # Errors
/// When it does not.
pub fn ensure(holds: bool, what: &'static str, reason: &str) -> Result<(), DecodeError> {
    match holds {
        true => Ok(()),
        false => invalid(what, reason),
    }
}

/// A value with a canonical encoding.
pub trait Encode {
    /// Appends the encoding.
    fn encode(&self, out: &mut Vec<u8>);

    /// Appends the encodings of several values: bytes in one go.
    fn encode_all(all: &[Self], out: &mut Vec<u8>)
    where
        Self: Sized,
    {
        all.iter().for_each(|one| one.encode(out));
    }

    /// The encoding as bytes.
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut out);
        out
    }
}

/// A value that can be read from its canonical encoding, and from nothing else.
pub trait Decode: Sized {
    /// Reads one value.
    ///
    /// # Errors
    /// When the bytes are not a canonical encoding.
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Reads `length` values: bytes in one go, which an error calls `what`.
    ///
    /// # Errors
    /// When the bytes are not canonical encodings.
    fn decode_all(
        reader: &mut Reader<'_>,
        length: usize,
        _what: &'static str,
    ) -> Result<Vec<Self>, DecodeError> {
        (0..length).map(|_| Self::decode(reader)).collect()
    }

    /// Reads one value that fills `bytes` exactly.
    ///
    /// # Errors
    /// When the bytes are not a canonical encoding, or bytes follow it.
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Reader::new(bytes).whole()
    }
}

/// An enum, whose variants have numbers.
pub trait Tagged {
    /// The variant's number.
    fn tag(&self) -> u8;

    /// Appends the variant's fields, without the number.
    fn encode_variant(&self, out: &mut Vec<u8>);
}

/// An enum that is read by its variants' numbers.
pub trait FromTag: Sized {
    /// Reads the fields of the variant with this number.
    ///
    /// # Errors
    /// When no variant has it, or the bytes are not canonical encodings.
    fn decode_variant(tag: u8, reader: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

/// Reads values from bytes; never allocates more than the bytes can hold.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Starts at the first byte of at most `limit`.
    ///
    /// # Errors
    /// When there are more.
    pub fn within(bytes: &'a [u8], limit: usize, what: &'static str) -> Result<Self, DecodeError> {
        let length = bytes.len();
        match length <= limit {
            true => Ok(Self::new(bytes)),
            false => Err(DecodeError::TooLong {
                what,
                length,
                limit,
            }),
        }
    }

    /// A value that all bytes are left for.
    ///
    /// # Errors
    /// When they are not its canonical encoding, or bytes follow it.
    pub fn whole<T: Decode>(mut self) -> Result<T, DecodeError> {
        let value = T::decode(&mut self)?;
        self.finish()?;
        Ok(value)
    }

    /// What a kind of file begins with; `hint` says what writes such files.
    ///
    /// # Errors
    /// When this is another file.
    pub fn magic<const N: usize>(
        &mut self,
        magic: [u8; N],
        what: &'static str,
        hint: &str,
    ) -> Result<(), DecodeError> {
        match self.take(N, what)? == magic {
            true => Ok(()),
            false => invalid(what, format!("this is a file of another kind; {hint}")),
        }
    }

    /// The version of what follows.
    ///
    /// # Errors
    /// When it is another one.
    pub fn version(&mut self, version: u8, what: &'static str) -> Result<(), DecodeError> {
        match u8::decode(self)? {
            found if found == version => Ok(()),
            other => invalid(what, format!("version {other} is not known")),
        }
    }

    /// The next `length` bytes.
    ///
    /// # Errors
    /// When fewer are left.
    pub fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let end = self
            .at
            .checked_add(length)
            .filter(|end| *end <= self.bytes.len());
        let end = end.ok_or(DecodeError::Truncated {
            what,
            at: self.bytes.len(),
        })?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    /// When fewer are left.
    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], DecodeError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, what)?);
        Ok(array)
    }

    /// A list's length, refused above `limit` before anything is allocated.
    ///
    /// # Errors
    /// When the length is above the limit or the bytes end.
    pub fn length(&mut self, limit: usize, what: &'static str) -> Result<usize, DecodeError> {
        let length = u32::from_le_bytes(self.array(what)?) as usize;
        if length > limit {
            return Err(DecodeError::TooLong {
                what,
                length,
                limit,
            });
        }
        Ok(length)
    }

    /// A byte string of at most `limit` bytes.
    ///
    /// # Errors
    /// When it is longer or the bytes end.
    pub fn bytes(&mut self, limit: usize, what: &'static str) -> Result<Vec<u8>, DecodeError> {
        self.list(limit, what)
    }

    /// UTF-8 text of at most `limit` bytes.
    ///
    /// # Errors
    /// When it is longer, is not UTF-8, or the bytes end.
    pub fn text(&mut self, limit: usize, what: &'static str) -> Result<String, DecodeError> {
        let bytes = self.bytes(limit, what)?;
        String::from_utf8(bytes).or_else(|_| invalid(what, "not UTF-8"))
    }

    /// A list of at most `limit` values.
    ///
    /// # Errors
    /// When it is longer, a value is not canonical, or the bytes end.
    pub fn list<T: Decode>(
        &mut self,
        limit: usize,
        what: &'static str,
    ) -> Result<Vec<T>, DecodeError> {
        let length = self.length(limit, what)?;
        T::decode_all(self, length, what)
    }

    /// A list of at most `limit` values, each read by `read`.
    ///
    /// # Errors
    /// As [`Reader::list`].
    pub fn list_of<T>(
        &mut self,
        limit: usize,
        what: &'static str,
        mut read: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let length = self.length(limit, what)?;
        (0..length).map(|_| read(self)).collect()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// When bytes are left.
    pub fn finish(self) -> Result<(), DecodeError> {
        match self.bytes.len() - self.at {
            0 => Ok(()),
            extra => Err(DecodeError::Trailing { extra }),
        }
    }
}

/// Appends a byte string with its length.
///
/// # Panics
/// When it is longer than `u32::MAX` bytes, which no limit of this crate allows.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_list(out, bytes);
}

/// Appends a list with its length.
///
/// # Panics
/// When it is longer than `u32::MAX`, which no limit of this crate allows.
pub fn put_list<T: Encode>(out: &mut Vec<u8>, list: &[T]) {
    put_length(out, list.len());
    T::encode_all(list, out);
}

/// Appends a list's length.
///
/// # Panics
/// When it is above `u32::MAX`, which no limit of this crate allows.
pub fn put_length(out: &mut Vec<u8>, length: usize) {
    let length = u32::try_from(length).expect("limits keep every length far below u32::MAX");
    out.extend_from_slice(&length.to_le_bytes());
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl Encode for $integer {
            fn encode(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
        }
        impl Decode for $integer {
            fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                Ok(Self::from_le_bytes(reader.array(stringify!($integer))?))
            }
        }
    )*};
}
integers!(u16, u32, u64, u128, i32, i64, i128);

impl Encode for u8 {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn encode_all(all: &[Self], out: &mut Vec<u8>) {
        out.extend_from_slice(all);
    }
}

impl Decode for u8 {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let [byte] = reader.array("u8")?;
        Ok(byte)
    }

    fn decode_all(
        reader: &mut Reader<'_>,
        length: usize,
        what: &'static str,
    ) -> Result<Vec<Self>, DecodeError> {
        reader.take(length, what).map(<[u8]>::to_vec)
    }
}

impl<T: Encode, const N: usize> Encode for [T; N] {
    fn encode(&self, out: &mut Vec<u8>) {
        T::encode_all(self, out);
    }
}

impl<T: Decode, const N: usize> Decode for [T; N] {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let all = T::decode_all(reader, N, "bytes")?;
        Ok(all.try_into().ok().expect("as many as were asked for"))
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        put_list(out, self);
    }
}

impl Encode for String {
    fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.as_bytes());
    }
}

impl<T: Encode> Encode for Box<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.as_ref().encode(out);
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        T::decode(reader).map(Self::new)
    }
}

impl Encode for bool {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
}

impl Decode for bool {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match u8::decode(reader)? {
            0 => Ok(false),
            1 => Ok(true),
            other => invalid("bool", format!("a flag is 0 or 1, not {other}")),
        }
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.is_some().encode(out);
        if let Some(value) = self {
            value.encode(out);
        }
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        bool::decode(reader)?.then(|| T::decode(reader)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_options_round_trip_and_refuse_trailing_bytes() {
        let bytes = Some(-5_i64).to_bytes();
        assert_eq!(Option::<i64>::from_bytes(&bytes), Ok(Some(-5)));
        let mut longer = bytes.clone();
        longer.push(0);
        assert_eq!(
            Option::<i64>::from_bytes(&longer),
            Err(DecodeError::Trailing { extra: 1 })
        );
        let shorter = Option::<i64>::from_bytes(&bytes[..4]);
        assert!(matches!(shorter, Err(DecodeError::Truncated { .. })));
        assert!(Option::<i64>::from_bytes(&[2]).is_err());
    }

    #[test]
    fn a_claimed_length_is_refused_before_it_is_allocated() {
        let bytes = [0xff, 0xff, 0xff, 0xff];
        let refused = Reader::new(&bytes).bytes(1024, "blob");
        let expected = DecodeError::TooLong {
            what: "blob",
            length: 0xffff_ffff,
            limit: 1024,
        };
        assert_eq!(refused, Err(expected));
    }
}
