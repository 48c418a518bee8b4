//! The demands of a route, as one value that is built at start-up. It describes, and checks
//! nothing.

use std::marker::PhantomData;
use std::time::Duration;

use crate::config::Config;
use crate::csrf::CsrfDemand;
use crate::location::Location;
use crate::purpose::{Access, Purpose, Refresh};
use crate::scope::ScopeDemand;

/// The demands of a route on the token of a request.
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
    /// The longest time since the password was given; `None` for any.
    pub(crate) fresh_within: Option<Duration>,
    /// Whether the token must be issued at a log-in, not by a refresh.
    pub(crate) fresh: bool,
    pub(crate) csrf: CsrfDemand,
    /// `None` for the configured ones.
    pub(crate) locations: Option<Vec<Location>>,
    /// All of them must be met.
    pub(crate) scopes: Vec<ScopeDemand>,
    pub(crate) login_type: Option<String>,
    purpose: PhantomData<P>,
}

impl Require<Access> {
    /// Demands an access token with this scope, or a wildcard that covers it. It is short for
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

    /// Demands an access token.
    #[must_use]
    pub fn access() -> Self {
        Self::new()
    }

    /// Demands a fresh token: one that was issued at a log-in, not by a refresh. If the claim
    /// `fresh` is a time, as flask-jwt-extended writes it, the token is fresh until then.
    #[must_use]
    pub fn fresh(mut self) -> Self {
        self.fresh = true;
        self
    }

    /// Demands that the user gave the password within `span`, at the log-in or to
    /// [`reauthenticate`](crate::Auth::reauthenticate). Later tokens of the session qualify as
    /// well, by their claim `auth_time`; without a session a token must be fresh.
    /// `JWT_DECODE_LEEWAY` is added to `span`. Of several such demands the strictest applies.
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

    /// Demands every one of these scopes, or a wildcard that covers it (`admin:*`), in addition to
    /// earlier demands.
    #[must_use]
    pub fn all_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes = scopes.into_iter().map(Into::into).collect();
        self.scopes.push(ScopeDemand::All(scopes));
        self
    }

    /// Demands at least one of these scopes, or a wildcard that covers it, in addition to earlier
    /// demands. An empty list is never met.
    #[must_use]
    pub fn any_scope<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes = scopes.into_iter().map(Into::into).collect();
        self.scopes.push(ScopeDemand::Any(scopes));
        self
    }
}

impl Require<Refresh> {
    /// Demands a refresh token.
    #[must_use]
    pub fn refresh() -> Self {
        Self::new()
    }
}

impl<P> Require<P> {
    /// Returns where the token is looked for, in order.
    pub(crate) fn locations<'r>(&'r self, config: &'r Config) -> &'r [Location] {
        self.locations
            .as_deref()
            .unwrap_or(&config.settings.token_locations)
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

    /// Restricts the locations in which the token is looked for, and sets their order. They need
    /// not be among the configured ones.
    #[must_use]
    pub fn from(mut self, locations: impl IntoIterator<Item = Location>) -> Self {
        self.locations = Some(locations.into_iter().collect());
        self
    }

    /// Demands this value of the claim `login_type` (`user`, `admin`).
    #[must_use]
    pub fn login_type(mut self, login_type: impl Into<String>) -> Self {
        self.login_type = Some(login_type.into());
        self
    }

    /// Disables the CSRF protection of this route: neither the CSRF value nor the origin is
    /// checked, whatever the method.
    ///
    /// # Security
    /// Browsers send cookies with requests that other sites initiate. Use it only for routes that
    /// change nothing, or that are protected by other means.
    #[must_use]
    pub fn without_csrf(mut self) -> Self {
        self.csrf = CsrfDemand::Skip;
        self
    }

    /// Disables the CSRF value of this route. If `HANDSTAMP_PUBLIC_ORIGIN` is set, cross-site
    /// requests are still rejected, by the headers in which browsers state the origin; a request
    /// without these headers is accepted.
    ///
    /// # Security
    /// Without a public origin, and with `HANDSTAMP_ORIGIN_CHECK=report-only`, the risk is that of
    /// [`without_csrf`](Self::without_csrf).
    #[must_use]
    pub fn without_csrf_token(mut self) -> Self {
        self.csrf = CsrfDemand::SkipToken;
        self
    }
}
