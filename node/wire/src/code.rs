//! The words for programs in the API's errors (`specs/proto/README.md`).

use tonic::metadata::MetadataValue;
use tonic::{Code, Status};

/// The metadata key that carries an error's word.
pub const KEY: &str = "sealane-code";

/// Why a request is refused. The words never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// Bytes that are no value of the type asked for.
    Malformed,
    /// A transaction for another chain.
    WrongChain,
    /// The signer is no alias of this chain.
    UnknownSigner,
    /// The signer, or its bank, is suspended, closed, or at its end.
    NotActive,
    /// The signature is not the signer's.
    BadSignature,
    /// A proof in the transaction does not hold.
    BadProof,
    /// The sequence has been used.
    OldSequence,
    /// The sequence is not the signer's next.
    SequenceGap,
    /// Another transaction with this sequence waits already.
    SequenceTaken,
    /// Too many transactions of this signer wait.
    SignerFull,
    /// Too many transactions wait.
    PoolFull,
    /// Above a limit on bytes or items.
    TooLarge,
    /// Too many requests at a time.
    TooMany,
    /// No such block, transaction or record.
    NotFound,
    /// The chain has no block yet.
    NotReady,
    /// The node is stopping, or has stopped because of a fault.
    Stopping,
    /// The node did not answer in time.
    Deadline,
    /// A fault of the node.
    Internal,
}

impl ErrorCode {
    /// All codes.
    pub const ALL: [Self; 18] = [
        Self::Malformed,
        Self::WrongChain,
        Self::UnknownSigner,
        Self::NotActive,
        Self::BadSignature,
        Self::BadProof,
        Self::OldSequence,
        Self::SequenceGap,
        Self::SequenceTaken,
        Self::SignerFull,
        Self::PoolFull,
        Self::TooLarge,
        Self::TooMany,
        Self::NotFound,
        Self::NotReady,
        Self::Stopping,
        Self::Deadline,
        Self::Internal,
    ];

    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::WrongChain => "wrong-chain",
            Self::UnknownSigner => "unknown-signer",
            Self::NotActive => "not-active",
            Self::BadSignature => "bad-signature",
            Self::BadProof => "bad-proof",
            Self::OldSequence => "old-sequence",
            Self::SequenceGap => "sequence-gap",
            Self::SequenceTaken => "sequence-taken",
            Self::SignerFull => "signer-full",
            Self::PoolFull => "pool-full",
            Self::TooLarge => "too-large",
            Self::TooMany => "too-many",
            Self::NotFound => "not-found",
            Self::NotReady => "not-ready",
            Self::Stopping => "stopping",
            Self::Deadline => "deadline",
            Self::Internal => "internal",
        }
    }

    /// The gRPC status that goes with the word.
    #[must_use]
    pub fn status(self) -> Code {
        match self {
            Self::Malformed
            | Self::WrongChain
            | Self::UnknownSigner
            | Self::BadSignature
            | Self::BadProof => Code::InvalidArgument,
            Self::NotActive => Code::PermissionDenied,
            Self::OldSequence | Self::SequenceGap => Code::FailedPrecondition,
            Self::SequenceTaken => Code::AlreadyExists,
            Self::SignerFull | Self::PoolFull | Self::TooLarge | Self::TooMany => {
                Code::ResourceExhausted
            }
            Self::NotFound => Code::NotFound,
            Self::NotReady | Self::Stopping => Code::Unavailable,
            Self::Deadline => Code::DeadlineExceeded,
            Self::Internal => Code::Internal,
        }
    }

    /// The error with a sentence for a person.
    #[must_use]
    pub fn error(self, message: impl Into<String>) -> Status {
        let mut status = Status::new(self.status(), message);
        let word = MetadataValue::from_static(self.word());
        status.metadata_mut().insert(KEY, word);
        status
    }

    /// The code that an error carries; `None` where it comes from elsewhere (the transport, say).
    #[must_use]
    pub fn of(status: &Status) -> Option<Self> {
        let word = status.metadata().get(KEY)?.to_str().ok()?;
        Self::ALL.into_iter().find(|code| code.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_carries_its_word_and_the_documentation_lists_it() {
        let page = include_str!("../../../specs/proto/README.md");
        for code in ErrorCode::ALL {
            let status = code.error("why");
            assert_eq!(ErrorCode::of(&status), Some(code));
            assert_eq!((status.code(), status.message()), (code.status(), "why"));
            assert!(
                page.contains(&format!("| `{}` |", code.word())),
                "{code:?} is not in the table"
            );
        }
        assert_eq!(ErrorCode::of(&Status::internal("elsewhere")), None);
    }
}
