//! Log-out: ends the sessions of the tokens that a request presents.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::revoke;
use crate::authenticate::verify::{self, Genuine};
use crate::claims::Claims;
use crate::config::Config;
use crate::context::Context;
use crate::cookie::{self, SetCookies};
use crate::csrf::{self, LogOutProof};
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
    /// The tokens whose cookies are deleted.
    deletes: Vec<Kind>,
    /// Why what the request also carries does not end.
    refusal: Option<RejectionKind>,
}

impl LogOut {
    /// Returns whether the request presented no genuine token. The cookies are deleted then, and a
    /// session that it may have had lives on: below another path than `JWT_REFRESH_COOKIE_PATH` a
    /// browser does not send the refresh cookie.
    #[must_use]
    pub fn ends_nothing(&self) -> bool {
        self.sessions.is_empty() && self.tokens.is_empty()
    }
}

/// Reads the tokens of a request to log out, and checks that it may.
pub(crate) fn authenticate_log_out(
    context: &Context,
    head: &impl RequestHead,
) -> Result<LogOut, RejectionKind> {
    let config = context.config();
    let mut presented = presented(head, config);
    if let Some(name) = presented.too_many.take() {
        // A candidate that was not read might be the genuine one.
        return Err(RejectionKind::AmbiguousCookie { name });
    }
    let mut refusal = None;
    let mut deletes = presented.deletable(config);
    let mut verdict = csrf::check_log_out(head, config, &presented.cookies);
    // A token that no browser sends by itself is its own proof, also next to a cookie that a
    // sibling subdomain planted. What the cookies alone hold does not end, and the answer says so.
    if !presented.non_cookie_tokens.is_empty()
        && !presented.cookies.is_empty()
        && let Err(reason) = verdict
    {
        refusal = presented.cookies_hold_more().then_some(reason);
        presented.cookies.clear();
        verdict = csrf::check_log_out(head, config, &presented.cookies);
    }
    match verdict {
        Ok(LogOutProof::Everyone) => {}
        // Only what the value proves ends, and no cookie is deleted: it may be the visitor's.
        Ok(LogOutProof::Only(account)) => {
            let other = presented.cookies.iter();
            let mut other = other.filter(|(_, claims)| claims.account() != account);
            if let Some((kind, _)) = other.next() {
                let name = config.cookies(*kind).token.name.to_string();
                refusal = Some(RejectionKind::AmbiguousCookie { name });
            }
            presented
                .cookies
                .retain(|(_, claims)| claims.account() == account);
        }
        Err(_) if !presented.non_cookie_tokens.is_empty() => deletes.clear(),
        // Nor is any needed where no cookies are read or written.
        Err(_) if !config.settings.token_locations.contains(&Location::Cookies) => {}
        Err(reason) => return Err(reason),
    }
    if refusal.is_some() {
        deletes.clear();
    }
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
        deletes,
        refusal,
    })
}

/// Checks a request to log out by its head. Returns `None` if the body decides.
pub(crate) fn authenticate_log_out_before_body(
    context: &Context,
    head: &impl RequestHead,
) -> Result<Option<LogOut>, RejectionKind> {
    let config = context.config();
    let reads_json = config.settings.token_locations.contains(&Location::Json);
    if reads_json && head.body().may_have_members() {
        return Ok(None);
    }
    let judged = authenticate_log_out(context, head);
    let lacks_a_value = match &judged {
        Ok(log_out) => log_out.refusal.is_some(),
        Err(reason) => matches!(
            reason,
            RejectionKind::MissingCsrfToken { .. } | RejectionKind::CsrfMismatch
        ),
    };
    if lacks_a_value && csrf::log_out_awaits_form(head, config) {
        csrf::judge_form(head, config)?;
        return Ok(None);
    }
    judged.map(Some)
}

/// Ends the sessions of the tokens, and returns the cookies to delete.
pub(crate) async fn log_out(
    context: &Context,
    log_out: LogOut,
) -> Result<SetCookies, RejectionKind> {
    context.warn_without_store();
    let LogOut {
        sessions,
        tokens,
        deletes,
        refusal,
    } = log_out;
    if let Some(store) = context.store() {
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
    match refusal {
        Some(reason) => Err(reason),
        None => Ok(issue::unset(context.config(), &deletes)),
    }
}

/// The tokens of a request with valid signature, audience and issuer, of either purpose, expired
/// ones included.
pub(super) struct CarriedTokens {
    /// Each with the purpose of the cookie in which it was found.
    pub(super) cookies: Vec<(Kind, Arc<Claims>)>,
    non_cookie_tokens: Vec<Arc<Claims>>,
    /// The cookies that hold a genuine token of another service, and none of this one.
    foreign: Vec<Kind>,
    /// The cookie name that occurs more often than candidates are read.
    too_many: Option<String>,
}

impl CarriedTokens {
    /// Returns the tokens whose cookies a log-out deletes, also where the request has none: a
    /// browser sends a cookie below its path only. Those of another service with the same names
    /// stay.
    fn deletable(&self, config: &Config) -> Vec<Kind> {
        let reads_cookies = config.settings.token_locations.contains(&Location::Cookies);
        let is_of_others = self.cookies.is_empty() && !self.foreign.is_empty();
        let kinds = [Kind::Access, Kind::Refresh].into_iter();
        kinds
            .filter(|kind| reads_cookies && !is_of_others && !self.foreign.contains(kind))
            .collect()
    }

    /// Returns whether a cookie holds a session or token that no other token of the request ends.
    fn cookies_hold_more(&self) -> bool {
        let ends = |claims: &Claims| match claims.session() {
            Some(session) => (claims.account(), Some(session.to_owned()), None),
            None => (claims.account(), None, Some(claims.id().to_owned())),
        };
        let ended: Vec<_> = self.non_cookie_tokens.iter().map(|c| ends(c)).collect();
        let mut cookies = self.cookies.iter();
        cookies.any(|(_, claims)| !ended.contains(&ends(claims)))
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
        foreign: Vec::new(),
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
        let (mut has_ours, mut has_theirs) = (false, false);
        for token in candidates.as_slice() {
            match verify::genuine(token, config) {
                Genuine::Ours(claims) => {
                    has_ours = true;
                    if claims.kind() == kind.claim() {
                        presented.cookies.push((kind, claims));
                    }
                }
                // Lenient: a genuine token of another service on the same site is left alone. Risk:
                // a log-out here leaves the visitor logged in there. Covered: that service has a
                // log-out of its own, and its tokens are accepted nowhere here.
                Genuine::Theirs => has_theirs = true,
                // Lenient: a forged token is dropped, and its cookie deleted. Risk: another site
                // has cookies deleted. Covered: a token that is not genuine opens no route.
                Genuine::No => {}
            }
        }
        if has_theirs && !has_ours {
            presented.foreign.push(kind);
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
