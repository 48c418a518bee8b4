//! One limit, and the key under which it counts a caller.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Once};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::{Bucket, Caller, Quota};
use crate::store::AccountId;

/// One limit: its name, its quota, and by what it counts.
///
/// Limits of one name and one quota in one store are one limit: routes that shall be counted apart
/// have limits of different names.
#[derive(Clone)]
pub struct Limit {
    name: Cow<'static, str>,
    quota: Quota,
    by: CountedBy,
}

#[derive(Clone)]
enum CountedBy {
    Address,
    Subject,
    Session,
    Function(Function),
}

type Function = Arc<dyn Fn(&Caller<'_>) -> Option<String> + Send + Sync>;

impl Limit {
    /// Counts by the address of the client, for IPv6 by its /64: one client has all addresses of
    /// such a network. Callers whose address is not known count as one.
    #[must_use]
    pub fn by_address(name: impl Into<Cow<'static, str>>, quota: Quota) -> Self {
        Self::new(name, quota, CountedBy::Address)
    }

    /// Counts by the account of the access token. A caller without a valid one is counted by its
    /// address.
    #[must_use]
    pub fn by_subject(name: impl Into<Cow<'static, str>>, quota: Quota) -> Self {
        Self::new(name, quota, CountedBy::Subject)
    }

    /// Counts by the session of the access token, so each device of a user has its own quota. A
    /// token without a session is counted by its account, and a caller without a valid token by its
    /// address.
    ///
    /// # Security
    /// Each log-in makes a session with a full bucket. What must not be exceeded is counted by the
    /// subject.
    #[must_use]
    pub fn by_session(name: impl Into<Cow<'static, str>>, quota: Quota) -> Self {
        Self::new(name, quota, CountedBy::Session)
    }

    /// Counts by what this function returns. A caller for whom it returns `None` is not counted by
    /// this limit.
    ///
    /// ```
    /// use handstamp::limit::{Caller, Limit, Quota};
    ///
    /// let tenant = |caller: &Caller<'_>| {
    ///     let tenant: serde_json::Value = caller.access()?.claims().ok()?;
    ///     Some(tenant.get("tenant")?.as_str()?.to_owned())
    /// };
    /// let limit = Limit::by("tenant", Quota::per_minute(1000), tenant);
    /// ```
    ///
    /// # Security
    /// What a client can choose, such as a header, must not be all that is counted: each value has
    /// a full bucket.
    #[must_use]
    pub fn by(
        name: impl Into<Cow<'static, str>>,
        quota: Quota,
        function: impl Fn(&Caller<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self::new(name, quota, CountedBy::Function(Arc::new(function)))
    }

    fn new(name: impl Into<Cow<'static, str>>, quota: Quota, by: CountedBy) -> Self {
        Self {
            name: name.into(),
            quota,
            by,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn quota(&self) -> Quota {
        self.quota
    }

    pub(super) fn needs_token(&self) -> bool {
        !matches!(self.by, CountedBy::Address)
    }

    /// Returns the bucket of this caller, or `None` if the caller is not counted.
    pub(super) fn bucket(&self, caller: &Caller<'_>) -> Option<Bucket> {
        let token = caller.access();
        let address = || network(caller.client_address());
        let account = |token: &crate::Authenticated<_>| {
            let account = AccountId::new(token.login_type(), token.subject());
            ("account", account.as_str().to_owned())
        };
        let (kind, who) = match &self.by {
            CountedBy::Address => address(),
            CountedBy::Subject => token.map_or_else(address, account),
            CountedBy::Session => token.map_or_else(address, |token| {
                let session = token.session_id();
                session.map_or_else(
                    || account(token),
                    |session| ("session", session.as_str().to_owned()),
                )
            }),
            CountedBy::Function(function) => ("function", function(caller)?),
        };
        let key = self.prefix() + &digest(KEY_BYTES, &[&self.name, kind, &who]);
        Some(Bucket::new(key, self.quota))
    }

    /// Returns what the keys of all buckets of this limit begin with. A limit whose quota was
    /// changed is another one: an instant that was charged by one quota means nothing to another.
    fn prefix(&self) -> String {
        let quota = [self.quota.interval(), self.quota.capacity()].map(|part| part.to_string());
        digest(PREFIX_BYTES, &[&self.name, &quota[0], &quota[1]])
    }
}

impl fmt::Debug for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limit")
            .field("name", &self.name)
            .field("quota", &self.quota)
            .finish_non_exhaustive()
    }
}

/// Hashes texts, each of which is followed by a byte that no name contains.
fn digest(bytes: usize, texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in ["handstamp: a limit"].iter().chain(texts) {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    let hash = hash.finalize();
    URL_SAFE_NO_PAD.encode(hash.get(..bytes).unwrap_or_default())
}

/// Returns the part of an address that belongs to one client.
fn network(address: Option<IpAddr>) -> (&'static str, String) {
    static WARNED: Once = Once::new();
    let network = match address {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).to_string()
        }
        None => {
            WARNED.call_once(|| tracing::warn!("{WITHOUT_ADDRESS}"));
            String::new()
        }
    };
    ("address", network)
}

/// 128 bits: two callers never share a bucket by chance.
const KEY_BYTES: usize = 16;
/// Eight characters.
const PREFIX_BYTES: usize = 6;

const WITHOUT_ADDRESS: &str = "a limit counts by the address of the client, and it is not known: all clients count as one. With axum, \
     serve `app.into_make_service_with_connect_info::<SocketAddr>()`; with another server on tower, put the address into the \
     request's extensions as `PeerAddress`; behind a proxy at a Unix socket, use `TrustedProxies::at_unix_socket`";
