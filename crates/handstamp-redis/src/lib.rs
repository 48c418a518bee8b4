//! Sessions of handstamp in Redis or Valkey, one server or a cluster.
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
//!     .build();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # When to choose it
//! When several processes share sessions, every request asks for its session, and the answer has to come in less than a
//! millisecond. Each verb is one script, one round trip, and goes by the clock of the server. If a log-out must outlive
//! the loss of a machine, choose `PostgresStore` of `handstamp-sqlx`: Redis copies what it wrote to its replicas after it
//! has answered.
//!
//! # What it can lose
//! What Redis answered and then forgot. A refresh is recovered: the token that the client holds has a higher generation
//! than the store, and is believed because it is signed. A log-out is not recovered: the session lives on, until it is
//! ended again or expires.
//!
//! | setting | a process that dies loses | a machine that dies loses |
//! |---|---|---|
//! | `appendonly yes`, `appendfsync always` | nothing that was answered | nothing that was answered |
//! | `appendonly yes`, `appendfsync everysec` | nothing, or nearly so | about the last second |
//! | snapshots only (`save 60 1000`) | everything since the last one | everything since the last one |
//! | nothing on disk | everything: who has a session is logged out, and a token without one that was revoked **is good again** until it expires | the same |
//!
//! `always` waits for the disk with every log-in, refresh and log-out; a request that only shows its token writes seldom.
//! It is the setting to choose, with `everysec` for those who measured that they cannot.
//!
//! A failover, in a cluster, by Sentinel or by a managed service, promotes a replica that may lack the last writes,
//! whatever is on the disk of the old primary: the same is lost as above. `min-replicas-to-write 1` with
//! `min-replicas-max-lag 2` keeps the loss to seconds, and keeps an old primary that was cut off from letting anybody
//! in. The store does not use `WAIT`: it would be a second round trip, and even then a write that did not reach the
//! replicas stays. A backup that is played back brings back the sessions that were ended since.
//!
//! # How to set up the server
//! * Redis 7.0, Valkey 7.2, or later.
//! * `maxmemory-policy noeviction`. **Security:** what evicts forgets that something was revoked. A server with a limit
//!   (`maxmemory`) and another policy is refused: every verb fails and says why, until it is mended. The store looks
//!   with every new connection, and every half minute. Do not share the server with a cache.
//!   A server that is full takes no new sessions; those it has are refreshed and ended as ever.
//! * The primary. A replica is refused, as it may not know yet what was revoked; give the name that follows the primary
//!   after a failover. One that becomes a replica is left, and the name is looked up again.
//! * A password, and TLS unless the network is your own. Who can write to the server can make sessions, though no tokens.
//! * If the user of the URL is not to do everything, these are enough, with `~handstamp:*` as keys:
//!   `+eval +evalsha +time +get +set +hset +hmget +hgetall +pexpireat +pexpiretime +zadd +zrem +zrange +zremrangebyscore +info`.
//! * Where a proxy stands before a cluster, it has to allow scripts to touch keys that were not declared but are in the
//!   slot of those that were: sessions of a user are found in an index of that user.
//!
//! Every key has an end and goes by itself, so there is nothing to purge.
//!
//! # When the server is away
//! Verbs fail, and requests are refused with 503. While a connection cannot be made they fail at once; one that hangs is
//! given up after a second and replaced. The store tries again at least every half second, in the background, so it works
//! again that soon after the server does. It needs no restart, also not when it was made while the server was down.
//!
//! # Features
//! * `cluster`: `RedisStore::cluster`.
//! * `tls`: `rediss://`, by rustls with the certificates of the system. rustls wants one crypto provider for the process:
//!   unless the application has installed one, aws-lc-rs becomes it when a store with such a URL is made.

mod arguments;
mod failure;
mod fitness;
mod keys;
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
