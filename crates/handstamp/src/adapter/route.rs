//! The routes that an adapter offers ready: their methods, paths and responses.

use serde::Serialize;
use serde_json::{Value, json};

use crate::config::Config;
use crate::cookie::SetCookies;
use crate::issue::TokenPair;
use crate::purpose::{Access, Refresh};

/// A route that an adapter offers ready, which
/// [`RequestState::answer`](super::RequestState::answer) answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Route {
    /// `POST /refresh` exchanges the refresh token for its successor.
    Refresh,
    /// `POST /logout` ends the session of the request and deletes the cookies.
    LogOut,
    /// `GET /session` tells a page who is logged in.
    Session,
    /// `GET /sessions` lists the sessions of the user.
    Sessions,
    /// `POST /sessions/revoke-others` ends all sessions of the user but this one.
    RevokeOtherSessions,
    /// `DELETE /sessions/{session_id}` ends one session of the user.
    RevokeSession,
    /// `GET /names` tells a page the names of cookies and headers, which are settings.
    Names,
}

impl Route {
    /// Every route. One with a fixed path stands before one whose parameter matches it as well.
    pub const ALL: [Self; 7] = [
        Self::Refresh,
        Self::LogOut,
        Self::Session,
        Self::Sessions,
        Self::RevokeOtherSessions,
        Self::RevokeSession,
        Self::Names,
    ];

    /// Returns the method.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Self::Refresh | Self::LogOut | Self::RevokeOtherSessions => "POST",
            Self::Session | Self::Sessions | Self::Names => "GET",
            Self::RevokeSession => "DELETE",
        }
    }

    /// Returns the path, in which [`PARAMETER`](Self::PARAMETER) is written in braces.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Refresh => "/refresh",
            Self::LogOut => "/logout",
            Self::Session => "/session",
            Self::Sessions => "/sessions",
            Self::RevokeOtherSessions => "/sessions/revoke-others",
            Self::RevokeSession => "/sessions/{session_id}",
            Self::Names => "/names",
        }
    }

    /// The name of the path's parameter, which only [`RevokeSession`](Self::RevokeSession) has.
    pub const PARAMETER: &'static str = "session_id";
}

/// The response of a ready route: status 200, with a body in JSON.
#[derive(Debug)]
#[must_use = "the response is to be sent"]
pub struct RouteResponse {
    cookies: Option<SetCookies>,
    body: String,
}

impl RouteResponse {
    pub(crate) fn json(body: &impl Serialize) -> Self {
        // Strings, numbers and lists under string keys always serialize.
        let body = serde_json::to_string(body).unwrap_or_default();
        let cookies = None;
        Self { cookies, body }
    }

    pub(crate) fn with(self, cookies: SetCookies) -> Self {
        let cookies = Some(cookies);
        Self { cookies, ..self }
    }

    /// Returns the header fields but `Set-Cookie`, with names in lower case.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, &'static str); 2] {
        [
            ("content-type", "application/json"),
            ("cache-control", "no-store"),
        ]
    }

    /// Returns the cookies to set or to delete.
    #[must_use]
    pub fn cookies(&self) -> Option<&SetCookies> {
        self.cookies.as_ref()
    }

    /// Returns the body.
    #[must_use]
    pub fn into_body(self) -> String {
        self.body
    }
}

pub(crate) fn refreshed(tokens: &TokenPair) -> Value {
    json!({
        "message": "Token refreshed",
        "csrf": tokens.csrf(),
        "refresh_csrf": tokens.refresh().csrf(),
        "expires_in": tokens.access().expires_in().as_secs(),
    })
}

pub(crate) fn logged_out(ends_nothing: bool, cookies: &SetCookies) -> Value {
    let message = if !ends_nothing {
        "Successfully logged out"
    } else if cookies.lines().next().is_some() {
        "The cookies were deleted; the request had no session to end"
    } else {
        "Nothing was done: the cookies are those of another service, or of this one before its settings were changed"
    };
    json!({"message": message})
}

pub(crate) fn session_revoked() -> Value {
    json!({"message": "Session revoked"})
}

pub(crate) fn others_revoked(count: usize) -> Value {
    json!({"message": "Other sessions revoked", "revoked": count})
}

pub(crate) fn names(config: &Config) -> Value {
    json!({"access": config.names::<Access>(), "refresh": config.names::<Refresh>()})
}
