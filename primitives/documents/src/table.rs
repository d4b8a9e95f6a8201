//! The declared schemas of the XML formats: `specs/schemas/*.toml`, compiled in.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use sealane_types::schema::Kind;
use serde::Deserialize;

use crate::document::Syntax;

/// Alternative paths of one field.
pub type Paths = Vec<String>;

/// The declared schema of one format.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    syntax: String,
    /// What the namespaces of all elements below the root begin with.
    pub child_namespace: String,
    header: BTreeMap<String, Paths>,
    /// Paths from a party.
    pub party: PartyTable,
    line: BTreeMap<String, Paths>,
    /// Paths from an allowance or charge, of the document or of a line.
    pub allowance: BTreeMap<String, Paths>,
    /// Paths of the tax breakdown.
    pub subtotal: BTreeMap<String, Paths>,
    documents: BTreeMap<String, DocumentTable>,
}

/// Paths from a party.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyTable {
    /// An element that the party itself may be wrapped around.
    pub inner: Paths,
    /// Its name, the legal one first.
    pub name: Paths,
    /// Two-letter country of its address.
    pub country: Paths,
    /// Tax registrations.
    pub tax: String,
    /// The number, from a tax registration.
    pub tax_value: String,
    /// The scheme, from a tax registration.
    pub tax_scheme: Paths,
    /// Registrations of the legal entity.
    pub registration: Paths,
    /// Two-letter country of the register's own address, from what a registration stands in.
    pub register_country: Paths,
    /// Other identifiers.
    pub identification: Paths,
    /// Electronic addresses.
    pub address: Paths,
}

impl PartyTable {
    /// The paths of names, countries and identifiers; those in tax registrations aside.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let lists = [
            &self.name,
            &self.country,
            &self.registration,
            &self.identification,
            &self.address,
        ];
        lists.into_iter().flatten().map(String::as_str)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentTable {
    kind: String,
    namespace: String,
    line: Paths,
    #[serde(default)]
    header: BTreeMap<String, Paths>,
    #[serde(default)]
    lines: BTreeMap<String, Paths>,
}

/// What one kind of root element declares, the format's common part included.
#[derive(Debug)]
pub struct Schema {
    /// The format.
    pub syntax: Syntax,
    /// Local name of the root.
    pub root: String,
    /// Namespace of the root.
    pub namespace: String,
    /// The kind of document, credit notes among invoices aside.
    pub kind: Kind,
    /// Paths of its lines.
    pub line: Paths,
    header: BTreeMap<String, Paths>,
    lines: BTreeMap<String, Paths>,
    /// The rest of its format's table.
    pub table: &'static Table,
}

impl Schema {
    /// The paths of a header field; none where the schema has no such field.
    #[must_use]
    pub fn header(&self, field: &str) -> &[String] {
        self.header.get(field).map_or(&[], Vec::as_slice)
    }

    /// All paths of header fields, with the field.
    pub fn header_paths(&self) -> impl Iterator<Item = (&str, &str)> {
        each(&self.header)
    }

    /// All paths of lines' fields, from the line, with the field.
    pub fn line_paths(&self) -> impl Iterator<Item = (&str, &str)> {
        each(&self.lines)
    }

    /// The paths of a line's field, from the line; none where the schema has no such field.
    #[must_use]
    pub fn line(&self, field: &str) -> &[String] {
        self.lines.get(field).map_or(&[], Vec::as_slice)
    }
}

fn each(map: &BTreeMap<String, Paths>) -> impl Iterator<Item = (&str, &str)> {
    let pairs = map
        .iter()
        .flat_map(|(field, paths)| paths.iter().map(move |path| (field, path)));
    pairs.map(|(field, path)| (field.as_str(), path.as_str()))
}

/// The paths that a map of a table gives for a field.
#[must_use]
pub fn paths<'a>(map: &'a BTreeMap<String, Paths>, field: &str) -> &'a [String] {
    map.get(field).map_or(&[], Vec::as_slice)
}

/// All schemas of XML formats.
#[must_use]
pub fn schemas() -> &'static [Schema] {
    static SCHEMAS: OnceLock<Vec<Schema>> = OnceLock::new();
    SCHEMAS.get_or_init(|| tables().iter().flat_map(merge).collect())
}

fn tables() -> &'static [Table; 2] {
    static TABLES: OnceLock<[Table; 2]> = OnceLock::new();
    TABLES.get_or_init(|| {
        [
            include_str!("../../../specs/schemas/ubl.toml"),
            include_str!("../../../specs/schemas/cii.toml"),
        ]
        .map(|text| toml::from_str(text).expect("compiled in, and read by every test"))
    })
}

fn merge(table: &'static Table) -> Vec<Schema> {
    let with = |common: &BTreeMap<String, Paths>, own: &BTreeMap<String, Paths>| {
        let mut all = common.clone();
        all.extend(
            own.iter()
                .map(|(field, paths)| (field.clone(), paths.clone())),
        );
        all
    };
    let syntax = if table.syntax == "CII" {
        Syntax::Cii
    } else {
        Syntax::Ubl
    };
    let kind = |name: &str| Kind::ALL.into_iter().find(|kind| kind.name() == name);
    let documents = table.documents.iter();
    documents
        .map(|(root, own)| Schema {
            syntax,
            root: root.clone(),
            namespace: own.namespace.clone(),
            kind: kind(&own.kind).expect("compiled in, and read by every test"),
            line: own.line.clone(),
            header: with(&table.header, &own.header),
            lines: with(&table.line, &own.lines),
            table,
        })
        .collect()
}
