//! Devices that have logged in to an account, so that failures of others do not keep them out.
//!
//! A device has a cookie with a random value for each account, and the database has its hash with
//! the account and the number of its password: a new password ends what was known. It says only
//! that someone with this cookie knew the password once. It logs no one in.

use std::fmt;
use std::str::FromStr;

use handstamp_axum::handstamp::clock::UnixTime;
use sha2::{Digest as _, Sha256};

use super::user_name::UserName;
use crate::storage::clock::seconds;
use crate::storage::database::{Database, DatabaseError, query};
use crate::storage::hex::hex;

/// The devices in the database.
#[derive(Debug, Clone)]
pub(crate) struct KnownDevices(Database);

/// The random value that a device has for one account.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Device([u8; 16]);

impl KnownDevices {
    pub(crate) fn new(database: Database) -> Self {
        Self(database)
    }

    /// Returns the one of these devices that is known for the account with this password, if any.
    ///
    /// It is one query however many devices there are. Run it without an account as well, so that
    /// its time does not reveal whether there is one.
    pub(crate) async fn find<'d>(
        &self,
        devices: &'d Devices,
        account: Option<(&UserName, i64)>,
    ) -> Result<Option<&'d Device>, DatabaseError> {
        let (account, number) = account.map_or(("", NO_PASSWORD), |(account, number)| {
            (account.as_str(), number)
        });
        let hashes = devices.hashes();
        let found: Option<String> = query!(&self.0, pool => async {
            let mut query = sqlx::query_scalar(FIND).bind(account).bind(number);
            for hash in &hashes {
                query = query.bind(hash);
            }
            query.fetch_optional(pool).await
        })?;
        let is_found = |device: &&Device| Some(device.hash()) == found;
        Ok(devices.0.iter().find(is_found))
    }

    /// Returns those of the devices that are known for any account. What else was in the cookie,
    /// such as what a sibling subdomain has set, is not set again.
    pub(crate) async fn retain_known(&self, devices: &Devices) -> Result<Devices, DatabaseError> {
        let hashes = devices.hashes();
        let known: Vec<String> = query!(&self.0, pool => async {
            let mut query = sqlx::query_scalar(KNOWN);
            for hash in &hashes {
                query = query.bind(hash);
            }
            query.fetch_all(pool).await
        })?;
        let is_known = |device: &&Device| known.contains(&device.hash());
        Ok(Devices(
            devices.0.iter().filter(is_known).cloned().collect(),
        ))
    }

    /// Makes a new device known for the account. An account that has too many forgets one of the
    /// program that has most of them, by their `User-Agent`: first those that never came back, then
    /// the longest unused. A program that keeps no cookies is a new device each time, and must not
    /// push out the browser of its owner. A hundred private windows still push out a browser of the
    /// same `User-Agent` that never came back.
    ///
    /// Lenient: a client chooses its `User-Agent`. Risk: one that changes it pushes out the others.
    /// Covered: only who has just sent the right password is a new device, and being one gives a
    /// guesser nothing else.
    pub(crate) async fn add(
        &self,
        account: &UserName,
        password_number: i64,
        user_agent: &UserAgent,
        now: UnixTime,
    ) -> Result<Device, AddError> {
        let device = Device::random().map_err(AddError::Random)?;
        query!(&self.0, pool => async {
            let query = sqlx::query(ADD).bind(device.hash()).bind(account.as_str());
            let query = query.bind(password_number).bind(seconds(now)).bind(&user_agent.0);
            query.execute(pool).await.map(drop)
        })?;
        query!(&self.0, pool => async {
            let query = sqlx::query(FORGET).bind(account.as_str()).bind(MOST_DEVICES);
            query.execute(pool).await.map(drop)
        })?;
        Ok(device)
    }

    /// Records that the device was used again.
    pub(crate) async fn touch(&self, device: &Device, now: UnixTime) -> Result<(), DatabaseError> {
        query!(&self.0, pool => async {
            let query = sqlx::query(TOUCH).bind(device.hash()).bind(seconds(now));
            query.execute(pool).await.map(drop)
        })
    }

    /// Forgets all devices of the account, and returns their number.
    pub(crate) async fn forget_all(&self, account: &UserName) -> Result<u64, DatabaseError> {
        query!(&self.0, pool => async {
            let done = sqlx::query(FORGET_ALL).bind(account.as_str()).execute(pool).await;
            done.map(|done| done.rows_affected())
        })
    }

    /// Forgets the devices whose cookie has expired, and returns their number.
    pub(crate) async fn purge(&self, now: UnixTime) -> Result<u64, DatabaseError> {
        let oldest = seconds(now).saturating_sub(LIFE_SECONDS);
        query!(&self.0, pool => async {
            let done = sqlx::query(PURGE).bind(oldest).execute(pool).await;
            done.map(|done| done.rows_affected())
        })
    }
}

