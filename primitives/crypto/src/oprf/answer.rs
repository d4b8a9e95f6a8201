//! A validator's answer, its check, and the combination of `t` of them.

use sealane_types::encoding::Encode;
use sealane_types::ids::{Epoch, PointBytes, RecordId, ShareIndex};
use sealane_types::transaction::Answer;

use super::blinded::{
    Question, check_count, decode_point, encode_point, multiple, restore_point, restore_points,
};
use super::dleq::Statement;
use super::key::{KeyPublic, KeyShare, interpolate};
use super::{AnswerFault, OprfError};
use crate::curve::{Masked, Point};
use crate::tags;

/// `log_G K_j = log_{B_i} Z_ij` for all `i`, said by holder `j` about one question.
fn statement<'a>(
    transcript: &'a [u8],
    public: Point,
    question: &Question,
    answers: &[Point],
) -> Statement<'a> {
    let blinded = question.blinded().points().iter();
    Statement {
        tag: tags::OPRF_ANSWER,
        context: transcript,
        base: Point::generator(),
        image: public,
        pairs: blinded.copied().zip(answers.iter().copied()).collect(),
    }
}

fn transcript(question: &Question, epoch: Epoch, index: ShareIndex) -> Vec<u8> {
    let mut bytes = question.transcript();
    epoch.encode(&mut bytes);
    index.encode(&mut bytes);
    bytes
}

impl KeyShare {
    /// Answers a question that a finalised block holds: `k_j·B_i`, and the proof that they are.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn answer(&self, question: &Question) -> Result<Answer, OprfError> {
        let mut masked = Masked::new()?;
        let blinded = question.blinded().points().iter();
        let answers = blinded.map(|point| multiple(&mut masked, point, self.secret()));
        let answers: Vec<Point> = answers.collect();
        let transcript = transcript(question, self.epoch(), self.index());
        let statement = statement(&transcript, self.public(), question, &answers);
        let proof = statement.prove(self.secret())?;
        Ok(Answer {
            record: question.record(),
            epoch: self.epoch(),
            index: self.index(),
            answers: answers.iter().map(encode_point).collect(),
            proof,
        })
    }
}

/// An answer that was found right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedAnswer {
    record: RecordId,
    epoch: Epoch,
    index: ShareIndex,
    points: Vec<Point>,
}

impl CheckedAnswer {
    /// Takes over an answer that was checked when it came, from a state that is trusted.
    ///
    /// # Errors
    /// When a point is none: the state is corrupt.
    pub fn restore(
        record: RecordId,
        epoch: Epoch,
        index: ShareIndex,
        points: &[PointBytes],
    ) -> Result<Self, OprfError> {
        let points = restore_points("an answer of the state", points)?;
        Ok(Self {
            record,
            epoch,
            index,
            points,
        })
    }

    /// Whose answer it is.
    #[must_use]
    pub fn index(&self) -> ShareIndex {
        self.index
    }

    /// `Z_ij` in the order of the mask's slots, as the state keeps them.
    #[must_use]
    pub fn encode(&self) -> Vec<PointBytes> {
        self.points.iter().map(encode_point).collect()
    }
}

impl Question {
    /// Checks an answer against the public key of who gives it.
    ///
    /// # Errors
    /// [`OprfError::WrongAnswer`] names the culprit and what is wrong; [`OprfError::OtherRecord`] when the
    /// answer is about another record.
    pub fn check_answer(
        &self,
        key: &KeyPublic,
        answer: &Answer,
    ) -> Result<CheckedAnswer, OprfError> {
        let (index, epoch) = (answer.index, answer.epoch);
        if answer.record != self.record() {
            return Err(OprfError::OtherRecord(index));
        }
        let points = self.points_of(key, answer);
        let points = points.map_err(|fault| OprfError::WrongAnswer { index, fault })?;
        Ok(CheckedAnswer {
            record: answer.record,
            epoch,
            index,
            points,
        })
    }

