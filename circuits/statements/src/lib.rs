//! sealane-statements
