//! `sealane document new`: a document from paper or a scan, typed in.

use std::io::{BufRead, IsTerminal as _, Write};
use std::path::Path;

use sealane_documents::form::{self, Form, Question, questions};
use sealane_documents::{Document, to_json, to_text};
use sealane_types::schema::Kind;

use crate::files;
use crate::outcome::{Failure, Report};
use crate::terminal;

/// Makes a document of answers and writes it as Sealane's JSON.
pub fn run(kind: &str, pairs: &[String], out: Option<&Path>) -> Result<Report, Failure> {
    let Some(kind) = form::kind(kind) else {
        let names: Vec<String> = Kind::ALL
            .iter()
            .map(|kind| hyphenated(kind.name()))
            .collect();
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

/// A kind's name as a person types it: `order-response`.
fn hyphenated(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn write(document: &Document, out: Option<&Path>) -> Result<Report, Failure> {
    let data = to_json(document);
    let json = format!("{data:#}");
    let Some(out) = out else {
        // the document alone is on standard output, so that it can be written to a file
        for warning in document.told_warnings() {
            terminal::remark(&format!("warning: {warning}"));
        }
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

/// What is typed to return to the question before.
const BACK: &str = "back";

/// Questions and answers.
struct Dialog<R, W> {
    input: R,
    output: W,
    /// What was asked, in order, with each field's own question: where `back` leads.
    asked: Vec<(Question, String)>,
    /// What was answered, by key.
    given: Vec<(String, String)>,
}

impl<R: BufRead, W: Write> Dialog<R, W> {
    fn new(input: R, output: W) -> Self {
        Self {
            input,
            output,
            asked: Vec::new(),
            given: Vec::new(),
        }
    }

    /// Asks until the document is right, and nobody wants to correct anything.
    fn document(&mut self, kind: Kind) -> Result<Document, Failure> {
        let head = format!(
            "{}. Press Enter to leave out a field that is not required. Type {BACK} to return to the question before.",
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
                Ok(document) => match self.review(&mut form)? {
                    true => return Ok(document),
                    false => continue,
                },
                Err(error) => error,
            };
            self.say(&error.to_string())?;
            if !self.again(&mut form, &error)? {
                return Err(Failure::invalid(error));
            }
        }
    }

    /// Shows all answers and asks for what is to be corrected; whether there is nothing.
    fn review(&mut self, form: &mut Form) -> Result<bool, Failure> {
        let answers = self.given.iter();
        let answers: Vec<String> = answers
            .map(|(key, answer)| format!("  {key} = {answer}"))
            .collect();
        self.say(&format!("Your answers:\n{}", answers.join("\n")))?;
        loop {
            self.put("Press Enter if they are right, or type the key of one to correct, for example issue_date: ")?;
            let key = self.line()?.ok_or_else(ended_early)?;
            if key.is_empty() {
                return Ok(true);
            }
            let asked = self.asked.iter().find(|(_, own)| *own == key).cloned();
            let Some((question, key)) = asked else {
                self.say(&format!(
                    "{key}: not a key that was asked for, as issue_date or lines[0].quantity."
                ))?;
                continue;
            };
            self.anew(form, &question, &key)?;
            return Ok(false);
        }
    }

    /// Asks for one field again; of a list for all of it.
    fn anew(&mut self, form: &mut Form, question: &Question, key: &str) -> Result<(), Failure> {
        let key = if question.several { question.key } else { key };
        form.clear(key);
        self.given.retain(|(own, _)| own != key);
        self.ask(form, question, key)
    }

    /// Asks for each line, until one has no first answer.
    fn lines(&mut self, form: &mut Form) -> Result<(), Failure> {
        let fields: Vec<Question> = questions(form.kind())
            .into_iter()
            .filter(|question| question.key.starts_with("lines[]."))
            .collect();
        for number in 0.. {
            for (place, field) in fields.iter().enumerate() {
                let own = field;
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
                self.asked.push((own.clone(), key));
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
            self.anew(form, &question, key)?;
        }
        Ok(!asked.is_empty())
    }

    /// Asks for one field, of a list until an answer is left out.
    fn ask(&mut self, form: &mut Form, question: &Question, key: &str) -> Result<(), Failure> {
        let own = question.clone();
        let mut question = question.clone();
        let mut more = self.answer(form, &question, key)?;
        self.asked.push((own, key.to_owned()));
        question.needed = false;
        question.ask = format!("one more, or Enter: {}", question.ask);
        while more && question.several {
            more = self.answer(form, &question, key)?;
        }
        Ok(())
    }

    /// Asks until an answer is right or left out; whether there was one.
    fn answer(&mut self, form: &mut Form, question: &Question, key: &str) -> Result<bool, Failure> {
        loop {
            let required = if question.needed { "required, " } else { "" };
            let prompt = format!(
                "{} ({required}for example {}): ",
                question.ask, question.example
            );
            self.put(&prompt)?;
            let answer = self.line()?.ok_or_else(ended_early)?;
            if answer == BACK {
                match self.asked.pop() {
                    Some((before, key)) => self.anew(form, &before, &key)?,
                    None => self.say("This is the first question.")?,
                }
            } else if answer.is_empty() && question.needed {
                self.say("This field is required.")?;
            } else if answer.is_empty() {
                return Ok(false);
            } else {
                match form.set(key, &answer) {
                    Ok(()) => {
                        self.given.push((key.to_owned(), answer));
                        return Ok(true);
                    }
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

fn ended_early() -> Failure {
    Failure::invalid("the answers ended early; nothing was written")
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
        text + after + "\n"
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
        assert!(
            said.contains("line 1: quantity (for example 12): "),
            "{said}"
        );
        assert!(said.contains("  lines[0].total = 20.00\n"), "{said}");
    }

    #[test]
    fn back_returns_to_the_question_before_and_the_review_corrects_any() {
        let mut answers = ANSWERS;
        // one question back from the date: the number anew, then the date
        answers[1].1 = "back\nVF-7\n2026-03-02";
        let text = typed(Kind::Invoice, &answers, "nothing\nlines[0].quantity\n5\n");
        let (document, said) = dialog(&text);
        let document = document.unwrap_or_else(|failure| panic!("{} {said}", failure.message));
        assert_eq!(document.id, "VF-7");
        assert_eq!(document.issue_date.to_string(), "2026-03-02");
        let quantity = to_json(&document)["lines"][0]["quantity"].to_string();
        assert!(quantity.contains('5'), "{quantity} {said}");
        assert!(said.contains("nothing: not a key"), "{said}");
        assert!(
            said.contains("  lines[0].quantity = 2\n")
                && said.contains("  lines[0].quantity = 5\n")
        );
        assert!(!said.contains("  id = VF-1\n"), "{said}");
        // at the first question there is nothing before; of a list all entries are asked for again
        let mut answers = ANSWERS;
        answers[0].1 = "back\nVF-1";
        answers[4].1 = "PO-71\nPO-72\nback\nPO-73\n";
        let (document, said) = dialog(&typed(Kind::Invoice, &answers, ""));
        assert!(said.contains("This is the first question."), "{said}");
        let document = document.map_err(|failure| failure.message).unwrap();
        assert_eq!(document.order_references, ["PO-73"]);
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
            said.contains("This field is required.")
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
        let unknown = run("letter", &pairs, None).map(|_| ()).unwrap_err();
        assert!(
            unknown.message.contains("order-response"),
            "{}",
            unknown.message
        );
    }
}
