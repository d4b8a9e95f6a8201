//! Whether a number or a name can be told from others by who reads it: nothing in it that Unicode does not define,
//! and no word of letters of two alphabets, one of which only looks like the other.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_public_assigned;
use unicode_script::{Script, UnicodeScript};
use unicode_security::mixed_script::AugmentedScriptSet;
use unicode_security::{GeneralSecurityProfile, skeleton};

use super::alike::{Of, compared, is_modifier, lacking, look, reads_as_ascii, written_look};
use super::unicode::is_new;
use super::{digit, is_combining_mark, is_invisible, strict_number};

/// Why a number can look like another one and not be it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// A code point that is unassigned or for private use.
    #[error("holds U+{:04X}, which Unicode 17 leaves undefined or to private use", u32::from(*.0))]
    Sign(char),
    /// A letter of a script in which no business writes numbers, and which has letters like other scripts'.
    #[error("holds {:?} (U+{:04X}), a letter of a script in which numbers are not written", .0, u32::from(*.0))]
    Foreign(char),
    /// A word of letters of two alphabets.
    #[error("has the word {word:?}, in which {first} and {other} letters are mixed")]
    Mixed {
        /// The word.
        word: String,
        /// The script of the word's first letter that is of one alone.
        first: &'static str,
        /// The script of the first letter that does not go with those before it.
        other: &'static str,
    },
    /// A sign of another script among letters.
    #[error("holds {:?} (U+{:04X}), its only {script} letter", .letter, u32::from(*.letter))]
    Lone {
        /// The letter or digit.
        letter: char,
        /// Its script.
        script: &'static str,
    },
    /// A letter or digit that looks like one of ASCII and counts as another, where nothing tells which is meant.
    #[error("holds {:?} (U+{:04X}), which looks like {like:?} and is another sign", .letter, u32::from(*.letter))]
    Misleading {
        /// The letter or digit.
        letter: char,
        /// The sign of ASCII that it looks like, in capitals.
        like: char,
    },
    /// A sign that prints like letters or digits and is none of them.
    #[error("holds {:?} (U+{:04X}), which prints like {like:?}: type {like:?} if that is meant", .sign, u32::from(*.sign))]
    Sham {
        /// The sign.
        sign: char,
        /// What it prints like.
        like: String,
    },
    /// A letter of phonetics, of old writing or the like, which no business writes in.
    #[error("holds {:?} (U+{:04X}), a letter that no language in use writes: type the letter that it stands for",
        .0, u32::from(*.0))]
    Rare(char),
    /// A mark on a letter or sign with which it makes no letter.
    #[error("holds the mark U+{:04X}, which makes no letter with what stands before it: type the letter as one sign, as Ø, \
        or leave the mark out", u32::from(*.0))]
    Mark(char),
    /// Groups of digits beside letters that are written from right to left.
    #[error(
        "has several groups of digits beside letters written from right to left, so that screens show their order \
        in two ways: part the digits with / alone"
    )]
    Order,
}

/// Why a number as written could be taken for another one: it holds a sign that is undefined or for private use, a
/// letter of a script in which no business writes, a word that mixes two scripts, the only letter of its script among
/// letters of another, or signs that look like those of ASCII and count as others. Letters that numbers are compared
/// by as Latin ones, as they look so, count for none. None if the number is clear.
#[must_use]
pub fn unclear(text: &str) -> Option<Unclear> {
    if text.is_ascii() {
        return None;
    }
    let written = seen(text);
    let seen = plain_letters(&written);
    let word = |word| mixed(word, Of::Numbers).or_else(|| other_letter(word));
    undefined(&written)
        .or_else(|| sham(&written))
        .or_else(|| loose_mark(&written))
        .or_else(|| words(&seen).find_map(word))
        .or_else(|| foreign(&seen))
        .or_else(|| lone(&seen))
        .or_else(|| other_digit(&seen))
        .or_else(|| rare(&seen))
        .or_else(|| two_orders(&seen))
}

/// Why a name as written could be taken for another one: as [`unclear`], but single letters of another script may
/// stand in it as words of their own. None if the name is clear.
#[must_use]
pub fn unclear_name(text: &str) -> Option<Unclear> {
    if text.is_ascii() {
        return None;
    }
    let written = seen(text);
    let seen = plain_letters(&written);
    undefined(&written)
        .or_else(|| sham(&written))
        .or_else(|| words(&seen).find_map(|word| mixed(word, Of::Names)))
        .or_else(|| foreign(&seen))
        .or_else(|| rare(&seen))
}

/// A text without what cannot be seen.
fn seen(text: &str) -> String {
    let letters = text.chars();
    letters.filter(|letter| !is_invisible(*letter)).collect()
}

/// Letters of styles, as those of mathematics, as the letters that NFKC makes them. The micro sign is one of all
/// scripts, and the long s looks like f.
fn plain_letters(seen: &str) -> String {
    let plain = |letter: char| {
        let mut parts = std::iter::once(letter).nfkc();
        match (parts.next(), parts.next()) {
            (Some(one), None) if !matches!(letter, 'µ' | 'ſ') && letter.is_alphanumeric() => one,
            _ => letter,
        }
    };
    seen.chars().map(plain).collect()
}

