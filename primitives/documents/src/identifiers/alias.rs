//! What the identifiers of an alias say together: which of them count for the looser fingerprint rules alone, and the
//! order in which an alias carries them. Rules: `specs/schemas/identifiers.md`, "Of an alias".

use super::table::{Scheme, table};

/// How the identifiers of an alias count in fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AliasFlags {
    /// Bit `i` is set where the `i`-th identifier takes no strict fingerprint. The looser rules hold for it as for all.
    pub looser: u8,
    /// Whether the primary number is there, which every extract of a register shows, of each country of which an identifier is
    /// there and that has one; and at least one.
    pub primary: bool,
    /// Whether another bank's file may hold the same numbers and share no strict fingerprint: a number that companies share stands
    /// without a register number of its country before it of which a company has one alone, or two numbers of one shared register
    /// stand here, whose order decides.
    pub bare: bool,
}

/// What one identifier of an alias is, seen beside those before it.
#[derive(Clone, Copy)]
struct Role {
    scheme: &'static Scheme,
    /// The company's own number in a register.
    own: bool,
    /// The company may have others of the scheme, by which another bank may know it.
    several: bool,
    /// A number that stands for more than one series of invoices: a tax group's, or a root.
    wide: bool,
}

/// Which of an alias' identifiers are looser, and what its file lacks. `ids` are canonical identifiers
/// `scheme:value` in the alias' order, at most seven; further ones have no bit in [`AliasFlags::looser`].
///
/// An identifier is looser if it is a number that a tax group may share or a root number, and a register number of its country
/// stands before it: companies of a group, or registrations under a root, could otherwise not use one invoice number each. So the
/// first is never looser, and an identifier that is added later changes nothing of those before it. Where a
/// group's number has the form of a register number (`ch-uid`, `no-org`, `dk-cvr`, `fi-y`, `it-cf`, `se-org`), the first of
/// the scheme is the company's own, as it has one, and a further one counts as a group's. Schemes that the table does not
/// know are neither. A register number of which a company may have several makes a number behind it looser, and the alias
/// bare all the same.
#[must_use]
pub fn alias_flags(ids: &[String]) -> AliasFlags {
    let known: Vec<Option<Role>> = (0..ids.len()).map(|at| role(ids, at)).collect();
    let registered = |at: usize, of: &Role, alone: bool| {
        let mut before = known[..at].iter().flatten();
        before.any(|role| {
            role.own && role.scheme.country == of.scheme.country && !(alone && role.several)
        })
    };
    let roles = || {
        known
            .iter()
            .enumerate()
            .filter_map(|(at, role)| Some((at, (*role)?)))
    };
    let is_looser = |(at, role): &(usize, Role)| role.wide && registered(*at, role, false);
    let is_bare = |(at, role): (usize, Role)| {
        role.wide && (role.scheme.register || !registered(at, &role, true))
    };
    let looser = roles().filter(|one| one.0 < 7 && is_looser(one));
    AliasFlags {
        looser: looser.fold(0, |bits, (at, _)| bits | 1 << at),
        primary: has_primary(&known),
        bare: roles().any(is_bare),
    }
}

/// Whether the primary number of each country is there that has one and of which an identifier is there; and at least one.
/// A number of which a company may have several is none: another file may have another.
fn has_primary(known: &[Option<Role>]) -> bool {
    let schemes = || known.iter().flatten().map(|role| role.scheme);
    let primary = || {
        let one = known.iter().flatten().filter(|role| !role.several);
        one.map(|role| role.scheme).filter(|one| one.primary)
    };
    let there = |country: &str| primary().any(|one| one.country == country);
    let has_one = |country: &str| {
        let own = table().countries.get(country).into_iter().flatten();
        own.into_iter().any(|at| table().schemes[*at].primary)
    };
    let lacks = schemes().any(|one| has_one(&one.country) && !there(&one.country));
    primary().next().is_some() && !lacks
}

fn role(ids: &[String], at: usize) -> Option<Role> {
    let scheme = scheme(&ids[at])?;
    let (_, value) = ids[at].split_once(':')?;
    let first = !ids[..at]
        .iter()
        .any(|before| self::scheme(before).is_some_and(|one| one.id == scheme.id));
    let own = scheme.register && (first || !scheme.shared);
    Some(Role {
        scheme,
        own,
        several: scheme.several.as_ref().is_some_and(|form| form.fits(value)),
        wide: scheme.root || (scheme.shared && !own),
    })
}

