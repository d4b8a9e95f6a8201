//! Secret scalars: products of them are masked (`primitives/crypto/src/curve/masked.rs`), as the curve's arithmetic
//! is not in constant time.

use super::{none, texts};

/// Where points are multiplied by numbers.
const ROOMS: [&str; 4] = [
    "primitives/crypto/src/",
    "circuits/statements/src/",
    "client/src/",
    "node/daemon/src/",
];

/// Plain products of what everybody knows: a part of the line, and why.
const PUBLIC: [(&str, &str, &str); 4] = [
    (
        "primitives/crypto/src/curve/masked.rs",
        "self.times(&point.affine(), &scalar.0)",
        "the masked product",
    ),
    (
        "primitives/crypto/src/curve/masked.rs",
        "point.mul_bigint(limbs)",
        "the masked number itself",
    ),
    (
        "primitives/crypto/src/oprf/sharing.rs",
        "value.mul_bigint([u64::from(x)])",
        "a holder's number",
    ),
    (
        "primitives/crypto/src/oprf/sharing/complaint.rs",
        "Point::generator().times(&Scalar::from(*part))",
        "a part that a complaint opens",
    ),
];

/// What multiplies by a secret, and the products that it needs, all of them masked.
const MASKED: [(&str, &[&str]); 7] = [
    (
        "primitives/crypto/src/curve/blinding.rs",
        &[
            "Masked::new()?.multiply(&Point::generator(), &self.scalar())",
            "masked.multiply(&Point::generator(), &s)",
            "masked.multiply(base, &s)",
        ],
    ),
    (
        "primitives/crypto/src/oprf/finish.rs",
        &[
            "masked.multiply(&Point::generator(), &secret)",
            "masked.multiply(&keys.points()[slot], &secret)",
        ],
    ),
    (
        "primitives/crypto/src/oprf/dleq.rs",
        &[
            "masked.times(&self.base.affine(), &nonce)",
            "masked.times(&folded.first, &nonce)",
        ],
    ),
    (
        "primitives/crypto/src/oprf/slots.rs",
        &["masked.times(&base.affine(), self.secret())"],
    ),
    (
        "primitives/crypto/src/oprf/answer.rs",
        &["multiple(&mut masked, point, self.secret())"],
    ),
    (
        "primitives/crypto/src/oprf/key.rs",
        &[
            "multiple(&mut Masked::new()?, &Point::generator(), &self.0)",
            "multiple(&mut Masked::new()?, &Point::generator(), &secret)",
        ],
    ),
    (
        "primitives/crypto/src/oprf/blinded.rs",
        &["masked.times(&point.affine(), scalar)"],
    ),
];

/// The lines of what is shipped.
fn shipped(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = text.split("#[cfg(test)]\nmod tests {").next();
    code.unwrap_or(text).lines().enumerate()
}

/// Whether a line multiplies a point in plain: by a method, or by an operator of arkworks.
fn is_plain(line: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with("//") {
        return false;
    }
    let method = line.contains(".mul_bigint(") || line.contains(".mul(");
    let times = line.contains(".times(") && !line.contains("masked.times(");
    let operator = [".affine() *", "generator() *", ".into_group() *"];
    method || times || operator.iter().any(|sign| line.contains(sign))
}

#[test]
fn points_are_multiplied_by_secret_numbers_under_a_mask() {
    let mut findings = Vec::new();
    for (path, text) in texts(&[".rs"]) {
        let fixture = path.contains("/tests") || path.ends_with("/fixture.rs");
        if fixture || !ROOMS.iter().any(|room| path.starts_with(room)) {
            continue;
        }
        let public = |line: &str| {
            let mut known = PUBLIC.iter();
            known.any(|(file, part, _)| *file == path && line.contains(part))
        };
        let plain = shipped(&text).filter(|(_, line)| is_plain(line) && !public(line));
        findings.extend(plain.map(|(at, line)| format!("{path}:{}: {}", at + 1, line.trim())));
    }
    none(
        &findings,
        "multiply by secrets with curve::Masked; what is public, write into this test's list, with the reason:",
    );
}

#[test]
fn every_product_that_the_specification_masks_is_there() {
    let sources = texts(&[".rs"]);
    let mut findings = Vec::new();
    for (path, products) in MASKED {
        let found = sources.iter().find(|(name, _)| name == path);
        let text = found.map_or("", |(_, text)| text.as_str());
        let missing = products.iter().filter(|product| !text.contains(**product));
        findings.extend(missing.map(|product| format!("{path}: no {product}")));
    }
    for (path, part, _) in PUBLIC {
        let mut found = sources.iter();
        if !found.any(|(name, text)| name == path && text.contains(part)) {
            findings.push(format!("{path}: no {part}"));
        }
    }
    none(&findings, "this test's lists are not today's code:");
}
