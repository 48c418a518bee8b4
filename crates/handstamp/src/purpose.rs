//! The purpose of a token, as a type.
//!
//! ```compile_fail
//! struct Mine;
//! impl handstamp::purpose::Purpose for Mine {} // closed: only `Access` and `Refresh`
//! ```

use std::fmt;

/// The purpose of a token. The trait is sealed: [`Access`] and [`Refresh`] are its only types.
pub trait Purpose: sealed::Sealed + Copy + fmt::Debug + Send + Sync + 'static {}

/// The purpose of tokens that grant access to routes.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Access;

/// The purpose of tokens that are accepted only to obtain new access tokens.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Refresh;

impl Purpose for Access {}
impl Purpose for Refresh {}

pub(crate) mod sealed {
    use super::{Access, Refresh};

    /// One of the two purposes, as a value.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Kind {
        Access,
        Refresh,
    }

    impl Kind {
        /// Returns the value of the claim `type`.
        #[must_use]
        pub fn claim(self) -> &'static str {
            match self {
                Self::Access => "access",
                Self::Refresh => "refresh",
            }
        }
    }

    pub trait Sealed {
        const KIND: Kind;
    }

    impl Sealed for Access {
        const KIND: Kind = Kind::Access;
    }

    impl Sealed for Refresh {
        const KIND: Kind = Kind::Refresh;
    }
}
