//! Rules of European states. The words and sources of each stand in `identifiers.toml` under its name.

use super::general::{luhn, luhn_sum, mod97_10};
use super::{CheckFn, digits, exactly, modulo, sum, two_tries};

/// The function of a rule of this file.
pub fn named(rule: &str) -> Option<CheckFn> {
    Some(match rule {
        "at-uid" => at_uid,
        "be" => be,
        "bg-eik" => bg_eik,
        "bg-vat" => bg_vat,
        "ch-uid" => ch_uid,
        "cy-vat" => cy_vat,
        "cz-ico" => cz_ico,
        "cz-dic" => cz_dic,
        "dk" => dk,
        "ee-reg" => ee_reg,
        "ee-vat" => ee_vat,
        "es-nif" => es_nif,
        "fi" => fi,
        "fr-siret" => fr_siret,
        "fr-vat" => fr_vat,
        "gb-vat" => gb_vat,
        "gr" => gr,
        "hu" => hu,
        "ie-vat" => ie_vat,
        "is-kt" => is_kt,
        "lt-code" => lt_code,
        "lt-vat" => lt_vat,
        "lu-vat" => lu_vat,
        "lv" => lv,
        _ => return more(rule),
    })
}

fn more(rule: &str) -> Option<CheckFn> {
    Some(match rule {
        "me" => me,
        "mk" => mk,
        "mt" => mt,
        "nl-rsin" => nl_rsin,
        "nl-vat" => nl_vat,
        "no" => no,
        "pl-nip" => pl_nip,
        "pl-regon" => pl_regon,
        "pt" => pt,
        "ro-cui" => ro_cui,
        "si-vat" => si_vat,
        "si-mat" => si_mat,
        "sk-dic" => sk_dic,
        "ua" => ua,
        "ru-inn" => ru_inn,
        _ => return None,
    })
}

/// The weighted sum of all digits is a multiple.
fn multiple<const N: usize>(text: &str, weights: [i64; N], modulus: i64) -> bool {
    exactly::<N>(text).is_some_and(|digits| sum(&digits, &weights) % modulus == 0)
}

fn at_uid(text: &str) -> bool {
    let digits = text.strip_prefix('U').and_then(exactly::<8>);
    digits.is_some_and(|d| {
        let s = d[..7].iter().enumerate().map(|(at, digit)| {
            let digit = if at % 2 == 1 { digit * 2 } else { *digit };
            super::cross(digit)
        });
        (96 - s.sum::<i64>()).rem_euclid(10) == d[7]
    })
}

fn be(text: &str) -> bool {
    exactly::<10>(text).is_some_and(|d| 97 - modulo(&d[..8], 97) == d[8] * 10 + d[9])
}

fn bg_eik(text: &str) -> bool {
    exactly::<9>(text)
        .is_some_and(|d| two_tries(&d, &[1, 2, 3, 4, 5, 6, 7, 8], &[3, 4, 5, 6, 7, 8, 9, 10]))
}

