//! Rules of American states. The words and sources of each stand in `identifiers.toml` under its name.

use super::{CheckFn, digits, exactly, sum};

/// The function of a rule of this file.
pub fn named(rule: &str) -> Option<CheckFn> {
    Some(match rule {
        "br-cnpj" => br_cnpj,
        "mx-rfc" => mx_rfc,
        "ar-cuit" => ar_cuit,
        "cl-rut" => cl_rut,
        "pe-ruc" => pe_ruc,
        _ => return None,
    })
}

/// Characters count as their ASCII code less 48.
fn br_cnpj(text: &str) -> bool {
    const WEIGHTS: [i64; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    if text.len() != 14
        || !text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    {
        return false;
    }
    let values: Vec<i64> = text.bytes().map(|byte| i64::from(byte) - 48).collect();
    let check = |values: &[i64], weights: &[i64]| match 11 - sum(values, weights) % 11 {
        10 | 11 => 0,
        check => check,
    };
    check(&values[..12], &WEIGHTS[1..]) == values[12]
        && check(&values[..13], &WEIGHTS) == values[13]
}

/// Companies, with twelve characters, count a blank before.
fn mx_rfc(text: &str) -> bool {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ";
    let padded = format!("{text: >13}");
    let place = |letter: char| ALPHABET.chars().position(|one| one == letter);
    let values: Option<Vec<i64>> = padded
        .chars()
        .map(|letter| place(letter).and_then(|at| i64::try_from(at).ok()))
        .collect();
    let Some(values) = values.filter(|values| values.len() == 13) else {
        return false;
    };
    let check = 11 - sum(&values[..12], &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    check % 11 == values[12]
}

fn ar_cuit(text: &str) -> bool {
    exactly::<11>(text).is_some_and(|d| {
        let check = 11 - sum(&d[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        (match check {
            11 => 0,
            10 => 9,
            check => check,
        }) == d[10]
    })
}

fn cl_rut(text: &str) -> bool {
    let Some((last, letter)) = text.char_indices().next_back() else {
        return false;
    };
    let Some(number) = digits(&text[..last]).filter(|number| !number.is_empty()) else {
        return false;
    };
    let weights = [2, 3, 4, 5, 6, 7].into_iter().cycle();
    let sum: i64 = number
        .iter()
        .rev()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let expected = match 11 - sum % 11 {
        11 => Some('0'),
        10 => Some('K'),
        check => u32::try_from(check)
            .ok()
            .and_then(|check| char::from_digit(check, 10)),
    };
    expected == Some(letter)
}

fn pe_ruc(text: &str) -> bool {
    exactly::<11>(text)
        .is_some_and(|d| (11 - sum(&d[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 10 == d[10])
}
