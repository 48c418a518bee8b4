//! The `Set-Cookie` lines of a response.

use std::time::Duration;

use super::{Lifetime, SetCookie};

/// The `Set-Cookie` lines of a response, in order.
///
/// ```
/// # use handstamp::{Auth, Config, days};
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let token = auth.create_refresh_token("user1")?;
/// let remembered = auth.set_refresh_cookies(&token)?.persistent(days(30));
/// assert!(remembered.lines().all(|line| line.to_header_value().contains("; Max-Age=2592000;")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "cookies that are not part of the response are not set: the user is not logged in, or not out"]
pub struct SetCookies(Vec<SetCookie>);

impl SetCookies {
    pub(crate) fn new(lines: Vec<SetCookie>) -> Self {
        Self(lines)
    }

    /// Makes these cookies persistent ("remember me"): the browser keeps them for this long, also
    /// after it is closed. A longer lifetime than 400 days is cut to that. With zero, as with
    /// `JWT_COOKIE_MAX_AGE=0`, the browser does not keep them at all.
    pub fn persistent(self, lifetime: Duration) -> Self {
        self.with_lifetime(Lifetime::Persistent(lifetime))
    }

    /// Makes these cookies session cookies: the browser deletes them when it is closed, unless it
    /// is set to continue where its user left off.
    pub fn session(self) -> Self {
        self.with_lifetime(Lifetime::Session)
    }

    /// Returns the lines, in order. Each is one `Set-Cookie` field.
    pub fn lines(&self) -> impl Iterator<Item = &SetCookie> {
        self.0.iter()
    }

    pub(crate) fn into_lines(self) -> impl ExactSizeIterator<Item = SetCookie> {
        self.0.into_iter()
    }

    /// Appends the lines of `then` to these.
    pub fn and(mut self, then: Self) -> Self {
        self.0.extend(then.0);
        self
    }

    /// Sets the lifetime of every line. A deletion stays a deletion.
    fn with_lifetime(self, lifetime: Lifetime) -> Self {
        Self(
            self.0
                .into_iter()
                .map(|line| line.with_lifetime(lifetime))
                .collect(),
        )
    }
}
