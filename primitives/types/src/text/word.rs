//! Words of a command that is shown to a person.

use std::fmt::Display;

/// A path, name or number as one word of a command that is shown: in single quotes where a shell would take it apart.
#[must_use]
pub fn word(text: impl Display) -> String {
    let text = text.to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+=:,@%".contains(letter);
    match !text.is_empty() && text.chars().all(plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_names_stays_one_word() {
        for (path, shown) in [
            ("net/bank-a", "net/bank-a"),
            ("p net", "'p net'"),
            ("it's", r"'it'\''s'"),
            ("a;b", "'a;b'"),
            ("Zürich", "Zürich"),
            ("", "''"),
        ] {
            assert_eq!(word(path), shown);
        }
    }
}
