//! sealane-api
