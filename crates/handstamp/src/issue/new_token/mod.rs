//! The claims of a token to issue.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::claims::Claims;
use crate::claims::registered::REGISTERED;
use crate::clock::UnixTime;
use crate::config::Config;
use crate::error::IssueError;
use crate::store::{AccountId, SessionId};

/// The claims of a token to issue. A `&str` or `String` converts into one with this subject alone.
///
/// ```
/// use handstamp::{NewToken, minutes};
///
/// let token = NewToken::for_subject("user1")
///     .fresh()
///     .scopes(["posts:write", "files:*"])
///     .claim("tenant", "acme")
///     .expires_in(minutes(5));
/// ```
///
/// A verified token converts into one as well: it keeps subject, session, scopes, login type,
/// audience, custom claims and the time of the log-in, but not freshness.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "nothing is issued until it is given to `create_access_token` or the like"]
pub struct NewToken {
    pub(crate) subject: String,
    pub(crate) fresh: bool,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) audience: Option<Vec<String>>,
    pub(crate) login_type: Option<String>,
    pub(crate) lifetime: Option<Duration>,
    pub(crate) custom: Map<String, Value>,
    /// The session that the token belongs to.
    pub(crate) session: Option<OfSession>,
    pub(crate) logged_in: LogInTime,
    /// The first claim that could not be serialized, reported when the token is issued.
    pub(crate) unserializable: Option<(String, String)>,
}

impl NewToken {
    /// Creates a token for this subject: the claim `sub`. A number or a UUID is converted to text.
    ///
    /// ```
    /// use handstamp::NewToken;
    ///
    /// let by_name = NewToken::for_subject("user1");
    /// let by_number = NewToken::for_subject(42);
    /// ```
    pub fn for_subject(subject: impl fmt::Display) -> Self {
        Self {
            subject: subject.to_string(),
            fresh: false,
            scopes: None,
            audience: None,
            login_type: None,
            lifetime: None,
            custom: Map::new(),
            session: None,
            logged_in: LogInTime::AtIssue,
            unserializable: None,
        }
    }

    /// Makes the token fresh, because the user has just given the password: the time of its log-in
    /// is now. Only access tokens can be fresh.
    ///
    /// It converts a verified token into a fresh one, after the password was given again:
    ///
    /// ```
    /// # use handstamp::{Auth, Authenticated, NewToken, SetCookies};
    /// # use handstamp::{error::IssueError, purpose::Access};
    /// fn confirm_password(
    ///     auth: &Auth,
    ///     token: &Authenticated<Access>,
    /// ) -> Result<SetCookies, IssueError> {
    ///     let fresh = auth.create_access_token(NewToken::from(token).fresh())?;
    ///     auth.set_access_cookies(&fresh)
    /// }
    /// ```
    pub fn fresh(mut self) -> Self {
        self.fresh = true;
        self.logged_in = LogInTime::AtIssue;
        self
    }

    /// Sets the scopes, replacing any earlier ones.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Adds a custom claim. A registered name is refused when the token is issued. JSON has no
    /// infinities and no NaN: they are written as `null`.
    pub fn claim(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        let problem = match serde_json::to_value(value) {
            Ok(value) if depth(&value) <= DEEPEST => {
                self.custom.insert(name, value);
                return self;
            }
            Ok(_) => format!("nested deeper than {DEEPEST} levels"),
            Err(error) => error.to_string(),
        };
        self.unserializable.get_or_insert((name, problem));
        self
    }

    /// Returns the subject: the claim `sub`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Removes a custom claim, such as one taken over from a verified token or a session.
    ///
    /// ```
    /// use handstamp::NewToken;
    ///
    /// let admin = NewToken::for_subject("user1").claim("role", "admin");
    /// let user = admin.without_claim("role");
    /// ```
    pub fn without_claim(mut self, name: &str) -> Self {
        self.custom.remove(name);
        self
    }

