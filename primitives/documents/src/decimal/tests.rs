#![allow(clippy::unwrap_used)]
use super::*;

fn number(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

#[test]
fn numbers_are_written_as_they_were_read() {
    for (text, shown) in [
        ("2.50", "2.50"),
        ("100.", "100"),
        (".5", "0.5"),
        ("+007.10", "7.10"),
        ("-0.00", "0.00"),
        ("-12.3456", "-12.3456"),
        (
            "999999999999999999.999999999999999999",
            "999999999999999999.999999999999999999",
        ),
    ] {
        assert_eq!(number(text).to_string(), shown);
    }
}

#[test]
fn what_is_no_decimal_number_is_refused() {
    for text in [
        ".", "-", "+", "1e3", "1,5", "1.2.3", " 1", "NaN", "--1", "१",
    ] {
        assert_eq!(Decimal::parse(text).unwrap_err(), DecimalError::NotANumber);
    }
    assert_eq!(Decimal::parse("").unwrap_err(), DecimalError::Empty);
    for text in ["1000000000000000000", "0.0000000000000000001"] {
        assert_eq!(Decimal::parse(text).unwrap_err(), DecimalError::TooLong);
    }
}

#[test]
fn values_compare_whatever_their_decimals() {
    assert_eq!(number("2.5"), number("2.500"));
    assert_eq!(number("0"), number("-0.0"));
    assert!(number("-2.5") < number("-2.4"));
    assert!(number("10") > number("9.999"));
    assert!(number("0.05") < number("0.5"));
}

#[test]
fn rounding_goes_up_at_the_half() {
    for (text, rounded) in [("1.005", "1.01"), ("1.0049", "1.00"), ("-1.005", "-1.00")] {
        assert_eq!(number(text).rounded(2), number(rounded));
    }
    assert_eq!(number("3").rounded(2).to_string(), "3");
}

#[test]
fn scaling_loses_nothing() {
    assert_eq!(number("1.50").at_scale(1), Some(15));
    assert_eq!(number("1.55").at_scale(1), None);
    assert_eq!(number("-7").at_scale(2), Some(-700));
    assert_eq!(number("860.091075").needed_decimals(), 6);
    assert_eq!(number("7.00").needed_decimals(), 0);
}

#[test]
fn what_does_not_fit_is_none() {
    let wide = number("999999999999999999.999999999999999999");
    assert_eq!(wide.times(wide), None);
    assert!(wide.plus(wide).is_some());
}
