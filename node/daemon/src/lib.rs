//! sealane-node
