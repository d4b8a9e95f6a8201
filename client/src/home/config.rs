//! `home.toml`: who this home is, on which chain, and through which node it speaks.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::chain::NodeOptions;

/// Why `home.toml` cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// It is not the TOML that this version writes.
    #[error("home.toml: {0}")]
    Form(String),
    /// It was written by another version.
    #[error("home.toml: version {found} is not known; this program knows version {KNOWN}")]
    Version {
        /// The version found.
        found: u32,
    },
    /// The node's address is not one that a client connects to.
    #[error("home.toml: node = \"{0}\" is not an address such as \"https://127.0.0.1:7411\"")]
    Node(String),
}

const KNOWN: u32 = 1;

/// How the keystore is protected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// By a passphrase: asked for, or taken from `SEALANE_PASSPHRASE`.
    Passphrase,
    /// By the age identity in a file; a relative path starts at the home.
    KeyFile(PathBuf),
}

/// What `home.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The file's own version.
    version: u32,
    /// The bank's name on this network, `bank-a` say.
    pub name: String,
    /// Where its node listens, `https://127.0.0.1:7411` say.
    pub node: String,
    /// The name in its node's certificate, `node-a` say.
    pub node_name: String,
    /// The chain, as hexadecimal: must be the genesis' own.
    pub chain: String,
    /// The alias under which it signs, as hexadecimal: must be the keystore's.
    pub alias: String,
    /// Whether its signing key was to become another, by vote: it need not be genesis' any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rekeyed: bool,
    /// How the keystore is protected.
    pub keystore: Protection,
}

impl Config {
    /// A configuration of the version that this program writes.
    ///
    /// # Errors
    /// When the node's address is none.
    pub fn new(
        name: &str,
        node: &NodeOptions,
        chain: &str,
        alias: &str,
        keystore: Protection,
    ) -> Result<Self, ConfigError> {
        let [name, chain, alias] = [name, chain, alias].map(str::to_owned);
        let config = Self {
            version: KNOWN,
            name,
            node: node.address.clone(),
            node_name: node.name.clone(),
            chain,
            alias,
            rekeyed: false,
            keystore,
        };
        config.checked()
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// When it is not valid TOML of this version, or a value is not valid.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let table: toml::Table =
            toml::from_str(text).map_err(|error| ConfigError::Form(error.to_string()))?;
        let version = table.get("version").and_then(toml::Value::as_integer);
        let found = version.and_then(|version| u32::try_from(version).ok());
        match found {
            Some(KNOWN) => {}
            Some(found) => return Err(ConfigError::Version { found }),
            None => return Err(ConfigError::Form("no version = 1".to_owned())),
        }
        let config: Self =
            toml::from_str(text).map_err(|error| ConfigError::Form(error.to_string()))?;
        config.checked()
    }

    /// The node that it speaks through.
    #[must_use]
    pub fn node(&self) -> NodeOptions {
        NodeOptions {
            name: self.node_name.clone(),
            address: self.node.clone(),
        }
    }

    /// The same home, speaking through another node.
    ///
    /// # Errors
    /// When the address is none.
    pub fn through(self, node: &NodeOptions) -> Result<Self, ConfigError> {
        Self {
            node: node.address.clone(),
            node_name: node.name.clone(),
            ..self
        }
        .checked()
    }

    /// The file's text.
    ///
    /// # Panics
    /// Never: all values have a form in TOML.
    #[must_use]
    pub fn text(&self) -> String {
        let values = toml::to_string(self).expect("strings, a number and a path have a form");
        format!("# A bank's home on a Sealane network. The keys are in keystore.age.\n{values}")
    }

    /// The key file's path for a home in `folder`, when the keystore is protected by one.
    #[must_use]
    pub fn key_file(&self, folder: &Path) -> Option<PathBuf> {
        match &self.keystore {
            Protection::Passphrase => None,
            Protection::KeyFile(path) => Some(folder.join(path)),
        }
    }

    fn checked(self) -> Result<Self, ConfigError> {
        if !self.node.starts_with("https://") || self.node.chars().any(char::is_whitespace) {
            return Err(ConfigError::Node(self.node));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Config {
        let key = Protection::KeyFile("key.txt".into());
        let node = NodeOptions {
            name: "node-a".to_owned(),
            address: "https://127.0.0.1:7411".to_owned(),
        };
        Config::new("bank-a", &node, "0a", "0b", key).expect("valid")
    }

    #[test]
    fn what_is_written_is_read_again() {
        let config = example();
        assert_eq!(Config::parse(&config.text()).expect("read"), config);
        let path = config.key_file(Path::new("bank-a")).expect("a key file");
        assert_eq!(path, Path::new("bank-a/key.txt"));
    }

    #[test]
    fn other_versions_unknown_keys_and_bad_addresses_are_refused() {
        let text = example().text();
        let newer = text.replace("version = 1", "version = 2");
        let refused = Config::parse(&newer);
        assert!(matches!(refused, Err(ConfigError::Version { found: 2 })));
        let extra = format!("colour = \"red\"\n{text}");
        assert!(matches!(Config::parse(&extra), Err(ConfigError::Form(_))));
        let address = text.replace("https://", "http://");
        assert!(matches!(Config::parse(&address), Err(ConfigError::Node(_))));
    }
}
