//! The search for planted values: every form in which a field of a document could lie in bytes that
//! others hold.
//!
//! | of | forms |
//! | --- | --- |
//! | text | as written, upper and lower case, letters and digits alone: UTF-8, UTF-16 either way, hexadecimal, base64 at each offset |
//! | numbers | as written; as integers at each scale, either byte order, in 4, 8, 16 and 32 bytes |
//! | both | the canonical encoding; as field elements, either byte order and in Montgomery form |
//! | fingerprint inputs | `x` and `P` of every rule, which anyone could search by guessing |

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ark_bls12_381::Fr;
use sealane_crypto::commitment::leaf_inputs;
use sealane_crypto::curve::{FingerprintInput, INVOICE_GROUP, encode_element};
use sealane_types::encoding::Encode as _;
use sealane_types::fields::{FieldValue, LeafInput, loose_number};

/// A value to look for.
#[derive(Debug, Clone)]
pub struct Planted {
    /// How it is written, for messages and to be looked for.
    pub written: String,
    /// What it is as a field.
    pub field: FieldValue,
}

/// One form of one value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needle {
    /// The value's name and the form's.
    pub what: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Integers below this are no needle by themselves: they are everywhere.
const SMALLEST: i128 = 1 << 20;

/// Every form of a value.
#[must_use]
pub fn forms(planted: &Planted) -> Vec<Needle> {
    let mut forms = Vec::new();
    let mut add = |form: &str, bytes: Vec<u8>| {
        let what = format!("{:?} as {form}", planted.written);
        forms.push(Needle { what, bytes });
    };
    for text in texts(planted) {
        text_forms(&text, &mut add);
    }
    for input in planted.field.inputs() {
        if let LeafInput::Integer(value) = input {
            integer_forms(value, &mut add);
        }
    }
    add("its canonical encoding", planted.field.to_bytes());
    for (element, input) in leaf_inputs(&planted.field)
        .iter()
        .zip(planted.field.inputs())
    {
        let told = !matches!(input, LeafInput::Zero)
            && !matches!(input, LeafInput::Integer(value) if value.abs() < SMALLEST);
        if told {
            element_forms("a field element", element, &mut add);
        }
    }
    forms.sort();
    forms.dedup_by(|one, other| one.bytes == other.bytes);
    forms
}

/// `x` and `P` of a fingerprint's input.
#[must_use]
pub fn input_forms(input: &FingerprintInput) -> Vec<Needle> {
    let mut forms = Vec::new();
    let rule = input.rule();
    let mut add = |form: &str, bytes: Vec<u8>| {
        let what = format!("the fingerprint input of {rule:?} as {form}");
        forms.push(Needle { what, bytes });
    };
    element_forms("x", &input.x(INVOICE_GROUP), &mut add);
    if let Some(point) = input.point(INVOICE_GROUP) {
        element_forms("u of P", &point.u(), &mut add);
        element_forms("v of P", &point.v(), &mut add);
    }
    forms
}

/// The texts of a value that are long enough to be told from chance.
fn texts(planted: &Planted) -> Vec<String> {
    let mut texts = vec![planted.written.clone()];
    texts.extend(
        planted
            .field
            .inputs()
            .into_iter()
            .filter_map(|input| match input {
                LeafInput::Text(text) => Some(text),
                LeafInput::Integer(value) => (value.abs() >= SMALLEST).then(|| value.to_string()),
                LeafInput::Zero | LeafInput::Bytes(_) | LeafInput::Unknown => None,
            }),
    );
    let more: Vec<String> = texts
        .iter()
        .flat_map(|text| [text.to_uppercase(), text.to_lowercase(), loose_number(text)])
        .collect();
    texts.extend(more);
    texts.retain(|text| text.chars().count() >= 6);
    texts.sort();
    texts.dedup();
    texts
}

/// Every form of bytes that are secret.
#[must_use]
pub fn bytes_forms(what: &str, bytes: &[u8]) -> Vec<Needle> {
    let hexed = hex(bytes);
    let mut forms = vec![
        bytes.to_vec(),
        reversed(bytes.to_vec()),
        hexed.to_uppercase().into_bytes(),
        hexed.into_bytes(),
    ];
    forms.extend((0..3).map(|offset| base64_inside(bytes, offset)));
    let needle = |bytes| Needle {
        what: what.to_owned(),
        bytes,
    };
    forms.into_iter().map(needle).collect()
}

fn text_forms(text: &str, add: &mut impl FnMut(&str, Vec<u8>)) {
    add("UTF-8", text.as_bytes().to_vec());
    add(
        "UTF-16, little end first",
        text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    );
    add(
        "UTF-16, big end first",
        text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    );
    add("hexadecimal", hex(text.as_bytes()).into_bytes());
    add(
        "HEXADECIMAL",
        hex(text.as_bytes()).to_uppercase().into_bytes(),
    );
    if text.len() >= 9 {
        for offset in 0..3 {
            add("base64", base64_inside(text.as_bytes(), offset));
        }
    }
}

