//! The journal through kills: dropped and opened again after each write.

use super::*;

const RECORD: RecordId = RecordId::new([7; 32]);
const DOCUMENT: Digest = Digest::new([8; 32]);

fn open(folder: &Path) -> Journal {
    crate::home::disk::sweep(folder).expect("swept, as a home does");
    Journal::open(folder)
}

fn outbox(action: Action, sequence: u64) -> Outbox {
    let id = TxId::new([u8::try_from(sequence).expect("small"); 32]);
    Outbox::new(Some(RECORD), action, id, Sequence(sequence), vec![1, 2, 3])
}

#[test]
fn every_point_is_found_again_after_a_kill() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let begun = open(folder)
        .begin(RECORD, Origin::Seal, DOCUMENT, None)
        .expect("begun");
    assert_eq!(open(folder).entry(&RECORD).expect("read"), Some(begun));

    let sent = outbox(Action::Seal, 5);
    open(folder).post(&sent).expect("posted");
    assert_eq!(open(folder).outbox().expect("read"), Some(sent.clone()));
    let entry = open(folder)
        .newest_of(&DOCUMENT)
        .expect("read")
        .expect("there");
    let made = entry.last(Action::Seal).expect("noted");
    assert_eq!(
        (made.id, &made.outcome),
        (Shown(TxId::new([5; 32])), &Outcome::Unknown)
    );

    open(folder)
        .close(&sent, Outcome::Committed(9))
        .expect("closed");
    assert_eq!(open(folder).outbox().expect("read"), None);
    let entry = open(folder).entry(&RECORD).expect("read").expect("there");
    assert_eq!(entry.made.len(), 1, "noted once");
    assert_eq!(entry.made[0].outcome, Outcome::Committed(9));
}

#[test]
fn a_kill_between_noting_and_emptying_closes_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let journal = open(folder);
    journal
        .begin(RECORD, Origin::Seal, DOCUMENT, None)
        .expect("begun");
    let sent = outbox(Action::Finance, 6);
    journal.post(&sent).expect("posted");
    journal.note(&sent, Outcome::Committed(3)).expect("noted"); // killed here
    assert_eq!(open(folder).outbox().expect("read"), Some(sent.clone()));
    open(folder)
        .close(&sent, Outcome::Committed(3))
        .expect("closed");
    let entry = open(folder).entry(&RECORD).expect("read").expect("there");
    assert_eq!(entry.made.len(), 1);
}

#[test]
fn a_second_transaction_waits_for_the_first() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = open(folder.path());
    let first = outbox(Action::Present, 1);
    journal.post(&first).expect("posted");
    let second = journal.post(&outbox(Action::Finance, 2));
    assert!(matches!(second, Err(JournalError::OutboxFull { .. })));
    journal.post(&first).expect("the same again");
}

#[test]
fn a_refused_transaction_does_not_stand_and_the_newest_record_counts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = open(folder.path());
    let mut entry = journal
        .begin(RECORD, Origin::Inquiry, DOCUMENT, None)
        .expect("begun");
    entry.note(
        Action::Finance,
        TxId::new([1; 32]),
        Outcome::Refused("taken".to_owned()),
    );
    assert_eq!(entry.last(Action::Finance), None);
    journal
        .begin(RecordId::new([1; 32]), Origin::Seal, DOCUMENT, Some(RECORD))
        .expect("begun");
    let newest = journal.newest_of(&DOCUMENT).expect("read").expect("there");
    assert_eq!(
        (newest.record.0, newest.number),
        (RecordId::new([1; 32]), 2)
    );
}

#[test]
fn a_file_of_another_form_or_version_is_refused_with_its_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = open(folder.path());
    let entry = journal
        .begin(RECORD, Origin::Seal, DOCUMENT, None)
        .expect("begun");
    let path = journal.entry_path(&RECORD);
    for (from, to) in [
        ("\"version\": 1", "\"version\": 2"),
        ("\"origin\"", "\"origins\""),
        ("0808", "08F8"),
    ] {
        let text = String::from_utf8(json(&entry)).expect("text");
        assert!(text.contains(from));
        std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
        let refused = journal.entries();
        assert!(matches!(refused, Err(JournalError::Form { .. })), "{to}");
    }
}
