//! Who may not act on the chain gets nothing: whether an alias may, and why not.

use sealane_types::alias::{Alias, Standing};
use sealane_types::ids::Height;

/// Why an alias may not act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// It is suspended or closed.
    Itself(Standing),
    /// Its term ended at this height, as of an alias for one trade.
    Ended(Height),
    /// The bank that vouches for it is suspended or closed.
    Bank(Standing),
}

impl Idle {
    /// Why the alias may not act in the block of this height; `None` where it may. `bank` is the bank that vouches for
    /// it, or the alias itself. The ledger's rule is [`sealane_ledger::consortium::active`].
    pub(super) fn of(alias: &Alias, bank: &Alias, height: Height) -> Option<Self> {
        match (alias.standing, alias.until, bank.standing) {
            (Standing::Suspended | Standing::Closed, ..) => Some(Self::Itself(alias.standing)),
            (_, Some(until), _) if height >= until => Some(Self::Ended(until)),
            (.., Standing::Suspended | Standing::Closed) => Some(Self::Bank(bank.standing)),
            _ => None,
        }
    }
}

impl std::fmt::Display for Idle {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Itself(standing) => write!(out, "it is {}", standing.name()),
            Self::Ended(until) => write!(out, "its term ended at height {}", until.0),
            Self::Bank(standing) => {
                write!(out, "the bank that vouches for it is {}", standing.name())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sealane_types::genesis::Role;
    use sealane_types::ids::{AliasId, FieldBytes, PublicKey};

    use super::*;

    fn alias(standing: Standing, until: Option<u64>) -> Alias {
        Alias {
            id: AliasId::new([1; 32]),
            name: String::new(),
            role: Role::Company,
            key: PublicKey::new([2; 32]),
            commitment: FieldBytes::new([3; 32]),
            bank: AliasId::new([4; 32]),
            standing,
            until: until.map(Height),
        }
    }

    #[test]
    fn who_is_suspended_past_its_term_or_without_its_bank_may_not_act() {
        use Standing::{Active, Closed, Suspended};
        let idle = |own, until, bank, height| {
            Idle::of(&alias(own, until), &alias(bank, None), Height(height))
        };
        assert_eq!(idle(Active, None, Active, 9), None);
        assert_eq!(idle(Active, Some(9), Active, 8), None);
        assert_eq!(
            idle(Active, Some(9), Active, 9),
            Some(Idle::Ended(Height(9)))
        );
        assert_eq!(
            idle(Suspended, None, Active, 9),
            Some(Idle::Itself(Suspended))
        );
        assert_eq!(idle(Closed, Some(9), Closed, 9), Some(Idle::Itself(Closed)));
        assert_eq!(
            idle(Active, Some(9), Suspended, 8),
            Some(Idle::Bank(Suspended))
        );
        assert_eq!(idle(Active, None, Closed, 9), Some(Idle::Bank(Closed)));
    }
}
