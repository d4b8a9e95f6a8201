//! How much the log tells.

use tracing_subscriber::EnvFilter;

/// The packages of this program: what else has a part that tells something.
const PACKAGES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock"));
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// What a level chooses: `error`, `warn`, `info`, `debug` or `trace` is how much this program's own parts tell, while those
/// that it is made of, the engine above all, tell of warnings; directives of `tracing` (`sealane_api=debug`) choose for single
/// parts. Errors of all parts are told in any case: `off` is `error`.
///
/// # Errors
/// Why it is no level: an unknown word, or a directive for what is no part of this program.
pub fn check_level(level: &str) -> Result<(), String> {
    filter(level).map(drop)
}

pub(super) fn filter(level: &str) -> Result<EnvFilter, String> {
    let unfit = |error: &dyn std::fmt::Display| {
        format!(
            "{level:?} is no level of the log ({error}): error, warn, info, debug, trace, or directives like sealane_api=debug"
        )
    };
    let directives = match level.trim() {
        "" => return Err(unfit(&"it is empty")),
        "off" => "error".to_owned(),
        "error" => level.to_owned(),
        "warn" | "info" | "debug" | "trace" => format!("warn,sealane={}", level.trim()),
        several => {
            let single = several.split(',').map(str::trim).map(directive);
            let single: Vec<String> = single
                .collect::<Result<_, _>>()
                .map_err(|why| unfit(&why))?;
            format!("error,{}", single.join(","))
        }
    };
    EnvFilter::try_new(directives).map_err(|error| unfit(&error))
}

/// A directive of several, in which errors are told; why it is none.
fn directive(one: &str) -> Result<String, String> {
    let Some((target, level)) = one.rsplit_once('=') else {
        return match LEVELS.contains(&one) {
            true => Ok(told(one).to_owned()),
            false if is_part(one) => Err(format!(
                "{one:?} is a part of this program: write its level too, like {one}=debug"
            )),
            false => Err(format!(
                "{one:?} is neither a level nor a part of this program"
            )),
        };
    };
    let part = target.split(['[', ':']).next().unwrap_or_default();
    if !part.is_empty() && !is_part(part) {
        return Err(format!("{part:?} is no part of this program"));
    }
    Ok(format!("{target}={}", told(level)))
}

fn told(level: &str) -> &str {
    match level {
        "off" => "error",
        other => other,
    }
}

/// Whether a crate of this name is in the program: `sealane` begins the names of its own.
fn is_part(name: &str) -> bool {
    let package = |line: &'static str| line.strip_prefix("name = \"")?.strip_suffix('"');
    let mut packages = PACKAGES.lines().filter_map(package);
    packages.any(|package| package.replace('-', "_") == name)
}
