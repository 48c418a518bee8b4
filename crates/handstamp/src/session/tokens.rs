//! Issues the tokens of a session from its row.

use super::data::SessionData;
use crate::clock::UnixTime;
use crate::config::{CheckSessions, Config, CookieLifetime};
use crate::context::Context;
use crate::error::IssueError;
use crate::issue::{self, LogInTime, NewToken, OfSession, SignedToken, TokenIdentity, TokenPair};
use crate::location::Location;
use crate::purpose::{Access, Refresh};
use crate::store::{AccountId, NewSession, SessionId, SessionRow, TokenId};

/// Returns a new session with the limits of the configuration.
pub(super) fn new_session(
    config: &Config,
    id: &SessionId,
    account: &AccountId,
    first: TokenId,
    data: &SessionData,
) -> NewSession {
    NewSession {
        at_most: Some(config.settings.sessions_per_user),
        data: data.to_text(),
        ..NewSession::new(
            id.clone(),
            account.clone(),
            first,
            config.idle_timeout(),
            config.settings.session_absolute,
        )
    }
}

/// Returns whether the store never sees the access tokens that would acknowledge a rotation.
pub(super) fn cannot_be_acknowledged(config: &Config) -> bool {
    config.settings.check_sessions == CheckSessions::OnRefresh
}

/// Returns how long browsers keep the cookies of the session.
pub(crate) fn cookie_lifetime(
    config: &Config,
    now: UnixTime,
    row: &SessionRow,
    data: &SessionData,
) -> CookieLifetime {
    let ends_at = UnixTime::from_secs(row.ends_at().as_secs());
    let left = ends_at.saturating_since(UnixTime::from_secs(now.as_secs()));
    data.client
        .cookies
        .unwrap_or(config.cookie_lifetime())
        .with(left)
}

/// Checks that cookies can carry every token that the session can come to have, if they carry its
/// tokens. Later ones are longer: generations grow, and `fresh` becomes `false`. A session that
/// outgrew its cookies could never be refreshed again.
///
/// `location` is where the refresh token of the session was presented. Before one was, cookies
/// carry the tokens if they may. `refresh` is the id of a refresh token.
pub(super) fn check_cookies(
    config: &Config,
    session: &SessionId,
    refresh: &TokenId,
    data: &SessionData,
    location: Option<Location>,
) -> Result<(), IssueError> {
    let in_cookies = match location {
        Some(location) => location == Location::Cookies,
        None => (config.settings.token_locations).contains(&Location::Cookies),
    };
    if !in_cookies {
        return Ok(());
    }
    let longest = NewToken {
        fresh: false,
        session: Some(OfSession {
            id: session.clone(),
            generation: u64::MAX,
            csrf: data.csrf.clone(),
        }),
        logged_in: LogInTime::At(LATEST),
        ..data.token.clone()
    };
    // The ids of access tokens and of successors are as long as each other.
    let successor = refresh.successor(session);
    let ids = [refresh.as_str(), successor.as_str()];
    let identity = || TokenIdentity {
        id: "0".repeat(ids.map(str::len).into_iter().max().unwrap_or_default()),
        csrf: data.csrf.clone(),
        issued_at: LATEST,
        expires_at: LATEST,
    };
    let access = issue::sign::<Access>(config, LATEST, &longest, identity())?;
    drop(issue::set(config, &access)?);
    let refresh = issue::sign::<Refresh>(config, LATEST, &longest, identity())?;
    drop(issue::set(config, &refresh)?);
    Ok(())
}

/// Issues a new access token, and the refresh token of the session. The refresh token has the same
/// claims each time it is made from the same row, so that all requests within the grace window
/// receive one successor; while the store's clock is ahead of the node's, `iat` differs.
pub(super) fn issue(
    context: &Context,
    now: UnixTime,
    row: &SessionRow,
    data: &SessionData,
) -> Result<TokenPair, IssueError> {
    let config = context.config();
    let ends_at = UnixTime::from_secs(row.ends_at().as_secs());
    let cookie_lifetime = Some(cookie_lifetime(config, now, row, data));
    let access = SignedToken {
        cookie_lifetime,
        ..issue::issue_until(config, now, context.random(), &data.token, ends_at)?
    };
    let stamp = TokenIdentity {
        id: row.current.as_str().to_owned(),
        csrf: data.csrf.clone(),
        // Never in the future of this node, however far the store's clock is ahead: other nodes
        // would reject the token until then.
        issued_at: UnixTime::from_secs(row.rotated_at.min(now).as_secs()),
        expires_at: ends_at,
    };
    let refresh = SignedToken {
        cookie_lifetime,
        ..issue::sign(config, now, &data.token, stamp)?
    };
    Ok(TokenPair {
        access,
        refresh,
        session: Some(row.id.clone()),
        keeps_refresh_cookie: false,
    })
}

/// The latest time of eleven digits, thousands of years from now.
const LATEST: UnixTime = UnixTime::from_secs(99_999_999_999);
