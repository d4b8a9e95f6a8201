//! sealane-verifier
