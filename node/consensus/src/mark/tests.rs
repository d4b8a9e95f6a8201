use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const CHAIN: ChainId = ChainId::new([9; 32]);

fn at(height: u64, round: u32, step: Step) -> Place {
    Place {
        height: Height(height),
        round,
        step,
    }
}

fn block(number: u8) -> Said {
    Said::vote(Some(BlockId::new([number; 32])))
}

const NONE: Said = Said {
    block: None,
    valid: None,
};

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("signed")
    }

    fn mark(&self) -> Mark {
        Mark::open(&self.path(), CHAIN).expect("a mark")
    }
}

#[test]
fn what_conflicts_or_is_older_is_refused_and_the_same_is_signed_again_also_after_a_restart() {
    let folder = Folder::new();
    let mut mark = folder.mark();
    assert_eq!(mark.last(), None);
    for step in STEPS {
        mark.sign(at(5, 1, step), block(1)).expect("new");
    }
    for mark in [&mut mark, &mut folder.mark()] {
        for step in STEPS {
            mark.sign(at(5, 1, step), block(1)).expect("the same");
        }
        let refused = [
            (at(5, 1, Step::Propose), block(2)),
            (at(5, 1, Step::Prevote), NONE),
            (at(5, 1, Step::Precommit), block(2)),
            (at(5, 0, Step::Precommit), block(1)),
            (at(4, 9, Step::Precommit), block(1)),
        ];
        for (place, said) in refused {
            let refused = mark.sign(place, said).expect_err("an older or other one");
            assert!(
                !matches!(refused, MarkError::Io { .. }),
                "{place}: {refused}"
            );
        }
    }
    // a proposal of another valid round is another proposal
    let mut offer = block(1);
    offer.valid = Some(0);
    mark.sign(at(5, 1, Step::Propose), offer)
        .expect_err("other bytes");
    mark.sign(at(5, 2, Step::Precommit), NONE).expect("later");
    mark.sign(at(5, 2, Step::Prevote), NONE)
        .expect_err("a step that was passed over");
    assert_eq!(folder.mark().last(), Some(at(5, 2, Step::Precommit)));
}

#[test]
fn an_engine_that_lost_its_log_prevotes_nothing_but_what_was_precommitted() {
    let folder = Folder::new();
    folder
        .mark()
        .sign(at(7, 0, Step::Precommit), block(1))
        .expect("new");
    let mut mark = folder.mark();
    assert_eq!(mark.inherited(Height(7)), block(1).block);
    assert_eq!(mark.inherited(Height(8)), None);
    let locked = mark
        .sign(at(7, 1, Step::Prevote), block(2))
        .expect_err("locked");
    assert!(matches!(locked, MarkError::Locked { .. }), "{locked}");
    mark.sign(at(7, 1, Step::Prevote), NONE).expect("none");
    // the note outlives a round without a block, and another restart
    let mut mark = folder.mark();
    mark.sign(at(7, 2, Step::Prevote), block(2))
        .expect_err("locked");
    mark.sign(at(7, 2, Step::Prevote), block(1))
        .expect("the block");
    mark.sign(at(8, 0, Step::Prevote), block(2))
        .expect("the next height");
}

#[test]
fn an_engine_that_knows_its_lock_votes_as_it_decides() {
    let folder = Folder::new();
    folder
        .mark()
        .sign(at(7, 0, Step::Precommit), block(1))
        .expect("new");
    let mut replayed = folder.mark();
    replayed.knows(at(7, 0, Step::Prevote), block(1));
    replayed.knows(at(7, 0, Step::Precommit), block(2));
    assert!(replayed.inherited(Height(7)).is_some());
    replayed.knows(at(7, 0, Step::Precommit), block(1));
    replayed
        .sign(at(7, 1, Step::Prevote), block(2))
        .expect("it may unlock");
    // more than two thirds want another block: the engine is locked on that one
    let mut mark = folder.mark();
    mark.sign(at(7, 2, Step::Precommit), block(2))
        .expect("later");
    mark.sign(at(7, 3, Step::Prevote), block(3))
        .expect("it may unlock");
}

#[test]
fn a_signature_that_the_mark_does_not_know_ends_all_signing() {
    let folder = Folder::new();
    let mut mark = folder.mark();
    mark.sign(at(5, 1, Step::Prevote), block(1)).expect("new");
    let known = [
        (at(5, 1, Step::Prevote), block(1)),
        (at(5, 0, Step::Precommit), block(3)),
        (at(4, 0, Step::Precommit), block(3)),
    ];
    for (place, said) in known {
        mark.seen(place, said).expect("known");
    }
    let unknown = [
        (at(5, 1, Step::Prevote), block(2)),
        (at(5, 1, Step::Propose), block(1)),
        (at(5, 1, Step::Precommit), block(1)),
        (at(6, 0, Step::Precommit), block(1)),
    ];
    for (place, said) in unknown {
        let mut mark = folder.mark();
        let stopped = mark.seen(place, said).expect_err("unknown");
        let text = stopped.to_string();
        assert!(text.contains("validator mark HEIGHT"), "{text}");
        let halted = mark
            .sign(at(9, 0, Step::Prevote), block(1))
            .expect_err("halted");
        assert!(matches!(halted, MarkError::Halted), "{halted}");
    }
    let lost = Folder::new();
    lost.mark()
        .seen(at(1, 0, Step::Precommit), block(1))
        .expect_err("lost");
}

#[test]
fn an_older_mark_from_a_backup_is_noticed_and_set_on_by_hand() {
    let folder = Folder::new();
    let mut mark = folder.mark();
    mark.sign(at(5, 0, Step::Precommit), block(1)).expect("new");
    let backup = fs::read(folder.path()).expect("read");
    mark.sign(at(6, 0, Step::Precommit), block(2)).expect("new");
    fs::write(folder.path(), backup).expect("written");
    let mut restored = folder.mark();
    restored
        .seen(at(6, 0, Step::Precommit), block(2))
        .expect_err("older");
    Mark::set(&folder.path(), CHAIN, Height(5)).expect_err("it never goes back");
    Mark::set(&folder.path(), CHAIN, Height(7)).expect("set");
    let mut set = folder.mark();
    set.seen(at(6, 0, Step::Precommit), block(2))
        .expect("below it");
    set.sign(at(7, 3, Step::Precommit), block(2))
        .expect_err("up to it");
    set.sign(at(8, 0, Step::Prevote), block(2))
        .expect("above it");
}

#[test]
fn a_mark_of_another_chain_is_refused() {
    let folder = Folder::new();
    folder
        .mark()
        .sign(at(1, 0, Step::Prevote), NONE)
        .expect("new");
    let other = Mark::open(&folder.path(), ChainId::new([8; 32])).expect_err("another chain");
    assert!(matches!(other, MarkError::Damaged { .. }), "{other}");
}

proptest! {
    #[test]
    fn a_flipped_bit_or_a_cut_is_noticed(height: u64, round: u32, place in 0usize..1000, bit in 0u8..8, cut: bool) {
        let folder = Folder::new();
        folder.mark().sign(at(height, round, Step::Precommit), block(1)).expect("new");
        let mut bytes = fs::read(folder.path()).expect("read");
        let place = place % bytes.len();
        match cut {
            true => bytes.truncate(place),
            false => bytes[place] ^= 1 << bit,
        }
        fs::write(folder.path(), &bytes).expect("written");
        let damaged = Mark::open(&folder.path(), CHAIN).expect_err("damaged");
        prop_assert!(matches!(damaged, MarkError::Damaged { .. }), "{damaged}");
    }
}
