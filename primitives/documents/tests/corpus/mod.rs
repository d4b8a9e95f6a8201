//! Ingest against other people's documents, found by `SEALANE_DOCUMENTS`, by default
//! `../shared/data/documents` beside the workspace. Without them these tests say that they were
//! skipped; where the variable demands them they fail.

mod agree;
mod binding;
mod fragments;
mod index;
mod parties;
mod refuse;
mod seal;
