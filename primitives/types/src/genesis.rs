//! Genesis: how a chain begins. Its hash is the chain's id.

pub use crate::alias::{Alias, MAX_NAME, Role, Standing};
use crate::alias::{MAX_VOTERS, check_name};
use crate::block::{
    LEAST_BLOCK_BYTES, LEAST_BLOCK_TRANSACTIONS, MAX_BLOCK_BYTES, MAX_BLOCK_TRANSACTIONS,
    ValidatorSet,
};
use crate::encoding::{Decode, DecodeError, Encode, invalid};
use crate::governance::Governance;
use crate::ids::{AliasId, BlockTime, VerifyingKeyId};
pub use crate::suite::Suite;

/// The version of genesis that this code writes and reads.
pub const GENESIS_VERSION: u8 = 1;
/// Most aliases that genesis names.
pub const MAX_ALIASES: usize = 4096;
/// Most verifying keys that genesis accepts.
pub const MAX_VERIFYING_KEYS: usize = 64;

/// Whether keys that nobody held a ceremony for verify proofs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "test keys")]
pub enum TestKeys {
    /// A real network.
    Refused = 0,
    /// A network for trying out: no claim of soundness covers its proofs.
    Allowed = 1,
}

/// What a chain's rules leave open.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct Parameters {
    /// Blinded sets that a bank may have answered on one day of header time, financed ones aside; at least 1.
    pub inquiries_per_day: u32,
    /// Sets that a bank may finance on one day of header time; at least 1.
    pub financings_per_day: u32,
    /// Blocks that a hold may last at most; at least 1.
    pub max_hold_blocks: u64,
    /// Most transactions of a block: [`LEAST_BLOCK_TRANSACTIONS`] to [`MAX_BLOCK_TRANSACTIONS`].
    pub max_block_transactions: u32,
    /// Most bytes of a block: [`LEAST_BLOCK_BYTES`] to [`MAX_BLOCK_BYTES`].
    pub max_block_bytes: u32,
    /// Whether test keys verify proofs.
    pub test_keys: TestKeys,
    /// Verifying keys whose proofs are accepted, in ascending order.
    #[encoding(list(MAX_VERIFYING_KEYS, "verifying keys"))]
    pub verifying_keys: Vec<VerifyingKeyId>,
}

/// How a chain begins.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(version(GENESIS_VERSION, "genesis"), check)]
pub struct Genesis {
    /// The chain's name: 1 to [`MAX_NAME`] bytes.
    #[encoding(text(MAX_NAME, "chain name"))]
    pub name: String,
    /// Its algorithms.
    pub suite: Suite,
    /// The time of height 0.
    pub time: BlockTime,
    /// All aliases, by ascending id.
    #[encoding(list(MAX_ALIASES, "aliases"))]
    pub aliases: Vec<Alias>,
    /// The first validators; they generate the fingerprint key.
    pub validators: ValidatorSet,
    /// What the rules leave open.
    pub parameters: Parameters,
    /// Who decides over members, parameters and circuits.
    pub governance: Governance,
}

impl Genesis {
    /// The alias with this id.
    #[must_use]
    pub fn alias(&self, id: &AliasId) -> Option<&Alias> {
        self.aliases.iter().find(|alias| alias.id == *id)
    }

