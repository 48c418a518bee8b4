//! Limits of lifetimes.

use std::time::Duration;

use crate::config::{
    parse::duration::{days, format_duration},
    report::Report,
};

/// Checks that the lifetime of a token or session is at least a second, and no longer than
/// [`LONGEST_LIFE`].
pub(super) fn check_lifetime(key: &'static str, span: Duration, report: &mut Report) {
    let reason = if span < Duration::from_secs(1) {
        "shorter than a second"
    } else if span > LONGEST_LIFE {
        "longer than ten years"
    } else {
        return;
    };
    report.problem(
        key,
        Some(&format_duration(span)),
        reason,
        "Use something like 15m or 20d",
    );
}

/// The longest lifetime of a token or session: ten years. A longer one is probably a wrong unit,
/// and is refused.
///
/// A store that keeps a revocation for this long keeps it until the last token that was issued
/// before it has expired.
///
/// ```
/// use handstamp::config::LONGEST_LIFE;
/// use handstamp::store::{AccountId, EndReason, RevokeUser, UserRevocation};
///
/// let account = AccountId::new(None, "user1");
/// let revoke = RevokeUser::new(account, UserRevocation::All, EndReason::Revoked, LONGEST_LIFE);
/// ```
pub const LONGEST_LIFE: Duration = days(3650);
