//! A session ends because its user says so.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::revoke;
use crate::auth::Auth;
use crate::claims::Claims;
use crate::config::Config;
use crate::cookie;
use crate::csrf;
use crate::error::{Rejection, RejectionKind};
use crate::locate::{self, Location};
use crate::purpose::sealed::Kind;
use crate::request::RequestHead;
use crate::set_cookies::SetCookies;
use crate::store::{AccountId, EndReason, RevokeToken, SessionId};
use crate::verify::{self, Genuine};

/// A request that may log out: see [`Auth::authenticate_log_out`].
#[derive(Debug)]
#[must_use = "nobody is logged out before it is given to `log_out`"]
pub struct LogOut {
    sessions: BTreeSet<(AccountId, SessionId)>,
    /// Tokens without a session.
    tokens: Vec<RevokeToken>,
    has_cookies: bool,
}

impl Auth {
    /// Checks a request that wants to log out. Reads the access and the refresh token, expired or not; of cookies it asks
    /// the CSRF value of either of them, whatever the method.
    ///
    /// A token whose signature does not hold, or none at all, is no reason to refuse: there is nobody to log out, and the
    /// cookies, if there are any, are of no use. Of two users' tokens, one of which a sibling subdomain has planted, those count
    /// whose value is shown, and no cookie is deleted.
    ///
    /// # Errors
    /// `cross_site_request`, `origin_not_allowed`, `missing_csrf_token`, `csrf_mismatch`, and `ambiguous_cookie` when there
    /// are more than four different cookies of one name, or without a store tokens of two users.
    ///
    /// # Security
    /// A browser sends the refresh cookie below `JWT_REFRESH_COOKIE_PATH` only. The route must lie there, or a session whose
    /// access cookie is gone is not seen, and goes on.
    pub fn authenticate_log_out(&self, head: &impl RequestHead) -> Result<LogOut, Rejection> {
        let config = self.config();
        let mut presented = presented(head, config);
        presented
            .retain_csrf_proven(self, head)
            .map_err(|reason| self.reject(reason))?;
        let without_session = presented
            .genuine()
            .filter(|claims| claims.session().is_none());
        let revoke = |claims: &Claims| {
            let until = self.retain_until(claims.expires_at);
            RevokeToken::new(claims.uid(), claims.id().into(), until)
        };
        Ok(LogOut {
            sessions: presented.sessions(),
            tokens: without_session.map(revoke).collect(),
            has_cookies: presented.has_cookies,
        })
    }

    /// Logs out: ends the sessions of the request's tokens, or the tokens themselves where they have none, and deletes the
    /// cookies, if the request has any. When it has returned, the tokens are let in nowhere.
    ///
    /// Without a store the cookies are deleted, and whoever copied a token has it until it expires.
    ///
    /// ```
    /// # use handstamp::{Auth, RequestHead, SetCookies, error::Rejection};
    /// async fn handler(auth: &Auth, head: &impl RequestHead) -> Result<SetCookies, Rejection> {
    ///     let log_out = auth.authenticate_log_out(head)?;
    ///     auth.log_out(log_out).await
    /// }
    /// ```
    ///
    /// # Errors
    /// `store_unavailable`: then nothing is to be deleted, so that it can be tried again.
    pub async fn log_out(&self, log_out: LogOut) -> Result<SetCookies, Rejection> {
        let LogOut {
            sessions,
            tokens,
            has_cookies,
        } = log_out;
        if let Some(store) = self.store() {
            let ended = async {
                // Tokens first: one that is given a session at this moment asks once more when it has it.
                for token in tokens {
                    let uid = token.uid.clone();
                    self.with_timeout(store.revoke_token(token)).await?;
                    self.watchers().notify(&uid);
                }
                for (uid, session) in sessions {
                    revoke::end(self, store, uid, session, EndReason::LoggedOut).await?;
                }
                Ok(())
            };
            ended
                .await
                .map_err(|reason: RejectionKind| self.reject(reason))?;
        }
        Ok(if has_cookies {
            self.unset_cookies()
        } else {
            SetCookies::new(Vec::new())
        })
    }
}

