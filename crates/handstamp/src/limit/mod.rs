//! Rate limits: how many requests a client, a user or a session may send in a time.
//!
//! Takes who sends a request, asks a [`LimitStore`], and gives what is left, or that it is one too
//! many. Never reads a request: adapters do, and name the [`Caller`]. The rule is the generic cell
//! rate algorithm ([`Quota`]), the same in every store.
//!
//! ```
//! use std::net::IpAddr;
//! use std::time::Duration;
//!
//! use handstamp::limit::{Caller, Limit, Quota, RateLimits};
//! use handstamp::{Auth, Config};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
//! let limits = RateLimits::in_memory([
//!     Limit::by_address("burst", Quota::per_second(2)),
//!     Limit::by_address("log-in", Quota::new(10, Duration::from_secs(900))),
//! ])?;
//! let address: IpAddr = "192.0.2.7".parse()?;
//! let caller = Caller::new("POST", "/login").address(address);
//! assert!(auth.check_rate(&limits, &caller).await.is_ok());
//! assert!(auth.check_rate(&limits, &caller).await.is_ok());
//! let limited = auth.check_rate(&limits, &caller).await.unwrap_err();
//! assert_eq!(limited.rejection().status(), 429);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod allowance;
mod caller;
mod key;
mod memory;
mod proxies;
mod quota;
mod rate_limits;
mod store;
#[cfg(test)]
mod tests;

pub use allowance::{Allowance, Limited};
pub use caller::Caller;
pub use key::Limit;
pub use memory::MemoryLimits;
pub use proxies::{InvalidNetwork, Network, TrustedProxies};
pub use quota::Quota;
pub use rate_limits::{LimitsError, RateLimits, WhenUnavailable};
pub(crate) use rate_limits::{check, without_answer};
pub use store::{Bucket, Charged, LimitStore};
