//! What a token is for, as a type.
//!
//! ```compile_fail
//! struct Mine;
//! impl handstamp::purpose::Purpose for Mine {} // closed: only `Access` and `Refresh`
//! ```

use std::fmt;

/// What a token is for. Closed: [`Access`] and [`Refresh`] are the only two.
pub trait Purpose: sealed::Sealed + Copy + fmt::Debug + Send + Sync + 'static {}

/// Marks tokens that open routes.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Access;

/// Marks tokens that are only good for getting a new access token.
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
        /// The value of the claim `type`.
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
