//! The first page of help: commands by who uses them, on one screen.

use clap::error::{ContextKind, ContextValue};
use clap::{Command, CommandFactory as _};

use super::Args;

/// Who uses what. Each command stands in one group.
const GROUPS: [(&str, &[&str]); 6] = [
    ("To look and try", &["document", "taste", "demo"]),
    (
        "A bank's desk",
        &[
            "seal",
            "inquire",
            "finance",
            "release",
            "record",
            "financing",
            "receipt",
            "trade",
            "check",
            "passphrase",
        ],
    ),
    (
        "Customers, and fields disclosed to others",
        &["alias", "card", "contact", "grant", "import", "grants"],
    ),
    (
        "What the members agree on",
        &["member", "proposal", "workflow"],
    ),
    (
        "Who runs nodes",
        &["network", "node", "validator", "certificate"],
    ),
    ("Programs and shells", &["events", "completions"]),
];

/// The command line, with its help in groups.
#[must_use]
pub fn command() -> Command {
    let command = Args::command();
    let groups = groups(&command);
    command.help_template(format!(
        "{{about}}\n\n{{usage-heading}} {{usage}}\n\n{groups}\nOptions:\n{{options}}{{after-help}}"
    ))
}

/// A usage error in words. A word that is no command here and is one under another command is told with that one alone:
/// `sealane start` with `sealane network start`, and with no word that only looks alike.
#[must_use]
pub fn misplaced(error: &clap::Error) -> String {
    let said = error.to_string().trim_end().to_owned();
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return said;
    };
    let command = Args::command();
    let under = command.get_subcommands();
    let under = under.filter(|group| group.find_subcommand(word).is_some());
    let found: Vec<String> = under
        .map(|group| format!("sealane {} {word}", group.get_name()))
        .collect();
    match found.is_empty() {
        true => said,
        false => format!(
            "error: there is no such command: {word}\n\nThere is: {}",
            found.join(", ")
        ),
    }
}

/// The groups that have a command in this build, a line for each command.
fn groups(command: &Command) -> String {
    let mut text = String::new();
    for (title, names) in GROUPS {
        let found = names
            .iter()
            .filter_map(|name| command.find_subcommand(name));
        let lines: Vec<String> = found.map(line).collect();
        if !lines.is_empty() {
            text += &format!("{title}:\n{}\n", lines.join("\n"));
        }
    }
    text
}

fn line(command: &Command) -> String {
    let about = command.get_about().map(ToString::to_string);
    format!("  {:<12}{}", command.get_name(), about.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_stands_in_one_group() {
        let command = Args::command();
        let mut grouped: Vec<&str> = GROUPS
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        grouped.sort_unstable();
        let named = command.get_subcommands().map(Command::get_name);
        let mut named: Vec<&str> = named.filter(|name| *name != "help").collect();
        named.sort_unstable();
        if cfg!(feature = "network") {
            assert_eq!(grouped, named);
        } else {
            assert!(named.iter().all(|name| grouped.contains(name)));
        }
    }

    #[cfg(feature = "network")]
    #[test]
    fn a_word_of_another_command_is_told_with_that_command() {
        for (word, there) in [
            ("start", "There is: sealane network start"),
            ("init", "There is: sealane network init"),
            ("status", "sealane network status, sealane node status"),
        ] {
            let error = command().try_get_matches_from(["sealane", word]);
            let said = misplaced(&error.expect_err("no command"));
            assert!(said.contains(there), "{said}");
            assert!(!said.contains("similar"), "{said}");
        }
        let error = command().try_get_matches_from(["sealane", "tast"]);
        let said = misplaced(&error.expect_err("no command"));
        assert!(said.contains("similar") && said.contains("taste"), "{said}");
        let error = command().try_get_matches_from(["sealane", "nonsense"]);
        assert!(!misplaced(&error.expect_err("no command")).contains("There is"));
    }

    #[test]
    fn the_first_page_fits_a_screen() {
        let page = command().render_help().to_string();
        assert!(page.lines().count() <= 50, "{page}");
        for line in page.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
        assert!(page.contains("A bank's desk:\n  seal "), "{page}");
    }
}
