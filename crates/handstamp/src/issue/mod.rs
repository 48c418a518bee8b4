//! Issues tokens, from their claims to the cookies that carry them. Takes the settings, the time
//! and the random source; never reads a request or asks a store.

mod new_token;
mod payload;
mod signed_token;
#[cfg(test)]
mod tests;

use std::marker::PhantomData;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use new_token::NewToken;
pub(crate) use new_token::{LogInTime, OfSession};
use payload::NewClaims;
pub use signed_token::{SignedToken, TokenPair};

use crate::clock::UnixTime;
use crate::config::{Config, CookieLifetime, LONGEST_LIFE};
use crate::cookie::{Lifetime, SetCookie, SetCookies};
use crate::error::IssueError;
use crate::purpose::Purpose;
use crate::purpose::sealed::Kind;
use crate::random::RandomSource;

/// Issues a token. Id, CSRF value and text are returned together, so that a new token is never
/// decoded.
pub(crate) fn issue<P: Purpose>(
    config: &Config,
    now: UnixTime,
    random: &dyn RandomSource,
    new: &NewToken,
) -> Result<SignedToken<P>, IssueError> {
    if P::KIND == Kind::Refresh && new.session.is_some() {
        return Err(IssueError::RefreshOfSession);
    }
    issue_until(config, now, random, new, NEVER)
}

/// Issues an access and a refresh token. An explicit lifetime applies to the access token.
pub(crate) fn issue_pair(
    config: &Config,
    now: UnixTime,
    random: &dyn RandomSource,
    mut new: NewToken,
) -> Result<TokenPair, IssueError> {
    if new.session.is_some() {
        return Err(IssueError::RefreshOfSession);
    }
    let [id, csrf, refresh_id, refresh_csrf] = random_values(random)?;
    let access = issue_with(config, now, [id, csrf], &new, NEVER)?;
    new.lifetime = None;
    Ok(TokenPair {
        access,
        refresh: issue_with(config, now, [refresh_id, refresh_csrf], &new, NEVER)?,
        session: None,
        keeps_refresh_cookie: false,
    })
}

/// Issues a token that expires at a given time at the latest.
pub(crate) fn issue_until<P: Purpose>(
    config: &Config,
    now: UnixTime,
    random: &dyn RandomSource,
    new: &NewToken,
    ends_at: UnixTime,
) -> Result<SignedToken<P>, IssueError> {
    issue_with(config, now, random_values(random)?, new, ends_at)
}

/// Issues a token with these random values for its id and, outside of a session, its CSRF value.
fn issue_with<P: Purpose>(
    config: &Config,
    now: UnixTime,
    [id, csrf]: [String; 2],
    new: &NewToken,
    ends_at: UnixTime,
) -> Result<SignedToken<P>, IssueError> {
    let lifetime = lifetime::<P>(config, new)?;
    let of_session = new
        .session
        .as_ref()
        .and_then(|session| session.csrf.clone());
    let issued_at = UnixTime::from_secs(now.as_secs());
    let stamp = TokenIdentity {
        id,
        csrf: config
            .guards_cookies()
            .then_some(of_session.unwrap_or(csrf)),
        issued_at,
        expires_at: issued_at.saturating_add(lifetime).min(ends_at),
    };
    sign(config, now, new, stamp)
}

/// Returns the lifetime of a token, in whole seconds.
pub(crate) fn lifetime<P: Purpose>(
    config: &Config,
    new: &NewToken,
) -> Result<Duration, IssueError> {
    let configured = match P::KIND {
        Kind::Access => config.settings.access_token_expires,
        Kind::Refresh => config.settings.refresh_token_expires,
    };
    let lifetime = Duration::from_secs(new.lifetime.unwrap_or(configured).as_secs());
    if lifetime.is_zero() || lifetime > LONGEST_LIFE {
        return Err(IssueError::LifetimeOutOfRange);
    }
    Ok(lifetime)
}

/// The values that differ between tokens.
pub(crate) struct TokenIdentity {
    pub(crate) id: String,
    pub(crate) csrf: Option<String>,
    pub(crate) issued_at: UnixTime,
    pub(crate) expires_at: UnixTime,
}

