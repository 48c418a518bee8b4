//! Log-out: ends the sessions of the tokens that a request presents.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::revoke;
use crate::authenticate::verify::{self, Genuine};
use crate::claims::Claims;
use crate::config::Config;
use crate::context::Context;
use crate::cookie::{self, SetCookies};
use crate::csrf;
use crate::error::RejectionKind;
use crate::issue;
use crate::locate;
use crate::location::Location;
use crate::purpose::sealed::Kind;
use crate::request::RequestHead;
use crate::store::{AccountId, EndReason, RevokeToken, SessionId};

/// A request to log out that passed its checks: see
/// [`Auth::authenticate_log_out`](crate::Auth::authenticate_log_out).
#[derive(Debug)]
#[must_use = "the user is logged out only by `log_out`"]
pub struct LogOut {
    sessions: BTreeSet<(AccountId, SessionId)>,
    /// Tokens without a session.
    tokens: Vec<RevokeToken>,
    has_cookies: bool,
}

/// Reads the tokens of a request to log out, and checks that it presents the CSRF value of one of
/// them.
pub(crate) fn authenticate_log_out(
    context: &Context,
    head: &impl RequestHead,
) -> Result<LogOut, RejectionKind> {
    let mut presented = presented(head, context.config());
    presented.retain_csrf_proven(context, head)?;
    let without_session = presented
        .genuine()
        .filter(|claims| claims.session().is_none());
    let revoke = |claims: &Claims| {
        let until = context.retain_until(claims.expires_at);
        RevokeToken::new(claims.account(), claims.id().into(), until)
    };
    Ok(LogOut {
        sessions: presented.sessions(),
        tokens: without_session.map(revoke).collect(),
        has_cookies: presented.has_cookies,
    })
}

/// Ends the sessions of the tokens, and returns the cookies to delete.
pub(crate) async fn log_out(
    context: &Context,
    log_out: LogOut,
) -> Result<SetCookies, RejectionKind> {
    let LogOut {
        sessions,
        tokens,
        has_cookies,
    } = log_out;
    context.warn_without_store();
    let is_anonymous = sessions.is_empty() && tokens.is_empty();
    if !is_anonymous && let Some(store) = context.store() {
        // Tokens first: a concurrent adoption asks about its token again once the session exists.
        for token in tokens {
            let account = token.account.clone();
            context.with_timeout(store.revoke_token(token)).await?;
            context.watchers().notify(&account);
        }
        for (account, session) in sessions {
            revoke::end(context, store, account, session, EndReason::LoggedOut).await?;
        }
    }
    Ok(if has_cookies {
        issue::unset(context.config(), &[Kind::Access, Kind::Refresh])
    } else {
        SetCookies::new(Vec::new())
    })
}

/// The tokens of a request with valid signature, audience and issuer, of either purpose, expired
/// ones included.
pub(super) struct CarriedTokens {
    /// Each with the purpose of the cookie in which it was found.
    pub(super) cookies: Vec<(Kind, Arc<Claims>)>,
    non_cookie_tokens: Vec<Arc<Claims>>,
    /// Whether the request has token cookies.
    has_cookies: bool,
    /// The cookie name that occurs more often than candidates are read.
    too_many: Option<String>,
}

impl CarriedTokens {
    /// Retains the cookies whose CSRF value the request presents, and rejects a request that
    /// presents none.
    fn retain_csrf_proven(
        &mut self,
        context: &Context,
        head: &impl RequestHead,
    ) -> Result<(), RejectionKind> {
        if let Some(name) = self.too_many.take() {
            // An unread candidate might be the genuine one.
            return Err(RejectionKind::AmbiguousCookie { name });
        }
        let found = self.cookies.len();
        csrf::check_log_out(head, context.config(), &mut self.cookies)?;
        if self.cookies.len() < found {
            // Lenient: tokens of two users, and the value of one. Risk: a sibling subdomain planted
            // a token of its own, and logs the visitor out with its value. Covered: only what the
            // value proves ends, and no cookie is deleted, because it may be the visitor's.
            self.has_cookies = false;
            if context.store().is_none() {
                // Without a store, deleting cookies would be the only effect.
                let name = context
                    .config()
                    .cookies(Kind::Access)
                    .token
                    .name
                    .to_string();
                return Err(RejectionKind::AmbiguousCookie { name });
            }
        }
        Ok(())
    }

    fn genuine(&self) -> impl Iterator<Item = &Claims> {
        let cookies = self.cookies.iter().map(|(_, claims)| &**claims);
        cookies.chain(self.non_cookie_tokens.iter().map(|claims| &**claims))
    }

    /// Returns each session once. A refresh token without a session may have been adopted since.
    pub(super) fn sessions(&self) -> BTreeSet<(AccountId, SessionId)> {
        let session = |claims: &Claims| {
            let account = claims.account();
            let session = match claims.session() {
                Some(session) => session.into(),
                None if claims.kind() == Kind::Refresh.claim() => {
                    SessionId::adopting(&account, &claims.id().into())
                }
                None => return None,
            };
            Some((account, session))
        };
        self.genuine().filter_map(session).collect()
    }
}

/// Searches all configured locations. A sibling subdomain can plant cookies with our names; forged
/// ones are dropped.
pub(super) fn presented(head: &impl RequestHead, config: &Config) -> CarriedTokens {
    let mut presented = CarriedTokens {
        cookies: Vec::new(),
        non_cookie_tokens: Vec::new(),
        has_cookies: false,
        too_many: None,
    };
    let kinds = [Kind::Access, Kind::Refresh];
    let reads_cookies = config.settings.token_locations.contains(&Location::Cookies);
    for kind in kinds.into_iter().filter(|_| reads_cookies) {
        let name = &config.cookies(kind).token.name;
        let candidates = cookie::find(head.header_values("cookie"), name);
        if candidates.too_many() {
            presented.too_many.get_or_insert(name.to_string());
        }
        for token in candidates.as_slice() {
            let claims = match verify::genuine(token, config) {
                Genuine::Ours(claims) => Some(claims),
                // Lenient: a genuine token of another service on the same site is left alone. Risk:
                // a log-out here leaves the visitor logged in there. Covered: that service has a
                // log-out of its own, and its tokens are accepted nowhere here.
                Genuine::Theirs => continue,
                // Lenient: a forged token is dropped, and its cookie deleted. Risk: another site
                // has cookies deleted. Covered: a token that is not genuine opens no route.
                Genuine::No => None,
            };
            presented.has_cookies = true;
            let of_kind = claims.filter(|claims| claims.kind() == kind.claim());
            presented
                .cookies
                .extend(of_kind.map(|claims| (kind, claims)));
        }
    }
    for location in &config.settings.token_locations {
        for token in locate::non_cookie_tokens(head, config, *location) {
            if let Genuine::Ours(claims) = verify::genuine(&token, config) {
                presented.non_cookie_tokens.push(claims);
            }
        }
    }
    presented
}
