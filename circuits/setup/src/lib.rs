//! sealane-setup
