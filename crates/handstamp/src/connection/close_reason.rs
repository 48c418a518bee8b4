//! The reasons to close a connection, and their codes.

use std::{error::Error, fmt};

/// The reason why the token of a connection is no longer accepted.
///
/// ```
/// use handstamp::connection::CloseReason;
///
/// assert_eq!((CloseReason::Expired.close_code(), CloseReason::Expired.close_reason()), (4401, "token_expired"));
/// assert_eq!((CloseReason::Revoked.close_code(), CloseReason::Revoked.close_reason()), (4401, "token_revoked"));
/// assert_eq!(CloseReason::StoreUnavailable.close_code(), 1013);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseReason {
    /// The token has expired. The client refreshes and opens a new connection.
    Expired,
    /// The token was revoked, or its session has ended.
    Revoked,
    /// Blocklist or store did not answer, several times in a row.
    StoreUnavailable,
}

impl CloseReason {
    /// Returns the status code of the Close frame of a WebSocket: 4401, after the status 401 of a
    /// request, from the range that [RFC 6455,
    /// 7.4.2](https://www.rfc-editor.org/rfc/rfc6455#section-7.4.2) leaves to applications; or
    /// 1013, "Try Again Later" in [IANA's
    /// registry](https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number).
    #[must_use]
    pub fn close_code(self) -> u16 {
        match self {
            Self::Expired | Self::Revoked => 4401,
            Self::StoreUnavailable => 1013,
        }
    }

    /// Returns the reason of the Close frame, which follows its status code: the
    /// [code](crate::error::Rejection::code) with which a request would be rejected.
    #[must_use]
    pub fn close_reason(self) -> &'static str {
        match self {
            Self::Expired => "token_expired",
            Self::Revoked => "token_revoked",
            Self::StoreUnavailable => "store_unavailable",
        }
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "the token of the connection has expired",
            Self::Revoked => "the token of the connection was revoked",
            Self::StoreUnavailable => "the store did not say whether the token is still good",
        })
    }
}

/// The error of sending on a connection that has ended.
impl Error for CloseReason {}