/// Ten digits: of persons (weights 2 4 8 5 10 9 7 3 6, modulo 11, 10 as 0), foreigners (weights 21 19 17 13 11 9 7 3 1,
/// modulo 10) or others.
fn bg_vat(text: &str) -> bool {
    if text.len() == 9 {
        return bg_eik(text);
    }
    exactly::<10>(text).is_some_and(|d| {
        let other = 11 - sum(&d[..9], &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        let person = sum(&d[..9], &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
        let foreigner = sum(&d[..9], &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
        [other % 11, person, foreigner].contains(&d[9])
    })
}

fn ch_uid(text: &str) -> bool {
    exactly::<9>(text).is_some_and(|d| {
        let check = 11 - sum(&d[..8], &[5, 4, 3, 2, 7, 6, 5, 4]) % 11;
        check % 11 == d[8] && check != 10
    })
}

fn cy_vat(text: &str) -> bool {
    const ODD: [i64; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let Some((number, letter)) = text.split_at_checked(8) else {
        return false;
    };
    let Some(d) = exactly::<8>(number) else {
        return false;
    };
    let value = |(at, digit): (usize, &i64)| match at % 2 {
        0 => usize::try_from(*digit).map_or(0, |digit| ODD[digit]),
        _ => *digit,
    };
    let sum: i64 = d.iter().enumerate().map(value).sum();
    let expected = u8::try_from(sum % 26).map(|at| char::from(b'A' + at));
    expected.is_ok_and(|expected| letter.chars().eq([expected]))
}

fn cz_ico(text: &str) -> bool {
    exactly::<8>(text).is_some_and(|d| {
        let check = 11 - sum(&d[..7], &[8, 7, 6, 5, 4, 3, 2]) % 11;
        (if check == 11 { 1 } else { check % 10 }) == d[7]
    })
}

fn cz_dic(text: &str) -> bool {
    match digits(text).as_deref() {
        Some([_, _, _, _, _, _, _, _]) => cz_ico(text),
        Some([6, rest @ .., last]) if rest.len() == 7 => {
            let r = sum(rest, &[8, 7, 6, 5, 4, 3, 2]) % 11;
            (8 - (10 - r).rem_euclid(11)).rem_euclid(10) == *last
        }
        Some([_, _, _, _, _, _, _, _, _]) => true,
        Some(d) if d.len() == 10 => modulo(d, 11) == 0,
        _ => false,
    }
}

fn dk(text: &str) -> bool {
    multiple(text, [2, 7, 6, 5, 4, 3, 2, 1], 11)
}

fn ee_reg(text: &str) -> bool {
    exactly::<8>(text)
        .is_some_and(|d| two_tries(&d, &[1, 2, 3, 4, 5, 6, 7], &[3, 4, 5, 6, 7, 8, 9]))
}

fn ee_vat(text: &str) -> bool {
    multiple(text, [3, 7, 1, 3, 7, 1, 3, 7, 1], 10)
}

/// Companies have a digit or a letter of one table at the end, persons a letter of another.
fn es_nif(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let [first, middle @ .., last] = letters.as_slice() else {
        return false;
    };
    let middle: String = middle.iter().collect();
    let Some(d) = exactly::<7>(&middle) else {
        return false;
    };
    let person = |number: String| {
        let letter = digits(&number).map(|digits| modulo(&digits, 23));
        let letter = letter.and_then(|at| {
            "TRWAGMYFPDXBNJZSQVHLCKE"
                .chars()
                .nth(usize::try_from(at).ok()?)
        });
        letter == Some(*last)
    };
    match first {
        '0'..='9' => person(format!("{first}{middle}")),
        'X' => person(format!("0{middle}")),
        'Y' => person(format!("1{middle}")),
        'Z' => person(format!("2{middle}")),
        'K' | 'L' | 'M' => person(middle),
        'A'..='J' | 'N' | 'P'..='S' | 'U'..='W' => {
            let doubled = [&d[..], &[0]].concat();
            let check = (10 - luhn_sum(&doubled) % 10) % 10;
            let letter = "JABCDEFGHI"
                .chars()
                .nth(usize::try_from(check).unwrap_or_default());
            // companies have the digit alone, bodies of the state and the church the letter alone
            let digit = last.to_digit(10).map(i64::from) == Some(check) && !"PQS".contains(*first);
            digit || letter == Some(*last) && !"ABEH".contains(*first)
        }
        _ => false,
    }
}

fn fi(text: &str) -> bool {
    multiple(text, [7, 9, 10, 5, 8, 4, 2, 1], 11)
}

fn fr_siret(text: &str) -> bool {
    let Some(d) = exactly::<14>(text) else {
        return false;
    };
    let post = text.starts_with("356000000") && d.iter().sum::<i64>() % 5 == 0;
    post || (luhn(text) && luhn(&text[..9]))
}

/// The old key of two digits, or the new one with a letter.
fn fr_vat(text: &str) -> bool {
    let Some((key, number)) = text.split_at_checked(2) else {
        return false;
    };
    if exactly::<9>(number).is_none() || !(luhn(number) || number.starts_with("000")) {
        return false;
    }
    let Ok(siren) = number.parse::<i64>() else {
        return false;
    };
    const LETTERS: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let places: Vec<i64> = key
        .chars()
        .filter_map(|letter| i64::try_from(LETTERS.find(letter)?).ok())
        .collect();
    let [a, b] = places[..] else {
        return false;
    };
    if a < 10 && b < 10 {
        return (siren * 100 + 12) % 97 == a * 10 + b;
    }
    let c = if a < 10 {
        24 * a + b - 10
    } else {
        34 * a + b - 100
    };
    c % 11 == (siren + 1 + c / 11) % 11
}

fn gb_vat(text: &str) -> bool {
    if text.starts_with("GD") || text.starts_with("HA") {
        return text.len() == 5;
    }
    exactly::<9>(text).is_some_and(|d| {
        let rest = sum(&d, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
        rest == 0 || (d[0] > 0 && matches!(rest, 42 | 55))
    })
}

fn gr(text: &str) -> bool {
    exactly::<9>(text).is_some_and(|d| {
        let c = d[..8].iter().fold(0, |c, digit| 2 * c + digit);
        2 * c % 11 % 10 == d[8]
    })
}

fn hu(text: &str) -> bool {
    multiple(text, [9, 7, 3, 1, 9, 7, 3, 1], 10)
}

/// Seven digits, the check letter and perhaps one letter more; or the old form with a letter or sign second.
fn ie_vat(text: &str) -> bool {
    const LETTERS: &[u8] = b"WABCDEFGHIJKLMNOPQRSTUV";
    if !text.is_ascii() {
        return false;
    }
    let bytes = text.as_bytes();
    let (number, extra, check) = match bytes {
        [_, _, _, _, _, _, _, check] if bytes[1].is_ascii_digit() => {
            (text[..7].to_owned(), 0, *check)
        }
        [first, _, rest @ .., check] if bytes.len() == 8 => {
            let rest: String = rest.iter().copied().map(char::from).collect();
            (format!("0{rest}{}", char::from(*first)), 0, *check)
        }
        [_, _, _, _, _, _, _, check, extra] => {
            let place = LETTERS.iter().position(|letter| letter == extra);
            let Some(place) = place.and_then(|place| i64::try_from(place).ok()) else {
                return false;
            };
            (text[..7].to_owned(), place, *check)
        }
        _ => return false,
    };
    let Some(d) = exactly::<7>(&number) else {
        return false;
    };
    let rest = (sum(&d, &[8, 7, 6, 5, 4, 3, 2]) + 9 * extra) % 23;
    usize::try_from(rest).is_ok_and(|at| LETTERS[at] == check)
}

/// Of companies, whose first digit is 4 to 7; persons' have the same check digit.
fn is_kt(text: &str) -> bool {
    exactly::<10>(text).is_some_and(|d| sum(&d[..9], &[3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0)
}

fn lt_code(text: &str) -> bool {
    exactly::<9>(text)
        .is_some_and(|d| two_tries(&d, &[1, 2, 3, 4, 5, 6, 7, 8], &[3, 4, 5, 6, 7, 8, 9, 1]))
}

fn lt_vat(text: &str) -> bool {
    let Some(d) = digits(text).filter(|d| d.len() == 9 || d.len() == 12) else {
        return false;
    };
    let weights = |from: i64| (0..11).map(|at| (at + from) % 9 + 1).collect::<Vec<i64>>();
    d[d.len() - 2] == 1 && two_tries(&d, &weights(0), &weights(2))
}

fn lu_vat(text: &str) -> bool {
    exactly::<8>(text).is_some_and(|d| modulo(&d[..6], 89) == d[6] * 10 + d[7])
}

fn lv(text: &str) -> bool {
    exactly::<11>(text)
        .is_some_and(|d| d[0] > 3 && sum(&d, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3)
}

/// The weighted sum and the check digit make a multiple of 11; 10 is written 0.
fn completed(digits: &[i64], weights: &[i64]) -> bool {
    let Some((last, rest)) = digits.split_last() else {
        return false;
    };
    (-sum(rest, weights)).rem_euclid(11) % 10 == *last
}

fn me(text: &str) -> bool {
    exactly::<8>(text).is_some_and(|d| completed(&d, &[8, 7, 6, 5, 4, 3, 2]))
}

fn mk(text: &str) -> bool {
    exactly::<13>(text).is_some_and(|d| completed(&d, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]))
}

fn mt(text: &str) -> bool {
    multiple(text, [3, 4, 6, 7, 8, 9, 10, 1], 37)
}

fn nl_rsin(text: &str) -> bool {
    multiple(text, [9, 8, 7, 6, 5, 4, 3, 2, -1], 11)
}

fn nl_vat(text: &str) -> bool {
    text.get(..9).is_some_and(nl_rsin) || mod97_10(&format!("NL{text}"))
}

fn no(text: &str) -> bool {
    multiple(text, [3, 2, 7, 6, 5, 4, 3, 2, 1], 11)
}

fn pl_nip(text: &str) -> bool {
    exactly::<10>(text).is_some_and(|d| sum(&d[..9], &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == d[9])
}

fn pl_regon(text: &str) -> bool {
    let Some(d) = digits(text) else {
        return false;
    };
    let last = |weights: &[i64]| sum(&d[..d.len() - 1], weights) % 11 % 10 == d[d.len() - 1];
    match d.len() {
        9 => last(&[8, 9, 2, 3, 4, 5, 6, 7]),
        14 => last(&[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]),
        _ => false,
    }
}

fn pt(text: &str) -> bool {
    exactly::<9>(text).is_some_and(|d| {
        let check = 11 - sum(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        (if check > 9 { 0 } else { check }) == d[8]
    })
}

fn ro_cui(text: &str) -> bool {
    if text.len() > 10 {
        return false;
    }
    exactly::<10>(&format!("{text:0>10}")).is_some_and(|d| {
        let check = 10 * sum(&d[..9], &[7, 5, 3, 2, 1, 7, 5, 3, 2]) % 11;
        check % 10 == d[9]
    })
}

fn si_vat(text: &str) -> bool {
    exactly::<8>(text).is_some_and(|d| {
        let check = 11 - sum(&d[..7], &[8, 7, 6, 5, 4, 3, 2]) % 11;
        check != 11 && check % 10 == d[7]
    })
}

fn si_mat(text: &str) -> bool {
    exactly::<7>(text).is_some_and(|d| {
        let check = (-sum(&d[..6], &[7, 6, 5, 4, 3, 2])).rem_euclid(11);
        check != 0 && check % 10 == d[6]
    })
}

fn sk_dic(text: &str) -> bool {
    exactly::<10>(text).is_some_and(|d| modulo(&d, 11) == 0)
}

fn ua(text: &str) -> bool {
    exactly::<8>(text).is_some_and(|d| {
        let first = if (3..=5).contains(&d[0]) {
            [7, 1, 2, 3, 4, 5, 6]
        } else {
            [1, 2, 3, 4, 5, 6, 7]
        };
        two_tries(&d, &first, &first.map(|weight| weight + 2))
    })
}

fn ru_inn(text: &str) -> bool {
    let Some(d) = digits(text) else {
        return false;
    };
    let at = |place: usize, weights: &[i64]| sum(&d[..place], weights) % 11 % 10 == d[place];
    match d.len() {
        10 => at(9, &[2, 4, 10, 3, 5, 9, 4, 6, 8]),
        12 => {
            at(10, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) && at(11, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8])
        }
        _ => false,
    }
}
