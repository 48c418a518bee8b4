//! What a layer or an extractor demands of a request.

use utoipa::openapi::path::Paths;

use crate::authenticate::Require;
use crate::config::Config;
use crate::csrf::CsrfDemand;
use crate::location::Location;
use crate::purpose::Purpose;
use crate::purpose::sealed::Kind;
use crate::scope::ScopeDemand;

/// What a layer or an extractor demands of a request, for the description of its routes.
///
/// A [`Require`] is one, by `into`. Of the others, adapters give those of their layers and
/// extractors.
///
/// ```
/// use handstamp::Require;
/// use handstamp::openapi::Demand;
///
/// let editors = Demand::from(Require::scope("posts:write"));
/// let home = Demand::from(Require::access()).optional();
/// ```
#[derive(Debug, Clone)]
pub struct Demand {
    pub(super) presented: Presented,
    pub(super) more: Vec<More>,
}

/// What a request must present.
#[derive(Debug, Clone)]
pub(super) enum Presented {
    Nothing,
    Token(Token, WithoutToken),
    /// The CSRF value of either token, or no token.
    LogOut,
}

/// What else is demanded of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    SameOrigin,
    RateLimit,
    Permission,
    Subject,
    /// A live session, for which the store is asked.
    Session,
    /// A body of the route's media type and shape.
    Body,
    /// A body that is read if it is a form or JSON.
    AnyBody,
    /// What the handler refuses, by status and code.
    Refusal(u16, &'static str),
}

/// What a route demands of the token.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) csrf: CsrfDemand,
    pub(super) locations: Option<Vec<Location>>,
    pub(super) scopes: Vec<ScopeDemand>,
    pub(super) fresh: bool,
    pub(super) login_type: bool,
}

/// A request without a token, or with a dead one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WithoutToken {
    Refused,
    /// Without a token the caller is anonymous; a dead token is refused.
    Anonymous,
    /// As before, and a request with other cookies of the service is refused for want of a token,
    /// so that its page refreshes.
    AnonymousWithoutCookies,
    /// The bearer of a dead token is anonymous too.
    DeadIsAnonymous,
}

impl<P: Purpose> From<&Require<P>> for Demand {
    fn from(require: &Require<P>) -> Self {
        Self {
            presented: Presented::Token(Token::of(require), WithoutToken::Refused),
            more: Vec::new(),
        }
    }
}

impl<P: Purpose> From<Require<P>> for Demand {
    fn from(require: Require<P>) -> Self {
        Self::from(&require)
    }
}

impl Demand {
    /// What is demanded of a token, or no token: `Option<Access>`.
    #[must_use]
    pub fn optional(self) -> Self {
        self.without(WithoutToken::Anonymous)
    }

    /// Nothing but the CSRF value of a good access token: `Visitor`.
    #[must_use]
    pub fn visitor() -> Self {
        Self::from(Require::access()).without(WithoutToken::DeadIsAnonymous)
    }

    /// Nothing but a good access token where there are cookies of the service: `SessionInfo`.
    #[must_use]
    pub fn session_info() -> Self {
        Self::from(Require::access()).without(WithoutToken::AnonymousWithoutCookies)
    }

    /// An access token of a live session: `Session`.
    #[must_use]
    pub fn session() -> Self {
        Self::from(Require::access()).with(More::Session)
    }

    /// What a log-out demands: the CSRF value of either token, or no token.
    #[must_use]
    pub fn log_out() -> Self {
        Self {
            presented: Presented::LogOut,
            more: Vec::new(),
        }
    }

    /// That no other site makes a browser send the request.
    #[must_use]
    pub fn same_origin() -> Self {
        Self::only(More::SameOrigin)
    }

    /// That no rate limit is exceeded.
    #[must_use]
    pub fn rate_limit() -> Self {
        Self::only(More::RateLimit)
    }

    /// An access token, and that the policies or rules of the service permit the request.
    #[must_use]
    pub fn permission() -> Self {
        Self::from(Require::access()).with(More::Permission)
    }

    /// An access token whose user still exists: `Current`.
    #[must_use]
    pub fn subject() -> Self {
        Self::from(Require::access()).with(More::Subject)
    }

    /// A body of the route's media type and shape, and no token: of an extractor of the application
    /// that refuses by [`refuse_body`](crate::Auth::refuse_body).
    #[must_use]
    pub fn body() -> Self {
        Self::only(More::Body)
    }

    /// What the handler refuses by [`refuse`](crate::Auth::refuse), with this status and code.
    ///
    /// ```
    /// use handstamp::openapi::Demand;
    ///
    /// let not_found = Demand::refusal(404, "no_such_post");
    /// ```
    #[must_use]
    pub fn refusal(status: u16, code: &'static str) -> Self {
        Self::only(More::Refusal(status, code))
    }

    /// In addition, a body of the route's media type and shape.
    #[must_use]
    pub fn with_body(self) -> Self {
        self.with(More::Body)
    }

    /// In addition, a body that is read if it is a form or JSON: `LogOutBody`.
    #[must_use]
    pub fn with_any_body(self) -> Self {
        self.with(More::AnyBody)
    }

    fn only(more: More) -> Self {
        Self {
            presented: Presented::Nothing,
            more: vec![more],
        }
    }

    fn with(mut self, more: More) -> Self {
        self.more.push(more);
        self
    }

    fn without(mut self, answer: WithoutToken) -> Self {
        if let Presented::Token(_, without) = &mut self.presented {
            *without = answer;
        }
        self
    }
}

/// A layer that demands something of the requests that it passes on.
pub trait Describe {
    /// Adds what it demands to the description of the routes that it wraps.
    fn describe(&self, paths: &mut Paths);
}

impl Token {
    /// Returns where the token is looked for, in order.
    pub(super) fn locations<'t>(&'t self, config: &'t Config) -> &'t [Location] {
        self.locations
            .as_deref()
            .unwrap_or(config.token_locations())
    }

    fn of<P: Purpose>(require: &Require<P>) -> Self {
        Self {
            kind: P::KIND,
            csrf: require.csrf,
            locations: require.locations.clone(),
            scopes: require.scopes.clone(),
            fresh: require.fresh || require.fresh_within.is_some(),
            login_type: require.login_type.is_some(),
        }
    }
}
