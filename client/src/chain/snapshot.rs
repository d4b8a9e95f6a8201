//! Values of the state, all proven in one certified header.

use sealane_ledger::state::Key;
use sealane_types::encoding::Decode;
use sealane_types::ids::{Height, StateRoot};
use sealane_wire::v1;

use super::{Certified, Lie};

/// Values of the state, all proven in one certified header.
#[derive(Debug, Clone)]
pub struct Snapshot {
    header: Certified,
    values: Vec<Option<Vec<u8>>>,
}

impl Snapshot {
    /// Checks that the entries prove a value, or its absence, for each key in order.
    pub(super) fn prove(
        header: Certified,
        keys: &[Key],
        entries: &[v1::StateEntry],
    ) -> Result<Self, Lie> {
        let values = Self::values(&header.header().state, keys, entries)?;
        Ok(Self { header, values })
    }

    /// The values that the entries prove under a root.
    pub(super) fn values(
        root: &StateRoot,
        keys: &[Key],
        entries: &[v1::StateEntry],
    ) -> Result<Vec<Option<Vec<u8>>>, Lie> {
        if entries.len() != keys.len() {
            return Err(Lie::Keys {
                found: entries.len(),
                asked: keys.len(),
            });
        }
        let each = keys.iter().zip(entries).map(|(key, entry)| {
            let value = sealane_wire::proof::value_of(root, key.as_bytes(), entry);
            value.map(|value| value.map(<[u8]>::to_vec))
        });
        each.collect::<Result<_, _>>().map_err(Lie::State)
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &Certified {
        &self.header
    }

    /// The height that a transaction sent now would run at, at the earliest: what expires is judged
    /// by it.
    #[must_use]
    pub fn next_height(&self) -> Height {
        self.header.height().next()
    }

    /// The value of the key asked for at position `at`; `None` where the state has none.
    ///
    /// # Errors
    /// When the value is none of its type: the validators themselves would have to lie.
    ///
    /// # Panics
    /// When fewer keys were asked for.
    pub fn read<T: Decode>(&self, at: usize) -> Result<Option<T>, Lie> {
        let value = self.values[at].as_deref();
        let read = value.map(T::from_bytes).transpose();
        read.map_err(|reason| Lie::Form {
            what: "value of the state",
            reason,
        })
    }
}
