//! What a layer or an extractor demands of a request.

use utoipa::openapi::path::Paths;

use crate::authenticate::Require;
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
#[derive(Debug, Clone, Copy)]
pub(super) enum More {
    SameOrigin,
    RateLimit,
    Permission,
    Subject,
    Body,
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

    /// In addition, a body of the route's media type and shape.
    #[must_use]
    pub fn with_body(self) -> Self {
        self.with(More::Body)
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

/// An extractor that demands something of a request.
///
/// ```
/// use handstamp::Require;
/// use handstamp::openapi::{Demand, Demands};
///
/// /// An extractor of the application, around one that demands this scope.
/// struct Editor;
///
/// impl Demands for Editor {
///     fn demands() -> Demand {
///         Require::scope("posts:write").into()
///     }
/// }
/// ```
pub trait Demands {
    /// Returns what it demands.
    fn demands() -> Demand;
}

impl<T: Demands> Demands for Option<T> {
    fn demands() -> Demand {
        T::demands().optional()
    }
}

impl Token {
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
