//! Hashes of passwords: Argon2id, kept as PHC strings.
//!
//! It hashes and compares on the thread that calls it, which takes tens of milliseconds: callers
//! that serve requests go through the queue.

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};

use super::{NewPassword, Password};

/// The hash of a password, as a PHC string. The string names its algorithm and parameters, so that
/// both can change.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct StoredHash(String);

impl StoredHash {
    pub(crate) fn new(password: &NewPassword) -> Result<Self, HashError> {
        Self::from_bytes(password.0.secret_bytes())
    }

    /// Hashes a password that was right once more, when the hash [is outdated](Self::is_outdated).
    pub(super) fn rehash(password: &Password) -> Result<Self, HashError> {
        Self::from_bytes(password.secret_bytes())
    }

    fn from_bytes(password: &[u8]) -> Result<Self, HashError> {
        let hash = hasher()?.hash_password(password).map_err(HashError)?;
        Ok(Self(hash.to_string()))
    }

    /// Compares the digests in constant time.
    pub(super) fn matches(&self, password: &Password) -> Result<bool, HashError> {
        let hash = PasswordHash::new(&self.0).map_err(|error| HashError(error.into()))?;
        match Argon2::default().verify_password(password.secret_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(HashError(error)),
        }
    }

    /// Returns whether the hash was made with less work than new hashes are.
    pub(super) fn is_outdated(&self) -> bool {
        let Ok(hash) = PasswordHash::new(&self.0) else {
            return true;
        };
        let Ok(params) = Params::try_from(&hash) else {
            return true;
        };
        hash.algorithm != Algorithm::Argon2id.ident()
            || params.m_cost() < MEMORY
            || params.t_cost() < PASSES
    }

    /// Takes the text that the database has.
    pub(crate) fn from_database(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns a hash that was made before the parameters were raised.
    #[cfg(test)]
    pub(crate) fn outdated(password: &str) -> Self {
        let params = Params::new(8, 1, 1, None).unwrap();
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Self(
            hasher
                .hash_password(password.as_bytes())
                .unwrap()
                .to_string(),
        )
    }

    /// Returns a hash that matches no known password: its digest was drawn at random. It is
    /// compared if there is no user, so that the time of an answer reveals nothing.
    pub(super) fn dummy() -> Self {
        Self(DUMMY.to_owned())
    }
}

/// A hash resists guessing only so far, so it is kept out of logs.
impl fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A hash could not be made, or the one in the database is damaged.
#[derive(Debug)]
pub(crate) struct HashError(argon2::password_hash::Error);

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for HashError {}

fn hasher() -> Result<Argon2<'static>, HashError> {
    let params =
        Params::new(MEMORY, PASSES, LANES, None).map_err(|error| HashError(error.into()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// In KiB. This and the next two are the minimum of OWASP's Password Storage Cheat Sheet. If one of
/// them is raised, [`DUMMY`] must be generated again; the hash of a user is replaced at the next
/// log-in.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$OilAROz4OZDDBzGpvx3mbg$GdAohkcDyNub+aMVa1yEp/tQRaw4kRh7G+qkP/bIz/A";

#[cfg(test)]
mod tests {
    use super::{NewPassword, Password, StoredHash};

    #[test]
    fn a_hash_matches_its_password_and_no_other() {
        let password = NewPassword::try_from("correct horse".to_owned()).unwrap();
        let hash = StoredHash::new(&password).unwrap();
        assert!(
            hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            hash.as_str()
        );
        let matches = |text: &str| hash.matches(&Password::from(text.to_owned())).unwrap();
        assert!(matches("correct horse"));
        assert!(!matches("correct Horse"));
        assert!(!matches(""));
        assert!(!matches(&"x".repeat(2000)));
        assert_ne!(
            hash,
            StoredHash::new(&password).unwrap(),
            "each hash has its own salt"
        );
    }

    #[test]
    fn the_dummy_is_as_much_work_as_a_new_hash() {
        let new = StoredHash::new(&NewPassword::try_from("password".to_owned()).unwrap()).unwrap();
        let shape = |hash: &StoredHash| {
            let fields: Vec<String> = hash.as_str().split('$').map(str::to_owned).collect();
            (fields[1..4].to_vec(), fields[4].len(), fields[5].len())
        };
        assert_eq!(shape(&StoredHash::dummy()), shape(&new));
        let empty = Password::from(String::new());
        assert!(!StoredHash::dummy().matches(&empty).unwrap());
    }

    #[test]
    fn a_hash_made_with_less_work_is_outdated() {
        let salt_and_digest = "OilAROz4OZDDBzGpvx3mbg$GdAohkcDyNub+aMVa1yEp/tQRaw4kRh7G+qkP/bIz/A";
        for (name, start, outdated) in [
            ("a new hash", "$argon2id$v=19$m=19456,t=2,p=1", false),
            ("more memory", "$argon2id$v=19$m=65536,t=2,p=1", false),
            ("more passes", "$argon2id$v=19$m=19456,t=3,p=4", false),
            ("less memory", "$argon2id$v=19$m=19455,t=2,p=1", true),
            ("fewer passes", "$argon2id$v=19$m=65536,t=1,p=1", true),
            ("another algorithm", "$argon2i$v=19$m=19456,t=2,p=1", true),
            ("damaged", "$argon2id$v=19$m=none,t=2,p=1", true),
        ] {
            let hash = StoredHash::from_database(format!("{start}${salt_and_digest}"));
            assert_eq!(hash.is_outdated(), outdated, "{name}");
        }
    }
}
