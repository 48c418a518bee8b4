//! Errors of issuing tokens and cookies: mistakes of the program, not of the client.

use std::fmt;

use crate::cookie::{CookieError, MAX_NAME_AND_VALUE};
use crate::jws::{MAX_TOKEN_LEN, SignError};

/// A token or cookie could not be issued. It is a mistake in the program or its configuration,
/// never caused by input of a client, so adapters respond with 500 without details and log it.
///
/// ```
/// use handstamp::{Auth, Config, error::IssueError};
///
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let error = auth.create_access_token("").unwrap_err();
/// assert!(matches!(error, IssueError::EmptySubject));
/// # Ok::<(), handstamp::error::ConfigError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum IssueError {
    /// The subject is empty, so it names no user.
    EmptySubject,
    /// A custom claim has the name of a registered claim.
    ReservedClaim {
        /// The name of the claim.
        name: String,
    },
    /// A custom claim cannot be serialized as JSON.
    UnserializableClaim {
        /// The name of the claim.
        name: String,
        /// The message of the serializer.
        reason: String,
    },
    /// The lifetime is under one second or over ten years.
    LifetimeOutOfRange,
    /// The lifetime of the cookies of a log-in is under one second: browsers would delete them at
    /// once.
    CookieLifetimeTooShort,
    /// The token exceeds the length that handstamp accepts: too many or too large custom claims.
    TokenTooLong,
    /// Name and value of the cookie together exceed 4096 bytes, so browsers would reject it.
    CookieTooLarge {
        /// The name of the cookie.
        name: String,
        /// The size of name and value, in bytes.
        size: usize,
    },
    /// The value contains characters that cookies cannot carry. No token does.
    UnwritableCookie {
        /// The name of the cookie.
        name: String,
    },
    /// The token has another login type than the one that this [`Auth`](crate::Auth) issues.
    OtherLoginType {
        /// The login type of the token.
        given: String,
        /// The login type of the configuration.
        own: String,
    },
    /// The application changed a token, at a refresh or renewal, into one for another account.
    OtherAccount,
    /// A refresh token was requested for claims that belong to a session.
    RefreshOfSession,
    /// A one-time token is bound to nothing, and there is no store that would know it again: it
    /// could be redeemed any number of times.
    UnboundOneTimeToken,
    /// Only a public key is configured: this service verifies tokens and issues none.
    NoSigningKey,
    /// The crypto library could not make the signature.
    Signing,
    /// The system returned no random bytes.
    Random,
}

impl From<SignError> for IssueError {
    fn from(error: SignError) -> Self {
        match error {
            SignError::NoSigningKey => Self::NoSigningKey,
            SignError::TooLong => Self::TokenTooLong,
            SignError::Failed => Self::Signing,
        }
    }
}

impl From<CookieError> for IssueError {
    fn from(error: CookieError) -> Self {
        match error {
            CookieError::Unwritable { name } => Self::UnwritableCookie { name },
            CookieError::TooLarge { name, size } => Self::CookieTooLarge { name, size },
        }
    }
}

impl fmt::Display for IssueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptySubject => f.write_str("the subject is empty; give the user's id"),
            Self::ReservedClaim { name } => {
                write!(f, "the claim {name:?} has a meaning of its own; give the custom claim another name")
            }
            Self::UnserializableClaim { name, reason } => {
                write!(f, "the claim {name:?} cannot be written as JSON: {reason}")
            }
            Self::LifetimeOutOfRange => f.write_str("a token lives from one second to ten years"),
            Self::CookieLifetimeTooShort => f.write_str(
                "cookies that live less than a second log no user in; use `session` for cookies that end with the browser",
            ),
            Self::TokenTooLong => write!(
                f,
                "the token has more than {MAX_TOKEN_LEN} bytes; keep large data in your database"
            ),
            Self::CookieTooLarge { name, size } => write!(
                f,
                "cookie {name} has {size} bytes with its name, and browsers drop a cookie \
                 of more than {MAX_NAME_AND_VALUE}: put less into the token"
            ),
            Self::UnwritableCookie { name } => {
                write!(f, "the value for cookie {name} holds what cannot be in a cookie")
            }
            Self::OtherAccount => f.write_str(
                "the changed token is for another account; change the token that was given and \
                 keep its subject and login type",
            ),
            Self::OtherLoginType { given, own } => write!(
                f,
                "the login type {given:?} was asked for, and every token made here is of {own:?}: use the Auth of the former"
            ),
            Self::RefreshOfSession => f.write_str(
                "the refresh tokens of a session come from log_in and refresh; another one would outlive it",
            ),
            Self::UnboundOneTimeToken => f.write_str(
                "without a store, only what a one-time token is bound to makes it one: call bound_to, or give a store to Auth::builder",
            ),
            Self::NoSigningKey => {
                f.write_str("no key to sign with; set JWT_PRIVATE_KEY, or issue tokens in the service that has it")
            }
            Self::Signing => f.write_str("the signature could not be made"),
            Self::Random => f.write_str("the system gave no random bytes"),
        }
    }
}

impl std::error::Error for IssueError {}
