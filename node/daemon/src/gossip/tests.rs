use super::*;

/// One that had left made a node believe that it reached all, while one that was needed was missing.
#[test]
fn whoever_has_no_power_is_not_counted() {
    let named = || {
        ["node-b", "node-c", "node-d"]
            .map(str::to_owned)
            .into_iter()
    };
    let set = BTreeSet::from(["node-a", "node-b", "node-c"].map(str::to_owned));
    assert_eq!(counting(named(), Some(&set)), 2);
    assert_eq!(counting(named(), None), 3, "not known yet");
    let one = ["node-b", "node-b"].map(str::to_owned).into_iter();
    assert_eq!(counting(one, Some(&set)), 1, "no name counts twice");
}

#[test]
fn a_block_is_nowhere_where_all_began_above_it() {
    let nowhere = |next, firsts: &[u64]| begin_above(Height(next), firsts.iter().copied());
    assert!(nowhere(5, &[6, 90]));
    assert!(!nowhere(5, &[6, 5]), "the second one has it");
    assert!(!nowhere(5, &[6, 0]), "the second one does not say");
    assert!(!nowhere(5, &[]), "nobody answers");
}

#[test]
fn no_third_of_the_validators_makes_a_node_believe_what_they_say() {
    let of = |said: &[u64]| {
        let said: Vec<_> = said
            .iter()
            .map(|one| Arc::new(AtomicU64::new(*one)))
            .collect();
        beyond_doubt(said.iter())
    };
    assert_eq!(of(&[]), 0);
    assert_eq!(of(&[7]), 7, "of two none may lie");
    assert_eq!(of(&[5, 900, 6]), 6, "of four one may lie");
    assert_eq!(of(&[0, 900, 0]), 0);
    assert_eq!(of(&[5, 900, 6, 800, 4, 3]), 6, "of seven two may lie");
}