/// The tokens of a request whose signature, audience and issuer hold, of either purpose and however old.
pub(super) struct CarriedTokens {
    /// With the purpose of the cookie each of them was found in.
    pub(super) cookies: Vec<(Kind, Arc<Claims>)>,
    non_cookie_tokens: Vec<Arc<Claims>>,
    /// Whether there are token cookies at all.
    has_cookies: bool,
    /// The name of which there are more than are looked at.
    too_many: Option<String>,
}

impl CarriedTokens {
    /// Leaves of the cookies those whose CSRF value the request shows, and refuses one that shows none of them.
    fn retain_csrf_proven(
        &mut self,
        auth: &Auth,
        head: &impl RequestHead,
    ) -> Result<(), RejectionKind> {
        if let Some(name) = self.too_many.take() {
            // One that was not looked at might be the one that counts.
            return Err(RejectionKind::AmbiguousCookie { name });
        }
        let found = self.cookies.len();
        csrf::check_log_out(head, auth.config(), &mut self.cookies)?;
        if self.cookies.len() < found {
            // Whether our user logs out beside a planted token, or a sibling subdomain wants them out with its own, nobody
            // can tell. What was proven ends; no cookie is deleted, for it may be the other one's.
            self.has_cookies = false;
            if auth.store().is_none() {
                // Then deleting would have been all.
                let name = auth.config().cookies(Kind::Access).token.name.to_string();
                return Err(RejectionKind::AmbiguousCookie { name });
            }
        }
        Ok(())
    }

    fn genuine(&self) -> impl Iterator<Item = &Claims> {
        let cookies = self.cookies.iter().map(|(_, claims)| &**claims);
        cookies.chain(self.non_cookie_tokens.iter().map(|claims| &**claims))
    }

    /// Each once. A refresh token without a session may have been given one since.
    pub(super) fn sessions(&self) -> BTreeSet<(AccountId, SessionId)> {
        let session = |claims: &Claims| {
            let uid = claims.uid();
            let session = match claims.session() {
                Some(session) => session.into(),
                None if claims.kind() == Kind::Refresh.claim() => {
                    SessionId::adopting(&uid, &claims.id().into())
                }
                None => return None,
            };
            Some((uid, session))
        };
        self.genuine().filter_map(session).collect()
    }
}

/// Looks in all configured places. A sibling subdomain can plant cookies of our names; forged ones are dropped.
pub(super) fn presented(head: &impl RequestHead, config: &Config) -> CarriedTokens {
    let mut presented = CarriedTokens {
        cookies: Vec::new(),
        non_cookie_tokens: Vec::new(),
        has_cookies: false,
        too_many: None,
    };
    let kinds = [Kind::Access, Kind::Refresh];
    let reads_cookies = config.locations().contains(&Location::Cookies);
    for kind in kinds.into_iter().filter(|_| reads_cookies) {
        let name = &config.cookies(kind).token.name;
        let candidates = cookie::find(head.header_values("cookie"), name);
        if candidates.too_many() {
            presented.too_many.get_or_insert(name.to_string());
        }
        for token in candidates.as_slice() {
            let claims = match verify::genuine(token, config) {
                Genuine::Ours(claims) => Some(claims),
                // Of another service on the same site: its cookie is its own affair.
                Genuine::Theirs => continue,
                Genuine::No => None,
            };
            presented.has_cookies = true;
            let of_kind = claims.filter(|claims| claims.kind() == kind.claim());
            presented
                .cookies
                .extend(of_kind.map(|claims| (kind, claims)));
        }
    }
    for location in config.locations() {
        for token in locate::non_cookie_tokens(head, config, *location) {
            if let Genuine::Ours(claims) = verify::genuine(&token, config) {
                presented.non_cookie_tokens.push(claims);
            }
        }
    }
    presented
}