fn counts(letter: char) -> bool {
    letter.is_alphanumeric() && !is_combining_mark(letter)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && !is_combining_mark(letter))
}

/// A code point that is unassigned in the older one of the tables, or for private use.
fn undefined(seen: &str) -> Option<Unclear> {
    let undefined = |letter: &char| !is_public_assigned(*letter) || is_new(*letter);
    seen.chars().find(undefined).map(Unclear::Sign)
}

fn foreign(seen: &str) -> Option<Unclear> {
    seen.nfkc()
        .find(|letter| is_foreign(*letter))
        .map(Unclear::Foreign)
}

/// A letter of a script that Unicode does not count among those in everyday use (UAX #31, table 5), or a click, which
/// looks like a line.
fn is_foreign(letter: char) -> bool {
    let click = matches!(letter, '\u{1C0}'..='\u{1C3}');
    click || (letter.is_alphabetic() && !letter.script().is_recommended())
}

/// The scripts that a letter goes with: its own, for Latin also those of China, Japan and Korea (UTS #39, section
/// 5.2, "highly restrictive"). None of a sign of all scripts.
fn scripts(letter: char) -> Option<AugmentedScriptSet> {
    let mut of = AugmentedScriptSet::for_char(letter);
    if !counts(letter) || is_modifier(letter) || of.is_all() {
        return None;
    }
    if of.base.contains_script(Script::Latin) {
        (of.hanb, of.jpan, of.kore) = (true, true, true);
    }
    Some(of)
}

/// The name of a letter's script.
fn named(letter: char) -> &'static str {
    let of = AugmentedScriptSet::for_char(letter).base;
    of.iter().next().map_or("other", Script::full_name)
}

fn mixed(word: &str, of: Of) -> Option<Unclear> {
    let letters = word.chars().filter(|letter| !is_twin(*letter, of));
    let mut letters = letters.filter_map(|letter| Some((letter, scripts(letter)?)));
    let (first, mut common) = letters.next()?;
    let (other, _) = letters.find(|(_, scripts)| {
        common.intersect_with(*scripts);
        common.is_empty()
    })?;
    Some(Unclear::Mixed {
        word: word.to_owned(),
        first: named(first),
        other: named(other),
    })
}

/// Whether a letter of another alphabet is compared as a Latin one and looks like it as written: capitals do, and
/// small letters of the Cyrillic script; of the Greek, `ν` is compared as N and looks like v.
fn is_twin(letter: char, of: Of) -> bool {
    if letter.is_ascii() || is_foreign(letter) {
        return false;
    }
    let base = std::iter::once(letter).nfd().next().unwrap_or(letter);
    let capital = capital(base);
    let twin = compared(capital, of);
    if twin == capital {
        return false;
    }
    if look(base) == Some(twin) {
        return true;
    }
    let written = base == capital || base.script() == Script::Cyrillic;
    written && lacking(capital) == twin && twin.script() == Script::Latin
        || base.script() == Script::Cyrillic && look(capital) == Some(twin)
}

/// The capital that a letter is compared by.
fn capital(letter: char) -> char {
    letter.to_uppercase().next().unwrap_or(letter)
}

/// A letter or digit that is the only one of its script, beside letters of others. Greek and Cyrillic are known well
/// enough to do without, and scripts whose letters are words.
fn lone(seen: &str) -> Option<Unclear> {
    let of = |letter: char| scripts(letter).filter(|_| !is_twin(letter, Of::Numbers));
    let known = |of: &AugmentedScriptSet| {
        let alphabet = [Script::Latin, Script::Greek, Script::Cyrillic]
            .into_iter()
            .any(|script| of.base.contains_script(script));
        alphabet || of.hanb || of.jpan || of.kore
    };
    let goes_with = |one: &AugmentedScriptSet, letter: char| {
        scripts(letter).is_some_and(|mut both| {
            both.intersect_with(*one);
            !both.is_empty()
        })
    };
    let others = |one: &AugmentedScriptSet| {
        seen.chars()
            .any(|letter| scripts(letter).is_some() && !goes_with(one, letter))
    };
    let alone = |one: &AugmentedScriptSet| {
        let same = seen.chars().filter(|letter| of(*letter).is_some());
        same.filter(|letter| goes_with(one, *letter)).count() == 1
    };
    let letter = seen.chars().find(|letter| {
        of(*letter).is_some_and(|one| !known(&one) && alone(&one) && others(&one))
    })?;
    Some(Unclear::Lone {
        letter,
        script: named(letter),
    })
}

/// A small letter that looks like another one than its capital, in a word that can be read in ASCII: `ν` alone.
fn other_letter(word: &str) -> Option<Unclear> {
    reads_as_ascii(word.chars()).then_some(())?;
    word.chars().find_map(|letter| {
        let like = look(letter).filter(|_| letter.is_lowercase())?;
        let other = compared(capital(letter), Of::Numbers) != like;
        let other = other && written_look(letter) != Some(like);
        other.then_some(Unclear::Misleading { letter, like })
    })
}

