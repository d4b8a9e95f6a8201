//! sealane-benches
