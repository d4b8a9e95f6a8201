//! Documents of every kind are read as they are meant.

mod apart;
mod arithmetic;
mod cases;
mod claims;
mod containers;
mod corpus;
mod demanded;
mod doubtful;
mod examples;
mod hostile;
mod identifiers;
mod national;
mod nature;
mod payees;
mod placeholders;
mod properties;
mod quantities;
mod same_company;
mod specs;
mod spellings;
