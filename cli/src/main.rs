//! `sealane`: the one binary. It reads the command line, calls the rooms below and prints what they say;
//! nothing is decided here.

// A new kind of action, change, outcome or refusal has an answer wherever these are told apart, or nothing compiles. Tests may
// look for one kind alone; matches over others' enums, which grow, are allowed one by one.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]
#![deny(clippy::print_stdout, clippy::print_stderr)] // they panic where the output is closed or full: see `terminal`

mod args;
mod commands;
mod files;
mod outcome;
mod terminal;

use clap::FromArgMatches as _;
use clap::error::ErrorKind;

#[cfg(feature = "network")]
use crate::args::CheckCommand;
use crate::args::{Args, Command};
use crate::outcome::{ExitCode, Failure, Report};

fn main() -> std::process::ExitCode {
    let matches = args::help::command().try_get_matches();
    let args = match matches.and_then(|matches| Args::from_arg_matches(&matches)) {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    let as_json = args.json;
    match run(args).and_then(|report| report.print(as_json)) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(failure) => {
            failure.print(as_json);
            (failure.code as u8).into()
        }
    }
}

/// Help and version are no failures; a wrong command line is invalid input.
fn usage(error: &clap::Error) -> std::process::ExitCode {
    let shows = [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion];
    if shows.contains(&error.kind()) {
        return match terminal::page(&error.to_string()) {
            Ok(()) => std::process::ExitCode::SUCCESS,
            Err(_) => (ExitCode::Cannot as u8).into(),
        };
    }
    let as_json = std::env::args().any(|word| word == "--json");
    let said = args::help::misplaced(error);
    if as_json {
        Failure::invalid(said).print(true);
    } else {
        terminal::remark(&said);
    }
    (ExitCode::Invalid as u8).into()
}

fn run(args: Args) -> Result<Report, Failure> {
    #[cfg(feature = "network")]
    let desk = commands::desk::Desk {
        home: args.home,
        wait: std::time::Duration::from_secs(args.wait),
    };
    match args.command {
        Command::Document(command) => commands::document::run(command, args.json),
        #[cfg(feature = "network")]
        command @ Command::Check(CheckCommand::OnChain(_)) => {
            commands::run(command, &desk, args.json)
        }
        Command::Check(command) => commands::check::run(command),
        Command::Completions { shell } => Ok(completions(shell)),
        Command::Taste { file } => commands::taste::run(&file, args.json),
        #[cfg(feature = "network")]
        command => commands::run(command, &desk, args.json),
    }
}

fn completions(shell: clap_complete::Shell) -> Report {
    let mut command = args::help::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "sealane", &mut script);
    let text = String::from_utf8_lossy(&script).trim_end().to_owned();
    let data = serde_json::json!({"ok": true, "shell": shell.to_string(), "script": text});
    Report { text, data }
}
