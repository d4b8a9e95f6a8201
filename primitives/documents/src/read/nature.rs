//! What a document says that it is beside its type code: a test, a cancellation, a copy, a supply for which nobody pays,
//! an invoice that the buyer wrote.

use sealane_types::schema::Kind;

use crate::document::{Document, Syntax};
use crate::fault::{Class, Fault, Place};
use crate::nature::{self, NoClaim};
use crate::read::values::{Times, Values};
use crate::type_code::{ClaimKind, asks_for_nothing};
use crate::xml::Node;

/// Purposes of UNTDID 1225: cancellation, deletion, "cancel, to be reissued".
const CANCELS: [&str; 3] = ["1", "3", "17"];
/// Duplicate, copy.
const COPIES: [&str; 2] = ["7", "31"];
const ORIGINAL: &str = "9";
/// Purposes of an answer to an order: confirmation, response, not accepted, accepted, accepted with changes.
const ANSWERS: [&str; 5] = ["6", "11", "27", "29", "30"];

impl Values<'_> {
    /// Reads it into the document, whose header has been read.
    pub fn nature(&mut self, root: Node<'_, '_>, document: &mut Document) {
        self.purpose(root, document);
        self.document_status(root);
        let execution = self.first(root, "execution").unwrap_or_default();
        let test = self.is_test(root) || is_dian_test(&execution, document);
        let (nominal, self_billed) = self.zatca(root, document);
        document.no_claim = if test {
            Some(NoClaim::Test)
        } else if nominal {
            Some(NoClaim::Nominal)
        } else if is_deemed(&execution, document) {
            Some(NoClaim::Deemed)
        } else {
            None
        };
        if self_billed {
            nature::self_bill(document);
        }
        self.name_against_code(root, document);
    }

    /// Warns of a name that says a paper which asks for no payment, where the type code says that it claims payment.
    fn name_against_code(&mut self, root: Node<'_, '_>, document: &Document) {
        let claims = document.claim_kind().is_some_and(ClaimKind::is_claim);
        for field in ["document_name", "type_name"] {
            let name = self.first(root, field).filter(|_| claims);
            let Some(name) = name.filter(|name| asks_for_nothing(name)) else {
                continue;
            };
            let shown: String = name.chars().take(40).collect();
            let code = document.type_code.as_deref().unwrap_or("none");
            let problem = format!(
                "the document is called {shown:?}, and its type code ({code}) claims payment"
            );
            let advice = "Ask the sender whether it is the invoice itself, or a pro forma, draft, copy or reminder.";
            let fault = self.said(root, field, "SL-TYPE", problem, advice);
            self.warnings.add(|| fault);
        }
    }

    fn first(&mut self, root: Node<'_, '_>, field: &str) -> Option<String> {
        self.text(root, self.schema.header(field), Times::First)
    }

    /// UN/CEFACT's `TestIndicator`. What is neither yes nor no is refused.
    fn is_test(&mut self, root: Node<'_, '_>) -> bool {
        let said = self.text(root, self.schema.header("test"), Times::Once);
        match said.map(|said| said.to_lowercase()).as_deref() {
            None | Some("false" | "0" | "no") => false,
            Some("true" | "1" | "yes") => true,
            Some(other) => {
                let problem =
                    format!("TestIndicator is {other:?}, which is neither true nor false");
                let advice = "Ask the sender whether it is a test: true, or not: false.";
                self.said_fault(root, "test", "SL-TEST", problem, advice);
                false
            }
        }
    }

    /// UN/CEFACT's `PurposeCode`, UNTDID 1225.
    fn purpose(&mut self, root: Node<'_, '_>, document: &mut Document) {
        let Some(written) = self.text(root, self.schema.header("purpose"), Times::Once) else {
            return;
        };
        let code = written.trim_start_matches('0');
        let answer = document.type_code.as_deref() == Some("231") && ANSWERS.contains(&code);
        if code == ORIGINAL || (document.kind == Kind::Order && answer) {
            return;
        }
        if COPIES.contains(&code) {
            document.copy = true;
        } else if CANCELS.contains(&code) {
            let problem = format!("the document cancels an earlier one (purpose {code})");
            let advice = "Give the document that was cancelled only where it still counts, and no cancellation as evidence.";
            self.said_fault(root, "purpose", "SL-PURPOSE", problem, advice);
        } else {
            let shown: String = written.chars().take(40).collect();
            let problem = match code {
                "5" => "the document replaces an earlier one (purpose 5)".to_owned(),
                _ => format!("the document's purpose is {shown:?} and not 9, an original's"),
            };
            let advice = "Ask the sender which document it replaces or changes, and whether that one still counts.";
            let fault = self.said(root, "purpose", "SL-PURPOSE", problem, advice);
            self.warnings.add(|| fault);
        }
    }

    /// UBL's `DocumentStatusCode`: Cancelled, Disputed, `NoStatus`, Revised.
    fn document_status(&mut self, root: Node<'_, '_>) {
        let Some(written) = self.text(root, self.schema.header("document_status"), Times::Once)
        else {
            return;
        };
        let letters = written.chars().filter(char::is_ascii_alphabetic);
        let word = letters.collect::<String>().to_ascii_lowercase();
        let shown: String = written.chars().take(40).collect();
        if word.contains("cancel") {
            let problem = format!("the document says that it is cancelled ({shown:?})");
            let advice = "It shows nothing any more: ask the sender for the one that counts.";
            self.said_fault(root, "document_status", "SL-STATUS", problem, advice);
        } else if word != "nostatus" {
            let problem = format!("the document's status is {shown:?}");
            let advice = "Ask the sender whether it counts as it stands.";
            let fault = self.said(root, "document_status", "SL-STATUS", problem, advice);
            self.warnings.add(|| fault);
        }
    }

    /// Whether Saudi Arabia's transaction code (ZATCA, KSA-2: `NNPNESB`) says a nominal supply, and that the buyer wrote
    /// it.
    fn zatca(&mut self, root: Node<'_, '_>, document: &Document) -> (bool, bool) {
        if !is_in(document, ["SA", "SAU"]) {
            return (false, false);
        }
        let code = self.first(root, "type_name").unwrap_or_default();
        let flags = code
            .strip_prefix("01")
            .or(code.strip_prefix("02"))
            .filter(|flags| is_flags(flags, 5));
        let flag = |at: usize| flags.is_some_and(|flags| flags.as_bytes()[at] == b'1');
        (flag(1), flag(4))
    }

    fn said(
        &mut self,
        root: Node<'_, '_>,
        field: &str,
        rule: &'static str,
        problem: String,
        advice: &'static str,
    ) -> Fault {
        let node = self.node(root, self.schema.header(field), Times::First);
        Fault {
            class: Class::Value,
            place: Place::element(node.unwrap_or(root)),
            rule,
            problem,
            advice,
        }
    }

    fn said_fault(
        &mut self,
        root: Node<'_, '_>,
        field: &str,
        rule: &'static str,
        problem: String,
        advice: &'static str,
    ) {
        let fault = self.said(root, field, rule, problem, advice);
        self.faults.add(|| fault);
    }
}

/// Colombia's DIAN: `ProfileExecutionID` 2 is the environment of tests, 1 that of production.
fn is_dian_test(execution: &str, document: &Document) -> bool {
    let profile = document.profile.as_deref().unwrap_or_default();
    let colombia =
        is_in(document, ["CO", "COL"]) || profile.trim().to_uppercase().starts_with("DIAN");
    execution == "2" && colombia && document.syntax == Syntax::Ubl
}

/// PINT of the United Arab Emirates, BTAE-02: eight flags in `ProfileExecutionID`, the second for a deemed supply.
fn is_deemed(execution: &str, document: &Document) -> bool {
    let claims = document.customization.as_deref().unwrap_or_default();
    let emirates = is_in(document, ["AE", "ARE"]) || claims.to_lowercase().contains("@ae-");
    emirates && is_flags(execution, 8) && execution.as_bytes()[1] == b'1'
}

fn is_flags(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|flag| matches!(flag, b'0' | b'1'))
}

/// Whether the seller's address is in this country, by either code.
fn is_in(document: &Document, codes: [&str; 2]) -> bool {
    let country = document.seller.country.as_deref().unwrap_or_default();
    let mut codes = codes.iter();
    codes.any(|code| country.trim().eq_ignore_ascii_case(code))
}
