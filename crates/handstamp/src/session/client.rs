//! The description of the client that logs in, as far as its request contains one.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use crate::config::{Config, CookieLifetime};
use crate::csrf;
use crate::request::{RequestHead, UserAgent, readable};
use crate::store::{AccountId, SessionId};

/// A description of the client that logs in. It is shown in lists of sessions, and no decision
/// depends on it.
///
/// ```
/// use handstamp::days;
/// use handstamp::session::ClientInfo;
///
/// let client = ClientInfo::new()
///     .ip([192, 0, 2, 1])
///     .user_agent("Mozilla/5.0")
///     .label("the laptop in the kitchen")
///     .persistent(days(30)); // "remember me"
/// ```
#[derive(Clone, Default)]
#[must_use = "give it to `log_in`"]
pub struct ClientInfo {
    pub(super) ip: Option<IpAddr>,
    pub(super) user_agent: Option<String>,
    pub(super) label: Option<String>,
    pub(crate) cookies: Option<CookieLifetime>,
    /// The sessions of the tokens that the request carried.
    pub(super) carried: BTreeSet<(AccountId, SessionId)>,
}

/// Omits every detail of the client, so that none is logged.
impl fmt::Debug for ClientInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientInfo").finish_non_exhaustive()
    }
}

impl ClientInfo {
    /// Creates a description without any details.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the address. Behind a trusted proxy, pass the address that the proxy reports.
    pub fn ip(mut self, ip: impl Into<IpAddr>) -> Self {
        self.ip = Some(ip.into());
        self
    }

    /// Sets the value of the header `User-Agent`. The first 256 characters are kept, without
    /// control characters.
    pub fn user_agent(mut self, user_agent: impl AsRef<str>) -> Self {
        self.user_agent = readable(user_agent.as_ref());
        self
    }

    /// Sets the name that the user gave the device. The first 256 characters are kept, without
    /// control characters.
    pub fn label(mut self, label: impl AsRef<str>) -> Self {
        self.label = readable(label.as_ref());
        self
    }

    /// Makes the session's cookies persistent ("remember me"): the browser keeps them for this long
    /// after each refresh, also after it is closed. A longer lifetime than 400 days is cut to that.
    /// By default `JWT_SESSION_COOKIE` and `JWT_COOKIE_MAX_AGE` decide. A lifetime of less than a
    /// second is an error of the log-in.
    pub fn persistent(mut self, lifetime: Duration) -> Self {
        self.cookies = Some(CookieLifetime::Fixed(lifetime));
        self
    }

    /// Makes the session's cookies session cookies: the browser deletes them when it is closed.
    pub fn session(mut self) -> Self {
        self.cookies = Some(CookieLifetime::Session);
        self
    }
}

/// Returns the description of the client that a request contains.
pub(crate) fn client_info(head: &impl RequestHead, config: &Config) -> ClientInfo {
    let mut client = ClientInfo::new();
    client.user_agent = UserAgent::of(head).as_str().map(str::to_owned);
    let carried = super::log_out::presented(head, config).sessions();
    let accounts: BTreeSet<&AccountId> = carried.iter().map(|(account, _)| account).collect();
    if csrf::may_replace(head, config, accounts.len()) {
        client.carried = carried;
    }
    client
}
