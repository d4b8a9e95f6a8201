//! The fingerprint protocol's objects, restored from the state.

use sealane_crypto::oprf::{Answered, Blinded, CheckedAnswer, KeyPublic, Question};
use sealane_types::ids::{ChainId, PointBytes, RecordId};
use sealane_types::sharing::FingerprintKey;

use crate::state::{BlindedSet, Completed, Share};

/// The question that a record's blinded set is.
///
/// # Panics
/// When the state holds points that were never checked, which the ledger does not write.
#[must_use]
pub fn question(chain: ChainId, record: &RecordId, set: &BlindedSet) -> Question {
    let blinded = Blinded::restore(set.mask, &set.blinding, &set.blinded.0);
    let blinded = blinded.expect("the points were checked before they were written");
    Question::new(chain, *record, set.alias, blinded)
}

/// The question with its combined answer, which the holders of shares of the fingerprint key `K` gave.
///
/// # Panics
/// As [`question`].
#[must_use]
pub fn answered(
    chain: ChainId,
    record: &RecordId,
    set: &BlindedSet,
    key: &PointBytes,
    completed: &Completed,
) -> Answered {
    let answered = Answered::restore(question(chain, record, set), key, &completed.points.0);
    answered.expect("the points were combined from checked ones")
}

/// The public key of an epoch, whose shares were found to recombine when it was written.
pub(crate) fn key(key: &FingerprintKey) -> KeyPublic {
    KeyPublic::restore(key).expect("keys are checked before they are written")
}

/// `Z_i` from `t` checked answers.
pub(crate) fn combine(
    chain: ChainId,
    record: &RecordId,
    set: &BlindedSet,
    of: &FingerprintKey,
    shares: &[Share],
) -> Vec<PointBytes> {
    let restore = |share: &Share| {
        let answer = CheckedAnswer::restore(*record, of.epoch, share.index, &share.points.0);
        answer.expect("the answer was checked before it was written")
    };
    let answers: Vec<_> = shares.iter().map(restore).collect();
    let answered = question(chain, record, set).combine(&key(of), &answers);
    let answered = answered.expect("t checked answers of distinct holders of one epoch combine");
    answered.encode()
}
