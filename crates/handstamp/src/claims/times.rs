//! The times of a token, judged.

use std::time::Duration;

use crate::clock::{CLOCK_SKEW, UnixTime};
use crate::error::RejectionKind;

/// When a token was issued, and from when and until when it is valid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) issued_at: UnixTime,
    pub(crate) not_before: Option<UnixTime>,
    pub(crate) expires_at: UnixTime,
}

impl Times {
    /// Checks that the token is valid at this time.
    pub(crate) fn check(self, now: UnixTime, leeway: Duration) -> Result<(), RejectionKind> {
        // Lenient: an expired token passes for `JWT_DECODE_LEEWAY`
        // (RFC 7519, section 4.1.4: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4). Risk: a
        // stolen token lives longer by as much. Covered: zero by default, bounded at start-up
        // (config/rules/tokens.rs), and stores keep revoked tokens for as long.
        if now >= self.expires_at.saturating_add(leeway) {
            return Err(RejectionKind::TokenExpired);
        }
        // Lenient: a token passes up to 30 seconds before it is valid
        // (RFC 7519, section 4.1.5: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.5). Risk: a
        // token made in advance is used early. Covered: only the holder of a key can make one, and
        // its end is not moved.
        let valid_from = self
            .issued_at
            .max(self.not_before.unwrap_or(self.issued_at));
        let ahead = valid_from.saturating_since(now);
        if ahead > CLOCK_SKEW {
            return Err(RejectionKind::NotYetValid { ahead });
        }
        Ok(())
    }
}
