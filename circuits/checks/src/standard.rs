//! The standard checks: the files of `specs/checks/`, as they are.

/// A standard check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standard {
    /// Its name, and its file's without `.check`.
    pub name: &'static str,
    /// Its declaration.
    pub source: &'static str,
}

macro_rules! standard {
    ($($name:literal),* $(,)?) => {
        [$(Standard {
            name: $name,
            source: include_str!(concat!("../../../specs/checks/", $name, ".check")),
        }),*]
    };
}

/// All of them, in the order of `specs/checks/README.md`.
pub const STANDARD: [Standard; 13] = standard![
    "order-response",
    "invoice-order",
    "invoice-waybill",
    "invoice-receipt",
    "invoice-despatch",
    "invoices-in-order",
    "quantities-receipt",
    "quantities-despatch",
    "despatch-receipt",
    "credit-note",
    "letter-of-credit",
    "invoice-credit",
    "invoice-bill",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Instance, Sizes, parse, read};
    use sealane_types::schema::CHECK_LINES;

    #[test]
    fn every_standard_check_is_one_at_every_size() {
        for Standard { name, source } in STANDARD {
            let check = read(source).map_err(|faults| faults.render(name, source));
            let check = check.unwrap_or_else(|said| panic!("{said}"));
            assert_eq!(check.name, name);
            for lines in CHECK_LINES {
                let sizes = Sizes::new(lines, 8).expect("sizes that exist");
                let instance = Instance::new(&check, sizes);
                let instance = instance.unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
                println!(
                    "{name}: {lines} lines, {} bits, work {}",
                    instance.bits(),
                    instance.work()
                );
            }
        }
    }

    #[test]
    fn what_is_printed_of_them_says_the_same() {
        for Standard { name, source } in STANDARD {
            let declaration = parse(source).expect("a standard check");
            let printed = declaration.to_string();
            assert_eq!(
                parse(&printed).as_ref(),
                Ok(&declaration),
                "{name}\n{printed}"
            );
        }
    }
}
