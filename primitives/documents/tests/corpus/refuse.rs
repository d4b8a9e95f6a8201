//! Invalid.
use crate::index::Corpus;
#[test]
fn list() {
    let Some(corpus) = Corpus::open() else { return; };
    for entry in corpus.entries().iter().filter(|entry| !entry.is_valid()) {
        match corpus.read(&entry.path) {
            Ok(d) => println!("LET {} | {} | {:?}", entry.path, entry.text("what_is_wrong").unwrap_or(""), d.warnings.iter().map(|w| w.rule).collect::<Vec<_>>()),
            Err(e) => println!("REF {} | {}", entry.text("what_is_wrong").unwrap_or("").chars().take(60).collect::<String>(), e.to_string().chars().take(300).collect::<String>()),
        }
    }
}
