//! Implicit refresh: renews the access token of an active browser shortly before it expires. Takes
//! the token that was admitted and the head of the response, and gives cookies or none.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{self, Poll};
use std::time::Duration;

use crate::authenticate::Authenticated;
use crate::clock::UnixTime;
use crate::config::{Config, CookieLifetime};
use crate::context::blocklist::TokenStatus;
use crate::context::{Context, Uneventful};
use crate::cookie::SetCookies;
use crate::error::{AuthFailure, RejectionKind};
use crate::issue::{self, NewToken, SignedToken, TokenIdentity};
use crate::location::Location;
use crate::purpose::sealed::Kind;
use crate::purpose::{Access, Purpose};
use crate::session::{self, SessionData};
use crate::store::{BoxFuture, ReadSession, SessionId};

/// The implicit refresh of one request. It begins with the request, records the token that was
/// admitted, and returns cookies once the head of the response is known.
///
/// If no token was authenticated, or the request was rejected, nothing is renewed.
///
/// ```
/// use std::sync::Arc;
///
/// use handstamp::adapter::ResponseHead;
/// # use handstamp::{Auth, Config, Location, RequestHead, Require};
///
/// struct Ok200;
///
/// impl ResponseHead for Ok200 {
///     fn status(&self) -> u16 { 200 }
///     fn header_values(&self, _: &str) -> impl Iterator<Item = &[u8]> { std::iter::empty() }
/// }
///
/// # struct Get(String);
/// # impl RequestHead for Get {
/// #     fn method(&self) -> &str { "GET" }
/// #     fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
/// #         name.eq_ignore_ascii_case("cookie").then_some(self.0.as_bytes()).into_iter()
/// #     }
/// #     fn query(&self) -> Option<&str> { None }
/// # }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// # let access = auth.create_access_token("user1")?;
/// # let request = Get(format!("access_token_cookie={}", access.as_str()));
/// let refresh = auth.begin_implicit_refresh("GET", "/posts").expect("no list excludes it");
///
/// let require = Require::access();
/// let token = Arc::new(auth.authenticate(&request, &require).await?);
/// refresh.record(&token);
///
/// let cookies = refresh.cookies(&Ok200).await;
/// assert!(cookies.is_none()); // the token has 15 minutes left
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ImplicitRefresh {
    context: Arc<Context>,
    token: Arc<OnceLock<Arc<Authenticated<Access>>>>,
}

impl ImplicitRefresh {
    pub(crate) fn begin(context: &Arc<Context>, method: &str, path: &str) -> Option<Self> {
        let concerns = method != "CONNECT" && context.config().refreshes_implicitly(method, path);
        concerns.then(|| Self {
            context: Arc::clone(context),
            token: Arc::default(),
        })
    }

    /// Returns whether it renews tokens of this context. It ignores those of another.
    pub(crate) fn is_of(&self, context: &Arc<Context>) -> bool {
        Arc::ptr_eq(&self.context, context)
    }

    /// Records the token with which the request was admitted. Only an access token from a cookie is
    /// renewed; of several, the first.
    pub fn record<P: Purpose>(&self, token: &Arc<Authenticated<P>>) {
        let token: Arc<dyn Any + Send + Sync> = Arc::<Authenticated<P>>::clone(token);
        if let Ok(access) = token.downcast::<Authenticated<Access>>()
            && access.location() == Location::Cookies
        {
            drop(self.token.set(access));
        }
    }