/// Orders the canonical identifiers of a new alias: primary numbers of a country first, then LEIs, then other numbers
/// of registers, then the rest, roots too; each kind as typed. So the numbers that every bank finds in an extract stand
/// in the first places, and before what they make looser.
#[must_use]
pub fn in_registration_order(mut ids: Vec<String>) -> Vec<String> {
    ids.sort_by_key(|id| match scheme(id) {
        Some(scheme) if scheme.primary && !scheme.root => 0,
        Some(scheme) if scheme.id == "lei" => 1,
        Some(scheme) if scheme.register => 2,
        _ => 3,
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

    /// Looser places, primary, bare.
    fn flags(ids: &[&str]) -> (u8, bool, bool) {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let flags = alias_flags(&ids);
        (flags.looser, flags.primary, flags.bare)
    }

    #[test]
    fn a_shared_number_is_looser_behind_a_register_number_of_its_country_alone() {
        for (ids, right) in [
            (&["gb-vat:220143037"][..], (0, false, true)),
            // what is added later changes nothing of those before it
            (
                &["gb-vat:220143037", "gb-company:01234567"],
                (0, true, true),
            ),
            (
                &["gb-company:01234567", "gb-vat:220143037"],
                (2, true, false),
            ),
            (
                &["lei:1961005C5OEL4TEFE199", "gb-vat:220143037"],
                (0, false, true),
            ),
            (
                &["pl-nip:5260250274", "pl-regon:012100784"],
                (0, false, true),
            ),
            (
                &["pl-krs:0000028860", "pl-nip:5260250274"],
                (2, true, false),
            ),
            (
                // it may have another number at a court where it was before
                &["de-vat:129273398", "de-hr:HRB33517@LEIPZIG"],
                (0, false, false),
            ),
            (
                &["gb-company:01234567", "ae-tin:1000000000"],
                (0, true, true),
            ),
            (
                &["fr-siren:552100554", "gb-vat:220143037"],
                (0, false, true),
            ),
        ] {
            assert_eq!(flags(ids), right, "{ids:?}");
        }
    }

    #[test]
    fn a_root_number_is_looser_behind_a_register_number_of_its_country_alone() {
        for (ids, right) in [
            (&["in-pan:AAACR5055K"][..], (0, false, true)),
            (
                &["in-cin:L17110MH1973PLC019786", "in-pan:AAACR5055K"],
                (2, false, true),
            ),
            (&["br-cnpj-root:33000167"], (0, true, true)),
            (
                &["br-nire:33300016561", "br-cnpj-root:33000167"],
                (2, true, true),
            ),
            (
                &["pt-nif:500697256", "br-cnpj-root:33000167"],
                (0, true, true),
            ),
        ] {
            assert_eq!(flags(ids), right, "{ids:?}");
        }
    }

    /// Two banks that know one company by two numbers of one register share none that is strict but by its name.
    #[test]
    fn behind_a_number_of_which_a_company_has_several_an_alias_is_bare() {
        for (ids, right) in [
            (
                &["br-nire:33300016561", "br-cnpj-root:33000167"][..],
                (2, true, true),
            ),
            (
                &["br-nire:35300016561", "br-cnpj-root:33000167"],
                (2, true, true),
            ),
            (&["br-nire:33300016561"], (0, false, false)),
            (
                &["gb-company:BR001234", "gb-vat:220143037"],
                (2, false, true),
            ),
            (
                &["gb-company:FC012345", "gb-vat:220143037"],
                (2, false, true),
            ),
            (
                &["gb-company:SC012345", "gb-vat:220143037"],
                (2, true, false),
            ),
            (
                &[
                    "gb-company:FC012345",
                    "gb-company:01234567",
                    "gb-vat:220143037",
                ],
                (4, true, false),
            ),
        ] {
            assert_eq!(flags(ids), right, "{ids:?}");
        }
    }

    #[test]
    fn of_two_numbers_in_one_register_the_first_is_the_company_s() {
        for scheme in ["ch-uid", "no-org", "dk-cvr", "fi-y", "it-cf", "se-org"] {
            let [own, group] = ["1", "2"].map(|value| format!("{scheme}:{value}"));
            assert_eq!(flags(&[&own]), (0, true, false), "{scheme}");
            // the order decides, which another bank's file may have otherwise
            assert_eq!(flags(&[&own, &group]), (2, true, true), "{scheme}");
            let apart = flags(&["lei:1", &own, "x:1", &group]);
            assert_eq!(apart, (8, true, true), "{scheme}");
        }
        let courts = flags(&["de-hr:HRB5@ESSEN", "de-hr:HRB5@KOELN"]);
        assert_eq!(courts, (0, false, false));
    }

    #[test]
    fn the_primary_number_of_each_country_is_asked_for() {
        assert!(!flags(&["fr-siren:552100554", "gb-vat:1"]).1);
        assert!(!flags(&["de-hr:HRB5@ESSEN", "be-cbe:1", "gb-vat:1"]).1);
        assert!(flags(&["fr-siren:1", "be-cbe:1", "fr-vat:1"]).1);
        assert!(
            !flags(&["de-hr:HRB5@ESSEN", "be-cbe:1"]).1,
            "one of several"
        );
        assert!(flags(&["be-cbe:1", "us-ein:1"]).1, "the US has none");
        assert!(!flags(&["lei:1", "us-ein:1"]).1);
    }

    #[test]
    fn what_the_table_does_not_know_is_neither() {
        let unknown = ["reg:KE:77121", "nonsense", ":"];
        assert_eq!(flags(&unknown), (0, false, false));
        assert_eq!(flags(&[]), (0, false, false));
        let mut many = vec!["gb-vat:1"; 20];
        assert_eq!(flags(&many), (0, false, true));
        many[0] = "gb-company:1";
        assert_eq!(flags(&many), (0x7e, true, false));
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

    #[test]
    fn a_root_goes_behind_the_register_number_that_makes_it_looser() {
        let typed = ["br-cnpj-root:33000167", "br-nire:33300016561", "lei:1"];
        let ids = in_registration_order(typed.map(str::to_owned).to_vec());
        assert_eq!(
            ids,
            ["lei:1", "br-nire:33300016561", "br-cnpj-root:33000167"]
        );
    }

    /// A country without one is on the page, with the reason.
    #[test]
    fn each_country_has_a_primary_scheme_or_a_reason() {
        let page = include_str!("../../../../specs/schemas/identifiers.md");
        let (_, reasons) = page
            .split_once("| country | why |\n| --- | --- |\n")
            .expect("the page has the table");
        let rows = reasons.lines().take_while(|line| line.starts_with("| "));
        let without: Vec<&str> = rows.filter_map(|row| row.split(' ').nth(1)).collect();
        let table = table();
        let mut none: Vec<&str> = table
            .countries
            .iter()
            .filter(|(_, own)| !own.iter().any(|at| table.schemes[*at].primary))
            .map(|(country, _)| country.as_str())
            .collect();
        none.sort_unstable();
        assert_eq!(none, without);
        assert!(flags(&["mx-rfc:WMT970714R10"]).1, "and an alias is primary");
    }

    /// Flags are read from sealed identifiers, which stand at the end of what follows for certain.
    #[test]
    fn the_table_s_properties_agree_with_each_other() {
        let table = table();
        for (at, scheme) in table.schemes.iter().enumerate() {
            let id = &scheme.id;
            let whole = |rule: &&super::super::table::Derivation| rule.from.is_none();
            assert!(!scheme.primary || scheme.register || scheme.root, "{id}");
            assert!(!(scheme.register && scheme.root), "{id}");
            let named = scheme.primary || scheme.register || scheme.root;
            assert!(!named || scheme.strict, "{id}");
            assert!(
                !named || scheme.derive.is_empty(),
                "{id} is never at the end"
            );
            assert!(!named || scheme.country != "*", "{id}");
            assert!(scheme.several.is_none() || scheme.register, "{id}");
            let branches = scheme.register && scheme.identifies == "establishment";
            assert!(!branches || scheme.several.is_some(), "{id}");
            let ends = scheme.derive.iter().filter(whole).map(|rule| rule.to);
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
            ("ES", Some("es-nif")),
            ("MX", Some("mx-rfc")),
            ("AR", Some("ar-cuit")),
            ("CL", Some("cl-rut")),
            ("PE", Some("pe-ruc")),
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