    /// Sets the lifetime, in whole seconds, instead of `JWT_ACCESS_TOKEN_EXPIRES` or
    /// `JWT_REFRESH_TOKEN_EXPIRES`.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Sets the audiences (the claim `aud`) instead of `JWT_ENCODE_AUDIENCE`.
    pub fn audience<S: Into<String>>(mut self, audience: impl IntoIterator<Item = S>) -> Self {
        self.audience = Some(audience.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the kind of account (`user`, `admin`), for
    /// [`Require::login_type`](crate::Require::login_type). If the
    /// [configuration](crate::config::ConfigBuilder::login_type) has one, it may be omitted, and a
    /// different one is refused.
    pub fn login_type(mut self, login_type: impl Into<String>) -> Self {
        self.login_type = Some(login_type.into());
        self
    }

    /// Returns whether both have the same scopes and custom claims. The claim that names the
    /// subject in addition to `sub` is not compared, because it repeats `sub`.
    pub(crate) fn grants_the_same(&self, other: &Self, identity: &str) -> bool {
        let custom = |token: &Self| -> Map<String, Value> {
            let mut custom = token.custom.clone();
            custom.remove(identity);
            custom
        };
        self.scopes.as_deref().unwrap_or_default() == other.scopes.as_deref().unwrap_or_default()
            && custom(self) == custom(other)
    }

    /// Applies the change of an application at a refresh or renewal. Account, session and time of
    /// the log-in stay the same, and the token is never fresh.
    ///
    /// # Errors
    /// [`IssueError::OtherAccount`]: the result is a token for another account.
    pub(crate) fn changed(self, change: impl FnOnce(Self) -> Self) -> Result<Self, IssueError> {
        let (account, session) = (self.account(), self.session.clone());
        let logged_in = self.logged_in;
        let changed = change(self);
        if changed.account() != account {
            return Err(IssueError::OtherAccount);
        }
        Ok(Self {
            session,
            logged_in,
            fresh: false,
            ..changed
        })
    }

    /// Sets the login type of an [`Auth`](crate::Auth) that issues tokens of one login type only.
    pub(crate) fn with_login_type(mut self, config: &Config) -> Result<Self, IssueError> {
        if let Some(own) = config.login_type() {
            match self.login_type {
                Some(given) if given != own => {
                    return Err(IssueError::OtherLoginType {
                        given,
                        own: own.to_owned(),
                    });
                }
                _ => self.login_type = Some(own.to_owned()),
            }
        }
        Ok(self)
    }

    /// Returns the claim `auth_time` of a token that is issued at this time. Without a session,
    /// `iat` states the log-in of a token that is issued at one.
    pub(crate) fn auth_time(&self, issued_at: UnixTime) -> Option<UnixTime> {
        let time = match self.logged_in {
            LogInTime::AtIssue => issued_at,
            LogInTime::At(time) => time,
            LogInTime::Unknown => return None,
        };
        (self.session.is_some() || time != issued_at).then_some(time)
    }

    /// Returns whether both have the same claims, apart from the time of the log-in and the
    /// generation.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let comparable = Self {
            logged_in: other.logged_in,
            session: other.session.clone(),
            ..self.clone()
        };
        comparable == *other
    }

    pub(crate) fn account(&self) -> AccountId {
        AccountId::new(self.login_type.as_deref(), &self.subject)
    }

    /// Checks that the token can be issued. `identity` is the claim that names the subject in
    /// addition to `sub`.
    pub(crate) fn check(&self, identity: &str) -> Result<(), IssueError> {
        if self.subject.is_empty() {
            return Err(IssueError::EmptySubject);
        }
        if let Some((name, reason)) = self.unserializable.clone() {
            return Err(IssueError::UnserializableClaim { name, reason });
        }
        // A token that was converted from a verified one already has the identity claim, with the
        // same value; it is written once.
        let reserved = |(name, value): &(&String, &Value)| {
            REGISTERED.contains(&name.as_str())
                || (*name == identity && value.as_str() != Some(&self.subject))
        };
        match self.custom.iter().find(reserved) {
            Some((name, _)) => Err(IssueError::ReservedClaim { name: name.clone() }),
            None => Ok(()),
        }
    }
}

impl From<&str> for NewToken {
    fn from(subject: &str) -> Self {
        Self::for_subject(subject)
    }
}

impl From<String> for NewToken {
    fn from(subject: String) -> Self {
        Self::for_subject(subject)
    }
}

impl From<&String> for NewToken {
    fn from(subject: &String) -> Self {
        Self::for_subject(subject)
    }
}

impl From<&Claims> for NewToken {
    fn from(claims: &Claims) -> Self {
        // The payload was parsed as an object, to the last value, when the token was verified.
        let mut custom: Map<String, Value> =
            serde_json::from_str(claims.payload()).unwrap_or_default();
        custom.retain(|name, _| !REGISTERED.contains(&name.as_str()));
        let scopes: Vec<String> = claims.scopes().map(str::to_owned).collect();
        let logged_in = if claims.session().is_some() && claims.auth_time().is_none() {
            LogInTime::Unknown
        } else {
            LogInTime::At(claims.authenticated_at())
        };
        Self {
            scopes: (!scopes.is_empty()).then_some(scopes),
            audience: claims
                .audience()
                .map(|audience| audience.map(str::to_owned).collect()),
            login_type: claims.login_type().map(str::to_owned),
            custom,
            session: claims.session().map(|id| OfSession {
                id: id.into(),
                generation: claims.generation,
                csrf: claims.csrf().map(str::to_owned),
            }),
            logged_in,
            ..Self::for_subject(claims.subject())
        }
    }
}

/// The time of the log-in from which a token descends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogInTime {
    /// When the token is issued.
    AtIssue,
    At(UnixTime),
    /// Unknown: the session began with a refresh token that does not state it, issued by AuthX or
    /// by another service that may issue a new refresh token at each refresh.
    Unknown,
}

/// The claims that all tokens of one session share.
#[derive(Clone, PartialEq)]
pub(crate) struct OfSession {
    pub(crate) id: SessionId,
    /// The generation of the refresh token with which it is made.
    pub(crate) generation: u64,
    /// Stays the same for the whole session, so that forms and other tabs stay valid.
    pub(crate) csrf: Option<String>,
}

/// Omits the CSRF value.
impl fmt::Debug for OfSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfSession")
            .field("id", &self.id)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// Returns how deeply arrays and objects are nested.
fn depth(value: &Value) -> usize {
    let deepest = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(members) => members.values().map(depth).max(),
        _ => return 0,
    };
    1 + deepest.unwrap_or(0)
}

/// `serde_json` parses 127 levels, of which the claims set is one.
const DEEPEST: usize = 126;

#[cfg(test)]
mod tests;
