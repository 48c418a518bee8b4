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
//! All of them gain their attempts back in a quarter of an hour, but the account in 400 seconds.
//!
//! The keys begin with eight bytes that no other kind of bucket has, nor an application that keeps
//! buckets of its own in the same database.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use handstamp_axum::handstamp::limit::{Bucket, Quota};

use super::Key;
use crate::accounts::known_devices::Device;
use crate::accounts::user_name::UserName;

/// One attempt to log in, as the buckets that it needs.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// Those that count failures, and the one of log-ins.
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
        let smallest = networks.first().map_or("", |(_, network, _)| network);
        let log_ins = format!("hslim-in {account} {smallest}");
        let mut buckets = Vec::new();
        if let Some(device) = device {
            let who = format!("hslim-dv {} {epoch}", device.hash());
            buckets.push(Bucket::new(who, DEVICE));
        } else {
            buckets.push(Bucket::new(format!("hslim-ac {account}"), ACCOUNT));
            let largest = networks.last().map_or("", |(_, network, _)| network);
            buckets.push(Bucket::new(format!("hslim-cl {account} {largest}"), CLIENT));
            let networks = networks.into_iter();
            buckets.extend(networks.map(|(kind, network, quota)| {
                let who = format!("{kind} {network}");
                Bucket::new(who, quota)
            }));
        }
        buckets.push(Bucket::new(log_ins, LOG_INS));
        Self { buckets }
    }

    pub(super) fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// Returns the buckets to which a right password gives the attempt back.
    pub(super) fn counting_failures(&self) -> &[Bucket] {
        self.buckets.split_last().map_or(&[], |(_, others)| others)
    }

    /// Returns what the attempts that wait for each other have in common: the account, or the
    /// device that is known for it.
    pub(crate) fn lane(&self) -> &str {
        self.buckets.first().map_or("", |bucket| &bucket.key)
    }
}

/// Returns the networks of an address that one client may have for itself, the smallest first, each
/// with the word of its buckets.
fn networks(address: IpAddr) -> Vec<(&'static str, String, Quota)> {
    match address {
        IpAddr::V4(address) => vec![("hslim-n4", address.to_string(), ADDRESS)],
        IpAddr::V6(address) => {
            let network = |kind, bits: u32, quota| {
                let prefix = Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> bits));
                (kind, format!("{prefix}/{bits}"), quota)
            };
            vec![
                network("hslim-64", 64, ADDRESS),
                network("hslim-56", 56, SITE),
                network("hslim-48", 48, LARGE_SITE),
            ]
        }
    }
}

// A bucket that was charged by one quota means nothing to another: a quota that is changed needs
// another word in the keys of its buckets.

/// Enough for a user who tries three passwords, each with and without a typing mistake.
const DEVICE: Quota = Quota::new(10, QUARTER_OF_AN_HOUR);
/// At most a hundred guesses in an hour: ten, and one each 40 seconds.
const ACCOUNT: Quota = Quota::new(10, Duration::from_secs(400));
/// Less often than the account gains an attempt, so that one client does not take them all.
const CLIENT: Quota = Quota::new(10, QUARTER_OF_AN_HOUR);
/// A school or an office may share one address.
const ADDRESS: Quota = Quota::new(100, QUARTER_OF_AN_HOUR);
/// What a provider gives to a household, a /56, is more than one network.
const SITE: Quota = Quota::new(200, QUARTER_OF_AN_HOUR);
const LARGE_SITE: Quota = Quota::new(400, QUARTER_OF_AN_HOUR);
/// A script that logs in anew for each of its calls makes one in three seconds.
const LOG_INS: Quota = Quota::new(300, QUARTER_OF_AN_HOUR);

const QUARTER_OF_AN_HOUR: Duration = Duration::from_mins(15);
