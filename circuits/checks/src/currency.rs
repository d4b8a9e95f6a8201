//! The currencies that a check can read in a document's `currency`: ISO 4217's codes for money in use.
//!
//! A leaf commits to the hash of that text, and to a number for the currency of an amount. A constraint can join the two
//! through a fixed table alone; this is the table, and part of the language's version.

use sealane_types::fields::Currency;

/// The codes, in order.
pub const CODES: [&str; 159] = [
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN",
    "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF",
    "CHF", "CLF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD",
    "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ",
    "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD",
    "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR",
    "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN",
    "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR",
    "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB",
    "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYI", "UYU",
    "UYW", "UZS", "VED", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER",
    "ZAR", "ZMW", "ZWG",
];

/// Decimals of most currencies, and of a number that no currency of the table stands beside.
pub const USUAL: u32 = 2;

/// The currency of a code of the table.
#[must_use]
pub fn currency(code: &str) -> Option<Currency> {
    let listed = CODES.binary_search(&code).is_ok();
    Currency::new(code).filter(|_| listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_each_code_once_and_nothing_else() {
        assert!(CODES.is_sorted_by(|one, next| one < next));
        assert!(CODES.iter().all(|code| currency(code).is_some()));
        for none in ["eur", "EU", "EUR ", "XXX", "ABC", ""] {
            assert_eq!(currency(none), None);
        }
    }
}
