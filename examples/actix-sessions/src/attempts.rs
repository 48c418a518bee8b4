//! How often passwords may be tried: so many at once, and then one now and again.
//!
//! It counts in memory, so that a restart begins anew, and several processes count apart. Who tries
//! ten wrong passwords keeps that user out for half a minute; the binary `handstamp` shows how
//! devices that are known can be let in all the same.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZero;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

pub struct Attempts {
    of_accounts: DefaultKeyedRateLimiter<String>,
    of_addresses: DefaultKeyedRateLimiter<IpAddr>,
}

impl Attempts {
    pub fn new() -> Self {
        Self {
            of_accounts: RateLimiter::keyed(quota(Duration::from_secs(30), ACCOUNT)),
            of_addresses: RateLimiter::keyed(quota(Duration::from_secs(2), ADDRESS)),
        }
    }

    /// Counts an attempt for an account, before the password is compared: attempts at the same time
    /// count too. Returns how long to wait if it is one too many.
    pub fn count(&self, account: &str, address: IpAddr) -> Result<(), Duration> {
        self.count_address(address)?;
        // A name is found in any case, so it is counted in any.
        let counted = self.of_accounts.check_key(&account.to_ascii_lowercase());
        counted.map_err(|denied| denied.wait_time_from(DefaultClock::default().now()))
    }

    /// Counts an attempt that is for no account, such as a sign-up.
    pub fn count_address(&self, address: IpAddr) -> Result<(), Duration> {
        let counted = self.of_addresses.check_key(&network(address));
        counted.map_err(|denied| denied.wait_time_from(DefaultClock::default().now()))
    }

    /// Forgets who may try as if for the first time.
    pub fn purge(&self) {
        self.of_accounts.retain_recent();
        self.of_addresses.retain_recent();
    }
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