/// A digit that looks like another one, where digits or letters of ASCII stand beside it or all can be read as such:
/// of Bengali, the digit four looks like 8.
fn other_digit(seen: &str) -> Option<Unclear> {
    let ascii = seen.chars().any(|letter| letter.is_ascii_alphanumeric());
    (ascii || reads_as_ascii(seen.chars())).then_some(())?;
    seen.chars().find_map(|letter| {
        let like = look(letter).filter(char::is_ascii_alphanumeric)?;
        let value = char::from_digit(digit(letter)?, 10)?;
        let same = matches!((value, like), ('0', 'O') | ('1', 'I')) || value == like;
        (!same).then_some(Unclear::Misleading { letter, like })
    })
}

/// A sign that is no letter and whose skeleton (UTS #39) has letters or digits that it is not compared as: `∑`, `∞`. What
/// stands for an object that was left out prints as anything.
fn sham(written: &str) -> Option<Unclear> {
    let apart = |letter: &char| !letter.is_ascii() && !letter.is_alphanumeric();
    written.chars().filter(apart).find_map(|sign| {
        let text = sign.to_string();
        let like: String = skeleton(&text).collect();
        let folded = strict_number(&like);
        let known =
            |one: char| one.is_alphanumeric() && (one.is_ascii() || one.identifier_allowed());
        let other = folded.chars().any(known) && folded != strict_number(&text);
        let other = other && !is_currency(sign);
        let like = if sign == '\u{FFFC}' {
            String::new()
        } else {
            like
        };
        // what looks like I, l, 1 and | is one of them
        let line = like == "l" || like == "O" || like == "o";
        (other && !line || sign == '\u{FFFC}').then_some(Unclear::Sham { sign, like })
    })
}

/// Signs of currencies are known, though Unicode's table has some as letters with strokes.
fn is_currency(sign: char) -> bool {
    matches!(sign, '¢'..='¥' | '\u{20A0}'..='\u{20CF}')
}

/// A letter of the Latin, Greek or Cyrillic alphabet that Unicode's profile for names leaves out (UTS #39, 3.1), and
/// that is compared as no other.
fn rare(seen: &str) -> Option<Unclear> {
    let alphabet = |letter: char| {
        let script = letter.script();
        matches!(script, Script::Latin | Script::Greek | Script::Cyrillic)
    };
    let left_out = |letter: char| {
        let base = std::iter::once(letter).nfd().next().unwrap_or(letter);
        !base.is_ascii() && !base.identifier_allowed()
    };
    let rare = |letter: &char| {
        let own = alphabet(*letter) && left_out(*letter) && letter.is_alphabetic();
        own && strict_number(&letter.to_string())
            .chars()
            .any(|one| left_out(one) && alphabet(one))
    };
    seen.chars().find(rare).map(Unclear::Rare)
}

/// A mark of all scripts that stays one, on a letter of an alphabet or a sign: `O` with a stroke of its own is not `Ø`.
fn loose_mark(written: &str) -> Option<Unclear> {
    let stays = |text: &str| {
        let mut base = None;
        let mut mark = |letter: char| {
            if !is_combining_mark(letter) {
                base = Some(letter.script());
                return false;
            }
            let of = base.unwrap_or(Script::Common);
            let alphabet = matches!(
                of,
                Script::Latin | Script::Greek | Script::Cyrillic | Script::Common
            );
            letter.script() == Script::Inherited && alphabet
        };
        text.chars().find(|letter| mark(*letter))
    };
    let composed: String = written.nfc().collect();
    stays(&strict_number(written))?;
    stays(&composed).map(Unclear::Mark)
}

/// Two groups of digits in a text that is written from right to left (UAX #9): one sign such as `/` joins two groups,
/// and `-` does so where no Arabic letter stands.
fn two_orders(seen: &str) -> Option<Unclear> {
    let of = |script: Script| {
        seen.chars()
            .any(|letter| letter.script() == script && counts(letter))
    };
    let arabic = [Script::Arabic, Script::Syriac, Script::Thaana]
        .into_iter()
        .any(of);
    let to_left = arabic || of(Script::Hebrew) || of(Script::Nko);
    let joins = |sign: char| matches!(sign, '/' | '.' | ',' | ':') || (!arabic && sign == '-');
    let letters: Vec<char> = seen.chars().collect();
    let is_digit = |at: usize| {
        letters
            .get(at)
            .is_some_and(|letter| digit(*letter).is_some())
    };
    let begins = |at: usize| {
        let before = at.checked_sub(1).filter(|before| is_digit(*before));
        let sign = at.checked_sub(1).and_then(|before| letters.get(before));
        let joined = sign.is_some_and(|sign| joins(*sign)) && at >= 2 && is_digit(at - 2);
        is_digit(at) && before.is_none() && !joined
    };
    let groups = (0..letters.len()).filter(|at| begins(*at)).count();
    (to_left && groups > 1).then_some(Unclear::Order)
}