impl Device {
    fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Returns the hash that is kept: who reads the database cannot pass for the device.
    pub(crate) fn hash(&self) -> String {
        hex(&Sha256::digest(self.0))
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Device([redacted])")
    }
}

/// What a client says that it is, as a hash.
#[derive(Debug, Clone)]
pub(crate) struct UserAgent(String);

impl UserAgent {
    /// Takes the header `User-Agent`, which is empty where there is none.
    pub(crate) fn new(header: &[u8]) -> Self {
        Self(hex(&Sha256::digest(header)))
    }
}

/// The devices that one browser is, one for each account that was used in it, the last one first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Devices(Vec<Device>);

impl Devices {
    #[cfg(test)]
    pub(crate) const NONE: Self = Self(Vec::new());

    /// Reads the values of all cookies of the name. A sibling subdomain can set more of them: what
    /// is no device is skipped, and each of the last four has room for as many as the real one.
    /// Browsers send those with longer paths first ([RFC 6265, section
    /// 5.4](https://www.rfc-editor.org/rfc/rfc6265#section-5.4)), of which a sibling can set any
    /// number.
    pub(crate) fn read<'v>(values: impl IntoIterator<Item = &'v str>) -> Self {
        let values: Vec<&str> = values.into_iter().collect();
        let devices = values
            .into_iter()
            .rev()
            .take(MOST_COOKIES)
            .flat_map(|value| {
                let devices = value.split('.').filter_map(|text| text.parse().ok());
                devices.take(MOST_ACCOUNTS)
            });
        Self(devices.collect())
    }

    /// Returns the hashes, and empty texts for the rest of the parameters of a query.
    fn hashes(&self) -> Vec<String> {
        let mut hashes: Vec<String> = self.0.iter().map(Device::hash).collect();
        hashes.resize(MOST_COOKIES * MOST_ACCOUNTS, String::new());
        hashes
    }

    /// Puts the device first, as the one that was used last.
    pub(crate) fn insert(&mut self, device: Device) {
        self.0.retain(|other| *other != device);
        self.0.insert(0, device);
        self.0.truncate(MOST_ACCOUNTS);
    }
}

/// As the value of a cookie.
impl fmt::Display for Devices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, device) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "." };
            write!(f, "{separator}{}", hex(&device.0))?;
        }
        Ok(())
    }
}

impl FromStr for Device {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u128::from_str_radix(text, 16) {
            Ok(number) if is_hex => Ok(Self(number.to_be_bytes())),
            _ => Err(()),
        }
    }
}

/// A device was not made known.
#[derive(Debug)]
pub(crate) enum AddError {
    Random(getrandom::Error),
    Database(DatabaseError),
}

impl From<DatabaseError> for AddError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

impl fmt::Display for AddError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Random(error) => error.fmt(f),
            Self::Database(error) => error.fmt(f),
        }
    }
}

const FIND: &str = "\
    SELECT device FROM handstamp_known_devices WHERE account = $1 AND password_number = $2 AND device IN ( \
        $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
        $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34) LIMIT 1";
const KNOWN: &str = "\
    SELECT device FROM handstamp_known_devices WHERE device IN ( \
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
        $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)";
const ADD: &str = "\
    INSERT INTO handstamp_known_devices (device, account, password_number, created_at, user_agent) \
    VALUES ($1, $2, $3, $4, $5)";
const TOUCH: &str = "UPDATE handstamp_known_devices SET used_at = $2 WHERE device = $1";
const FORGET: &str = "\
    DELETE FROM handstamp_known_devices WHERE account = $1 AND device IN ( \
        SELECT device FROM ( \
            SELECT device, used_at, created_at, ROW_NUMBER() OVER ( \
                PARTITION BY user_agent ORDER BY COALESCE(used_at, 0) DESC, created_at DESC) AS place \
            FROM handstamp_known_devices WHERE account = $1) AS placed \
        ORDER BY place, COALESCE(used_at, 0) DESC, created_at DESC LIMIT 1000 OFFSET $2)";
const FORGET_ALL: &str = "DELETE FROM handstamp_known_devices WHERE account = $1";
const PURGE: &str = "DELETE FROM handstamp_known_devices WHERE COALESCE(used_at, created_at) <= $1";

