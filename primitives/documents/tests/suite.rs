//! Documents of every kind are read as they are meant.

mod apart;
mod arithmetic;
mod cases;
mod claims;
mod containers;
mod corpus;
mod doubtful;
mod examples;
mod hostile;
mod identifiers;
mod national;
mod nature;
mod placeholders;
mod properties;
mod same_company;
mod specs;
mod spellings;
