//! Headers that their certificates make final.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sealane_crypto::{signature::verify, tags};
use sealane_types::block::{BlockHeader, Certificate, ValidatorSet};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::genesis::Genesis;
use sealane_types::ids::{BlockId, ChainId, Height};
use sealane_wire::v1;

use super::{Lie, Turn};

/// Longest accepted header in bytes; a header has 273.
pub(super) const MAX_HEADER: usize = 1024;
/// Longest accepted certificate in bytes; 64 signatures take 6,200.
const MAX_CERTIFICATE: usize = 16 << 10;
/// How far in the future the latest header may be.
const MAX_AHEAD: Duration = Duration::from_secs(60);
/// How old the latest header may be: a chain makes at least one block a minute.
const MAX_AGE: Duration = Duration::from_secs(180);

/// A header whose certificate holds: made by [`Trust::certify`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certified {
    header: BlockHeader,
    certificate: Certificate,
    id: BlockId,
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
        self.id
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

/// Whom this side trusts: more than two thirds of the power of the validators that genesis names, and of those
/// that they have handed over to.
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
            chain: sealane_ledger::chain_id(genesis),
            eras: vec![(Height(0), genesis.validators.clone())],
            turns: Vec::new(),
        }
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
    pub fn follow(&mut self, turn: Turn) -> Result<(), Lie> {
        let last = self.certify(&turn.header, &turn.certificate)?;
        let later: ValidatorSet = decode(&turn.validators, MAX_CERTIFICATE, "validator set")?;
        let named = sealane_ledger::validator_set_hash(&later);
        let from = last.height().next();
        if named != last.header().next_validators || from <= self.newest() {
            return Err(Lie::OtherValidators);
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

    /// The chain.
    #[must_use]
    pub fn chain(&self) -> ChainId {
        self.chain
    }

    /// Checks a header's certificate: chain, block, validators, every signature, and more than two
    /// thirds of the power. Says nothing about age.
    ///
    /// # Errors
    /// Names what does not hold.
    pub fn certify(&self, header: &[u8], certificate: &[u8]) -> Result<Certified, Lie> {
        let header: BlockHeader = decode(header, MAX_HEADER, "header")?;
        let certificate: Certificate = decode(certificate, MAX_CERTIFICATE, "certificate")?;
        if header.chain != self.chain {
            return Err(Lie::OtherChain {
                found: header.chain,
                expected: self.chain,
            });
        }
        let id = sealane_ledger::block_id(&header);
        if certificate.block != id || certificate.height != header.height {
            return Err(Lie::OtherBlock {
                certificate: certificate.block,
                header: id,
            });
        }
        let validators = self.validators_of(header.height);
        if header.validators != sealane_ledger::validator_set_hash(validators) {
            return Err(Lie::OtherValidators);
        }
        self.check_signatures(validators, &certificate)?;
        Ok(Certified {
            header,
            certificate,
            id,
        })
    }

    /// As [`Trust::certify`], for a header as it travels.
    pub(super) fn certify_final(&self, header: Option<v1::FinalHeader>) -> Result<Certified, Lie> {
        let header = header.ok_or(Lie::Missing("header"))?;
        self.certify(&header.header, &header.certificate)
    }

    fn check_signatures(
        &self,
        validators: &ValidatorSet,
        certificate: &Certificate,
    ) -> Result<(), Lie> {
        let signed = certificate.vote(self.chain).to_bytes();
        let mut power = 0;
        for given in &certificate.signatures {
            let validator = validators.get(&given.validator);
            let validator = validator.ok_or(Lie::NoValidator(given.validator))?;
            if !verify(tags::SIGN_VOTE, &validator.key, &signed, &given.signature) {
                return Err(Lie::WrongSignature(given.validator));
            }
            power += u64::from(validator.power);
        }
        if !validators.is_quorum(power) {
            let all = validators.power();
            return Err(Lie::NoQuorum { power, all });
        }
        Ok(())
    }
}

/// Checks the latest header's age by this machine's clock.
pub(super) fn check_age(latest: &Certified, now: SystemTime) -> Result<(), Lie> {
    let time = UNIX_EPOCH + Duration::from_millis(latest.header.time.0);
    let age = now.duration_since(time);
    match age {
        Ok(age) if age > MAX_AGE => Err(Lie::Stale {
            seconds: age.as_secs(),
            limit: MAX_AGE.as_secs(),
        }),
        Ok(_) => Ok(()),
        Err(ahead) if ahead.duration() > MAX_AHEAD => Err(Lie::Future {
            seconds: ahead.duration().as_secs(),
        }),
        Err(_) => Ok(()),
    }
}

/// Reads a value of at most `limit` bytes.
pub(super) fn decode<T: Decode>(bytes: &[u8], limit: usize, what: &'static str) -> Result<T, Lie> {
    let too_long = sealane_types::encoding::DecodeError::TooLong {
        what,
        length: bytes.len(),
        limit,
    };
    let form = |reason| Lie::Form { what, reason };
    if bytes.len() > limit {
        return Err(form(too_long));
    }
    T::from_bytes(bytes).map_err(form)
}
