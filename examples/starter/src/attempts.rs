//! How often passwords may be tried: so many at once, and then one now and again.
//!
//! It counts in memory, so that a restart begins anew, and several processes count apart.
//!
//! A stranger who goes on with wrong passwords for a name keeps its user from logging in for as
//! long; the binary `handstamp` shows how devices that are known can be let in all the same. A user
//! who is logged in is counted apart: no stranger keeps that user from a change of the password.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZero;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::users::UserName;

pub struct Attempts {
    names: DefaultKeyedRateLimiter<String>,
    users: DefaultKeyedRateLimiter<i64>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
}

impl Attempts {
    pub fn new() -> Self {
        Self {
            names: RateLimiter::keyed(quota(Duration::from_secs(30), ACCOUNT)),
            users: RateLimiter::keyed(quota(Duration::from_secs(30), ACCOUNT)),
            addresses: RateLimiter::keyed(quota(Duration::from_secs(2), ADDRESS)),
        }
    }

    /// Counts a log-in or sign-up of an address, before the password is compared: attempts at the
    /// same time count too. Returns how long to wait if it is one too many.
    pub fn count_address(&self, address: IpAddr) -> Result<(), Duration> {
        count(&self.addresses, &network(address))
    }

    /// Counts a log-in by a name, whether or not a user has it. It takes no other text: what is
    /// kept for each name is short.
    pub fn count_name(&self, name: &UserName) -> Result<(), Duration> {
        // A name is found in any case, so it is counted in any.
        count(&self.names, &name.0.to_ascii_lowercase())
    }

    /// Counts a password that a user who is logged in gives again. A stolen session can use these
    /// up, until the user ends it in the list of devices, which asks for no password.
    pub fn count_user(&self, id: i64) -> Result<(), Duration> {
        count(&self.users, &id)
    }

    /// Forgets who may try as if for the first time.
    pub fn purge(&self) {
        self.names.retain_recent();
        self.users.retain_recent();
        self.addresses.retain_recent();
    }
}

fn count<K: Hash + Eq + Clone>(
    attempts: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Result<(), Duration> {
    let counted = attempts.check_key(key);
    counted.map_err(|denied| denied.wait_time_from(DefaultClock::default().now()))
}

fn quota(one_in: Duration, at_once: NonZero<u32>) -> Quota {
    let quota = Quota::with_period(one_in).unwrap_or(Quota::per_second(NonZero::<u32>::MIN));
    quota.allow_burst(at_once)
}

/// Each subscriber has a whole /64 of IPv6 to send from.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

const ACCOUNT: NonZero<u32> = NonZero::new(10).unwrap();
const ADDRESS: NonZero<u32> = NonZero::new(50).unwrap();