    fn points_of(&self, key: &KeyPublic, answer: &Answer) -> Result<Vec<Point>, AnswerFault> {
        let (expected, found) = (key.epoch(), answer.epoch);
        if found != expected {
            return Err(AnswerFault::Epoch { expected, found });
        }
        let public = key.holder(answer.index).ok_or(AnswerFault::NoHolder)?;
        let expected = self.blinded().points().len();
        let found = answer.answers.len();
        if found != expected {
            return Err(AnswerFault::Count { expected, found });
        }
        let decode = |bytes: &PointBytes| Point::decode_nonzero(bytes.as_bytes());
        let points = answer
            .answers
            .iter()
            .map(decode)
            .collect::<Result<Vec<_>, _>>();
        let points = points.map_err(AnswerFault::Point)?;
        let transcript = transcript(self, answer.epoch, answer.index);
        match statement(&transcript, public, self, &points).holds(&answer.proof) {
            true => Ok(points),
            false => Err(AnswerFault::Proof),
        }
    }

    /// Combines the first `t` answers, of the key's epoch and distinct holders, into `Z_i = k·B_i`.
    ///
    /// # Errors
    /// When there are fewer than `t`, or one among the first `t` is of another record or epoch, or of a
    /// holder who is there already.
    pub fn combine(
        self,
        key: &KeyPublic,
        answers: &[CheckedAnswer],
    ) -> Result<Answered, OprfError> {
        let needed = key.threshold();
        let first = answers.get(..needed.into());
        let first = first.ok_or(OprfError::TooFew {
            needed,
            found: answers.len(),
        })?;
        let mut indices = Vec::with_capacity(first.len());
        for answer in first {
            self.check_combinable(key, answer, &indices)?;
            indices.push(answer.index.0);
        }
        let slot = |at: usize| {
            let shares: Vec<Point> = first.iter().map(|answer| answer.points[at]).collect();
            interpolate(&indices, &shares, 0)
        };
        let points = (0..self.blinded().points().len()).map(slot).collect();
        Answered::new(self, key.key(), points)
    }

    fn check_combinable(
        &self,
        key: &KeyPublic,
        answer: &CheckedAnswer,
        before: &[u16],
    ) -> Result<(), OprfError> {
        let index = answer.index;
        let wrong = |fault| Err(OprfError::WrongAnswer { index, fault });
        if answer.record != self.record() {
            return Err(OprfError::OtherRecord(index));
        }
        if before.contains(&index.0) {
            return Err(OprfError::Repeated(index));
        }
        let (expected, found) = (key.epoch(), answer.epoch);
        if expected != found {
            return wrong(AnswerFault::Epoch { expected, found });
        }
        if key.holder(index).is_none() {
            return wrong(AnswerFault::NoHolder);
        }
        check_count(self.blinded().mask(), answer.points.len())
    }
}

/// A question with its combined answer `Z_i = k·B_i`, and the key that gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    question: Question,
    key: Point,
    points: Vec<Point>,
}

impl Answered {
    fn new(question: Question, key: Point, points: Vec<Point>) -> Result<Self, OprfError> {
        check_count(question.blinded().mask(), points.len())?;
        if points.iter().any(Point::is_identity) {
            let fault = crate::curve::CurveError::Identity;
            let what = "a combined answer";
            return Err(OprfError::Point { what, fault });
        }
        Ok(Self {
            question,
            key,
            points,
        })
    }

    /// Takes over a combined answer from a state that is trusted, with the `K` of the epoch that gave it.
    ///
    /// # Errors
    /// When there are not as many points as the mask has slots, or one is none: the state is corrupt.
    pub fn restore(
        question: Question,
        key: &PointBytes,
        points: &[PointBytes],
    ) -> Result<Self, OprfError> {
        let key = restore_point("the fingerprint key of the state", key)?;
        let points = restore_points("a combined answer of the state", points)?;
        Self::new(question, key, points)
    }

    /// Reads the combined answer that a proof against a state gives, with the `K` of the epoch that gave it.
    ///
    /// # Errors
    /// When there are not as many points as the mask has slots, or one is none.
    pub fn decode(
        question: Question,
        key: &PointBytes,
        points: &[PointBytes],
    ) -> Result<Self, OprfError> {
        let key = decode_point("the fingerprint key", key)?;
        let decode = |bytes: &PointBytes| decode_point("a combined answer", bytes);
        let points = points.iter().map(decode).collect::<Result<_, _>>()?;
        Self::new(question, key, points)
    }

    /// `K` of the holders who answered.
    #[must_use]
    pub fn key(&self) -> Point {
        self.key
    }

    /// The question.
    #[must_use]
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// `Z_i` in the order of the mask's slots.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// `Z_i` as the state keeps them.
    #[must_use]
    pub fn encode(&self) -> Vec<PointBytes> {
        self.points.iter().map(encode_point).collect()
    }
}
