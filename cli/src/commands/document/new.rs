//! `sealane document new`: a document from paper or a scan, typed in.

use std::io::{BufRead, IsTerminal as _, Write};
use std::path::Path;

use sealane_documents::form::{self, Form, Question, questions};
use sealane_documents::{Document, to_json, to_text};
use sealane_types::schema::Kind;

use crate::files;
use crate::outcome::{Failure, Report};

/// Makes a document of answers and writes it as Sealane's JSON.
pub fn run(kind: &str, pairs: &[String], out: Option<&Path>) -> Result<Report, Failure> {
    let Some(kind) = form::kind(kind) else {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        return Err(Failure::invalid(format!(
            "--kind {kind}: not a kind of document. Give one of {}.",
            names.join(", ")
        )));
    };
    if let Some(out) = out {
        files::must_be_new(out)?;
    }
    let stdin = std::io::stdin();
    let document = match (pairs, stdin.is_terminal()) {
        ([], true) => Dialog::new(stdin.lock(), std::io::stderr()).document(kind)?,
        ([], false) => {
            let problem = "no terminal to ask on. Give the fields as KEY=VALUE: id=… issue_date=… seller.name=…";
            return Err(Failure::invalid(problem));
        }
        (pairs, _) => of_pairs(kind, pairs)?,
    };
    write(&document, out)
}

fn write(document: &Document, out: Option<&Path>) -> Result<Report, Failure> {
    let data = to_json(document);
    let json = format!("{data:#}");
    let Some(out) = out else {
        return Ok(Report { text: json, data });
    };
    files::write_new(out, json + "\n")?;
    let text = format!(
        "{}\nwritten to {}",
        to_text(document).trim_end(),
        out.display()
    );
    Ok(Report { text, data })
}

/// The document of `KEY=VALUE` pairs.
fn of_pairs(kind: Kind, pairs: &[String]) -> Result<Document, Failure> {
    let mut form = Form::new(kind);
    for pair in pairs {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::invalid(format!(
                "{pair}: not KEY=VALUE. Write a key, an equals sign and its value, as id=VF-2026-00418."
            )));
        };
        form.set(key, value)
            .map_err(|error| Failure::invalid(format!("{error}.")))?;
    }
    form.document().map_err(Failure::invalid)
}

/// Questions and answers.
struct Dialog<R, W> {
    input: R,
    output: W,
}

impl<R: BufRead, W: Write> Dialog<R, W> {
    fn new(input: R, output: W) -> Self {
        Self { input, output }
    }

    /// Asks until the document is right.
    fn document(&mut self, kind: Kind) -> Result<Document, Failure> {
        let head = format!(
            "{}. Press Enter to leave out a field that is not needed.",
            kind.name()
        );
        self.say(&head)?;
        let mut form = Form::new(kind);
        let mut lines_asked = false;
        for question in questions(kind) {
            match question.key.starts_with("lines[].") {
                true if lines_asked => {}
                true => {
                    lines_asked = true;
                    self.lines(&mut form)?;
                }
                false => self.ask(&mut form, &question, question.key)?,
            }
        }
        loop {
            let error = match form.document() {
                Ok(document) => return Ok(document),
                Err(error) => error,
            };
            self.say(&error.to_string())?;
            if !self.again(&mut form, &error)? {
                return Err(Failure::invalid(error));
            }
        }
    }

