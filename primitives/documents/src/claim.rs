//! What a document's specification identifier claims, and thereby which rules bind it.

/// The rules that a specification identifier (BT-24) puts a document under. Capitalisation and white space
/// in it mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a claim of its own, and an identifier may make several"
)]
pub struct Claim {
    /// EN 16931: alone, restricted by a CIUS, or extended.
    pub en16931: bool,
    /// Factur-X and ZUGFeRD EXTENDED and France's EXTENDED-CTC-FR, whose rules BR-FXEXT-… replace some of
    /// the core's.
    pub extended: bool,
    /// XRechnung's extension, whose rules BR-DEX-… replace some of the core's.
    pub xrechnung_extension: bool,
    /// Singapore's extension, which lets amounts of lines have any decimals.
    pub more_line_decimals: bool,
    /// A specification that demands currency, names and totals of every invoice: EN 16931, CEN BII,
    /// Peppol PINT, any profile of Factur-X or ZUGFeRD.
    pub demands_totals: bool,
    /// A specification that demands a type code of every invoice: EN 16931, Peppol PINT, any profile of Factur-X or
    /// ZUGFeRD.
    pub demands_type_code: bool,
    /// A specification of invoices that the buyer writes: Peppol's and PINT's self-billing.
    pub self_billing: bool,
    /// CEN BII, whose total with tax may hold the rounding of the payable amount.
    pub bii: bool,
    /// Peppol PINT, whose rules IBR-CO-10 to -16 bind.
    pub pint: bool,
    /// A Peppol specification, whose rules PEPPOL-EN16931-… bind beside the core's.
    pub peppol: bool,
    /// A Peppol specification of countries with a goods and services tax (Australia and New Zealand, Singapore), whose
    /// sellers need no VAT number.
    pub peppol_gst: bool,
    /// Peppol BIS Billing 3.0 or its self-billing, whose rule PEPPOL-EN16931-R120 binds the totals of lines.
    pub peppol_billing: bool,
    /// OIOUBL 2, whose `TaxExclusiveAmount` is the sum of the taxes.
    pub oioubl: bool,
}

const CORE: &str = "urn:cen.eu:en16931:2017";
/// Extensions that are registered, without `urn:` or `urn.` before them.
const EXTENDED: [&str; 3] = [
    "factur-x.eu:1p0:extended",
    "zugferd.de:2p0:extended",
    "cpro.gouv.fr:1p0:extended-ctc-fr",
];
/// ZUGFeRD 1's EXTENDED, older than EN 16931: the whole identifier.
const FERD: &str = "urn:ferd:crossindustrydocument:invoice:1p0:extended";
/// How XRechnung and its extension are called, without their version.
const XRECHNUNG: [(&str, &str); 2] = [
    (
        "urn:xeinkauf.de:kosit:xrechnung_",
        "urn:xeinkauf.de:kosit:extension:xrechnung_",
    ),
    (
        "urn:xoev-de:kosit:standard:xrechnung_",
        "urn:xoev-de:kosit:extension:xrechnung_",
    ),
];
/// Peppol BIS Billing 3.0 and its self-billing, with what goes on where they are restricted or extended.
const PEPPOL_BILLING: [&str; 2] = [
    "urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    "urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0",
];
const OIOUBL: &str = "oioubl-2";
const PINT: &str = "urn:peppol:pint:";
const BII: &str = "urn:www.cenbii.eu:";
/// Specifications that demand a type code as EN 16931 does.
const CODED: [&str; 4] = [PINT, "urn:factur-x.eu:", "urn:zugferd.de:", "urn:ferd:"];
/// How Peppol and PINT call self-billing in specifications and business processes.
const SELF_BILLING: &str = ":selfbilling";

impl Claim {
    /// What a specification identifier claims; without one, nothing.
    #[must_use]
    pub fn of(customization: Option<&str>) -> Self {
        let text = letters(customization);
        let rest = text.strip_prefix(CORE);
        let goes_on = |rest: &str| rest.starts_with(|next: char| next.is_alphanumeric());
        let en16931 = rest.is_some_and(|rest| !goes_on(rest));
        let demands_type_code = en16931 || CODED.iter().any(|start| text.starts_with(start));
        let bii = text.starts_with(BII);
        Self {
            en16931,
            extended: text == FERD || rest.is_some_and(is_extended),
            xrechnung_extension: rest.is_some_and(is_xrechnung_extension),
            pint: text.starts_with(PINT),
            more_line_decimals: text.contains(":billing:international:sg:"),
            peppol: text.contains("urn:fdc:peppol.eu:"),
            peppol_gst: text.contains(":poacc:billing:international:"),
            peppol_billing: rest.and_then(specification).is_some_and(is_peppol_billing),
            oioubl: text.starts_with(OIOUBL),
            demands_totals: demands_type_code || bii,
            demands_type_code,
            self_billing: text.contains(SELF_BILLING),
            bii,
        }
    }

