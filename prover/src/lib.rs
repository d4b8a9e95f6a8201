//! sealane-prover
