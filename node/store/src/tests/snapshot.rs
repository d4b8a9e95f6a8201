//! The state in parts, and a folder that begins with them.

use std::sync::Arc;

use super::*;

/// A state of many keys at height 3, in which some were overwritten and one deleted.
fn source(path: &Path) -> (Arc<Store>, StateRoot) {
    let store = open(path);
    begin(&store);
    for height in 1..=3 {
        let mut all = writes_of(height);
        for number in 0..40 {
            let (key, value) = (format!("{height}/{number}"), format!("value {number}"));
            all.extend(writes(&[(&key, Some(&value))]));
        }
        if height == 3 {
            all.extend(writes(&[("b", None)]));
        }
        let prepared = store.prepare(Height(height), &all).unwrap();
        store.commit(prepared, &rows(height)).unwrap();
    }
    let root = store.root(Height(3)).unwrap();
    (Arc::new(store), root)
}

fn base() -> Base {
    Base {
        height: Height(3),
        next: HeaderRow {
            header: vec![4],
            certificate: vec![5],
        },
    }
}

/// Takes the state over in parts of so many bytes; how many there were.
fn copy(from: &Arc<Store>, restore: &mut Restore, bytes: usize) -> usize {
    for parts in 1.. {
        let part = from.state_part(Height(3), restore.last(), bytes).unwrap();
        restore.add(&part.pairs, &part.proof).unwrap();
        if part.last {
            return parts;
        }
    }
    unreachable!("a state has an end")
}

#[test]
fn a_state_taken_in_parts_of_any_size_is_the_same_and_goes_on() {
    let folder = TempDir::new().unwrap();
    let (from, root) = source(&folder.path().join("from"));
    for (bytes, least) in [(1, 120), (100, 10), (1 << 20, 1)] {
        let to = folder.path().join(format!("to-{bytes}"));
        let mut restore = Restore::begin(&to, CHAIN, Height(3), root).unwrap();
        assert!(copy(&from, &mut restore, bytes) >= least);
        assert_eq!(restore.state().unwrap().root(Height(3)).unwrap(), root);
        let header = (Height(2), base().next);
        restore.finish(&base(), &[header], &[vec![7; 32]]).unwrap();
        let store = open(&to);
        assert_eq!(store.height().unwrap(), Some(Height(3)));
        assert_eq!(store.base().unwrap(), Some(base()));
        assert_eq!(store.header(Height(2)).unwrap(), Some(base().next));
        assert_eq!(store.tasks().unwrap().len(), 1);
        for key in ["a", "b", "key 2", "1/7", "3/39", "nothing"] {
            let (here, there) = (
                store.prove(Height(3), key.as_bytes()).unwrap(),
                from.prove(Height(3), key.as_bytes()).unwrap(),
            );
            assert_eq!(here, there, "{key}");
        }
        let next = writes(&[("a", Some("4")), ("1/7", None), ("new", Some("4"))]);
        let root_of = |store: &Store| store.prepare(Height(4), &next).unwrap().root();
        assert_eq!(root_of(&store), root_of(&from));
    }
}

#[test]
fn a_folder_that_is_not_finished_is_begun_anew_and_a_wrong_part_is_refused() {
    let folder = TempDir::new().unwrap();
    let (from, root) = source(&folder.path().join("from"));
    let to = folder.path().join("to");
    let part = |after| from.state_part(Height(3), after, 300).unwrap();
    let mut restore = Restore::begin(&to, CHAIN, Height(3), root).unwrap();
    let first = part(None);
    restore.add(&first.pairs, &first.proof).unwrap();
    let again = restore.add(&first.pairs, &first.proof);
    assert!(matches!(again, Err(StoreError::Part(_))), "{again:?}");
    assert!(
        matches!(restore.state(), Err(StoreError::Part(_))),
        "parts are missing"
    );
    drop(restore);
    assert_eq!(
        open(&to).height().unwrap(),
        None,
        "it is no data folder yet"
    );

    let mut restore = Restore::begin(&to, CHAIN, Height(3), root).unwrap();
    let mut wrong = first.clone();
    wrong.pairs[0].1.push(b'!');
    let refused = restore.add(&wrong.pairs, &wrong.proof);
    assert!(matches!(refused, Err(StoreError::Part(_))), "{refused:?}");
    drop(restore);
    let mut restore = Restore::begin(&to, CHAIN, Height(2), root).unwrap();
    let other = from.state_part(Height(2), None, 300).unwrap();
    let refused = restore.add(&other.pairs, &other.proof);
    assert!(
        matches!(refused, Err(StoreError::Part(_))),
        "another height's state"
    );
}

#[test]
fn nothing_comes_after_the_last_key() {
    let folder = TempDir::new().unwrap();
    let (from, _) = source(&folder.path().join("from"));
    let after = |hash| from.state_part(Height(3), Some(hash), 300).unwrap();
    let end = after([0xff; 32]);
    assert!(end.last && end.pairs.is_empty());
    assert!(
        from.state_part(Height(9), None, 300).is_err(),
        "no such height"
    );
}

/// The siblings of a part's proof in borsh: a count, then each one's kind and hashes.
fn siblings(count: u32, kinds: &[u8]) -> Vec<u8> {
    let mut bytes = count.to_le_bytes().to_vec();
    for kind in kinds {
        bytes.push(*kind);
        bytes.extend(vec![*kind; [0, 64, 64][usize::from(*kind)]]);
    }
    bytes
}

/// RELIABILITY 31: a part's proof comes from a peer. Whatever stands in it, it is refused, without a panic.
#[test]
fn no_bytes_of_a_part_s_proof_bring_a_node_down() {
    let folder = TempDir::new().unwrap();
    let (from, root) = source(&folder.path().join("from"));
    let part = from.state_part(Height(3), None, 200).unwrap();
    assert!(!part.last && part.proof.len() > 100);
    let mut proofs = vec![
        Vec::new(),
        siblings(0, &[]),
        siblings(u32::MAX, &[]),
        siblings(u32::MAX, &[0; 40]),
        siblings(1, &[1, 1]),
    ];
    // paths longer than a key has bits
    for count in [1, 100, 128, 129, 250, 256, 257, 1_000, 30_000] {
        proofs.push(siblings(count, &vec![0; count as usize]));
    }
    for count in [128, 250] {
        proofs.push(siblings(count, &vec![1; count as usize]));
        proofs.push(siblings(count, &vec![2; count as usize]));
    }
    let mut random = 7_u64;
    let mut next = |below: usize| {
        // Knuth's MMIX
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    for _ in 0..12 {
        let mut proof = part.proof.clone();
        let at = next(proof.len());
        match next(4) {
            0 => proof[at] ^= 1 << next(8),
            1 => proof.truncate(at),
            2 => proof.splice(at..at, [0xff; 4]).for_each(drop),
            _ => proof.splice(at..at, vec![0; 1 + next(300)]).for_each(drop),
        }
        proofs.push(proof);
    }
    let to = folder.path().join("to");
    for proof in proofs {
        let mut restore = Restore::begin(&to, CHAIN, Height(3), root).unwrap();
        let refused = restore.add(&part.pairs, &proof);
        assert!(refused.is_err() || proof == part.proof, "{proof:?}");
    }
    let mut restore = Restore::begin(&to, CHAIN, Height(3), root).unwrap();
    restore.add(&part.pairs, &part.proof).unwrap();
}
