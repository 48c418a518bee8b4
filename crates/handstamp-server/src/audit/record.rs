//! What a line says, without its place in the chain.

use std::net::IpAddr;

use handstamp_axum::handstamp::store::{AccountId, SessionId};
use serde::Serialize;

use super::request::Client;

/// The kinds of records. Programs read the names, so they stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    ServerStarted,
    ServerStopped,
    LogIn,
    /// Wrong names or passwords, counted together.
    LogInFailed,
    /// Attempts that were one too many, counted together.
    LogInThrottled,
    LogOut,
    SessionEnded,
    /// All sessions of an account were ended by a command.
    SessionsRevoked,
    /// A refresh token without a session, as AuthX makes them, began one.
    SessionAdopted,
    /// A refresh token was replayed, and its session was ended.
    RefreshReused,
    PasswordChanged,
    UserAdded,
    UserRemoved,
    UserDisabled,
    UserEnabled,
    UserUnlocked,
    /// Records before this one could not be written.
    Gap,
    /// A line before this one was cut off, by a crash, and was removed.
    Torn,
}

/// Who has done it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum By {
    /// The user, by a request.
    User,
    /// Whoever sent a request, which proves nothing.
    Client,
    /// An operator, by a command on the host.
    Command,
    /// The service by itself.
    Service,
}

/// One record. What does not apply is left out of its line.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Record {
    pub(super) event: Event,
    pub(super) by: By,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// The start of a hash, as the log of the service shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    #[serde(flatten)]
    details: Option<Details>,
}

/// What only some kinds of records say.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Details {
    Version {
        version: &'static str,
    },
    /// The user of the system who ran a command.
    Operator {
        uid: u32,
    },
    /// How long attempts were counted together, and whether they have further accounts and
    /// addresses, which are not named.
    Guesses {
        since: String,
        others: bool,
    },
    Gap {
        since: String,
        refused_log_ins: u64,
    },
    Bytes {
        bytes: u64,
    },
}

impl Record {
    pub(crate) fn new(event: Event, by: By) -> Self {
        Self {
            event,
            by,
            account: None,
            session: None,
            address: None,
            user_agent: None,
            reason: None,
            count: None,
            details: None,
        }
    }

    /// Names an account that exists, or has existed, by its name.
    #[must_use]
    pub(crate) fn of_user(self, name: &str) -> Self {
        self.of_account(&AccountId::new(None, name))
    }

    #[must_use]
    pub(crate) fn of_account(mut self, account: &AccountId) -> Self {
        self.account = Some(account.as_str().to_owned());
        self
    }

    /// Names the session by a hash: `Debug` of its id shows the start of one.
    #[must_use]
    pub(crate) fn in_session(mut self, session: &SessionId) -> Self {
        self.session = Some(format!("{session:?}"));
        self
    }

    #[must_use]
    pub(crate) fn by_client(mut self, client: &Client) -> Self {
        self.address = Some(client.address.to_string());
        self.user_agent.clone_from(&client.user_agent);
        self
    }

    /// Names the network of clients that were counted together.
    #[must_use]
    pub(super) fn of_network(mut self, address: String) -> Self {
        self.address = Some(address);
        self
    }

    #[must_use]
    pub(crate) fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    #[must_use]
    pub(crate) fn counting(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    #[must_use]
    pub(crate) fn of_version(self, version: &'static str) -> Self {
        self.with(Details::Version { version })
    }

    #[must_use]
    pub(crate) fn by_operator(self, uid: u32) -> Self {
        self.with(Details::Operator { uid })
    }

    #[must_use]
    pub(super) fn with(mut self, details: Details) -> Self {
        self.details = Some(details);
        self
    }

    /// Returns the members of the object of JSON, without its braces.
    pub(super) fn members(&self) -> Result<String, serde_json::Error> {
        let mut object = serde_json::to_string(self)?;
        object.pop();
        Ok(object.split_off(1))
    }
}

/// Returns the network that one client may have for itself.
pub(super) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let prefix = std::net::Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> 56));
            format!("{prefix}/56")
        }
    }
}
