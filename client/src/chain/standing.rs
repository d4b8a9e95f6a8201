//! How the fingerprint key stands: present, and where its open round is.

use std::fmt;

use sealane_ledger::state::{Key, Round};
use sealane_types::ids::Epoch;
use sealane_types::sharing::FingerprintKey;

use super::{NodeClient, NodeError};

/// How the fingerprint key stands, proven by the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStanding {
    /// The present epoch's public key; none before the first stands.
    pub present: Option<FingerprintKey>,
    /// The round that is not finished.
    pub round: Option<Round>,
}

impl NodeClient {
    /// How the fingerprint key stands.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn fingerprint_key(&self) -> Result<KeyStanding, NodeError> {
        let lies = |lie| self.lies(lie);
        let state = self
            .state(&[Key::present_epoch(), Key::newest_round()])
            .await?;
        let present: Option<Epoch> = state.read(0).map_err(lies)?;
        let newest: Option<Epoch> = state.read(1).map_err(lies)?;
        let (at, of) = (present.unwrap_or_default(), newest.unwrap_or_default());
        let state = self
            .state(&[Key::fingerprint_key(at), Key::round(of)])
            .await?;
        let round: Option<Round> = state.read(1).map_err(lies)?;
        Ok(KeyStanding {
            present: state.read(0).map_err(lies)?,
            round: round.filter(|round| Some(round.epoch) != present),
        })
    }
}

impl fmt::Display for KeyStanding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(key) = &self.present {
            let (t, n) = (key.threshold, key.holders.len());
            write!(
                out,
                "fingerprint key: epoch {}, {t} of {n} answer",
                key.epoch
            )?;
        }
        let Some(round) = &self.round else {
            return match self.present {
                Some(_) => Ok(()),
                None => out.write_str("fingerprint key: none"),
            };
        };
        match round.from {
            None => out.write_str("fingerprint key: being generated")?,
            Some(_) => write!(out, "; being handed on to epoch {}", round.epoch)?,
        }
        let (keys, n) = (
            round.holders.iter().filter(|one| one.key.is_some()),
            round.holders.len(),
        );
        match (round.ready, &round.decided) {
            (None, _) => write!(out, " ({} of {n} holders are there)", keys.count()),
            (_, None) => write!(out, " ({} dealt)", round.dealt.len()),
            (_, Some(_)) => write!(out, " ({} of {n} have their share)", round.confirmed()),
        }
    }
}