    /// Returns the cookies of a new access token, to be added to this response: the same subject,
    /// scopes, login type, audience, custom claims, session and CSRF value, not fresh, and never
    /// past the end of the session. Without a session, never more than `JWT_REFRESH_TOKEN_EXPIRES`
    /// past the log-in.
    ///
    /// Returns `None` if
    /// * no access token from a cookie was admitted, or it has time left:
    ///   `JWT_IMPLICIT_REFRESH_DELTATIME`;
    /// * the response is neither a success nor a redirect, sets or deletes one of the two cookies,
    ///   or has `Clear-Site-Data`;
    /// * it instructs shared caches to store it, by a header that overrides `Cache-Control`;
    /// * the token was revoked or its session has ended, perhaps just now, or blocklist and store,
    ///   which are asked again, do not answer.
    ///
    /// The head is read before this returns.
    pub fn cookies(&self, response: &impl ResponseHead) -> Renewal {
        let Self { context, token } = self;
        let config = context.config();
        // Before blocklist and store are asked: what is revoked after their answers is revoked
        // after the new token was made, too.
        let now = context.issue_time();
        let due = token
            .get()
            .filter(|token| may_carry(config, response) && is_due(config, token, now));
        let renewal = due.map(|token| (Arc::clone(context), Arc::clone(token)));
        Renewal(renewal.map(|(context, token)| -> BoxFuture<'static, _> {
            Box::pin(async move { cookies(&context, &token, now).await })
        }))
    }
}

/// The cookies of a new access token, if there is to be one: of [`ImplicitRefresh::cookies`].
/// Borrows nothing.
#[must_use = "futures do nothing unless polled"]
pub struct Renewal(Option<BoxFuture<'static, Option<SetCookies>>>);

impl Future for Renewal {
    type Output = Option<SetCookies>;

    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Some(cookies) => cookies.as_mut().poll(context),
            None => Poll::Ready(None),
        }
    }
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Renewal").finish_non_exhaustive()
    }
}

impl fmt::Debug for ImplicitRefresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImplicitRefresh")
            .field("token", &self.token.get())
            .finish_non_exhaustive()
    }
}

/// The head of a response, as an adapter provides it.
pub trait ResponseHead {
    /// The status code.
    fn status(&self) -> u16;

    /// All values of the header `name`, which is in small letters, in order.
    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]>;
}

/// Returns whether cookies may be added. Cookies that a handler sets itself are never replaced.
fn may_carry(config: &Config, response: &impl ResponseHead) -> bool {
    let is_answer = matches!(response.status(), 200..=399 if response.status() != 304);
    let is_about_cookies = UNTOUCHED
        .iter()
        .any(|name| response.header_values(name).next().is_some());
    let cookies = config.cookies(Kind::Access);
    let is_ours = |line: &[u8]| {
        let name = line.split(|byte| matches!(byte, b'=' | b';')).next();
        let name = name.unwrap_or_default().trim_ascii();
        [&cookies.token, &cookies.csrf]
            .into_iter()
            .any(|cookie| cookie.name.as_str().as_bytes() == name)
    };
    is_answer && !is_about_cookies && !response.header_values("set-cookie").any(is_ours)
}

/// Returns whether the token expires soon, and has not expired.
fn is_due(config: &Config, token: &Authenticated<Access>, now: UnixTime) -> bool {
    let (made, end) = (token.issued_at(), token.expires_at());
    let delta = config.implicit_refresh_delta(end.saturating_since(made));
    // The revocation of a token that expired while the handler worked may be forgotten already.
    end.saturating_since(now) < delta && now < end.saturating_add(config.settings.decode_leeway)
}

async fn cookies(
    context: &Context,
    token: &Authenticated<Access>,
    now: UnixTime,
) -> Option<SetCookies> {
    match renewed(context, token, now).await {
        Ok(Some(cookies)) => {
            context.count_refresh(Uneventful::Implicit);
            Some(cookies)
        }
        Err(AuthFailure::Rejected(RejectionKind::StoreUnavailable(error))) => {
            tracing::error!(%error, "no implicit refresh");
            None
        }
        Ok(None) | Err(AuthFailure::Rejected(_)) => None,
        Err(AuthFailure::Issue(error)) => {
            tracing::error!(%error, "no implicit refresh");
            None
        }
    }
}

