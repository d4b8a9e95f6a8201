//! The demo's transcript in the README is today's: the same steps in the same order.
#![allow(clippy::unwrap_used)]

use sealane_tests::command::{DONE, root, sealane};
use serde_json::Value;

/// The transcript between the README's mark and the end of its block.
fn transcript() -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let marked = readme
        .split_once("<!-- demo transcript")
        .expect("the README marks the demo's transcript")
        .1;
    let block = marked
        .split_once("```")
        .expect("a block follows the mark")
        .1;
    block
        .split_once("```")
        .expect("the block ends")
        .0
        .to_owned()
}

fn steps(demo: &Value) -> Vec<(String, String)> {
    let steps = demo["steps"].as_array().expect("the demo has steps");
    let text = |step: &Value, key: &str| step[key].as_str().unwrap_or_default().to_owned();
    steps
        .iter()
        .map(|step| (text(step, "name"), text(step, "title")))
        .collect()
}

#[test]
fn the_demo_tells_what_the_readme_shows() {
    let demo = sealane(&["demo"]).expect(DONE);
    let steps = steps(&demo.data);
    for name in ["duplicate", "alert"] {
        assert!(
            steps.iter().any(|(step, _)| step == name),
            "the demo has no step {name}: {demo}"
        );
    }
    let shown = transcript();
    let mut rest = shown.as_str();
    for (name, title) in &steps {
        let found = rest.find(title.as_str()).filter(|_| !title.is_empty());
        let at = found.unwrap_or_else(|| {
            panic!("the README's transcript lacks step {name} ({title:?}) at its place:\n{shown}")
        });
        rest = &rest[at + title.len()..];
    }
}
