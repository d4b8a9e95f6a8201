//! Names in the one form in which two spellings of a company meet: `specs/schemas/names.md` has the rule.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::{Of, alike, as_seen, is_invisible, known, punctuated};

/// The declared legal forms.
const FORMS: &str = include_str!("../../../specs/schemas/legal-forms.txt");
/// The word that stands for "and".
const AND: &str = "&";
/// Words that mean "and".
const ANDS: [&str; 9] = ["AND", "UND", "ET", "Y", "E", "OG", "OCH", "EN", "VE"];

/// Legal forms by the words that they have, and those that stand in a word before or after the name.
struct Forms {
    words: BTreeSet<Vec<String>>,
    longest: usize,
    joined: Vec<String>,
}

static LEGAL_FORMS: LazyLock<Forms> = LazyLock::new(|| {
    let (words, joined) = FORMS.split_once("[joined]").unwrap_or((FORMS, ""));
    let lines = |part: &'static str| {
        let lines = part.lines().map(str::trim);
        lines.filter(|line| !line.is_empty() && !line.starts_with(['#', '[']))
    };
    let words: BTreeSet<Vec<String>> = lines(words).map(words_of).collect();
    let mut joined: Vec<String> = lines(joined).map(|form| words_of(form).concat()).collect();
    joined.sort_by_key(|form| std::cmp::Reverse(form.chars().count()));
    Forms {
        longest: words.iter().map(Vec::len).max().unwrap_or(0),
        words,
        joined,
    }
});

/// A name without legal forms, punctuation, accents, case and order of words; words are one space apart. Empty only
/// where the name has neither letter nor digit: a name of nothing but legal forms keeps them.
#[must_use]
pub fn plain_name(name: &str) -> String {
    let all = words_of(name);
    let mut words = without_forms(&all);
    words.sort_unstable();
    words.join(" ")
}

/// The words of a text in capital letters without accents; single letters in a row are one word, so that dotted forms
/// are those without dots, and all words for "and" are one.
fn words_of(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut initials = String::new();
    let plain = plain_letters(text);
    for word in plain.split(' ').filter(|word| !word.is_empty()) {
        let mut letters = word.chars();
        let single = letters.next().filter(|_| letters.next().is_none());
        match single.filter(|letter| letter.is_alphabetic()) {
            Some(letter) => initials.push(letter),
            None => {
                push(&mut words, std::mem::take(&mut initials));
                push(&mut words, word.to_owned());
            }
        }
    }
    push(&mut words, initials);
    words
}

fn push(words: &mut Vec<String>, word: String) {
    if word.is_empty() {
        return;
    }
    let and = ANDS.contains(&word.as_str());
    words.push(if and { AND.to_owned() } else { word });
}

/// Capital letters and digits without accents, letters that look like Latin ones or punctuation as those, one space in place of anything
/// else; apostrophes and invisible signs are left out, "&" and "+" stay as words.
fn plain_letters(text: &str) -> String {
    let known = text.chars().map(known).map(as_seen).nfkc();
    let upper: String = known.flat_map(char::to_uppercase).collect();
    let latin = match upper.is_ascii() {
        true => upper,
        false => alike(&punctuated(&upper), Of::Names),
    };
    let bare = latin.nfd().filter(|letter| !is_accent(*letter)).nfc();
    let mut plain = String::with_capacity(text.len());
    for letter in bare.flat_map(char::to_uppercase) {
        match letter {
            'Ø' => plain.push('O'),
            'Ł' => plain.push('L'),
            'Đ' | 'Ð' | 'Ɖ' => plain.push('D'),
            'Ħ' => plain.push('H'),
            'Æ' => plain.push_str("AE"),
            'Œ' => plain.push_str("OE"),
            'Þ' => plain.push_str("TH"),
            'ẞ' => plain.push_str("SS"),
            '&' | '+' => plain.push_str(" & "),
            letter if is_left_out(letter) => {}
            letter if letter.is_alphanumeric() || is_combining_mark(letter) => plain.push(letter),
            _ => plain.push(' '),
        }
    }
    plain
}

/// Accents of Latin, Greek and Cyrillic letters; marks of other scripts make other letters.
fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// Apostrophes of any kind, and signs that are not seen.
fn is_left_out(letter: char) -> bool {
    let apostrophe = matches!(
        letter,
        '\'' | '`' | '\u{2b9}'..='\u{2bd}' | '\u{2018}' | '\u{2019}' | '\u{201b}'
    );
    apostrophe || is_invisible(letter)
}

/// The words that are left after legal forms were taken from both ends for as long as there are some; all of them where
/// nothing else would be left.
fn without_forms(all: &[String]) -> Vec<String> {
    let forms = &*LEGAL_FORMS;
    let mut words = all.to_vec();
    let names = |rest: &[String]| rest.iter().any(|word| word != AND);
    loop {
        let before = words.clone();
        let most = forms.longest.min(words.len());
        let end = (1..=most).rev().find(|count| {
            let (rest, form) = words.split_at(words.len() - count);
            forms.words.contains(form) && names(rest)
        });
        let beginning = (1..=most).rev().find(|count| {
            let (form, rest) = words.split_at(*count);
            forms.words.contains(form) && names(rest)
        });
        match (end, beginning) {
            (Some(count), _) => words.truncate(words.len() - count),
            (None, Some(count)) => drop(words.drain(..count)),
            (None, None) => {}
        }
        trim_ands(&mut words);
        without_joined(&mut words, &forms.joined);
        if words == before {
            return words;
        }
    }
}

/// "and" at an end joins nothing.
fn trim_ands(words: &mut Vec<String>) {
    while words.len() > 1 && words.last().is_some_and(|word| word == AND) {
        words.pop();
    }
    while words.len() > 1 && words[0] == AND {
        words.remove(0);
    }
}

/// Takes a form from the beginning of the first word and the end of the last one, and words that are nothing else.
fn without_joined(words: &mut Vec<String>, forms: &[String]) {
    let left = |rest: &str| !rest.is_empty();
    if let Some(first) = words.first_mut() {
        let rests = forms.iter().find_map(|form| first.strip_prefix(form));
        if let Some(rest) = rests.filter(|rest| left(rest)).map(str::to_owned) {
            *first = rest;
        }
    }
    if let Some(last) = words.last_mut() {
        let rests = forms.iter().find_map(|form| last.strip_suffix(form));
        if let Some(rest) = rests.filter(|rest| left(rest)).map(str::to_owned) {
            *last = rest;
        }
    }
    if words
        .iter()
        .any(|word| word != AND && !forms.contains(word))
    {
        words.retain(|word| !forms.contains(word));
    }
}

#[cfg(test)]
mod tests;
