//! The operating system's randomness; that it fails is an error, never a panic nor a weak number.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sealane_types::ids::Salt;
use thiserror::Error;
use zeroize::Zeroizing;

/// The operating system gave no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the operating system gives no random bytes: {0}")]
pub struct RandomError(getrandom::Error);

/// Fills `bytes` with randomness.
///
/// # Errors
/// When the operating system gives none; `bytes` is then not to be used.
pub fn fill(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(RandomError)
}

/// `N` random bytes, overwritten when dropped.
///
/// # Errors
/// When the operating system gives none.
pub fn bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>, RandomError> {
    let mut bytes = Zeroizing::new([0; N]);
    fill(&mut *bytes)?;
    Ok(bytes)
}

/// A salt for one sealing.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn salt() -> Result<Salt, RandomError> {
    Ok(Salt::new(*bytes()?))
}

/// A generator seeded by the operating system, for algorithms that draw many numbers.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn generator() -> Result<ChaCha20Rng, RandomError> {
    Ok(ChaCha20Rng::from_seed(*bytes()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_never_drawn_again() {
        let drawn: Vec<Salt> = (0..64).map(|_| salt().expect("this system")).collect();
        for (at, salt) in drawn.iter().enumerate() {
            assert!(!drawn[..at].contains(salt));
            assert_ne!(*salt, Salt::new([0; 32]));
        }
    }
}
