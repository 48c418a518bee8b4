//! Log-ins that failed, counted together: any stranger can cause them, and must not fill the disk.
//!
//! A name that no account has is not kept: it may be a password in the wrong field.

use std::collections::HashMap;
use std::mem;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use handstamp_axum::handstamp::clock::UnixTime;
use handstamp_axum::handstamp::store::AccountId;

use super::record::{By, Details, Event, Record, network};
use super::time::rfc3339;

/// What came of an attempt that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    /// The name or the password was wrong, or the user is disabled.
    Failed,
    /// It was one too many.
    Throttled,
}

/// The attempts of one minute.
#[derive(Debug, Default)]
pub(super) struct Guesses {
    counts: HashMap<Key, u64>,
    begun: Option<(Instant, UnixTime)>,
}

/// What is counted together: attempts for one account, or for none, from one network. Those beyond
/// [`MOST_KEYS`] have neither.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    outcome: Outcome,
    class: Class,
    of: Option<(Option<AccountId>, String)>,
}

/// Names that no account has leave room for those of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Class {
    Known,
    Unknown,
}

impl Guesses {
    pub(super) fn count(
        &mut self,
        outcome: Outcome,
        account: Option<AccountId>,
        address: IpAddr,
        now: (Instant, UnixTime),
    ) {
        self.begun.get_or_insert(now);
        let class = match account {
            Some(_) => Class::Known,
            None => Class::Unknown,
        };
        let of = Some((account, network(address)));
        let key = Key { outcome, class, of };
        if let Some(count) = self.counts.get_mut(&key) {
            *count += 1;
            return;
        }
        let mut keys = self.counts.keys();
        let is_like = |other: &&Key| other.outcome == outcome && other.class == class;
        let alike = keys.by_ref().filter(is_like).count();
        let key = if alike < MOST_KEYS {
            key
        } else {
            Key { of: None, ..key }
        };
        *self.counts.entry(key).or_default() += 1;
    }

    /// Returns the records of a minute that has ended.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<Record> {
        match self.begun {
            Some((begun, _)) if now.saturating_duration_since(begun) >= A_MINUTE => self.take(),
            _ => Vec::new(),
        }
    }

    /// Returns the records of what was counted until now.
    pub(super) fn take(&mut self) -> Vec<Record> {
        let Some((_, since)) = self.begun.take() else {
            return Vec::new();
        };
        let since = rfc3339(since);
        let counts = mem::take(&mut self.counts).into_iter();
        let record = |(key, count): (Key, u64)| {
            let event = match key.outcome {
                Outcome::Failed => Event::LogInFailed,
                Outcome::Throttled => Event::LogInThrottled,
            };
            let reason = match (key.outcome, key.class) {
                (Outcome::Throttled, _) => None,
                (Outcome::Failed, Class::Known) => Some("wrong_password"),
                (Outcome::Failed, Class::Unknown) => Some("unknown_user"),
            };
            let others = key.of.is_none();
            let since = since.clone();
            let mut record = Record::new(event, By::Client).counting(count);
            if let Some((account, network)) = key.of {
                record = record.of_network(network);
                if let Some(account) = account {
                    record = record.of_account(&account);
                }
            }
            if let Some(reason) = reason {
                record = record.because(reason);
            }
            record.with(Details::Guesses { since, others })
        };
        counts.map(record).collect()
    }
}

/// Of each outcome and class, without that of the others: four times as many lines a minute, and
/// four.
const MOST_KEYS: usize = 8;

const A_MINUTE: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    #[test]
    fn any_number_of_guesses_is_a_bounded_number_of_lines() {
        let now = (Instant::now(), UnixTime::from_secs(0));
        let mut guesses = Guesses::default();
        for number in 0..100_000_u32 {
            let outcome = if number % 2 == 0 {
                Outcome::Failed
            } else {
                Outcome::Throttled
            };
            let name = (number % 3 == 0).then(|| AccountId::new(None, &number.to_string()));
            let address = Ipv6Addr::from_bits(u128::from(number) << 80);
            guesses.count(outcome, name, address.into(), now);
        }
        assert!(
            guesses.take_due(now.0).is_empty(),
            "the minute has just begun"
        );
        let records = guesses.take_due(now.0 + A_MINUTE);
        assert_eq!(records.len(), 4 * (MOST_KEYS + 1));
        let text: Vec<String> = records
            .iter()
            .map(|record| record.members().unwrap())
            .collect();
        let count = |text: &String| -> u64 {
            let count = text.split("\"count\":").nth(1).unwrap();
            count.split(',').next().unwrap().parse().unwrap()
        };
        assert_eq!(text.iter().map(count).sum::<u64>(), 100_000);
        let bytes: usize = text.iter().map(|text| text.len() + 250).sum();
        println!("100,000 guesses are {} lines, {bytes} bytes", text.len());
        assert!(guesses.take_due(now.0 + 2 * A_MINUTE).is_empty());
    }

    #[test]
    fn guesses_of_one_network_and_account_are_one_line() {
        let now = (Instant::now(), UnixTime::from_secs(0));
        let alice = || Some(AccountId::new(None, "alice"));
        let mut guesses = Guesses::default();
        for (account, address) in [
            (alice(), "2001:db8::1"),
            (alice(), "2001:db8::ffff:1"),
            (alice(), "192.0.2.7"),
            (alice(), "::ffff:192.0.2.7"),
            (None, "192.0.2.7"),
        ] {
            guesses.count(Outcome::Failed, account, address.parse().unwrap(), now);
        }
        let mut lines: Vec<String> = guesses
            .take()
            .iter()
            .map(|record| record.members().unwrap())
            .collect();
        lines.sort();
        let start = r#""event":"log_in_failed","by":"client""#;
        let wrong = r#""reason":"wrong_password","count":2"#;
        let unknown = r#""reason":"unknown_user","count":1"#;
        let end = r#""since":"1970-01-01T00:00:00.000Z","others":false"#;
        assert_eq!(
            lines,
            [
                format!(r#"{start},"account":"alice","address":"192.0.2.7",{wrong},{end}"#),
                format!(r#"{start},"account":"alice","address":"2001:db8::/56",{wrong},{end}"#),
                format!(r#"{start},"address":"192.0.2.7",{unknown},{end}"#),
            ]
        );
    }
}
