//! What a one-time token is for, and what it shall say.

use std::fmt;
use std::time::Duration;

use super::binding::Binding;

/// An action that one-time tokens are for: its name, and how long its tokens live.
///
/// ```
/// use handstamp::minutes;
/// use handstamp::one_time::Action;
///
/// const RESET: Action = Action::new("password-reset", minutes(30));
/// const CONFIRM: Action = Action::new("confirm-address", minutes(24 * 60));
/// ```
///
/// # Security
/// A token for one action is refused for every other: the name is in its audience. Services that
/// share a key need different names, such as `shop/password-reset`, even where their settings give
/// them different audiences. Short lives are safer, since a mail stays in its mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    pub(super) name: &'static str,
    pub(super) lifetime: Duration,
}

impl Action {
    /// Creates an action with this name, whose tokens live this long, in whole seconds.
    #[must_use]
    pub const fn new(name: &'static str, lifetime: Duration) -> Self {
        Self { name, lifetime }
    }

    /// Describes a token for this subject. A number or a UUID is converted to text.
    pub fn for_subject(self, subject: impl fmt::Display) -> NewOneTimeToken {
        NewOneTimeToken {
            action: self,
            subject: subject.to_string(),
            login_type: None,
            binding: None,
        }
    }

    /// Returns the claim `aud` of its tokens: no token of another kind or action has it.
    pub(super) fn audience(self) -> String {
        format!("handstamp:one-time:{}", self.name)
    }
}

/// A one-time token to issue, by [`Auth::create_one_time_token`].
///
/// [`Auth::create_one_time_token`]: crate::Auth::create_one_time_token
#[derive(Debug, Clone)]
#[must_use = "nothing is issued until it is given to `create_one_time_token`"]
pub struct NewOneTimeToken {
    pub(super) action: Action,
    pub(super) subject: String,
    pub(super) login_type: Option<String>,
    pub(super) binding: Option<Binding>,
}

impl NewOneTimeToken {
    /// Binds the token to a value that the action changes: it can be redeemed while the value is
    /// the same, and no longer. Of several values, each counts, in their order.
    ///
    /// ```
    /// # use handstamp::{Auth, error::IssueError, minutes, one_time::{Action, OneTimeToken}};
    /// const CONFIRM: Action = Action::new("confirm-address", minutes(60));
    ///
    /// fn link(auth: &Auth, user: i64, address: &str) -> Result<OneTimeToken, IssueError> {
    ///     // Neither for another address, nor once it is confirmed.
    ///     auth.create_one_time_token(
    ///         CONFIRM.for_subject(user).bound_to(address).bound_to("unconfirmed"),
    ///     )
    /// }
    /// ```
    ///
    /// # Security
    /// The token carries a hash of the value, keyed by the secret: who reads the mail learns
    /// nothing of it. A key pair (`asymmetric`) has no secret for that: the hash is then a plain
    /// SHA-256, salted by the token's id, by which a value can be guessed. Bind a password's hash
    /// with its salt, never the password, nor anything else that is secret and short.
    pub fn bound_to(mut self, value: impl AsRef<[u8]>) -> Self {
        let binding = self.binding.get_or_insert_default();
        binding.add(value.as_ref());
        self
    }

    /// Sets the kind of account, as [`NewToken::login_type`](crate::NewToken::login_type).
    pub fn login_type(mut self, login_type: impl Into<String>) -> Self {
        self.login_type = Some(login_type.into());
        self
    }
}
