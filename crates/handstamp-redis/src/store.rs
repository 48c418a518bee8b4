//! The store: where it is, and under which names it keeps things.

use std::fmt;
use std::sync::Arc;

use handstamp::error::StoreError;
use handstamp::store::{AccountId, BoxFuture};
use redis::Value;

use crate::failure::{Failed, Failure};
use crate::keys::Keys;
use crate::link::Link;
use crate::scripts::{Call, Script, Scripts};
use crate::server::Server;
use crate::url::RedisUrlError;

/// Sessions and revocations in Redis or Valkey. The [crate] says when to choose it, what it may lose and how to set up
/// the server.
///
/// ```no_run
/// use handstamp::{Auth, Config};
/// use handstamp_redis::RedisStore;
///
/// let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
/// let store = RedisStore::new("redis://127.0.0.1/")?.prefix("shop:");
/// let auth = Auth::builder(config).store(store).build();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RedisStore {
    link: Arc<Link>,
    pub(crate) scripts: Scripts,
    prefix: Box<str>,
}

impl RedisStore {
    /// In one server, with replicas or without.
    ///
    /// Opens no connection: the first verb does, so that an application starts also while Redis is down. Verbs then fail,
    /// and work as soon as it is up.
    ///
    /// URLs are `redis://[user:password@]host[:port][/database]`, `unix:///path`, and with the feature `tls` also
    /// `rediss://`. The names `valkey` and `valkeys` mean the same.
    ///
    /// # Errors
    /// When the text is not such a URL.
    pub fn new(url: &str) -> Result<Self, RedisUrlError> {
        Ok(Self::at(Server::single(url)?))
    }

    /// In a cluster, of which these are some nodes; the others are found by them. What is true of [`new`](Self::new) is
    /// true here.
    ///
    /// ```no_run
    /// # use handstamp_redis::RedisStore;
    /// let store = RedisStore::cluster(["redis://10.0.0.1/", "redis://10.0.0.2/", "redis://10.0.0.3/"])?;
    /// # Ok::<(), handstamp_redis::RedisUrlError>(())
    /// ```
    ///
    /// # Errors
    /// When a text is not a URL, when there is none, and when they name different users, passwords or databases.
    #[cfg(feature = "cluster")]
    pub fn cluster<'a>(urls: impl IntoIterator<Item = &'a str>) -> Result<Self, RedisUrlError> {
        Ok(Self::at(Server::cluster(urls)?))
    }

    /// What every key begins with, in place of `handstamp:`. Applications that share a server and a prefix share users.
    ///
    /// ```
    /// # use handstamp_redis::RedisStore;
    /// let store = RedisStore::new("redis://127.0.0.1/")?.prefix("shop:");
    /// # Ok::<(), handstamp_redis::RedisUrlError>(())
    /// ```
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// By what is kept under this key instead of the server's clock.
    #[cfg(test)]
    pub(crate) fn by_clock_in(mut self, key: &str) -> Self {
        self.scripts = Scripts::by_clock_in(key);
        self
    }

    fn at(server: Server) -> Self {
        Self {
            link: Link::new(server),
            scripts: Scripts::new(),
            prefix: "handstamp:".into(),
        }
    }

    pub(crate) fn keys<'a>(&self, uid: &'a AccountId) -> Keys<'a> {
        Keys::of(&self.prefix, uid)
    }

    pub(crate) async fn run(
        &self,
        script: &Script,
        keys: impl Into<Vec<String>>,
        arguments: impl Into<Vec<String>>,
    ) -> Result<Value, Failure> {
        let call = Call {
            keys: keys.into(),
            arguments: arguments.into(),
        };
        self.link.run(script, &call, &self.prefix).await
    }

    pub(crate) fn verb<'a, T>(
        &'a self,
        verb: impl Future<Output = Result<T, Failure>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        Box::pin(async move {
            verb.await.map_err(|failure| {
                StoreError::new(Failed {
                    server: Arc::clone(self.link.server_name()),
                    failure,
                })
            })
        })
    }
}

/// No user, no password.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("server", self.link.server_name())
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
