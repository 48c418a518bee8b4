//! The store: its server, its prefix and its scripts.

use std::fmt;
use std::sync::Arc;

use handstamp::error::StoreError;
use handstamp::limit::Bucket;
use handstamp::store::{AccountId, BoxFuture};
use redis::Value;

use crate::arguments::count;
use crate::failure::{Failed, Failure};
use crate::keys::{self, Keys};
use crate::link::Link;
use crate::reply;
use crate::scripts::{Call, Script, Scripts};
use crate::server::Server;
use crate::url::RedisUrlError;

/// A store of sessions and revocations in Redis or Valkey. The [crate] documentation covers when to
/// choose it, what it may lose and how to set up the server.
///
/// ```no_run
/// use handstamp::{Auth, Config};
/// use handstamp_redis::RedisStore;
///
/// let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
/// let store = RedisStore::new("redis://127.0.0.1/")?.prefix("shop:");
/// let auth = Auth::builder(config).store(store).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RedisStore {
    pub(crate) link: Arc<Link>,
    pub(crate) scripts: Scripts,
    prefix: Box<str>,
}

impl RedisStore {
    /// Creates a store on one server, with or without replicas.
    ///
    /// Opens no connection: the first method does, so that an application starts even while Redis
    /// is down. Methods then fail until it is up.
    ///
    /// URLs are `redis://[user:password@]host[:port][/database]`, `unix:///path`, and with the
    /// feature `tls` also `rediss://`. The schemes `valkey` and `valkeys` mean the same.
    ///
    /// # Errors
    /// Returns a [`RedisUrlError`] if the text is not such a URL.
    pub fn new(url: &str) -> Result<Self, RedisUrlError> {
        Ok(Self::at(Server::single(url)?))
    }

    /// Creates a store in a cluster, given the URLs of some nodes; the others are discovered. It
    /// opens no connection and takes the same forms of URLs as [`new`](Self::new).
    ///
    /// ```no_run
    /// # use handstamp_redis::RedisStore;
    /// let nodes = ["redis://10.0.0.1/", "redis://10.0.0.2/", "redis://10.0.0.3/"];
    /// let store = RedisStore::cluster(nodes)?;
    /// # Ok::<(), handstamp_redis::RedisUrlError>(())
    /// ```
    ///
    /// # Errors
    /// Returns a [`RedisUrlError`] if a text is not a URL, if there is none, or if they name
    /// different users, passwords or databases.
    #[cfg(feature = "cluster")]
    pub fn cluster<'a>(urls: impl IntoIterator<Item = &'a str>) -> Result<Self, RedisUrlError> {
        Ok(Self::at(Server::cluster(urls)?))
    }

    /// Sets the prefix of every key, which is `handstamp:` by default. Applications that share a
    /// server and a prefix share accounts.
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

    /// Uses the instant under this key instead of the server's clock.
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

    pub(crate) fn keys<'a>(&self, account: &'a AccountId) -> Keys<'a> {
        Keys::of(&self.prefix, account)
    }

    pub(crate) fn bucket(&self, bucket: &Bucket) -> String {
        keys::bucket(&self.prefix, &bucket.key)
    }

    /// Returns a pattern for the names of the indexes of all accounts.
    pub(crate) fn indexes(&self) -> String {
        keys::indexes(&self.prefix)
    }

    pub(crate) fn is_cluster(&self) -> bool {
        self.link.is_cluster()
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

    /// Runs a script that reads many sessions of an account: this many in each step, so that other
    /// callers never wait long. The first step also returns the ids for the others.
    pub(crate) async fn in_steps(
        &self,
        script: &Script,
        account: &AccountId,
        at_most: usize,
        step: usize,
    ) -> Result<Vec<Value>, Failure> {
        let keys = self.keys(account);
        let [tokens, sessions] = keys.not_before();
        let run = async |ids: &[String]| {
            let mut arguments = vec![
                account.as_str().to_owned(),
                keys.session_prefix(),
                count(at_most),
                step.to_string(),
            ];
            arguments.extend_from_slice(ids);
            let places = [tokens.clone(), sessions.clone(), keys.index()];
            let [found, others] = reply::parts(self.run(script, places, arguments).await?)?;
            Ok((reply::list(found)?, reply::list(others)?))
        };
        let (mut all, others) = run(&[]).await?;
        let others: Result<Vec<String>, Failure> = others.into_iter().map(reply::text).collect();
        for ids in others?.chunks(step) {
            all.extend(run(ids).await?.0);
        }
        Ok(all)
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

/// Shows neither user nor password.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("server", self.link.server_name())
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
