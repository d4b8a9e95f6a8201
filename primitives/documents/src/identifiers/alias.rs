//! What the identifiers of an alias say together: which of them count for the looser fingerprint rules alone, and the
//! order in which an alias carries them. Rules: `specs/schemas/identifiers.md`, "Of an alias".

use super::table::{Scheme, table};

/// How the identifiers of an alias count in fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AliasFlags {
    /// Bit `i` is set where the `i`-th identifier takes a looser fingerprint instead of a strict one.
    pub looser: u8,
    /// Whether one of them is the primary number of its country, which every extract of the country's register shows.
    pub primary: bool,
}

/// What one identifier of an alias is, seen beside those before it.
#[derive(Clone, Copy)]
struct Role {
    /// The company's own number in a register.
    own: bool,
    /// A number that stands for more than one series of invoices: a tax group's, or a root.
    wide: bool,
    primary: bool,
}

/// Which of an alias' identifiers are looser, and whether one is primary. `ids` are canonical identifiers
/// `scheme:value` in the alias' order, at most seven; further ones are looked at for [`AliasFlags::primary`] and as
/// register numbers, and have no bit.
///
/// An identifier is looser if it is a number that a tax group may share or a root number, and another one is a
/// register number: companies of a group, or registrations under a root, could otherwise not use one invoice number
/// each. Where a group's number has the form of a register number (`ch-uid`, `no-org`, `dk-cvr`, `fi-y`, `it-cf`,
/// `se-org`), the first of the scheme is the company's own, as it has one, and a further one counts as a group's.
/// Schemes that the table does not know are neither.
#[must_use]
pub fn alias_flags(ids: &[String]) -> AliasFlags {
    let roles: Vec<Role> = (0..ids.len()).map(|at| role(ids, at)).collect();
    let registered =
        |at: usize| (roles.iter().enumerate()).any(|(other, role)| other != at && role.own);
    let looser = (0..ids.len().min(8)).filter(|at| roles[*at].wide && registered(*at));
    AliasFlags {
        looser: looser.fold(0, |bits, at| bits | 1 << at),
        primary: roles.iter().any(|role| role.primary),
    }
}

fn role(ids: &[String], at: usize) -> Role {
    let Some(scheme) = scheme(&ids[at]) else {
        return Role {
            own: false,
            wide: false,
            primary: false,
        };
    };
    let first = !ids[..at]
        .iter()
        .any(|before| self::scheme(before).is_some_and(|one| one.id == scheme.id));
    let own = scheme.register && (first || !scheme.shared);
    Role {
        own,
        wide: scheme.root || (scheme.shared && !own),
        primary: scheme.primary,
    }
}

/// Orders the canonical identifiers of a new alias: primary numbers of a country first, then LEIs, then the others;
/// each kind as typed. So the numbers that every bank finds in an extract stand in the first places.
#[must_use]
pub fn in_registration_order(mut ids: Vec<String>) -> Vec<String> {
    ids.sort_by_key(|id| match scheme(id) {
        Some(scheme) if scheme.primary => 0,
        Some(scheme) if scheme.id == "lei" => 1,
        _ => 2,
    });
    ids
}

