//! Which numbers of parties an XML document states, by what they are.

use crate::read::values::{Times, Values};
use crate::required::Numbers;
use crate::vat_numbers::is_vat;
use crate::xml::{self, Node};

impl Values<'_> {
    /// The numbers of seller, buyer and tax representative.
    pub(super) fn numbers(&mut self, root: Node<'_, '_>) -> Numbers {
        let table = &self.schema.table.party;
        let any_tax = self.claim.peppol_gst;
        let sellers = self.parties(root, "seller");
        let mut buyers = self.parties(root, "buyer");
        buyers.extend(self.parties(root, "invoiced"));
        let representatives = self.parties(root, "representative");
        let has = |parties: &[Node<'_, '_>], paths: &[String]| {
            let mut nodes = parties
                .iter()
                .flat_map(|party| paths.iter().flat_map(|path| self.all(*party, path)));
            // creditors' identifiers of SEPA stand among the seller's
            nodes
                .any(|node| node.attribute("schemeID") != Some("SEPA") && xml::text(node).is_some())
        };
        let seller_id = has(&sellers, &table.registration) || has(&sellers, &table.identification);
        let buyer_id = has(&buyers, &table.registration);
        let seller_vat = self.has_vat(&sellers, any_tax);
        let buyer_vat = self.has_vat(&buyers, any_tax);
        let represented = self.has_vat(&representatives, false);
        self.vat_prefixes(&representatives);
        Numbers {
            seller: seller_id || seller_vat,
            buyer_vat,
            buyer: buyer_id || buyer_vat,
            any_vat: !any_tax && (seller_vat || buyer_vat || represented),
        }
    }

    /// Whether the party at a header field's paths has a country.
    pub(super) fn has_country(&mut self, root: Node<'_, '_>, field: &str) -> bool {
        let country = &self.schema.table.party.country;
        let parties = self.parties(root, field);
        let mut parties = parties.into_iter();
        parties.any(|party| self.text(party, country, Times::First).is_some())
    }

    /// The parties at a header field's paths.
    fn parties<'a, 'input>(
        &mut self,
        root: Node<'a, 'input>,
        field: &str,
    ) -> Vec<Node<'a, 'input>> {
        let schema = self.schema;
        let outer: Vec<_> = schema
            .header(field)
            .iter()
            .flat_map(|path| self.all(root, path))
            .collect();
        let inner = &schema.table.party.inner;
        outer
            .into_iter()
            .map(|node| self.node(node, inner, Times::First).unwrap_or(node))
            .collect()
    }

    /// A registration for taxes: its scheme, and the numbers that are stated.
    pub(super) fn tax_numbers<'n, 'i>(
        &mut self,
        registration: Node<'n, 'i>,
    ) -> (Option<String>, Vec<(Node<'n, 'i>, String)>) {
        let table = &self.schema.table.party;
        let scheme = self.text(registration, &table.tax_scheme, Times::First);
        let nodes = self.all(registration, &table.tax_value).into_iter();
        let stated = nodes.filter_map(|node| Some((node, xml::text(node)?)));
        (scheme, stated.collect())
    }

    /// The VAT numbers of parties that are read for nothing else begin with their country.
    fn vat_prefixes(&mut self, parties: &[Node<'_, '_>]) {
        let table = &self.schema.table.party;
        for party in parties {
            for registration in self.all(*party, &table.tax) {
                let (scheme, values) = self.tax_numbers(registration);
                for (node, value) in values {
                    let nearer = node.attribute("schemeID");
                    self.vat_prefix(node, nearer.or(scheme.as_deref()), &value);
                }
            }
        }
    }

    /// Whether one of the parties has a VAT number, or any number for taxes.
    fn has_vat(&mut self, parties: &[Node<'_, '_>], any: bool) -> bool {
        let table = &self.schema.table.party;
        for party in parties {
            for registration in self.all(*party, &table.tax) {
                let (scheme, values) = self.tax_numbers(registration);
                if !values.is_empty() && (any || scheme.as_deref().is_some_and(is_vat)) {
                    return true;
                }
            }
        }
        false
    }
}
