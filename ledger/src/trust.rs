//! Trust in a chain, from its genesis on: whose signatures make a header final.
//!
//! The validators of a chain become others at *turns*. Each is shown by the last header that the earlier
//! validators sign, which names the later ones; so whoever trusts genesis comes to trust today's, from hand to
//! hand (`specs/members.md`). Clients, nodes that begin with a snapshot, and receipts all go by this.

use sealane_types::block::{BlockHeader, Certificate, ValidatorSet};
use sealane_types::encoding::{Decode, Encode, Reader};
use sealane_types::genesis::Genesis;
use sealane_types::ids::{BlockId, ChainId, Height};

use crate::certificate::{CertificateError, check_certificate};
use crate::naming::{chain_id, validator_set_hash};

/// Longest accepted header in bytes; a header has 273.
pub const MAX_HEADER: usize = 1024;
/// Longest accepted certificate or validator set in bytes; 64 signatures take 6,200.
pub const MAX_CERTIFICATE: usize = 16 << 10;

/// A header whose certificate holds: made by [`Trust::certify`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certified {
    header: BlockHeader,
    certificate: Certificate,
}

impl Certified {
    /// The header.
    #[must_use]
    pub fn header(&self) -> &BlockHeader {
        &self.header
    }

    /// What makes it final.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The block's id.
    #[must_use]
    pub fn id(&self) -> BlockId {
        self.certificate.block
    }

    /// The block's height.
    #[must_use]
    pub fn height(&self) -> Height {
        self.header.height
    }

    /// The height after whose block the header's state root is the state.
    #[must_use]
    pub fn state_height(&self) -> Height {
        Height(self.header.height.0.saturating_sub(1))
    }
}

/// What shows one turn, as canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Turn {
    /// The last header of the earlier validators.
    #[encoding(list(MAX_HEADER, "header"))]
    pub header: Vec<u8>,
    /// Their certificate.
    #[encoding(list(MAX_CERTIFICATE, "certificate"))]
    pub certificate: Vec<u8>,
    /// The later validators, whose hash the header names.
    #[encoding(list(MAX_CERTIFICATE, "validators"))]
    pub validators: Vec<u8>,
}

/// Whom one trusts: more than two thirds of the power of the validators that genesis names, and of those that they
/// have handed over to.
#[derive(Debug, Clone)]
pub struct Trust {
    chain: ChainId,
    /// The validators from a height on, ascending; the first are genesis' own.
    eras: Vec<(Height, ValidatorSet)>,
    turns: Vec<Turn>,
}

impl Trust {
    /// Trust in the validators of a genesis.
    #[must_use]
    pub fn in_genesis(genesis: &Genesis) -> Self {
        Self {
            chain: chain_id(genesis),
            eras: vec![(Height(0), genesis.validators.clone())],
            turns: Vec::new(),
        }
    }

    /// The chain.
    #[must_use]
    pub fn chain(&self) -> ChainId {
        self.chain
    }

    /// The turns that were followed.
    #[must_use]
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// The height from which on the newest validators known sign.
    #[must_use]
    pub fn newest(&self) -> Height {
        self.eras.last().map_or(Height(0), |(from, _)| *from)
    }

    /// Trusts the validators that the present ones have handed over to.
    ///
    /// # Errors
    /// When the turn does not show that, or is not a later one.
    pub fn follow(&mut self, turn: Turn) -> Result<(), CertificateError> {
        let last = self.certify(&turn.header, &turn.certificate)?;
        let later: ValidatorSet = decode(&turn.validators, MAX_CERTIFICATE, "validator set")?;
        let from = last.height().next();
        if validator_set_hash(&later) != last.header().next_validators || from <= self.newest() {
            return Err(CertificateError::OtherValidators);
        }
        self.eras.push((from, later));
        self.turns.push(turn);
        Ok(())
    }

    fn validators_of(&self, height: Height) -> &ValidatorSet {
        let era = self.eras.iter().rev().find(|(from, _)| *from <= height);
        let (_, validators) = era.expect("the first era begins at height 0");
        validators
    }

    /// Checks a header's certificate: chain, block, validators, every signature, and more than two thirds of the
    /// power. Says nothing about age.
    ///
    /// # Errors
    /// Names what does not hold.
    pub fn certify(
        &self,
        header: &[u8],
        certificate: &[u8],
    ) -> Result<Certified, CertificateError> {
        let header: BlockHeader = decode(header, MAX_HEADER, "header")?;
        let certificate: Certificate = decode(certificate, MAX_CERTIFICATE, "certificate")?;
        if header.chain != self.chain {
            return Err(CertificateError::OtherChain {
                found: header.chain,
                expected: self.chain,
            });
        }
        check_certificate(&certificate, &header, self.validators_of(header.height))?;
        Ok(Certified {
            header,
            certificate,
        })
    }
}

/// Reads a value of at most `limit` bytes.
fn decode<T: Decode>(
    bytes: &[u8],
    limit: usize,
    what: &'static str,
) -> Result<T, CertificateError> {
    let form = |reason| CertificateError::Form { what, reason };
    let reader = Reader::within(bytes, limit, what);
    reader.and_then(Reader::whole).map_err(form)
}
