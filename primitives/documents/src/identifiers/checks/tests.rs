//! Numbers that companies publish themselves or registers print as examples, and that one digit makes wrong.

use super::named;

fn holds(rule: &str, numbers: &[&str]) {
    let check = named(rule).expect("a rule");
    for number in numbers {
        assert!(check(number), "{rule}: {number}");
        for (at, letter) in number.char_indices().filter(|(_, letter)| letter.is_ascii_digit()) {
            let other = char::from_digit((letter.to_digit(10).expect("a digit") + 1) % 10, 10);
            let mut wrong = (*number).to_owned();
            wrong.replace_range(at..=at, &other.expect("a digit").to_string());
            let blind = matches!(rule, "tw" | "gb-vat" | "cz-dic" | "nl-vat" | "bg-vat" | "fr-siret");
            assert!(blind || !check(&wrong), "{rule}: {wrong} for {number}");
        }
    }
}

#[test]
fn rules_of_standards() {
    holds("luhn", &["732829320", "552100554", "5560125790", "00743110157", "00905811006"]); // Google FR? see world tests
    holds("mod97-10", &["7LTWFZYICNSX8D621K86", "529900T8BM49AURSDO55", "HWUPKR0MPOU8FGXBT394"]);
    holds("mod11-10", &["136695976", "129273398", "811907980"]);
    holds("gtin", &["9429033591476", "4006381333931"]);
}
