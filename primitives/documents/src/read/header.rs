//! Parties and amounts of an XML document's header.

use sealane_types::names::plain_name;

use crate::document::{OtherId, Party};
use crate::fault::Place;
use crate::identifiers::{self, LegalId, Source, Written};
use crate::read::values::{Times, Values};
use crate::vat_numbers::{self, is_vat};
use crate::xml::{self, Node};

impl Values<'_> {
    /// The party at a header field's paths, if it is there.
    pub fn party(&mut self, root: Node<'_, '_>, field: &str) -> Option<Party> {
        let outer = self.node(root, self.schema.header(field), Times::Once)?;
        Some(self.party_at(outer))
    }

    /// Who is invoiced, where a Cross Industry document names it apart from who bought; named without a number it has
    /// those of a buyer of the same name.
    pub fn buyer(&mut self, root: Node<'_, '_>) -> Option<Party> {
        let invoiced = self.party(root, "invoiced");
        let buyer = self.party(root, "buyer");
        match (invoiced, buyer) {
            (Some(invoiced), Some(buyer)) if says_less(&invoiced, &buyer) => Some(buyer),
            (invoiced, buyer) => invoiced.or(buyer),
        }
    }

    /// The party that an element holds.
    pub fn party_at(&mut self, outer: Node<'_, '_>) -> Party {
        let schema = self.schema;
        let table = &schema.table.party;
        let party = self.node(outer, &table.inner, Times::Once).unwrap_or(outer);
        let mut made = Party {
            name: self.party_name(party),
            ..Party::default()
        };
        made.country = self.text(party, &table.country, Times::First);
        let mut ids = self.tax_ids(party, &mut made);
        let at = |paths: &[String], source| {
            let nodes: Vec<_> = paths
                .iter()
                .flat_map(|path| self.all(party, path))
                .collect();
            nodes.into_iter().map(move |node| (node, source))
        };
        let registrations = at(&table.registration, Source::Registration);
        let identifications = at(&table.identification, Source::Identification);
        let all: Vec<_> = registrations.chain(identifications).collect();
        self.at_most_one(&all);
        for (node, source) in all {
            let Some(value) = xml::text(node) else {
                self.empty_id(node);
                continue;
            };
            let registered = node.parent().filter(|_| source == Source::Registration);
            let nearer = registered
                .and_then(|entity| self.text(entity, &table.register_country, Times::First));
            let found = identifiers::identify_registered(
                &Written {
                    source,
                    schemes: [node.attribute("schemeID"), None],
                    value: &value,
                    country: made.country.as_deref(),
                },
                nearer.as_deref(),
            );
            self.legal(node, found, value, &mut made, &mut ids);
        }
        for node in table.address.iter().flat_map(|path| self.all(party, path)) {
            let address = xml::text(node).map(|value| other(node.attribute("schemeID"), value));
            made.other_ids.extend(address);
        }
        made.ids = identifiers::ordered(ids);
        made
    }

    /// EN 16931: a party has at most one registration (UBL-SR-11 and its like).
    fn at_most_one(&mut self, ids: &[(Node<'_, '_>, Source)]) {
        let mut registrations = ids
            .iter()
            .filter(|(_, source)| *source == Source::Registration);
        if let Some((second, _)) = registrations.nth(1).filter(|_| self.standard) {
            let problem = "a second registration of the legal entity".to_owned();
            self.value_fault(
                *second,
                "UBL-SR-11",
                problem,
                "Keep the party's one registration.",
            );
        }
    }

    /// An identifier that is there but empty hides who the party is.
    fn empty_id(&mut self, node: Node<'_, '_>) {
        if self.standard {
            self.value_fault(
                node,
                "SL-ID-EMPTY",
                "the identifier is empty".to_owned(),
                "Fill it in or leave it out.",
            );
        }
    }

    /// The legal name stands once; of trading names the first counts.
    fn party_name(&mut self, party: Node<'_, '_>) -> Option<String> {
        let (legal, others) = self.schema.table.party.name.split_first()?;
        if let Some(second) = self
            .all(party, legal)
            .get(1)
            .copied()
            .filter(|_| self.standard)
        {
            let problem = "a second legal name".to_owned();
            self.value_fault(
                second,
                "UBL-SR-15",
                problem,
                "Keep the party's one legal name.",
            );
        }
        let legal = self.text(party, std::slice::from_ref(legal), Times::Once);
        legal.or_else(|| self.text(party, others, Times::First))
    }

    /// The identifiers of an element; what names no company stands among the others.
    fn legal(
        &mut self,
        node: Node<'_, '_>,
        found: Vec<LegalId>,
        value: String,
        party: &mut Party,
        ids: &mut Vec<LegalId>,
    ) {
        for warning in found
            .iter()
            .filter_map(|id| id.warning(|| Place::element(node)))
        {
            self.warnings.add(|| warning);
        }
        if found.is_empty() {
            let scheme = node.attribute("schemeID");
            party.other_ids.push(other(scheme, value));
        }
        ids.extend(found);
    }

    fn tax_ids(&mut self, party: Node<'_, '_>, made: &mut Party) -> Vec<LegalId> {
        let table = &self.schema.table.party;
        let mut ids = Vec::new();
        for registration in self.all(party, &table.tax) {
            let (scheme, values) = self.tax_numbers(registration);
            for (node, value) in values {
                let nearer = node.attribute("schemeID");
                self.vat_prefix(node, nearer.or(scheme.as_deref()), &value);
                let found = identifiers::identify(&Written {
                    source: Source::Tax,
                    schemes: [nearer, scheme.as_deref()],
                    value: &value,
                    country: made.country.as_deref(),
                });
                if found.is_empty() {
                    made.other_ids
                        .push(other(nearer.or(scheme.as_deref()), value));
                    continue;
                }
                self.legal(node, found, value, made, &mut ids);
            }
        }
        ids
    }

    /// BR-CO-09: a VAT number begins with the code of its country.
    pub(super) fn vat_prefix(&mut self, node: Node<'_, '_>, scheme: Option<&str>, value: &str) {
        let binds = self.standard && !self.claim.peppol_gst && scheme.is_some_and(is_vat);
        if !binds || vat_numbers::has_country(value) {
            return;
        }
        let shown: String = value.chars().take(40).collect();
        let problem = format!("the VAT number {shown:?} does not begin with a country's code");
        let advice = "Write the country's two letters before the number: DE, EL for Greece, XI for Northern Ireland.";
        self.value_fault(node, "BR-CO-09", problem, advice);
    }

    /// Amounts of the document must be in its currency.
    pub fn check_currency(&mut self, node: Node<'_, '_>) {
        if self.is_own_currency(node) {
            return;
        }
        let written = node.attribute("currencyID").unwrap_or_default();
        let currency = self.currency.as_deref().unwrap_or_default();
        let problem = format!("the amount is in {written:?}, the document in {currency}");
        let advice = "State all amounts in the document's currency.";
        self.value_fault(node, "SL-CURRENCY", problem, advice);
    }
}

/// Whether a party says no number, and no name or the same one as the other.
fn says_less(first: &Party, other: &Party) -> bool {
    let plain = |party: &Party| party.name.as_deref().map(plain_name);
    first.ids.is_empty() && (first.name.is_none() || plain(first) == plain(other))
}

fn other(scheme: Option<&str>, value: String) -> OtherId {
    let scheme = scheme.map(str::trim).filter(|scheme| !scheme.is_empty());
    OtherId {
        scheme: scheme.map(str::to_owned),
        value,
    }
}
