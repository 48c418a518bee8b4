//! JSON Web Signatures in compact form (RFC 7515), strictly.

mod algorithm;

pub use algorithm::{Algorithm, UnknownAlgorithm};
