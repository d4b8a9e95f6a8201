//! What stands around a document: encodings, namespaces on every element, PDFs, envelopes.

mod attached;
mod cases;
mod envelope;
mod hostile;
mod pdf;

fn example(name: &str) -> Vec<u8> {
    let path = format!("{}/../../examples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("the examples stand in the repository")
}

/// The first fault's rule.
fn refused(bytes: &[u8]) -> &'static str {
    sealane_documents::read(bytes, "refused")
        .expect_err("it is refused")
        .faults[0]
        .rule
}