/// The scheme of a canonical identifier.
fn scheme(canonical: &str) -> Option<&'static Scheme> {
    let (scheme, _) = canonical.split_once(':')?;
    table().named(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(ids: &[&str]) -> (u8, bool) {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let flags = alias_flags(&ids);
        (flags.looser, flags.primary)
    }

    #[test]
    fn a_shared_number_is_looser_beside_a_register_number_alone() {
        assert_eq!(flags(&["gb-vat:220143037"]), (0, false));
        assert_eq!(
            flags(&["gb-vat:220143037", "gb-company:01234567"]),
            (1, true)
        );
        assert_eq!(
            flags(&["gb-company:01234567", "gb-vat:220143037"]),
            (2, true)
        );
        assert_eq!(
            flags(&["lei:1961005C5OEL4TEFE199", "gb-vat:220143037"]),
            (0, false)
        );
        assert_eq!(
            flags(&["pl-nip:5260250274", "pl-regon:012100784"]),
            (0, false)
        );
        assert_eq!(
            flags(&["pl-krs:0000028860", "pl-nip:5260250274"]),
            (2, true)
        );
        assert_eq!(
            flags(&["de-vat:129273398", "de-hr:HRB33517@LEIPZIG"]),
            (0, true)
        );
        assert_eq!(
            flags(&["ae-tin:1000000000", "gb-company:01234567"]),
            (1, true)
        );
    }

    #[test]
    fn a_root_number_is_looser_beside_a_register_number_alone() {
        assert_eq!(flags(&["in-pan:AAACR5055K"]), (0, false));
        assert_eq!(
            flags(&["in-cin:L17110MH1973PLC019786", "in-pan:AAACR5055K"]),
            (2, true)
        );
        assert_eq!(flags(&["br-cnpj-root:33000167"]), (0, true));
        assert_eq!(
            flags(&["br-cnpj-root:33000167", "pt-nif:500697256"]),
            (1, true)
        );
        assert_eq!(
            flags(&["br-cnpj-root:33000167", "in-pan:AAACR5055K"]),
            (0, true)
        );
    }

    #[test]
    fn of_two_numbers_in_one_register_the_first_is_the_company_s() {
        for scheme in ["ch-uid", "no-org", "dk-cvr", "fi-y", "it-cf", "se-org"] {
            let [own, group] = ["1", "2"].map(|value| format!("{scheme}:{value}"));
            assert_eq!(flags(&[&own]), (0, true), "{scheme}");
            assert_eq!(flags(&[&own, &group]), (2, true), "{scheme}");
            assert_eq!(
                flags(&["lei:1", &own, "x:1", &group]),
                (8, true),
                "{scheme}"
            );
        }
        assert_eq!(flags(&["de-hr:HRB5@ESSEN", "de-hr:HRB5@KOELN"]), (0, true));
    }

    #[test]
    fn what_the_table_does_not_know_is_neither() {
        assert_eq!(
            flags(&["reg:KE:77121", "gb-vat:220143037", "nonsense", ":"]),
            (0, false)
        );
        assert_eq!(flags(&[]), (0, false));
        assert_eq!(flags(&["gb-vat:1"; 20]), (0, false));
        let mut many = vec!["gb-vat:1"; 20];
        many.push("gb-company:1");
        assert_eq!(flags(&many), (0xff, true));
    }

    #[test]
    fn register_numbers_and_leis_go_first_and_all_else_stays() {
        let typed = [
            "de-vat:1", "lei:2", "eori:3", "ch-uid:4", "reg:KE:5", "de-hr:6", "lei:7",
        ];
        let ids = in_registration_order(typed.map(str::to_owned).to_vec());
        let right = [
            "ch-uid:4", "de-hr:6", "lei:2", "lei:7", "de-vat:1", "eori:3", "reg:KE:5",
        ];
        assert_eq!(ids, right);
    }

    /// Flags are read from sealed identifiers, which stand at the end of what follows for certain.
    #[test]
    fn the_table_s_properties_agree_with_each_other() {
        let table = table();
        for (at, scheme) in table.schemes.iter().enumerate() {
            let id = &scheme.id;
            let whole = |step: &&super::super::table::Step| step.from.is_none();
            assert!(!scheme.primary || scheme.register || scheme.root, "{id}");
            assert!(!(scheme.register && scheme.root), "{id}");
            let named = scheme.primary || scheme.register || scheme.root;
            assert!(!named || scheme.strict, "{id}");
            assert!(
                !named || scheme.derive.is_empty(),
                "{id} is never at the end"
            );
            assert!(!named || scheme.country != "*", "{id}");
            let ends = scheme.derive.iter().filter(whole).map(|step| step.to);
            let shared = ends.filter(|to| table.schemes[*to].shared != scheme.shared);
            assert!(id == "li-che" || shared.count() == 0, "{id}");
            let twin = table.countries.get(&scheme.country).into_iter().flatten();
            let twins = twin.filter(|two| **two != at && table.schemes[**two].primary);
            assert!(!scheme.primary || twins.count() == 0, "{id}");
        }
        let primary = |country: &str| {
            let own = table.countries[country].iter();
            let mut own = own.map(|at| &table.schemes[*at]).filter(|one| one.primary);
            own.next().map(|one| one.id.as_str())
        };
        for (country, id) in [
            ("DE", Some("de-hr")),
            ("BE", Some("be-cbe")),
            ("FR", Some("fr-siren")),
            ("NL", Some("nl-kvk")),
            ("GB", Some("gb-company")),
            ("IT", Some("it-cf")),
            ("CH", Some("ch-uid")),
            ("CN", Some("cn-org")),
            ("AU", Some("au-abn")),
            ("US", None),
            ("AE", None),
        ] {
            assert_eq!(primary(country), id);
        }
        for country in ["GB", "IT", "PL", "DK", "SE", "FI", "NO", "CH", "AE"] {
            let mut own = table.countries[country].iter();
            assert!(own.any(|at| table.schemes[*at].shared), "{country}");
        }
    }
}
