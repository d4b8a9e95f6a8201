//! Choices that repeat: a seed is printed with a failure, and `SEALANE_TEST_SEED` takes it again.

use std::time::{SystemTime, UNIX_EPOCH};

/// Numbers from a seed (SplitMix64). For choices of tests, never for keys.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// From `SEALANE_TEST_SEED`, else from the clock; prints which.
    #[must_use]
    pub fn seeded() -> Self {
        let given = std::env::var("SEALANE_TEST_SEED").ok();
        let clock = || {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(1, |since| since.subsec_nanos().into())
        };
        let seed = given
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(clock);
        println!("seed {seed}: SEALANE_TEST_SEED={seed} repeats these choices");
        Self(seed)
    }

    /// From this seed.
    #[must_use]
    pub fn from(seed: u64) -> Self {
        Self(seed)
    }

    /// What repeats these choices, before the first is made.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.0
    }

    /// The next number.
    pub fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next_number() % limit
    }

    /// Takes `count` of the items, in random order.
    pub fn sample<T>(&mut self, mut items: Vec<T>, count: usize) -> Vec<T> {
        let mut taken = Vec::new();
        while taken.len() < count && !items.is_empty() {
            let at = self.below(items.len() as u64) as usize;
            taken.push(items.swap_remove(at));
        }
        taken
    }

    /// 32 bytes.
    pub fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for chunk in bytes.chunks_exact_mut(8) {
            chunk.copy_from_slice(&self.next_number().to_le_bytes());
        }
        bytes
    }
}