    /// Asks for each line, until one has no first answer.
    fn lines(&mut self, form: &mut Form) -> Result<(), Failure> {
        let fields: Vec<Question> = questions(form.kind())
            .into_iter()
            .filter(|question| question.key.starts_with("lines[]."))
            .collect();
        for number in 0.. {
            for (place, field) in fields.iter().enumerate() {
                let mut field = field.clone();
                field.needed &= place > 0;
                field.ask = match place {
                    0 => format!(
                        "line {}, or Enter after the last: {}",
                        number + 1,
                        field.ask
                    ),
                    _ => format!("line {}: {}", number + 1, field.ask),
                };
                let key = field.key.replace("[]", &format!("[{number}]"));
                if !self.answer(form, &field, &key)? && place == 0 {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Asks anew for what the faults name; whether there was anything to ask.
    fn again(
        &mut self,
        form: &mut Form,
        error: &sealane_documents::ReadError,
    ) -> Result<bool, Failure> {
        let mut asked = Vec::new();
        for fault in &error.faults {
            let key = fault.place.path.as_str();
            let Some(question) = form::question(form.kind(), key) else {
                continue;
            };
            let key = if question.several { question.key } else { key };
            if asked.contains(&key) {
                continue;
            }
            asked.push(key);
            form.clear(key);
            self.ask(form, &question, key)?;
        }
        Ok(!asked.is_empty())
    }

    /// Asks for one field, of a list until an answer is left out.
    fn ask(&mut self, form: &mut Form, question: &Question, key: &str) -> Result<(), Failure> {
        let mut question = question.clone();
        while self.answer(form, &question, key)? && question.several {
            question.needed = false;
            question.ask = format!("another {}", question.key);
        }
        Ok(())
    }

    /// Asks until an answer is right or left out; whether there was one.
    fn answer(&mut self, form: &mut Form, question: &Question, key: &str) -> Result<bool, Failure> {
        loop {
            let prompt = format!("{} (as {}): ", question.ask, question.example);
            self.put(&prompt)?;
            let Some(answer) = self.line()? else {
                return Err(Failure::invalid(
                    "the answers ended early; nothing was written",
                ));
            };
            if answer.is_empty() && question.needed {
                self.say("It is needed.")?;
            } else if answer.is_empty() {
                return Ok(false);
            } else {
                match form.set(key, &answer) {
                    Ok(()) => return Ok(true),
                    Err(error) => self.say(&format!("{error}."))?,
                }
            }
        }
    }

    fn line(&mut self) -> Result<Option<String>, Failure> {
        let mut line = String::new();
        let read = self.input.read_line(&mut line).map_err(Failure::invalid)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    }

    fn say(&mut self, text: &str) -> Result<(), Failure> {
        self.put(text)?;
        self.put("\n")
    }

    fn put(&mut self, text: &str) -> Result<(), Failure> {
        let written = self.output.write_all(text.as_bytes());
        written
            .and_then(|()| self.output.flush())
            .map_err(Failure::cannot)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The answers to all questions, by key; the rest is left out.
    fn typed(kind: Kind, answers: &[(&str, &str)], after: &str) -> String {
        let mut text = String::new();
        let answer = |key: &str| {
            let found = answers.iter().find(|(own, _)| *own == key);
            found.map_or("", |(_, answer)| *answer)
        };
        let all = questions(kind);
        let is_line = |question: &&Question| question.key.starts_with("lines[].");
        let mut lines_typed = false;
        for question in &all {
            if is_line(&question) && !lines_typed {
                lines_typed = true;
                for field in all.iter().filter(is_line) {
                    text += &format!("{}\n", answer(field.key));
                }
                text.push('\n');
            } else if !is_line(&question) {
                text += &format!("{}\n", answer(question.key));
                if question.several && !answer(question.key).is_empty() {
                    text.push('\n');
                }
            }
        }
        text + after
    }

    const ANSWERS: [(&str, &str); 10] = [
        ("id", "VF-1"),
        ("issue_date", "2026-03-02"),
        ("seller.name", "Brugman"),
        ("buyer.name", "Havbryn"),
        ("order_references", "PO-71"),
        ("lines[].id", "1"),
        ("lines[].quantity", "2"),
        ("lines[].total", "20.00"),
        ("currency", "EUR"),
        ("payable_amount", "24.20"),
    ];

    fn dialog(input: &str) -> (Result<Document, Failure>, String) {
        let mut output = Vec::new();
        let document = Dialog::new(input.as_bytes(), &mut output).document(Kind::Invoice);
        (document, String::from_utf8(output).unwrap())
    }

    #[test]
    fn a_document_is_typed_in() {
        let (document, said) = dialog(&typed(Kind::Invoice, &ANSWERS, ""));
        let document = document.unwrap_or_else(|failure| panic!("{} {said}", failure.message));
        assert_eq!((document.id.as_str(), document.lines.len()), ("VF-1", 1));
        assert_eq!(document.order_references, ["PO-71"]);
        assert!(said.contains("line 1: quantity (as 12): "), "{said}");
    }

    #[test]
    fn what_is_wrong_is_asked_for_again_and_an_early_end_writes_nothing() {
        let mut answers = ANSWERS;
        answers[1].1 = "2.3.2026\n2026-03-02";
        answers[0].1 = "\nVF-2";
        let (document, said) = dialog(&typed(Kind::Invoice, &answers, ""));
        assert_eq!(
            document.map_err(|failure| failure.message).unwrap().id,
            "VF-2"
        );
        assert!(
            said.contains("It is needed.")
                && said.contains("issue_date: \"2.3.2026\" is not a day"),
            "{said}"
        );
        let (document, _) = dialog("VF-1\n");
        assert!(document.is_err_and(|failure| failure.message.contains("nothing was written")));
    }

    #[test]
    fn pairs_make_a_document_or_name_the_key() {
        let pairs = |more: &str| -> Vec<String> {
            let all = "id=VF-1 issue_date=2026-03-02 currency=EUR payable_amount=24.20 seller.name=A=B lines[0].id=1 lines[0].total=20";
            all.split(' ')
                .chain(more.split(' ').filter(|pair| !pair.is_empty()))
                .map(str::to_owned)
                .collect()
        };
        let made = of_pairs(Kind::Invoice, &pairs("buyer.name=C"))
            .map_err(|failure| failure.message)
            .unwrap();
        assert_eq!(made.seller.name.as_deref(), Some("A=B"));
        for (wrong, named) in [
            (
                "lines[0].quantity=x",
                "lines[0].quantity: \"x\" is not a plain decimal number",
            ),
            ("lines[0].quanity=1", "lines[0].quanity"),
            ("lines[2].id=1", "lines[2].id: the one before it is missing"),
            ("nothing", "nothing: not KEY=VALUE"),
        ] {
            let failure = of_pairs(Kind::Invoice, &pairs(wrong)).unwrap_err();
            assert!(failure.message.contains(named), "{}", failure.message);
        }
    }

    #[test]
    fn what_is_written_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("order.json");
        let pairs = ["id=PO-1".to_owned(), "issue_date=2026-03-02".to_owned()];
        let report = run("order", &pairs, Some(&out))
            .map_err(|failure| failure.message)
            .unwrap();
        assert!(
            report
                .text
                .ends_with(&format!("written to {}", out.display()))
        );
        let read = super::super::open(&out)
            .map_err(|failure| failure.message)
            .unwrap();
        assert_eq!(to_json(&read), report.data);
        assert!(run("order", &pairs, Some(&out)).is_err());
        assert!(run("letter", &pairs, None).is_err());
    }
}
