//! What other parties hold: a plain search of files for the words of a document. It is an illustration for
//! the story; the real search, in every encoding and in what the database compressed, is a test.

use std::path::Path;

use sealane_documents::Document;

/// The words of a document that nobody else may hold: names, its number, its amount.
pub fn secrets(document: &Document) -> Vec<String> {
    let json = sealane_documents::to_json(document);
    let paths = [
        json["seller"]["name"].as_str(),
        json["buyer"]["name"].as_str(),
        json["id"].as_str(),
        json["payable_amount"].as_str(),
    ];
    paths
        .into_iter()
        .flatten()
        .filter(|word| word.len() > 3)
        .map(str::to_owned)
        .collect()
}

/// Bytes in all files below `folder`, and how many of `words` stand in any of them.
pub fn search(folder: &Path, words: &[String]) -> (u64, usize) {
    let mut total = 0;
    let mut found = vec![false; words.len()];
    visit(folder, &mut |bytes| {
        total += bytes.len() as u64;
        for (found, word) in found.iter_mut().zip(words) {
            *found |= contains(bytes, word.as_bytes());
        }
    });
    (total, found.into_iter().filter(|found| *found).count())
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

fn visit(folder: &Path, take: &mut impl FnMut(&[u8])) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            visit(&path, take);
        } else if let Ok(bytes) = std::fs::read(&path) {
            take(&bytes);
        }
    }
}
