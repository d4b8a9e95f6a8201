#![allow(clippy::unwrap_used)]
use super::*;

fn parse(bytes: &[u8]) -> Result<Object, Trouble> {
    Parser::new(bytes, 0, &mut Work::new()).object()
}

#[test]
fn every_form_of_an_object_is_parsed() {
    let bytes = b"<</A#42 [1 -2 3 0 R 4 5.5 true null] % note >>\n/T (a\\(b(c)\\051\\n\\\n)/H <4 1 5>/D<</N/x>>>>";
    let Object::Dict(dict) = parse(bytes).unwrap() else {
        panic!("a dictionary");
    };
    let expected = [
        Object::Integer(1),
        Object::Integer(-2),
        Object::Reference(3),
        Object::Integer(4),
        Object::Nothing,
        Object::Nothing,
        Object::Nothing,
    ];
    assert_eq!(dict.get("AB"), Some(&Object::Array(expected.to_vec())));
    assert_eq!(dict.get("T"), Some(&Object::Text(b"a(b(c))\n".to_vec())));
    assert_eq!(dict.get("H"), Some(&Object::Text(b"AP".to_vec())));
    let Some(Object::Dict(inner)) = dict.get("D") else {
        panic!("a dictionary in it");
    };
    assert!(inner.get("N").unwrap().is_name("x"));
    assert_eq!(dict.number("A"), None);
}

#[test]
fn what_is_no_object_is_refused() {
    for bytes in [
        &b""[..],
        b"<<",
        b"[1 2",
        b"(a",
        b"<4",
        b"<4g>",
        b"<</A>>",
        b"<<1 2>>",
        b"endobj",
    ] {
        assert!(parse(bytes).is_err(), "{bytes:?}");
    }
}

#[test]
fn depth_parts_and_bytes_are_limited() {
    let limit = |bytes: &[u8]| matches!(parse(bytes), Err(Trouble::Limit(_)));
    assert!(limit("[".repeat(3_000_000).as_bytes()));
    assert!(limit("<</A".repeat(3_000_000).as_bytes()));
    assert!(limit(format!("[{}]", "1 ".repeat(200_000)).as_bytes()));
    assert!(!limit(format!("[{}]", "1 ".repeat(20_000)).as_bytes()));
    let mut work = Work::new();
    let text = format!("({})", "x".repeat(1 << 20));
    let times =
        (0..100).take_while(|_| Parser::new(text.as_bytes(), 0, &mut work).object().is_ok());
    assert_eq!(times.count(), 31);
}