fn integer_forms(value: i128, add: &mut impl FnMut(&str, Vec<u8>)) {
    let magnitude = value.abs();
    for width in [4, 8, 16] {
        // a number that leaves bytes of so short a pattern zero is found by chance
        let least = if width == 4 { 1 << 24 } else { SMALLEST };
        let told = magnitude >= least && (width == 16 || magnitude < 1 << (8 * width - 1));
        if told {
            let little = value.to_le_bytes()[..width].to_vec();
            add(
                &format!("an integer of {width} bytes, little end first"),
                little.clone(),
            );
            add(
                &format!("an integer of {width} bytes, big end first"),
                reversed(little),
            );
        }
    }
}

fn element_forms(name: &str, element: &Fr, add: &mut impl FnMut(&str, Vec<u8>)) {
    let little = encode_element(element).to_vec();
    add(&format!("{name}, little end first"), little.clone());
    add(&format!("{name}, big end first"), reversed(little));
    let montgomery: Vec<u8> = element
        .0
        .0
        .iter()
        .flat_map(|limb| limb.to_le_bytes())
        .collect();
    add(&format!("{name}, in Montgomery form"), montgomery);
}

fn reversed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.reverse();
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The letters of base64 that depend on `bytes` alone, where they begin `offset` bytes into a triple.
fn base64_inside(bytes: &[u8], offset: usize) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = |at: usize| (0..8).rev().map(move |bit| bytes[at] >> bit & 1);
    let all: Vec<u8> = (0..bytes.len()).flat_map(bits).collect();
    let skipped = (6 - offset * 8 % 6) % 6;
    let whole = all[skipped..].chunks_exact(6);
    whole
        .map(|six| LETTERS[six.iter().fold(0, |sum, bit| sum << 1 | usize::from(*bit))])
        .collect()
}

/// What to look for, arranged for a fast search.
#[derive(Debug)]
pub struct Search {
    needles: Vec<Needle>,
    by_start: BTreeMap<[u8; 2], Vec<usize>>,
    starts: Vec<bool>,
}

impl Search {
    /// Looks for these.
    ///
    /// # Panics
    /// When one is so short that chance would find it.
    #[must_use]
    pub fn new(needles: Vec<Needle>) -> Self {
        let mut by_start = BTreeMap::<_, Vec<usize>>::new();
        let mut starts = vec![false; 1 << 16];
        for (at, needle) in needles.iter().enumerate() {
            assert!(
                needle.bytes.len() >= 4,
                "{} is too short to be told from chance",
                needle.what
            );
            let start = [needle.bytes[0], needle.bytes[1]];
            starts[usize::from(u16::from_be_bytes(start))] = true;
            by_start.entry(start).or_default().push(at);
        }
        Self {
            needles,
            by_start,
            starts,
        }
    }

    /// What it looks for.
    #[must_use]
    pub fn needles(&self) -> &[Needle] {
        &self.needles
    }

    /// Every needle that lies in these bytes: `place: what`.
    #[must_use]
    pub fn bytes(&self, place: &str, bytes: &[u8]) -> Vec<String> {
        let mut found = vec![];
        for (at, start) in bytes.windows(2).enumerate() {
            if !self.starts[usize::from(start[0]) << 8 | usize::from(start[1])] {
                continue;
            }
            for needle in &self.by_start[&[start[0], start[1]]] {
                let needle = &self.needles[*needle];
                if bytes[at..].starts_with(&needle.bytes) {
                    found.push(format!("{place}, byte {at}: {}", needle.what));
                }
            }
        }
        found
    }

    /// Every needle in a folder's files and in their names.
    ///
    /// # Panics
    /// When a file cannot be read.
    #[must_use]
    pub fn folder(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)
            .expect("a folder can be listed")
            .filter_map(Result::ok)
        {
            let path = entry.path();
            let place = path.display().to_string();
            found.extend(self.bytes(
                &format!("the name of {place}"),
                entry.file_name().as_encoded_bytes(),
            ));
            if path.is_dir() {
                found.extend(self.folder(&path));
            } else if path.is_file() {
                let bytes = fs::read(&path).expect("a file can be read");
                found.extend(self.bytes(&place, &bytes));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_found_wherever_it_starts() {
        // "xxcopper kettle" and so on, encoded by hand with the alphabet above
        let inside = |offset| String::from_utf8(base64_inside(b"copper", offset)).expect("letters");
        assert_eq!(inside(0), "Y29wcGVy"); // base64("copper")
        assert!("eGNvcHBlcg".contains(&inside(1))); // base64("xcopper")
        assert!("eHhjb3BwZXI".contains(&inside(2))); // base64("xxcopper")
    }
}
