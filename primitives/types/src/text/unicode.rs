//! The version of Unicode that texts are read by. What the ledger decides hangs on the tables of the standard library
//! and of three crates: a program built with others would decide otherwise, so that it is not built at all.

/// Unicode of the standard library: letters, digits and capitals (`specs/schemas/canonical.md`, "Unicode").
const STD: (u8, u8, u8) = (17, 0, 0);
/// Unicode of the crates: NFKC, scripts, and what letters look like.
const CRATES: (u64, u64, u64) = (18, 0, 0);

const _: () = assert!(
    same(of_std(char::UNICODE_VERSION), of_std(STD)),
    "the compiler's Unicode tables are not those of Unicode 17.0.0, which the ledger decides by: build with a Rust \
     toolchain that has them (1.95 does), or change the protocol as specs/schemas/canonical.md says under Unicode"
);
const _: () = assert!(
    same(of_std(unicode_normalization::UNICODE_VERSION), CRATES)
        && same(unicode_script::UNICODE_VERSION, CRATES)
        && same(unicode_security::UNICODE_VERSION, CRATES),
    "the tables of unicode-normalization, unicode-script or unicode-security are not those of Unicode 18.0.0, which the \
     ledger decides by: build with the versions in Cargo.lock (--locked), or change the protocol as \
     specs/schemas/canonical.md says under Unicode"
);

const fn of_std((major, minor, update): (u8, u8, u8)) -> (u64, u64, u64) {
    (major as u64, minor as u64, update as u64)
}

const fn same(one: (u64, u64, u64), other: (u64, u64, u64)) -> bool {
    one.0 == other.0 && one.1 == other.1 && one.2 == other.2
}

/// What Unicode 18 assigned: the crates know it and the standard library does not.
const NEW: [(u32, u32); 51] = [
    (0x558, 0x558),
    (0x58B, 0x58C),
    (0x5C8, 0x5C9),
    (0xB53, 0xB54),
    (0x1ADE, 0x1ADF),
    (0x1AEC, 0x1AF0),
    (0x208F, 0x208F),
    (0x209D, 0x209F),
    (0x20C2, 0x20C4),
    (0x2E60, 0x2E63),
    (0xA7DD, 0xA7DD),
    (0xA7E2, 0xA7E2),
    (0xAB6C, 0xAB6D),
    (0x107BB, 0x107BF),
    (0x10EC9, 0x10ECF),
    (0x10ED9, 0x10EEE),
    (0x10EF0, 0x10EF9),
    (0x11B0A, 0x11B0A),
    (0x11DF0, 0x11DF1),
    (0x1246F, 0x1246F),
    (0x12475, 0x1247F),
    (0x12550, 0x12686),
    (0x18CD6, 0x18CDA),
    (0x18D1F, 0x18D20),
    (0x18E00, 0x19191),
    (0x191A0, 0x191D2),
    (0x1B123, 0x1B128),
    (0x1B168, 0x1B168),
    (0x1CED2, 0x1CED4),
    (0x1CEDD, 0x1CEDF),
    (0x1CEF1, 0x1CEFD),
    (0x1D127, 0x1D128),
    (0x1D1EB, 0x1D1FF),
    (0x1D250, 0x1D281),
    (0x1D6A6, 0x1D6A6),
    (0x1DB00, 0x1DB1C),
    (0x1DF1F, 0x1DF24),
    (0x1DF2B, 0x1DF81),
    (0x1DF90, 0x1DF96),
    (0x1DFCD, 0x1DFFF),
    (0x1F1AE, 0x1F1AE),
    (0x1F6D9, 0x1F6D9),
    (0x1F7DA, 0x1F7DB),
    (0x1F7F1, 0x1F7FF),
    (0x1FA8B, 0x1FA8D),
    (0x1FACC, 0x1FACC),
    (0x1FADD, 0x1FADD),
    (0x1FAEB, 0x1FAEB),
    (0x1FAF9, 0x1FAFA),
    (0x2B81E, 0x2B81E),
    (0x3D000, 0x3FC3F),
];

/// Whether a sign is new in Unicode 18, so that only some of the tables know it.
pub(super) fn is_new(letter: char) -> bool {
    let code = u32::from(letter);
    let after = NEW.partition_point(|(first, _)| *first <= code);
    after > 0 && code <= NEW[after - 1].1
}

/// A sign, or the replacement character in place of one that only some of the tables know: it is no letter, and has
/// neither capitals nor parts.
pub(crate) fn known(letter: char) -> char {
    match !letter.is_ascii() && is_new(letter) {
        true => char::REPLACEMENT_CHARACTER,
        false => letter,
    }
}
