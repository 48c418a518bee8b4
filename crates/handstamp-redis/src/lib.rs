//! A [`Store`](handstamp::store::Store) that keeps sessions in Redis or Valkey, on one server or a
//! cluster.
//!
//! A page of the book compares the [stores].
//!
//! [stores]: https://github.com/handstamp/handstamp/blob/main/docs/sessions-and-stores.md
//!
//! ```no_run
//! use handstamp::{Auth, Config, minutes};
//! use handstamp_redis::RedisStore;
//!
//! let config = Config::builder()
//!     .secret_key("a secret of at least thirty-two bytes")
//!     .access_token_expires(minutes(15))
//!     .build()?;
//! let auth = Auth::builder(config)
//!     .store(RedisStore::new("redis://127.0.0.1/")?)
//!     .build()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # When to choose it
//! Choose it when several processes share sessions, every request checks its session, and the
//! answer must arrive in less than a millisecond. Requests, refreshes and log-outs are one script
//! and one round trip each, by the clock of the server. So is a log-in, unless the user already has
//! as many sessions as allowed. That, and a long list, are a round trip for each few sessions, so
//! that no script keeps others waiting. If a log-out must survive the loss of a machine, choose
//! `PostgresStore` of `handstamp-sqlx`: Redis replicates asynchronously, after it has answered.
//!
//! # What it can lose
//! It can lose writes that Redis has answered. A lost rotation is recovered: the client's token has
//! a higher generation than the store, and is accepted because it is signed. A lost log-out is not
//! recovered: the session lives until it is revoked again or expires.
//!
//! | setting | a process that dies loses | a machine that dies loses |
//! |---|---|---|
//! | `appendonly yes`, `appendfsync always` | nothing that was answered | nothing that was answered |
//! | `appendonly yes`, `appendfsync everysec` | nothing, or nearly so | about the last second |
//! | snapshots only (`save 60 1000`) | everything since the last one | everything since the last one |
//! | nothing on disk | everything: all sessions end, and a revoked token without a session **is valid again** until it expires | the same |
//!
//! `always` waits for the disk with every log-in, refresh and log-out; a request with an access
//! token seldom writes. Choose it, or `everysec` if a measurement shows that `always` is too slow.
//!
//! A failover, in a cluster, by Sentinel or by a managed service, promotes a replica that may lack
//! the last writes, whatever is on the disk of the old primary: the loss is the same as above.
//! `min-replicas-to-write 1` with `min-replicas-max-lag 2` limits the loss to seconds, and keeps an
//! isolated primary from accepting tokens. The store does not use `WAIT`: it would be a second
//! round trip, and even then a write that did not reach the replicas stays. Restoring a backup
//! revives the sessions that were revoked since.
//!
//! # How to set up the server
//! * Redis 7.0, Valkey 7.2, or later.
//! * `maxmemory-policy noeviction`. **Security:** eviction undoes revocations. A server with a
//!   limit (`maxmemory`) and another policy is refused: every method fails with that reason until
//!   the policy is changed. The store checks it with every new connection, and every half minute.
//!   Do not share the server with a cache. A full server takes no new sessions; existing ones are
//!   still refreshed and revoked.
//! * The primary. A replica is refused, because it may lack revocations; use the name that follows
//!   the primary after a failover. A connection to a server that becomes a replica is closed, and
//!   the name is looked up again.
//! * A password, and TLS unless the network is private. A client that can write to the server can
//!   create sessions, though no tokens.
//! * If the user of the URL is to have few permissions, these are enough, with `~handstamp:*` as
//!   keys: `+eval +evalsha +time +get +set +hget +hset +hmget +hgetall +pexpireat +pexpiretime
//!   +zadd +zrem +zrange +zcard +zcount +zremrangebyrank +scan +info`.
//! * A proxy in front of a cluster has to allow scripts to use keys that are not declared but are
//!   in the slot of the declared ones: the sessions of a user are found in an index.
//!
//! Every key expires on its own, so a purge removes nothing. It ends the sessions of accounts that
//! have more than they may have, except in a cluster, whose nodes it would have to search.
//!
//! # When the server is down
//! Methods fail, and requests are rejected with 503. While a connection cannot be made they fail at
//! once; one that hangs is replaced after `HANDSTAMP_STORE_TIMEOUT`. The store retries at least
//! every half second, in the background, so it works again that soon after the server does. It
//! needs no restart, not even if it was created while the server was down.
//!
//! # Rate limits
//! A `RedisStore` is also a [`LimitStore`](handstamp::limit::LimitStore): one script for each
//! request, and entries that expire on their own. In a cluster all buckets are in one slot, on one
//! node, and a request whose connection breaks may be charged twice, or given back twice, because
//! it is repeated.
//!
//! # Features
//! * `cluster`: `RedisStore::cluster`.
//! * `tls`: `rediss://`, by rustls with the certificates of the system. rustls needs one crypto
//!   provider per process: unless the application has installed one, a store with such a URL
//!   installs aws-lc-rs.

mod arguments;
mod buckets;
mod crowded;
mod failure;
mod fitness;
mod keys;
mod limit;
mod link;
mod reply;
mod scripts;
mod server;
mod store;
mod url;
mod verbs;

pub use store::RedisStore;
pub use url::RedisUrlError;

/// The examples of the README, which are tested with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