    /// The alias with this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Alias> {
        self.aliases.iter().find(|alias| alias.name == name)
    }

    /// Checks what decoding checks: whoever builds a genesis calls it before hashing.
    ///
    /// # Errors
    /// Names what does not fit together.
    pub fn check(&self) -> Result<(), DecodeError> {
        check_name(&self.name)?;
        self.check_aliases()?;
        for validator in self.validators.validators() {
            if !self.has_role(&validator.alias, Role::Validator) {
                return invalid(
                    "validators",
                    format!("{} is not a validator", validator.alias),
                );
            }
        }
        self.check_governance()?;
        self.parameters.check()
    }

    fn check_governance(&self) -> Result<(), DecodeError> {
        let banks = self.aliases.iter().filter(|one| one.role == Role::Bank);
        let banks = banks.count();
        let decider = self.governance.decider();
        let reason = if banks == 0 || banks > MAX_VOTERS {
            format!("1 to {MAX_VOTERS} banks vote, not {banks}")
        } else if decider.is_some_and(|decider| self.alias(&decider).is_none()) {
            "the member that decides is none of the aliases".to_owned()
        } else if decider.is_some_and(|decider| !self.may_decide(&decider)) {
            "the member that decides is neither a bank nor a regulator: no home could vote in its name"
                .to_owned()
        } else {
            return Ok(());
        };
        invalid("governance", reason)
    }

    /// Whether the bank that the alias names may vouch for it.
    fn vouches(&self, alias: &Alias) -> bool {
        alias.role.is_own_bank() || self.has_role(&alias.bank, Role::Bank)
    }

    fn may_decide(&self, id: &AliasId) -> bool {
        self.alias(id).is_some_and(|alias| alias.role.may_decide())
    }

    fn has_role(&self, id: &AliasId, role: Role) -> bool {
        self.alias(id).is_some_and(|alias| alias.role == role)
    }

    fn check_aliases(&self) -> Result<(), DecodeError> {
        let ascending = self.aliases.is_sorted_by(|first, next| first.id < next.id);
        if !ascending || self.aliases.len() > MAX_ALIASES {
            let reason = format!("at most {MAX_ALIASES}, by ascending id, none twice");
            return invalid("aliases", reason);
        }
        let mut names: Vec<_> = self.aliases.iter().map(|alias| &alias.name).collect();
        let mut keys: Vec<_> = self.aliases.iter().map(|alias| alias.key).collect();
        names.sort_unstable();
        keys.sort_unstable();
        let twice = !names.is_sorted_by(|a, b| a < b) || !keys.is_sorted_by(|a, b| a < b);
        if twice {
            return invalid("aliases", "a name or a key stands twice".to_owned());
        }
        for alias in &self.aliases {
            check_name(&alias.name)?;
            if alias.standing != Standing::Active || alias.until.is_some() {
                let reason = format!("{} is not active from the beginning on", alias.name);
                return invalid("alias", reason);
            }
            let own = alias.bank == alias.id;
            if own != alias.role.is_own_bank() || !self.vouches(alias) {
                let reason = format!("{} names no bank that vouches for it", alias.name);
                return invalid("alias", reason);
            }
        }
        Ok(())
    }
}

impl Parameters {
    /// Checks what decoding checks.
    ///
    /// # Errors
    /// Names what is out of bounds.
    pub fn check(&self) -> Result<(), DecodeError> {
        let transactions = self.max_block_transactions as usize;
        let bytes = self.max_block_bytes as usize;
        let keys = &self.verifying_keys;
        let reason = if self.inquiries_per_day == 0 || self.financings_per_day == 0 {
            "a bank has at least one inquiry and one financing a day".to_owned()
        } else if self.max_hold_blocks == 0 {
            "a hold lasts at least one block".to_owned()
        } else if !(LEAST_BLOCK_TRANSACTIONS..=MAX_BLOCK_TRANSACTIONS).contains(&transactions) {
            format!(
                "the most transactions of a block are {LEAST_BLOCK_TRANSACTIONS} to {MAX_BLOCK_TRANSACTIONS}"
            )
        } else if !(LEAST_BLOCK_BYTES..=MAX_BLOCK_BYTES).contains(&bytes) {
            format!("the most bytes of a block are {LEAST_BLOCK_BYTES} to {MAX_BLOCK_BYTES}")
        } else if !keys.is_sorted_by(|first, next| first < next) || keys.len() > MAX_VERIFYING_KEYS
        {
            "verifying keys are not in ascending order, stand twice or are too many".to_owned()
        } else {
            return Ok(());
        };
        invalid("parameters", reason)
    }
}
