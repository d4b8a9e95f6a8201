#![allow(clippy::unwrap_used)]
use super::*;

fn refused(text: &str) -> Fault {
    parse(text).unwrap_err()
}

#[test]
fn entity_expansion_and_external_entities_are_refused() {
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
    let outside = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>";
    let reference = "<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM \"http://example.com/a.dtd\"><a/>";
    for text in [bomb, outside, reference] {
        assert_eq!(refused(text).rule, "SL-XML-DTD");
    }
    assert_eq!(refused(reference).place, Place::position(2, 1));
    assert_eq!(refused("<a>&b;</a>").rule, "SL-XML");
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(refused(&nested(MAX_DEPTH + 1)).class, Class::Limit);
    assert_eq!(refused(&"<a>".repeat(3_000_000)).class, Class::Limit);
    // Markup inside comments, sections, instructions and attributes does not count.
    let inert = "<a b='<".to_owned().replace('<', "&lt;")
        + &format!(
            "'><!--{0}--><![CDATA[{0}]]><?p {0}?></a>",
            "<a>".repeat(MAX_DEPTH + 1)
        );
    let inert = inert.replacen("&lt;a", "<a", 1);
    assert!(parse(&inert).is_ok());
}

#[test]
fn attributes_and_namespaces_are_limited() {
    let attributes = |count: usize| {
        let all: Vec<String> = (0..count).map(|number| format!("b{number}=''")).collect();
        format!("<a {}/>", all.join(" "))
    };
    assert!(parse(&attributes(MAX_ATTRIBUTES)).is_ok());
    assert_eq!(refused(&attributes(MAX_ATTRIBUTES + 1)).class, Class::Limit);
    let spaces = |count: usize| {
        let all: Vec<String> = (0..count)
            .map(|one| format!("<b xmlns='urn:{one}'/>"))
            .collect();
        format!("<a>{}</a>", all.join(""))
    };
    assert!(parse(&spaces(MAX_NAMESPACES)).is_ok());
    assert_eq!(refused(&spaces(MAX_NAMESPACES + 1)).class, Class::Limit);
}

#[test]
fn one_declaration_may_stand_on_every_element() {
    let element = "<b:c xmlns:b = 'urn:b'><d xmlns=\"urn:d\" xmlns:b='urn:b'/></b:c>";
    let many = format!("<a>{}</a>", element.repeat(60_000));
    let tree = parse(&many).unwrap();
    let last = tree.root_element().last_element_child().unwrap();
    assert_eq!(last.tag_name().namespace(), Some("urn:b"));
    let inner = last.first_element_child().unwrap();
    assert_eq!(inner.tag_name().namespace(), Some("urn:d"));
}

/// 64 elements inside one another with so many declarations each, then `elements` that look them up.
fn wide_scope(each: usize, inner: &str, elements: usize) -> String {
    let mut text = String::new();
    let depth = MAX_DEPTH - 1;
    for level in 0..depth {
        text += "<a";
        for one in 0..each {
            text += &format!(" xmlns:p{level}-{one}='u'");
        }
        text += ">";
    }
    text + &inner.repeat(elements) + &"</a>".repeat(depth)
}

#[test]
fn what_namespaces_cost_is_limited() {
    // A scope of 1,890 prefixes: a few elements are read, a file full of them is not.
    for inner in ["<b/>", "<b xmlns='u'/>", "<b c='' d='' e=''/>"] {
        assert!(parse(&wide_scope(30, inner, 50)).is_ok(), "{inner}");
        let fault = refused(&wide_scope(30, inner, 900_000));
        assert_eq!(fault.class, Class::Limit, "{inner}");
        assert!(fault.problem.contains("steps"), "{}", fault.problem);
    }
    // Ten in scope, a million elements: an ordinary document, only long.
    assert!(parse(&wide_scope(0, "<b xmlns='u' c=''/>", 900_000)).is_ok());
}

#[test]
fn nodes_are_limited() {
    let many = format!("<a>{}</a>", "<b/>".repeat(MAX_NODES as usize));
    assert_eq!(refused(&many).class, Class::Limit);
}

#[test]
fn a_path_numbers_siblings_of_one_name() {
    let tree = parse("<a><b/><c>x</c><b> y<!-- z --> </b></a>").unwrap();
    let root = tree.root_element();
    let last = root.last_element_child().unwrap();
    assert_eq!(path(last), "a/b[2]");
    assert_eq!(text(last).as_deref(), Some("y"));
    assert_eq!(path(root.first_element_child().unwrap()), "a/b[1]");
}
