//! Hashes of passwords: Argon2id, kept as PHC strings.
//!
//! It hashes and compares on the thread that calls it, which takes tens of milliseconds: callers
//! that serve requests go through the queue.

use std::fmt;

use argon2::password_hash::phc::{ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version, password_hash};

use super::memory::Memory;
use super::{NewPassword, Password};

/// The hash of a password, as a PHC string. The string names its algorithm and parameters, so that
/// both can change.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct StoredHash(String);

impl StoredHash {
    pub(crate) fn new(password: &NewPassword) -> Result<Self, HashError> {
        Self::new_in(password, &mut Memory::new())
    }

    /// As [`new`](Self::new), in memory that is there already.
    pub(super) fn new_in(password: &NewPassword, memory: &mut Memory) -> Result<Self, HashError> {
        Self::from_bytes(password.0.secret_bytes(), memory)
    }

    /// Hashes a password that was right once more, when the hash [is outdated](Self::is_outdated).
    pub(super) fn rehash(password: &Password, memory: &mut Memory) -> Result<Self, HashError> {
        Self::from_bytes(password.secret_bytes(), memory)
    }

    fn from_bytes(password: &[u8], memory: &mut Memory) -> Result<Self, HashError> {
        let params = Params::new(MEMORY, PASSES, LANES, None).map_err(failed)?;
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt = Salt::generate();
        let digest = memory.hash(&hasher, password, &salt, Params::DEFAULT_OUTPUT_LEN)?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(hasher.params()).map_err(failed)?,
            salt: Some(salt),
            hash: Some(digest),
        };
        Ok(Self(hash.to_string()))
    }

    /// Compares the digests in constant time, as `==` of their type does.
    pub(super) fn matches(
        &self,
        password: &Password,
        memory: &mut Memory,
    ) -> Result<bool, HashError> {
        let hash = PasswordHash::new(&self.0).map_err(failed)?;
        let (Some(salt), Some(digest)) = (&hash.salt, &hash.hash) else {
            return Err(HashError(password_hash::Error::EncodingInvalid));
        };
        let version = hash
            .version
            .map(Version::try_from)
            .transpose()
            .map_err(failed)?;
        let hasher = Argon2::new(
            Algorithm::try_from(hash.algorithm.as_str()).map_err(failed)?,
            version.unwrap_or_default(),
            Params::try_from(&hash).map_err(failed)?,
        );
        let typed = memory.hash(&hasher, password.secret_bytes(), salt, digest.len())?;
        Ok(typed == *digest)
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
        let hash = argon2::PasswordHasher::hash_password(&hasher, password.as_bytes());
        Self(hash.unwrap().to_string())
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
pub(crate) struct HashError(password_hash::Error);

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for HashError {}

pub(super) fn failed(error: impl Into<password_hash::Error>) -> HashError {
    HashError(error.into())
}

/// In KiB. This and the next two are the minimum of OWASP's Password Storage Cheat Sheet. If one of
/// them is raised, [`DUMMY`] must be generated again; the hash of a user is replaced at the next
/// log-in.
pub(super) const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$OilAROz4OZDDBzGpvx3mbg$GdAohkcDyNub+aMVa1yEp/tQRaw4kRh7G+qkP/bIz/A";

#[cfg(test)]
mod tests {
    use super::{Memory, NewPassword, Password, StoredHash};

    #[test]
    fn a_hash_matches_its_password_and_no_other() {
        let password = NewPassword::try_from("correct horse".to_owned()).unwrap();
        let hash = StoredHash::new(&password).unwrap();
        assert!(
            hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            hash.as_str()
        );
        let mut memory = Memory::new();
        let mut matches = |text: &str| {
            let password = Password::from(text.to_owned());
            hash.matches(&password, &mut memory).unwrap()
        };
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
        let mut memory = Memory::new();
        assert!(!StoredHash::dummy().matches(&empty, &mut memory).unwrap());
    }

    /// What an earlier password has left in the memory changes no hash, whatever its parameters.
    #[test]
    fn memory_that_was_used_gives_the_hashes_of_fresh_memory() {
        let mut memory = Memory::new();
        let of = |m: u32, t: u32, lanes: u32| {
            let params = super::Params::new(m, t, lanes, None).unwrap();
            super::Argon2::new(super::Algorithm::Argon2id, super::Version::V0x13, params)
        };
        for (name, hasher) in [
            ("a new hash", of(super::MEMORY, super::PASSES, super::LANES)),
            ("less memory", of(8, 1, 1)),
            ("more memory", of(super::MEMORY + 1024, 1, 1)),
            ("lanes", of(1024, 1, 4)),
            (
                "a new hash again",
                of(super::MEMORY, super::PASSES, super::LANES),
            ),
        ] {
            let digest = memory.hash(&hasher, b"correct horse", b"sixteen of salted", 32);
            let mut fresh = [0; 32];
            let made =
                hasher.hash_password_into(b"correct horse", b"sixteen of salted", &mut fresh);
            made.unwrap();
            assert_eq!(digest.unwrap().as_bytes(), fresh, "{name}");
        }
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
