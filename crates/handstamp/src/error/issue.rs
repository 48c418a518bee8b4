//! What can go wrong while issuing: mistakes of the program, not of the client.

use std::fmt;

use crate::cookie::{CookieError, MAX_NAME_AND_VALUE};
use crate::jws::{MAX_TOKEN_LEN, SignError};

/// A token or cookie could not be made. A mistake in the program or its configuration: never caused
/// by what a client sent, so adapters answer 500 without detail and log it.
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
    /// The subject is empty, so no user would be logged in.
    EmptySubject,
    /// A custom claim has a name that this crate gives a meaning.
    ReservedClaim {
        /// The name.
        name: String,
    },
    /// A custom claim cannot be written as JSON.
    UnserializableClaim {
        /// The name.
        name: String,
        /// What the serializer says.
        reason: String,
    },
    /// A lifetime under one second or over ten years.
    LifetimeOutOfRange,
    /// The token is longer than any handstamp reads: too many or too large custom claims.
    TokenTooLong,
    /// Name and value of the cookie have more than 4096 bytes together: browsers would drop it.
    CookieTooLarge {
        /// Of the cookie.
        name: String,
        /// How many bytes they have.
        size: usize,
    },
    /// The value holds what cookies cannot carry. No token does.
    UnwritableCookie {
        /// Of the cookie.
        name: String,
    },
    /// The token is to be of another login type than all tokens that this [`Auth`](crate::Auth)
    /// makes.
    OtherLoginType {
        /// The one that was asked for.
        given: String,
        /// The one of the configuration.
        own: String,
    },
    /// The change of a token at its refresh or renewal made it a token for another account.
    OtherAccount,
    /// A refresh token was asked for from a token that belongs to a session.
    RefreshOfSession,
    /// Only a public key is configured: this service verifies tokens and issues none.
    NoSigningKey,
    /// The signature could not be made.
    Signing,
    /// The system gave no random bytes.
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
            Self::NoSigningKey => {
                f.write_str("no key to sign with; set JWT_PRIVATE_KEY, or issue tokens in the service that has it")
            }
            Self::Signing => f.write_str("the signature could not be made"),
            Self::Random => f.write_str("the system gave no random bytes"),
        }
    }
}

impl std::error::Error for IssueError {}