/// The life of the cookie and of what is known: the longest that browsers allow (RFC 6265bis).
pub(crate) const LIFE_SECONDS: i64 = 400 * 24 * 60 * 60;
/// More accounts than people who share one browser.
const MOST_ACCOUNTS: usize = 8;
/// Cookies of the name that are read. The parameters of [`FIND`] are as many devices.
const MOST_COOKIES: usize = 4;
/// No password has this number.
const NO_PASSWORD: i64 = -1;
/// More devices than one user has.
const MOST_DEVICES: i64 = 100;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::storage::testing::TempDir;

    const NOW: UnixTime = UnixTime::from_secs(1_000_000_000);

    fn name(text: &str) -> UserName {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn a_device_is_known_for_its_account_and_password() {
        let dir = TempDir::new();
        let known = KnownDevices::new(dir.database().await);
        let device = known
            .add(&name("alice"), 1, &UserAgent::new(b""), NOW)
            .await
            .unwrap();
        let mut devices = Devices::default();
        devices.insert(device);
        let read = Devices::read([devices.to_string().as_str()]);
        assert_eq!(read, devices, "as a cookie and back");
        for (case, devices, account, password, is_known) in [
            ("the account", &devices, "alice", 1, true),
            ("another account", &devices, "bob", 1, false),
            ("a new password", &devices, "alice", 2, false),
            ("no device", &Devices::default(), "alice", 1, false),
        ] {
            let account = name(account);
            let found = known.find(devices, Some((&account, password)));
            assert_eq!(found.await.unwrap().is_some(), is_known, "{case}");
        }
        assert!(known.find(&devices, None).await.unwrap().is_none());

        // What a sibling subdomain has set neither hides the device nor is set again.
        let planted = ["f123456789abcdef0123456789abcdef"; 20].join(".");
        let own = devices.to_string();
        let mut values = vec![&*planted; 9];
        values.push(&own);
        let all = Devices::read(values);
        let found = known.find(&all, Some((&name("alice"), 1))).await.unwrap();
        assert!(found.is_some());
        assert_eq!(known.retain_known(&all).await.unwrap(), devices);
        let later = NOW.saturating_add(Duration::from_hours(24 * 401));
        assert_eq!(known.purge(NOW).await.unwrap(), 0);
        assert_eq!(known.purge(later).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_program_without_cookies_does_not_push_out_a_browser() {
        let browser = UserAgent::new(b"a browser");
        let program = UserAgent::new(b"a program");
        for (case, returned, others, others_return, is_known) in [
            ("a browser and a program", false, &program, false, true),
            ("one that came back", true, &program, false, true),
            ("a program that came back", false, &program, true, true),
            ("new windows of the browser", false, &browser, false, false),
            ("one that came back, and those", true, &browser, false, true),
        ] {
            let dir = TempDir::new();
            let known = KnownDevices::new(dir.database().await);
            let alice = name("alice");
            let device = known.add(&alice, 1, &browser, NOW).await.unwrap();
            let later = NOW.saturating_add(Duration::from_secs(1));
            if returned {
                known.touch(&device, NOW).await.unwrap();
            }
            for _ in 0..150 {
                let other = known.add(&alice, 1, others, later).await.unwrap();
                if others_return {
                    known.touch(&other, later).await.unwrap();
                }
            }
            let mut devices = Devices::default();
            devices.insert(device);
            let found = known.find(&devices, Some((&alice, 1))).await.unwrap();
            assert_eq!(found.is_some(), is_known, "{case}");
            let expired = NOW.saturating_add(Duration::from_hours(24 * 401));
            assert_eq!(known.purge(expired).await.unwrap(), 100, "{case}");
        }
    }

    #[test]
    fn what_is_no_device_is_skipped() {
        let device = "0123456789abcdef0123456789abcdef";
        let other = "f123456789abcdef0123456789abcdef";
        let both = format!("{device}.{other}");
        let second = format!("%.{device}");
        for (case, values, count) in [
            ("one", vec![device], 1),
            ("two of one browser", vec![&*both], 2),
            ("two cookies, one planted", vec![other, device], 2),
            ("empty", vec![""], 0),
            ("too short", vec!["0123"], 0),
            ("too long", vec!["0123456789abcdef0123456789abcdef0"], 0),
            (
                "not hexadecimal",
                vec!["+123456789abcdef0123456789abcdef"],
                0,
            ),
            ("one after nonsense", vec![&*second], 1),
            ("more than four cookies", vec![device; 20], 4),
        ] {
            assert_eq!(Devices::read(values).0.len(), count, "{case}");
        }
    }
}
