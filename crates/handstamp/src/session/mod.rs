//! What lives longer than one token.

pub mod rotation;