/// Signs exactly this token, which may have been signed before: the refresh token of a session is
/// re-issued from its row.
pub(crate) fn sign<P: Purpose>(
    config: &Config,
    now: UnixTime,
    new: &NewToken,
    stamp: TokenIdentity,
) -> Result<SignedToken<P>, IssueError> {
    new.check(&config.settings.identity_claim)?;
    let claims = NewClaims {
        new,
        config,
        kind: P::KIND,
        stamp: &stamp,
    };
    let payload = claims.to_json()?;
    let token = config.keys().sign(&payload)?;
    let TokenIdentity {
        id,
        csrf,
        expires_at,
        ..
    } = stamp;
    Ok(SignedToken {
        token,
        id,
        csrf,
        expires_at,
        lifetime: expires_at.saturating_since(UnixTime::from_secs(now.as_secs())),
        cookie_lifetime: None,
        purpose: PhantomData,
    })
}

/// Returns all four cookies, or the two of the access token if the browser keeps its refresh
/// cookie.
pub(crate) fn set_pair(config: &Config, tokens: &TokenPair) -> Result<SetCookies, IssueError> {
    let access = set(config, &tokens.access)?;
    if tokens.keeps_refresh_cookie {
        return Ok(access);
    }
    Ok(access.and(set(config, &tokens.refresh)?))
}

/// Returns the cookies of one token: that of the token, then that of its CSRF value, which script
/// may read; without `JWT_CSRF_IN_COOKIES` that one is deleted.
pub(crate) fn set<P: Purpose>(
    config: &Config,
    token: &SignedToken<P>,
) -> Result<SetCookies, IssueError> {
    let cookies = config.cookies(P::KIND);
    let lifetime = match token.cookie_lifetime.unwrap_or(config.cookie_lifetime()) {
        CookieLifetime::Session => Lifetime::Session,
        CookieLifetime::Fixed(fixed) => Lifetime::Persistent(fixed),
        CookieLifetime::AsRefreshToken => Lifetime::Persistent(match P::KIND {
            Kind::Access => config.settings.refresh_token_expires,
            Kind::Refresh => token.lifetime,
        }),
    };
    // Deletions first: a client may not tell a cookie of the host alone from one of a domain.
    let mut lines: Vec<SetCookie> = unset_former(config, P::KIND).collect();
    if config.settings.cookie_csrf_protect && !config.settings.csrf_in_cookies {
        // From before the setting was changed: a page would send its value.
        lines.push(unset_csrf(config, P::KIND));
    }
    lines.push(SetCookie::set(&cookies.token, &token.token, lifetime)?);
    if let Some(csrf) = token.csrf()
        && config.settings.csrf_in_cookies
    {
        lines.push(SetCookie::set(&cookies.csrf, csrf, lifetime)?);
    }
    Ok(SetCookies::new(lines))
}

/// Returns the lines that delete what [`set`] writes, with every attribute repeated, and what it
/// wrote under earlier settings.
pub(crate) fn unset(config: &Config, kinds: &[Kind]) -> SetCookies {
    let mut lines = Vec::new();
    for kind in kinds {
        lines.extend(unset_former(config, *kind));
        let cookies = config.cookies(*kind);
        lines.push(SetCookie::unset(&cookies.token));
        if config.settings.cookie_csrf_protect {
            lines.push(unset_csrf(config, *kind));
        }
    }
    SetCookies::new(lines)
}

fn unset_csrf(config: &Config, kind: Kind) -> SetCookie {
    SetCookie::unset(&config.cookies(kind).csrf)
}

/// Returns the lines that delete what an earlier configuration may have set in their place.
fn unset_former(config: &Config, kind: Kind) -> impl Iterator<Item = SetCookie> {
    config.cookies(kind).former.iter().map(SetCookie::unset)
}

const NEVER: UnixTime = UnixTime::from_secs(u64::MAX);

/// Draws values of 128 unpredictable bits each, in one call of the source.
pub(crate) fn random_values<const N: usize>(
    random: &dyn RandomSource,
) -> Result<[String; N], IssueError> {
    let mut values = [[0; 16]; N];
    random
        .fill(values.as_flattened_mut())
        .map_err(|_| IssueError::Random)?;
    // 16 bytes are 22 characters.
    let mut encoded = [0; 22];
    let mut texts = [const { String::new() }; N];
    for (value, text) in values.iter().zip(&mut texts) {
        let written = URL_SAFE_NO_PAD.encode_slice(value, &mut encoded).ok();
        let valid = written.and_then(|len| str::from_utf8(encoded.get(..len)?).ok());
        valid.ok_or(IssueError::Random)?.clone_into(text);
    }
    Ok(texts)
}
