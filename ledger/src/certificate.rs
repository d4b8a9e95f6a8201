//! Certificates: whether more than two thirds of a chain's power stand behind a block.

use sealane_crypto::signature::verify;
use sealane_crypto::tags;
use sealane_types::block::{BlockHeader, Certificate, ValidatorSet};
use sealane_types::encoding::{DecodeError, Encode};
use sealane_types::ids::{AliasId, ChainId};
use thiserror::Error;

use crate::naming::{block_id, validator_set_hash};

/// Why a certificate does not make a block final.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// Bytes that are no value of their type.
    #[error("the {what} cannot be read: {reason}")]
    Form {
        /// What was being read.
        what: &'static str,
        /// Why not.
        reason: DecodeError,
    },
    /// A header of another chain.
    #[error("the header is of the chain {found}, not of {expected}")]
    OtherChain {
        /// The chain of the header.
        found: ChainId,
        /// The chain that is trusted.
        expected: ChainId,
    },
    /// It is of another block or height.
    #[error("the certificate is not of this block")]
    OtherBlock,
    /// The validators are not those that the header names.
    #[error("the header names validators that the chain's validators have not handed over to")]
    OtherValidators,
    /// Somebody signed who is no validator.
    #[error("{0} is not a validator of this block")]
    NoValidator(AliasId),
    /// A signature is wrong.
    #[error("the signature of {0} is wrong")]
    WrongSignature(AliasId),
    /// Two thirds of the power or less.
    #[error("voting power {signed} has signed; more than two thirds of {all} are needed")]
    NoQuorum {
        /// Power that signed.
        signed: u64,
        /// All power.
        all: u64,
    },
}

/// Checks that a certificate makes the block with this header final.
///
/// # Errors
/// Names what is wrong.
pub fn check_certificate(
    certificate: &Certificate,
    header: &BlockHeader,
    validators: &ValidatorSet,
) -> Result<(), CertificateError> {
    if certificate.block != block_id(header) || certificate.height != header.height {
        return Err(CertificateError::OtherBlock);
    }
    if validator_set_hash(validators) != header.validators {
        return Err(CertificateError::OtherValidators);
    }
    let message = certificate.vote(header.chain).to_bytes();
    let mut signed = 0;
    let mut last = None;
    for one in &certificate.signatures {
        let alias = one.validator;
        let validator = validators.get(&alias).filter(|_| last < Some(alias));
        let validator = validator.ok_or(CertificateError::NoValidator(alias))?;
        if !verify(tags::SIGN_VOTE, &validator.key, &message, &one.signature) {
            return Err(CertificateError::WrongSignature(alias));
        }
        signed += u64::from(validator.power);
        last = Some(alias);
    }
    let all = validators.power();
    match validators.is_quorum(signed) {
        true => Ok(()),
        false => Err(CertificateError::NoQuorum { signed, all }),
    }
}