    /// The same with what the identifier of the business process (BT-23) claims beside it.
    #[must_use]
    pub fn with_profile(mut self, profile: Option<&str>) -> Self {
        let text = letters(profile);
        self.self_billing |= text.contains(SELF_BILLING);
        self.bii |= text.starts_with(BII) && !self.demands_type_code;
        self
    }

    /// Whether lines that only group or inform are told apart: everywhere but under EN 16931's core, to
    /// which every line is one that counts.
    #[must_use]
    pub fn has_group_lines(self) -> bool {
        !self.en16931 || self.extended
    }

    /// Whether the payable amount collects what third parties claim: everywhere but under the core.
    #[must_use]
    pub fn has_third_parties(self) -> bool {
        !self.en16931 || self.extended || self.xrechnung_extension
    }
}

/// An identifier in small letters, without white space.
fn letters(identifier: Option<&str>) -> String {
    let text = identifier.unwrap_or_default();
    let letters = text.chars().filter(|letter| !letter.is_whitespace());
    letters.flat_map(char::to_lowercase).collect()
}

/// What follows the core's name where it is restricted or extended.
fn specification(rest: &str) -> Option<&str> {
    let marks = ["#conformant#", "#compliant#", ":conformant:", ":compliant:"];
    marks.into_iter().find_map(|mark| rest.strip_prefix(mark))
}

/// Whether this is Peppol BIS Billing 3.0, alone or with more behind it.
fn is_peppol_billing(name: &str) -> bool {
    let mut rests = PEPPOL_BILLING
        .iter()
        .filter_map(|own| name.strip_prefix(own));
    rests.any(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '.'))
}

fn is_extended(rest: &str) -> bool {
    specification(rest).is_some_and(|name| {
        let urn = name.strip_prefix("urn:").or(name.strip_prefix("urn."));
        EXTENDED.contains(&urn.unwrap_or(name))
    })
}

/// XRechnung, and its extension of the same version.
fn is_xrechnung_extension(rest: &str) -> bool {
    let names = specification(rest).and_then(|rest| rest.split_once("#conformant#"));
    names.is_some_and(|(base, extension)| {
        XRECHNUNG.iter().any(|(own, extended)| {
            let version = base.strip_prefix(own);
            let figures = |letter: char| letter.is_ascii_digit() || letter == '.';
            version.is_some_and(|version| {
                version.chars().all(figures) && extension.strip_prefix(extended) == Some(version)
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_and_white_space_mean_nothing() {
        for text in [
            "urn:cen.eu:en16931:2017",
            "URN:CEN.EU:EN16931:2017#Compliant#urn:x",
            "\n urn:cen.eu:en16931:2017:compliant:x ",
        ] {
            assert!(Claim::of(Some(text)).en16931, "{text}");
        }
        for text in ["", "urn:cen.eu:en16931:20170", "urn:example:plain", "TR1.2"] {
            assert_eq!(Claim::of(Some(text)), Claim::default(), "{text}");
        }
        assert_eq!(Claim::of(None), Claim::default());
    }

    #[test]
    fn extensions_are_told_apart() {
        let extended = Claim::of(Some(
            "urn:cen.eu:en16931:2017#conformant#urn:Factur-X.eu:1p0:EXTENDED",
        ));
        assert!(extended.en16931 && extended.extended && !extended.xrechnung_extension);
        let german = Claim::of(Some(
            "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
        ));
        assert!(german.xrechnung_extension && !german.extended && !german.has_group_lines());
    }

    #[test]
    fn a_business_process_claims_what_it_says() {
        let plain = Claim::of(None);
        let process = |profile: &str| plain.with_profile(Some(profile));
        assert!(process("urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0").self_billing);
        assert!(process("urn:peppol:bis:SelfBilling").self_billing);
        assert!(!process("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0").self_billing);
        assert!(process("urn:www.cenbii.eu:profile:bii05:ver2.0").bii);
        let core = Claim::of(Some("urn:cen.eu:en16931:2017"));
        assert!(
            !core
                .with_profile(Some("urn:www.cenbii.eu:profile:bii04:ver1.0"))
                .bii
        );
    }
}
