//! Questions to a person at the terminal, whose answer is yes or no.

use std::io::{self, BufRead, IsTerminal as _, Write};

/// Whether somebody at the terminal agrees; no, where there is no terminal.
///
/// # Errors
/// When the terminal fails.
pub fn agreed(question: &str) -> io::Result<bool> {
    let (stdin, stderr) = (io::stdin(), io::stderr());
    if !stdin.is_terminal() || !stderr.is_terminal() {
        return Ok(false);
    }
    answer(question, &mut stdin.lock(), &mut stderr.lock())
}

/// Asks until the answer is yes or no; Enter and an end are no.
fn answer(question: &str, input: &mut impl BufRead, output: &mut impl Write) -> io::Result<bool> {
    loop {
        write!(output, "{question} [y/N] ")?;
        output.flush()?;
        let mut line = String::new();
        input.read_line(&mut line)?;
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "" | "n" | "no" => return Ok(false),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        for (typed, right) in [
            ("y\n", true),
            (" Yes \n", true),
            ("\n", false),
            ("", false),
            ("no\n", false),
            ("perhaps\nyes\n", true),
        ] {
            let mut asked = Vec::new();
            let agreed = answer("Go on?", &mut typed.as_bytes(), &mut asked);
            assert_eq!(agreed.ok(), Some(right), "{typed:?}");
            assert!(asked.starts_with(b"Go on? [y/N] "));
        }
    }
}
