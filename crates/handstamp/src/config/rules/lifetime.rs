//! How long anything may live.

use std::time::Duration;

use crate::config::{
    parse::duration::{days, format_duration},
    report::Report,
};

/// Checks how long a token or session lives: some time, and not for ever.
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

/// The longest life that a token or session can be given: ten years. What is longer is taken for
/// a slip of the unit, and refused.
///
/// A store that remembers a revocation for this long remembers it until the last token that was
/// issued before has expired.
///
/// ```
/// use handstamp::config::LONGEST_LIFE;
/// use handstamp::store::{AccountId, EndReason, RevokeUser, UserRevocation};
///
/// let account = AccountId::new(None, "user1");
/// let revoke = RevokeUser::new(account, UserRevocation::All, EndReason::Revoked, LONGEST_LIFE);
/// ```
pub const LONGEST_LIFE: Duration = days(3650);