async fn renewed(
    context: &Context,
    token: &Authenticated<Access>,
    now: UnixTime,
) -> Result<Option<SetCookies>, AuthFailure> {
    let Some(limits) = renewal_limits(context, token, now).await? else {
        return Ok(None);
    };
    let expires_at = limits.expires_at(token, now);
    if expires_at <= token.expires_at() {
        // It could not live longer.
        return Ok(None);
    }
    let changed = context.change_renewed(NewToken::from(token)).await?;
    let new = NewToken::from(token).changed(|_| changed)?;
    let [id, csrf] = issue::random_values(context.random())?;
    let config = context.config();
    let csrf = config.guards_cookies().then_some(csrf);
    let identity = TokenIdentity {
        id,
        // Forms that were rendered with it keep working.
        csrf: token.csrf().map(str::to_owned).or(csrf),
        issued_at: now,
        expires_at,
    };
    let renewed = SignedToken {
        cookie_lifetime: limits.cookie_lifetime,
        ..issue::sign::<Access>(config, now, &new, identity)?
    };
    Ok(Some(issue::set(config, &renewed)?))
}

/// The limits of the new token.
struct RenewalLimits {
    /// At most.
    lifetime: Duration,
    ends_at: UnixTime,
    cookie_lifetime: Option<CookieLifetime>,
}

impl RenewalLimits {
    /// A token that was made to live for a short time is not renewed for a long one.
    fn expires_at(&self, token: &Authenticated<Access>, now: UnixTime) -> UnixTime {
        let own = token.expires_at().saturating_since(token.issued_at());
        now.saturating_add(self.lifetime.min(own)).min(self.ends_at)
    }
}

/// Asks blocklist and store whether the token is still accepted, and how long its successor may
/// live.
async fn renewal_limits(
    context: &Context,
    token: &Authenticated<Access>,
    now: UnixTime,
) -> Result<Option<RenewalLimits>, RejectionKind> {
    let config = context.config();
    let claims = token.claims_set();
    if session::recheck(context, claims).await? != TokenStatus::Active {
        return Ok(None);
    }
    let Some(session) = claims.session().map(SessionId::from) else {
        // Where a refresh without a session is refused, so is this.
        let limits = (!context.requires_sessions()).then(|| RenewalLimits {
            lifetime: config.settings.access_token_expires,
            ends_at: claims
                .authenticated_at()
                .saturating_add(config.settings.refresh_token_expires),
            cookie_lifetime: None,
        });
        return Ok(limits);
    };
    // Without a store, the end of a session that another service keeps is unknown, so that service
    // renews it.
    let Some(store) = context.store() else {
        return Ok(None);
    };
    let read = store.session(ReadSession::new(claims.account(), session));
    let Some(row) = context.with_timeout(read).await? else {
        return Ok(None);
    };
    let data = SessionData::read(&row)?;
    // The session may have lost scopes or claims since the token was issued, and the application
    // may have narrowed the token on purpose. A refresh tells; a copy of either could be wrong.
    let identity = &config.settings.identity_claim;
    if !context.changes_renewed() && !NewToken::from(token).grants_the_same(&data.token, identity) {
        return Ok(None);
    }
    Ok(Some(RenewalLimits {
        lifetime: data
            .token
            .lifetime
            .unwrap_or(config.settings.access_token_expires),
        ends_at: UnixTime::from_secs(row.ends_at().as_secs()),
        cookie_lifetime: Some(session::cookie_lifetime(config, now, &row, &data)),
    }))
}

/// Headers of responses to which nothing is added: one that deletes every cookie, and those that
/// tell shared caches to keep the response whatever `Cache-Control` says (RFC 9213, and what came
/// before it).
const UNTOUCHED: [&str; 8] = [
    "clear-site-data",
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "netlify-cdn-cache-control",
    "vercel-cdn-cache-control",
    "surrogate-control",
    "edge-control",
    "x-accel-expires",
];

#[cfg(test)]
mod tests;
