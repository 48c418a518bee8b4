//! Authentication, from the head of a request to a token that a handler may trust.
//!
//! Takes the settings and the time, and never waits: [`clear`] makes the checks that need the
//! request, [`finish`] those that remain once blocklist and store have answered.

mod authenticated;
mod cleared;
mod require;
#[cfg(test)]
mod tests;
pub(crate) mod verify;

use std::sync::Arc;
use std::time::Duration;

pub use authenticated::Authenticated;
pub(crate) use cleared::CsrfCleared;
pub use require::Require;
pub(crate) use verify::Choice;
use verify::Verified;

use crate::claims::Claims;
use crate::clock::UnixTime;
use crate::config::Config;
use crate::error::RejectionKind;
use crate::locate::Presented;
use crate::purpose::{Access, Purpose};
use crate::request::RequestHead;
use crate::store::Admission;
use crate::{csrf, locate};

/// Makes all checks that need the request. The last needs the result of the origin check and a
/// verified token. `verify` is [`verify::verify`], or its cached result for the same token.
pub(crate) fn clear<P: Purpose>(
    head: &impl RequestHead,
    config: &Config,
    now: UnixTime,
    require: &Require<P>,
    verify: impl FnOnce(&Presented<'_>) -> Result<Choice<P>, RejectionKind>,
) -> Result<CsrfCleared<P>, RejectionKind> {
    let presented = locate::locate(head, config, require.locations(config), P::KIND)?;
    let origin_checked =
        csrf::check_origin(presented.location(), P::KIND, head, config, require.csrf)?;
    let (verified, value_of) = prefer(verify(&presented)?, head, config);
    check_demands(&verified.claims, config, now, require)?;
    CsrfCleared::check(verified, value_of.as_ref(), origin_checked, head, config)
}

/// Of a user with an old and a new pair of cookies, a page repeats the value of either.
fn prefer<P: Purpose>(
    choice: Choice<P>,
    head: &impl RequestHead,
    config: &Config,
) -> (Verified<P>, Option<Arc<Claims>>) {
    let is_meant = |claims: &Claims| csrf::shows_value(head, config, P::KIND, claims);
    choice.prefer(is_meant, || csrf::is_own_page(head, config))
}

/// What the head of a request decides, before its body is read.
pub(crate) enum ByHead<P> {
    /// All that the request must prove.
    Cleared(CsrfCleared<P>),
    /// All but the CSRF value of this token, which may be in a form.
    AwaitsCsrf(Arc<Claims>),
    /// Nothing: the body may contain the token, or tell which of several cookies counts.
    AwaitsToken,
}

/// Makes the checks of [`clear`] that need the head alone, for a request whose body is read
/// afterwards. Only [`clear`] with the whole request clears what awaits the body.
pub(crate) fn clear_by_head<P: Purpose>(
    head: &impl RequestHead,
    config: &Config,
    now: UnixTime,
    require: &Require<P>,
    verify: impl FnOnce(&Presented<'_>) -> Result<Choice<P>, RejectionKind>,
) -> Result<ByHead<P>, RejectionKind> {
    let locations = require.locations(config);
    let Some(presented) = locate::locate_by_head(head, config, locations, P::KIND)? else {
        return Ok(ByHead::AwaitsToken);
    };
    let origin_checked =
        csrf::check_origin(presented.location(), P::KIND, head, config, require.csrf)?;
    let awaits_form = origin_checked.awaits_form(head, config, P::KIND);
    let choice = verify(&presented)?;
    if awaits_form && choice.is_open() {
        return Ok(ByHead::AwaitsToken);
    }
    let (verified, value_of) = prefer(choice, head, config);
    check_demands(&verified.claims, config, now, require)?;
    if awaits_form {
        return Ok(ByHead::AwaitsCsrf(verified.claims));
    }
    CsrfCleared::check(verified, value_of.as_ref(), origin_checked, head, config)
        .map(ByHead::Cleared)
}

/// Checks the login type and the freshness that are demanded.
fn check_demands<P>(
    claims: &Claims,
    config: &Config,
    now: UnixTime,
    require: &Require<P>,
) -> Result<(), RejectionKind> {
    let demanded = [config.login_type(), require.login_type.as_deref()];
    for expected in demanded.into_iter().flatten() {
        if claims.login_type() != Some(expected) {
            return Err(RejectionKind::LoginTypeMismatch {
                expected: expected.to_owned(),
                actual: claims.login_type().map(str::to_owned),
            });
        }
    }
    let is_recent = |span| is_fresh_within(claims, config, now, span);
    if require.fresh && !claims.is_fresh_at(now) || !require.fresh_within.is_none_or(is_recent) {
        return Err(RejectionKind::FreshTokenRequired);
    }
    Ok(())
}

/// Returns whether the password was given within `span`. `auth_time` is in whole seconds, rounded
/// down, so the log-in seems up to a second older than it is.
///
/// A session records when its user logged in, so each of its tokens has the time. Without one, a
/// token that is not fresh may go back to one that was made by a refresh at an unknown time after
/// the log-in.
///
/// Lenient: `JWT_DECODE_LEEWAY` is added. Risk: a log-in counts as fresh for longer. Covered: as
/// for the end of a token (verify.rs), zero by default and bounded at start-up.
pub(crate) fn is_fresh_within(
    claims: &Claims,
    config: &Config,
    now: UnixTime,
    span: Duration,
) -> bool {
    let latest = claims.authenticated_at().saturating_add(span);
    let tells =
        claims.is_fresh_at(now) || claims.session().is_some() && claims.auth_time().is_some();
    tells && now <= latest.saturating_add(config.settings.decode_leeway)
}

/// Makes the checks that remain once blocklist and store have answered.
pub(crate) fn finish<P: Purpose>(
    cleared: CsrfCleared<P>,
    admission: Admission,
    require: &Require<P>,
) -> Result<Authenticated<P>, RejectionKind> {
    check_admission(cleared.claims(), admission, require)?;
    Ok(Authenticated::new(cleared))
}

/// Checks the answer of blocklist and store, then the scopes.
pub(crate) fn check_admission<P>(
    claims: &Claims,
    admission: Admission,
    require: &Require<P>,
) -> Result<(), RejectionKind> {
    match admission {
        Admission::Admitted => {}
        Admission::Revoked => return Err(RejectionKind::TokenRevoked),
        Admission::SessionEnded => return Err(RejectionKind::SessionEnded),
        Admission::Reused => return Err(RejectionKind::RefreshReused),
    }
    for demand in &require.scopes {
        if !demand.is_met_by(|| claims.scopes()) {
            return Err(RejectionKind::InsufficientScope {
                required: demand.names().to_vec(),
                provided: claims.scopes().map(str::to_owned).collect(),
            });
        }
    }
    Ok(())
}

/// Checks that an admitted token is fresh at this time.
pub(crate) fn require_fresh(
    token: &Authenticated<Access>,
    now: UnixTime,
) -> Result<(), RejectionKind> {
    if token.claims_set().is_fresh_at(now) {
        Ok(())
    } else {
        Err(RejectionKind::FreshTokenRequired)
    }
}

/// Checks that two layers of a route found the same token, so that all demands apply to one.
pub(crate) fn require_same<P: Purpose>(
    outer: &Authenticated<P>,
    inner: &Authenticated<P>,
) -> Result<(), RejectionKind> {
    if outer.id() == inner.id() && outer.subject() == inner.subject() {
        Ok(())
    } else {
        let reason = "two layers of the route found two different tokens";
        Err(RejectionKind::InvalidToken(reason.into()))
    }
}
