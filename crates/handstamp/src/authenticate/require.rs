//! What a route demands, as one value made at start-up.

use std::marker::PhantomData;
use std::time::Duration;

use crate::csrf::CsrfDemand;
use crate::location::Location;
use crate::purpose::{Access, Purpose, Refresh};
use crate::scope::ScopeDemand;

/// What a route demands of the token it is called with.
///
/// ```
/// use handstamp::{Location, Require, minutes};
///
/// let members = Require::access();
/// let editors = Require::access().any_scope(["posts:write", "admin:*"]);
/// let change_password = Require::access().fresh_within(minutes(5));
/// let webhook = Require::access().from([Location::Headers]).without_csrf();
/// ```
#[derive(Debug, Clone)]
pub struct Require<P> {
    /// How long ago the log-in may be that made the token; `None`: the token need not be fresh.
    pub(crate) fresh_within: Option<Duration>,
    /// Made at a log-in, not by a refresh.
    pub(crate) fresh: bool,
    pub(crate) csrf: CsrfDemand,
    /// `None`: the configured ones.
    pub(crate) locations: Option<Vec<Location>>,
    /// Each of them must be met.
    pub(crate) scopes: Vec<ScopeDemand>,
    pub(crate) login_type: Option<String>,
    purpose: PhantomData<P>,
}

impl Require<Access> {
    /// An access token that carries this scope, or a wildcard over it: short for
    /// [`access`](Self::access) and [`all_scopes`](Self::all_scopes).
    ///
    /// ```
    /// use handstamp::Require;
    ///
    /// let editors = Require::scope("posts:write");
    /// ```
    #[must_use]
    pub fn scope(scope: impl Into<String>) -> Self {
        Self::access().all_scopes([scope])
    }

    /// An access token.
    #[must_use]
    pub fn access() -> Self {
        Self::new()
    }

    /// The token must be fresh: made at a log-in, not by a refresh.
    #[must_use]
    pub fn fresh(mut self) -> Self {
        self.fresh = true;
        self
    }

    /// The user must have given the password no longer ago than this: at the log-in, or to
    /// [`reauthenticate`](crate::Auth::reauthenticate). Later tokens of the session count as well, by
    /// their claim `auth_time`; without a session a token must be fresh. `JWT_DECODE_LEEWAY` is added.
    /// Of several such demands the strictest counts.
    ///
    /// ```
    /// use handstamp::{Require, minutes};
    ///
    /// let delete_account = Require::access().fresh_within(minutes(5));
    /// ```
    #[must_use]
    pub fn fresh_within(mut self, span: Duration) -> Self {
        let strictest = self.fresh_within.map_or(span, |other| other.min(span));
        self.fresh_within = Some(strictest);
        self
    }

    /// The token must carry every one of these scopes, or a wildcard over it (`admin:*`). Adds to what was asked for before.
    #[must_use]
    pub fn all_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes = scopes.into_iter().map(Into::into).collect();
        self.scopes.push(ScopeDemand::All(scopes));
        self
    }

    /// The token must carry at least one of these scopes, or a wildcard over it. An empty list is never met. Adds to what
    /// was asked for before.
    #[must_use]
    pub fn any_scope<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes = scopes.into_iter().map(Into::into).collect();
        self.scopes.push(ScopeDemand::Any(scopes));
        self
    }
}

impl Require<Refresh> {
    /// A refresh token.
    #[must_use]
    pub fn refresh() -> Self {
        Self::new()
    }
}

impl<P: Purpose> Require<P> {
    fn new() -> Self {
        Self {
            fresh_within: None,
            fresh: false,
            csrf: CsrfDemand::Check,
            locations: None,
            scopes: Vec::new(),
            login_type: None,
            purpose: PhantomData,
        }
    }

    /// Looks only here, in this order; the places need not be among the configured ones.
    #[must_use]
    pub fn from(mut self, locations: impl IntoIterator<Item = Location>) -> Self {
        self.locations = Some(locations.into_iter().collect());
        self
    }

    /// The token's claim `login_type` must be this one (`user`, `admin`).
    #[must_use]
    pub fn login_type(mut self, login_type: impl Into<String>) -> Self {
        self.login_type = Some(login_type.into());
        self
    }

    /// Asks on this route neither for a CSRF value nor where the request comes from, whatever the method.
    ///
    /// # Security
    /// A browser sends cookies along with requests that other sites make it send. Only for routes that change nothing,
    /// or that are called by programs and guard themselves.
    #[must_use]
    pub fn without_csrf(mut self) -> Self {
        self.csrf = CsrfDemand::Skip;
        self
    }

    /// Asks for no CSRF value on this route. Where `HANDSTAMP_PUBLIC_ORIGIN` is set, requests of other sites are refused all
    /// the same, by where browsers say they come from; a program that says nothing is let in.
    ///
    /// # Security
    /// As [`without_csrf`](Self::without_csrf) where no public origin is set, and with `HANDSTAMP_ORIGIN_CHECK=report-only`.
    #[must_use]
    pub fn without_csrf_token(mut self) -> Self {
        self.csrf = CsrfDemand::SkipToken;
        self
    }
}
