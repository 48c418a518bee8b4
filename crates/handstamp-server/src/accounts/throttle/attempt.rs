//! The buckets that one attempt to log in needs.
//!
//! * A device that has logged in to the account before, by the cookie that it got: ten failures of
//!   its own, and no other bucket for failures. So no one else's failures keep it out.
//! * Any other: ten failures for the account, of all such devices together, and then one each 40
//!   seconds. Guessing is bounded by that, from however many addresses. Ten failures for the
//!   account from its address, for IPv6 from its /48, and then one each 90 seconds: a program that
//!   tries a former password without pause leaves room for the owner elsewhere. And a hundred
//!   failures for its address, which many people may share; for IPv6 for its /64, /56 and /48,
//!   since one client has them all.
//! * In any case 300 log-ins of the account from the address, right or wrong, because each costs
//!   work and a session.
//!
//! All but the last gain their attempts back in a quarter of an hour, the account in 400 seconds.

use std::net::{IpAddr, Ipv6Addr};

use super::{Bucket, Key, Limit};
use crate::accounts::known_devices::Device;
use crate::accounts::user_name::UserName;

/// One attempt to log in, as the buckets that it needs.
#[derive(Debug)]
pub(crate) struct Attempt {
    buckets: Vec<Bucket>,
}

impl Attempt {
    /// Creates the attempt to log in with this name, at this epoch of the account.
    ///
    /// A name that no account has is limited as if it had one, so that a denial does not reveal
    /// whether an account exists. All texts that are not valid names count as one account.
    pub(crate) fn new(
        key: &Key,
        name: Option<&UserName>,
        epoch: i64,
        address: IpAddr,
        device: Option<&Device>,
    ) -> Self {
        let name = name.map(UserName::composed_and_folded).unwrap_or_default();
        let account = key.digest(&[&name, &epoch.to_string()]);
        let networks = networks(address.to_canonical());
        let smallest = networks.first().map_or("", |(network, _)| network);
        let log_ins = Bucket {
            who: format!("log-ins {account} {smallest}"),
            limit: LOG_INS,
            counts_failures: false,
        };
        let mut buckets = Vec::with_capacity(MOST_BUCKETS);
        if let Some(device) = device {
            let who = format!("device {} {epoch}", device.hash());
            buckets.push(Bucket::of_failures(who, DEVICE));
        } else {
            let who = format!("account {account}");
            buckets.push(Bucket::of_failures(who, ACCOUNT));
            let largest = networks.last().map_or("", |(network, _)| network);
            let who = format!("client {account} {largest}");
            buckets.push(Bucket::of_failures(who, CLIENT));
            buckets.extend(
                networks.into_iter().map(|(network, limit)| {
                    Bucket::of_failures(format!("network {network}"), limit)
                }),
            );
        }
        buckets.push(log_ins);
        Self { buckets }
    }

    pub(super) fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// Returns what the attempts that wait for each other have in common: the account, or the
    /// device that is known for it.
    pub(crate) fn lane(&self) -> &str {
        self.buckets.first().map_or("", |bucket| &bucket.who)
    }
}

impl Bucket {
    fn of_failures(who: String, limit: Limit) -> Self {
        Self {
            who,
            limit,
            counts_failures: true,
        }
    }
}

/// Returns the networks of an address that one client may have for itself, the smallest first.
fn networks(address: IpAddr) -> Vec<(String, Limit)> {
    match address {
        IpAddr::V4(address) => vec![(address.to_string(), ADDRESS)],
        IpAddr::V6(address) => {
            let network = |bits: u32, limit| {
                let prefix = Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> bits));
                (format!("{prefix}/{bits}"), limit)
            };
            vec![
                network(64, ADDRESS),
                network(56, SITE),
                network(48, LARGE_SITE),
            ]
        }
    }
}

/// The account, the client of it, three networks, and the log-ins.
pub(super) const MOST_BUCKETS: usize = 6;

/// Enough for a user who tries three passwords, each with and without a typing mistake.
const DEVICE: Limit = Limit {
    attempts: 10,
    refill: 90_000,
};
/// At most a hundred guesses in an hour: ten, and one each 40 seconds.
const ACCOUNT: Limit = Limit {
    attempts: 10,
    refill: 40_000,
};
/// Less often than the account gains an attempt, so that one client does not take them all.
const CLIENT: Limit = Limit {
    attempts: 10,
    refill: 90_000,
};
/// A school or an office may share one address.
const ADDRESS: Limit = Limit {
    attempts: 100,
    refill: 9_000,
};
/// What a provider gives to a household, a /56, is more than one network.
const SITE: Limit = Limit {
    attempts: 200,
    refill: 4_500,
};
const LARGE_SITE: Limit = Limit {
    attempts: 400,
    refill: 2_250,
};
/// A script that logs in anew for each of its calls makes one in three seconds.
const LOG_INS: Limit = Limit {
    attempts: 300,
    refill: 3_000,
};
