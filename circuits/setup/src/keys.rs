//! The keys of one circuit.

use std::path::Path;

use ark_bls12_381::Bls12_381;
use ark_groth16::{Groth16, ProvingKey};
use ark_serialize::CanonicalSerialize;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sealane_crypto::hash::hash;
use sealane_crypto::tags;
use sealane_gadgets::{Matrices, System, digest};
use sealane_statements::financing::{CIRCUIT, constraints};
use thiserror::Error;

use crate::cache;
use crate::circuit::Rows;

/// Why there are no keys.
#[derive(Debug, Error)]
pub enum SetupError {
    /// Arkworks refused the circuit.
    #[error("the keys of {circuit} cannot be made: {reason}")]
    Generation {
        /// The circuit's name.
        circuit: String,
        /// What arkworks says.
        reason: String,
    },
    /// The keys just made are not the pinned ones: the circuit or a library changed.
    #[error(
        "the keys of {circuit} have digest {actual}, not the pinned {pinned}: this build has another circuit"
    )]
    Unpinned {
        /// The circuit's name.
        circuit: String,
        /// The digest of the proving key.
        actual: String,
        /// The digest in `specs/vectors/`.
        pinned: String,
    },
    /// No environment variable says where a cache may be.
    #[error("no cache folder: set SEALANE_CACHE, XDG_CACHE_HOME or HOME")]
    NoDirectory,
}

/// What [`load_or_generate`] is doing, for whoever waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProgress {
    /// Writing the circuit's rows (a fraction of a second).
    Circuit,
    /// Reading the key from the cache (a fraction of a second).
    Loading,
    /// Making the key: the first time on this machine, some ten seconds on two cores.
    Generating,
    /// Writing the key to the cache. Where that fails, the key is made again next time.
    Writing,
}

/// What is pinned of a circuit's test keys in `specs/vectors/<name>.keys`; of the standard checks' in `checks.keys`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pins {
    /// The verifying key's identifier.
    pub verifying_key: String,
    /// The digest of the proving key's bytes.
    pub proving_key: String,
}

impl Pins {
    /// The pins of the financing circuit.
    #[must_use]
    pub fn financing() -> Self {
        let text = include_str!("../../../specs/vectors/financing-v2.keys");
        let value = |name: &str| {
            let mut lines = text.lines().filter_map(|line| line.strip_prefix(name));
            lines.next().unwrap_or_default().trim().to_owned()
        };
        Self {
            verifying_key: value("verifying-key-id "),
            proving_key: value("proving-key-digest "),
        }
    }
}

/// A circuit with its keys: all that proving takes.
pub struct CircuitKeys {
    circuit: String,
    matrices: Matrices,
    key: ProvingKey<Bls12_381>,
}

impl CircuitKeys {
    /// Makes the test keys of the financing circuit: the same on every machine.
    ///
    /// # Errors
    /// When arkworks refuses the circuit.
    pub fn generate() -> Result<Self, SetupError> {
        Self::generate_for(CIRCUIT, &constraints::blank())
    }

    /// Makes the test keys of a circuit's rows under its name: the same on every machine.
    ///
    /// # Errors
    /// When arkworks refuses the circuit.
    pub fn generate_for(circuit: &str, system: &System) -> Result<Self, SetupError> {
        let seed = hash(
            tags::TEST_KEYS,
            &[circuit.as_bytes(), &digest(circuit, system)],
        );
        let mut rng = ChaCha20Rng::from_seed(seed);
        let rows = Rows(system);
        let key = Groth16::<Bls12_381>::generate_random_parameters_with_reduction(rows, &mut rng);
        let key = key.map_err(|reason| SetupError::Generation {
            circuit: circuit.to_owned(),
            reason: reason.to_string(),
        })?;
        Ok(Self {
            circuit: circuit.to_owned(),
            matrices: system.matrices(),
            key,
        })
    }

    /// The circuit's name.
    #[must_use]
    pub fn circuit(&self) -> &str {
        &self.circuit
    }

    /// The circuit's rows.
    #[must_use]
    pub fn matrices(&self) -> &Matrices {
        &self.matrices
    }

    /// The proving key, the verifying key in it.
    #[must_use]
    pub fn proving_key(&self) -> &ProvingKey<Bls12_381> {
        &self.key
    }

    /// The verifying key's canonical bytes, compressed.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    #[must_use]
    pub fn verifying_key_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let written = self.key.vk.serialize_compressed(&mut bytes);
        written.expect("writing to memory does not fail");
        bytes
    }

    /// The verifying key's identifier: the tagged BLAKE2b-256 of its canonical bytes.
    #[must_use]
    pub fn verifying_key_id(&self) -> [u8; 32] {
        hash(tags::VERIFYING_KEY, &[&self.verifying_key_bytes()])
    }

    /// What should be pinned of these keys.
    #[must_use]
    pub fn pins(&self) -> Pins {
        Pins {
            verifying_key: hex::encode(self.verifying_key_id()),
            proving_key: hex::encode(cache::body_digest(&cache::body(&self.key))),
        }
    }
}

/// The test keys of the financing circuit, from `directory` if they are there, and put there if not. A cache that
/// cannot be written is no error: the keys are made again next time.
///
/// # Errors
/// When the keys that this build makes are not the pinned ones.
pub fn load_or_generate(
    directory: &Path,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<CircuitKeys, SetupError> {
    let pins = Pins::financing();
    load_or_generate_for(
        CIRCUIT,
        constraints::blank,
        Some(&pins),
        directory,
        progress,
    )
}

/// The test keys of a circuit that `rows` writes. Where `pins` are known, no other keys are read or given back. Where they are
/// not, what a cached file says of itself is believed: it lies in a folder of this user's under a name with the circuit's digest,
/// and a proof by a wrong key is none under the key that a network has pinned.
///
/// # Errors
/// When the keys that this build makes are not the pinned ones, or arkworks refuses the circuit.
pub fn load_or_generate_for(
    circuit: &str,
    rows: impl Fn() -> System,
    pins: Option<&Pins>,
    directory: &Path,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<CircuitKeys, SetupError> {
    progress(KeyProgress::Circuit);
    let system = rows();
    progress(KeyProgress::Loading);
    let file = match pins {
        Some(_) => circuit.to_owned(),
        None => format!("{circuit}-{}", &hex::encode(digest(circuit, &system))[..16]),
    };
    let pinned = pins.map(|pins| pins.proving_key.as_str());
    if let Some(key) = cache::read(directory, &file, pinned) {
        return Ok(CircuitKeys {
            circuit: circuit.to_owned(),
            matrices: system.matrices(),
            key,
        });
    }
    progress(KeyProgress::Generating);
    let keys = CircuitKeys::generate_for(circuit, &system)?;
    if let Some(pins) = pins {
        let actual = keys.pins().proving_key;
        if actual != pins.proving_key {
            return Err(SetupError::Unpinned {
                circuit: circuit.to_owned(),
                actual,
                pinned: pins.proving_key.clone(),
            });
        }
    }
    progress(KeyProgress::Writing);
    let _unwritten_is_made_again = cache::write(directory, &file, &keys.key);
    Ok(keys)
}
