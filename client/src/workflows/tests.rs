//! The standard workflows are read; what is no workflow is refused with its place.

use sealane_checks::read as read_check;
use sealane_checks::standard::STANDARD as CHECKS;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::workflow::{ANY, Workflow};

use super::{MAX_FILE, STANDARD, WorkflowError, read, standard};

#[test]
fn the_standard_workflows_are_read_and_ask_for_standard_checks() {
    for one in STANDARD {
        let workflow = read(one.source).unwrap_or_else(|error| panic!("{}: {error}", one.name));
        assert_eq!(workflow.id.name(), one.name);
        assert_eq!(
            Workflow::from_bytes(&workflow.to_bytes()),
            Ok(workflow.clone())
        );
        for (place, required) in workflow.checks.iter().enumerate() {
            let name = required.check.name();
            let check = CHECKS.into_iter().find(|check| check.name == name);
            let check = check.unwrap_or_else(|| panic!("{name} is no standard check"));
            let check = read_check(check.source).expect("standard checks are read");
            assert_eq!(check.version, required.check.version(), "{name}");
            assert_eq!(check.documents.len(), required.documents.len(), "{name}");
            for (declared, slot) in check.documents.iter().zip(&required.documents) {
                let slot = &workflow.documents[usize::from(*slot)];
                assert_eq!(declared.kind, slot.kind, "{name} in {}", one.name);
                assert!(declared.list || !slot.list, "{name} in {}", one.name);
            }
            let rules = workflow.waivers.iter();
            let rules = rules.filter(|rule| usize::from(rule.check) == place);
            for id in rules.flat_map(|rule| &rule.requirements) {
                let known = check.stated().iter().any(|(stated, _)| stated == id);
                assert!(id == ANY || known, "{name} has no requirement {id}");
            }
        }
    }
}

#[test]
fn a_standard_workflow_is_named_with_its_present_version_too() {
    for one in STANDARD {
        let id = read(one.source).expect("it is read").id.to_string();
        assert_eq!(standard(&id), Some(one));
        assert_eq!(standard(one.name), Some(one));
        assert_eq!(standard(&format!("{}@99", one.name)), None);
        assert_eq!(standard(&format!("{}@", one.name)), None);
    }
}

#[test]
fn a_waiver_of_a_requirement_that_its_check_does_not_have_is_refused() {
    let source = standard("order-to-payment").expect("standard").source;
    let text = source.replacen("\"line-totals\"", "\"line-total\"", 1);
    assert_ne!(text, source, "a waiver names line-totals");
    let said = read(&text).expect_err("no such requirement").to_string();
    assert!(
        said.contains("has no requirement \"line-total\"") && said.contains("line-totals"),
        "{said}"
    );
}

fn changed(from: &str, to: &str) -> WorkflowError {
    let source = standard("order-to-payment").expect("standard").source;
    let text = source.replacen(from, to, 1);
    assert_ne!(text, source, "{from}");
    read(&text).expect_err(from)
}

#[test]
fn what_is_no_workflow_is_refused_with_its_place_and_what_there_is() {
    for (from, to, said) in [
        (
            "by = \"carrier\"\nlist",
            "by = \"carier\"\nlist",
            "document \"delivery\", by: \"carier\" is not a party of this workflow; it has buyer, seller, carrier, bank",
        ),
        (
            "from = [\"opened\"]",
            "from = [\"open\"]",
            "step \"order\", from: \"open\" is not a stage of this workflow; it has opened, ordered",
        ),
        (
            "kind = \"Waybill\"",
            "kind = \"waybill\"",
            "document \"delivery\", kind: \"waybill\" is none; write one of Order, OrderResponse",
        ),
        (
            "role = \"carrier\"",
            "role = \"shipper\"",
            "party \"carrier\", role: \"shipper\" is none; write one of bank, company",
        ),
        (
            "then = \"lapsed\"",
            "then = \"late\"",
            "stage \"opened\", deadline.then: \"late\" is not a stage",
        ),
        (
            "name = \"invoice-order@2\"",
            "name = \"invoice-order\"",
            "check \"invoice-order\", name: \"invoice-order\" is not a name with a version: write NAME@VERSION",
        ),
        (
            "[\"order\", \"confirmation\"]",
            "[\"order\", \"answer\"]",
            "check \"order-response@2\", documents: \"answer\" is not a document",
        ),
        (
            "check = \"invoice-order@2\"",
            "check = \"invoice-order@3\"",
            "waiver of \"invoice-order@3\", check: \"invoice-order@3\" is not a check",
        ),
        (
            "at = \"financeable\"",
            "at = \"invoiced\"",
            "the financing: a trade comes to invoiced by checks",
        ),
        (
            "to = \"financeable\"",
            "to = \"paid\"",
            "a trade comes to financeable by checks",
        ),
        (
            "to = \"cancelled\"",
            "to = \"financeable\"",
            "step cancel: a trade comes to financeable by itself alone",
        ),
        (
            "days = 30",
            "days = 0",
            "the deadline of stage opened: it leaves 1 to 3650 days",
        ),
        (
            "name = \"order-to-payment\"",
            "name = \"Order to payment\"",
            "name = \"Order to payment\"",
        ),
        ("version = 2", "version = 0", "versions count from 1"),
        ("list = true", "several = true", "unknown field `several`"),
        ("about =", "sense =", "unknown field `sense`"),
        ("by = \"seller\"\nfrom", "by = 1\nfrom", "line "),
        ("[financing]", "[[financing]", "line "),
    ] {
        let error = changed(from, to).to_string();
        assert!(error.contains(said), "{from} → {to}:\n{error}");
    }
    assert_eq!(read(&" ".repeat(MAX_FILE + 1)), Err(WorkflowError::TooLong));
}
