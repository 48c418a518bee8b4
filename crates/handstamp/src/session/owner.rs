//! The account whose sessions a call concerns.

use std::fmt;

use crate::authenticate::Authenticated;
use crate::purpose::Purpose;
use crate::store::{AccountId, SessionId};

/// The account whose sessions a call concerns: a subject, or the subject of a token.
///
/// If it is made from a token, the session of that token is known as the current one.
///
/// ```
/// use handstamp::session::Owner;
///
/// let user = Owner::from("user1");
/// let admin = Owner::from("user1").login_type("admin"); // a different account
/// ```
#[derive(Clone)]
pub struct Owner {
    subject: String,
    login_type: Option<String>,
    pub(super) current: Option<SessionId>,
}

/// Shows a hash, so that it can be logged.
impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Owner").field(&self.account(None)).finish()
    }
}

impl Owner {
    /// Creates an owner from a subject. A number or a UUID is converted to text.
    ///
    /// ```
    /// use handstamp::session::Owner;
    ///
    /// let owner = Owner::for_subject(42);
    /// ```
    #[must_use]
    pub fn for_subject(subject: impl fmt::Display) -> Self {
        Self {
            subject: subject.to_string(),
            login_type: None,
            current: None,
        }
    }

    /// Sets the kind of account, for applications whose tokens have one and whose
    /// [configuration](crate::config::ConfigBuilder::login_type) does not set it.
    #[must_use]
    pub fn login_type(mut self, login_type: impl Into<String>) -> Self {
        self.login_type = Some(login_type.into());
        self
    }

    /// Returns the account. `own` is the login type of all users of this `Auth`.
    pub(super) fn account(&self, own: Option<&str>) -> AccountId {
        AccountId::new(self.login_type.as_deref().or(own), &self.subject)
    }
}

impl From<&str> for Owner {
    fn from(subject: &str) -> Self {
        Self::for_subject(subject)
    }
}

impl From<&String> for Owner {
    fn from(subject: &String) -> Self {
        Self::for_subject(subject)
    }
}

impl From<String> for Owner {
    fn from(subject: String) -> Self {
        Self::for_subject(subject)
    }
}

impl<P: Purpose> From<&Authenticated<P>> for Owner {
    fn from(token: &Authenticated<P>) -> Self {
        Self {
            subject: token.subject().to_owned(),
            login_type: token.login_type().map(str::to_owned),
            current: token.session_id(),
        }
    }
}
