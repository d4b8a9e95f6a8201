//! Rules of Asian and Australasian states. The words and sources of each stand in `identifiers.toml` under its name.

use super::general::luhn;
use super::{CheckFn, cross, exactly, sum};

/// The function of a rule of this file.
pub fn named(rule: &str) -> Option<CheckFn> {
    Some(match rule {
        "jp-cn" => jp_cn,
        "au-abn" => au_abn,
        "au-acn" => au_acn,
        "nz-ird" => nz_ird,
        "cn-uscc" => cn_uscc,
        "sg-uen" => sg_uen,
        "in-gstin" => in_gstin,
        "id-npwp" => id_npwp,
        "th" => th,
        "vn" => vn,
        "tw" => tw,
        "tr-vkn" => tr_vkn,
        "tr-tckn" => tr_tckn,
        _ => return None,
    })
}

fn jp_cn(text: &str) -> bool {
    exactly::<13>(text).is_some_and(|d| {
        let weighted = sum(&d[1..], &[2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]);
        9 - weighted % 9 == d[0]
    })
}

fn au_abn(text: &str) -> bool {
    exactly::<11>(text).is_some_and(|mut d| {
        d[0] -= 1;
        sum(&d, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) % 89 == 0
    })
}

/// The ABN of a company: of 11 to 99 the pair before the ACN that fits the ABN's check.
pub fn abn_of_acn(acn: &str) -> Option<String> {
    let abns = (11..=99).map(|pair| format!("{pair}{acn}"));
    abns.into_iter().find(|abn| au_abn(abn))
}

fn au_acn(text: &str) -> bool {
    exactly::<9>(text)
        .is_some_and(|d| (10 - sum(&d[..8], &[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10 == d[8])
}

fn nz_ird(text: &str) -> bool {
    exactly::<9>(text).is_some_and(|d| {
        let check = |weights: &[i64]| (-sum(&d[..8], weights)).rem_euclid(11);
        match check(&[3, 2, 7, 6, 5, 4, 3, 2]) {
            10 => check(&[7, 4, 3, 2, 5, 2, 7, 6]) == d[8],
            check => check == d[8],
        }
    })
}

/// The values of a text's characters in an alphabet.
fn places(text: &str, alphabet: &str) -> Option<Vec<i64>> {
    let place = |letter: char| i64::try_from(alphabet.find(letter)?).ok();
    text.chars().map(place).collect()
}

fn cn_uscc(text: &str) -> bool {
    const WEIGHTS: [i64; 17] = [
        1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
    ];
    let values =
        places(text, "0123456789ABCDEFGHJKLMNPQRTUWXY").filter(|values| values.len() == 18);
    values.is_some_and(|values| (31 - sum(&values, &WEIGHTS) % 31) % 31 == values[17])
}

/// Of businesses (eight digits), companies (nine) and others.
fn sg_uen(text: &str) -> bool {
    const OTHERS: &str = "ABCDEFGHJKLMNPQRSTUVWX0123456789";
    let Some((last, letter)) = text.char_indices().next_back() else {
        return false;
    };
    let number = &text[..last];
    let nth = |table: &str, at: i64| {
        usize::try_from(at)
            .ok()
            .and_then(|at| table.chars().nth(at))
    };
    if let Some(d) = exactly::<8>(number) {
        return nth("XMKECAWLJDB", sum(&d, &[10, 4, 9, 3, 8, 2, 7, 1]) % 11) == Some(letter);
    }
    if let Some(d) = exactly::<9>(number) {
        return nth("ZKCMDNERGWH", sum(&d, &[10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11) == Some(letter);
    }
    let values = places(number, OTHERS).filter(|values| values.len() == 9);
    values.is_some_and(|values| {
        let at = (sum(&values, &[4, 3, 5, 3, 10, 2, 2, 5, 7]) - 5).rem_euclid(11);
        nth(OTHERS, at) == Some(letter)
    })
}

/// Luhn modulo 36.
fn in_gstin(text: &str) -> bool {
    let values =
        places(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ").filter(|values| values.len() == 15);
    values.is_some_and(|values| {
        let numbered = values.iter().rev().enumerate();
        let value = |(place, value): (usize, &i64)| {
            let value = if place % 2 == 1 { value * 2 } else { *value };
            value / 36 + value % 36
        };
        numbered.map(value).sum::<i64>() % 36 == 0
    })
}

/// Luhn over the nine digits after the zero that companies' numbers of sixteen begin with.
fn id_npwp(text: &str) -> bool {
    let old = text
        .strip_prefix('0')
        .filter(|old| exactly::<15>(old).is_some());
    old.is_some_and(|old| luhn(&old[..9]))
}

fn th(text: &str) -> bool {
    exactly::<13>(text).is_some_and(|d| {
        (11 - sum(&d[..12], &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == d[12]
    })
}

fn vn(text: &str) -> bool {
    exactly::<10>(text)
        .is_some_and(|d| 10 - sum(&d[..9], &[31, 29, 23, 19, 17, 13, 7, 5, 3]) % 11 == d[9])
}

fn tw(text: &str) -> bool {
    exactly::<8>(text).is_some_and(|d| {
        let products = d.iter().zip([1, 2, 1, 2, 1, 2, 4, 1]);
        let sum: i64 = products.map(|(digit, weight)| cross(digit * weight)).sum();
        sum % 5 == 0 || (d[6] == 7 && sum % 5 == 4)
    })
}

fn tr_vkn(text: &str) -> bool {
    exactly::<10>(text).is_some_and(|d| {
        let part = |(digit, i): (&i64, u32)| {
            let a = (digit + i64::from(i)) % 10;
            match a * 2_i64.pow(i) % 9 {
                0 if a > 0 => 9,
                rest => rest,
            }
        };
        let sum: i64 = d[..9].iter().rev().zip(1..).map(part).sum();
        (10 - sum % 10) % 10 == d[9]
    })
}

fn tr_tckn(text: &str) -> bool {
    exactly::<11>(text).is_some_and(|d| {
        let odd = d[0] + d[2] + d[4] + d[6] + d[8];
        let even = d[1] + d[3] + d[5] + d[7];
        (7 * odd - even).rem_euclid(10) == d[9] && d[..10].iter().sum::<i64>() % 10 == d[10]
    })
}
