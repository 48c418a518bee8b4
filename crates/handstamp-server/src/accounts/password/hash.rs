//! Argon2id, and the text in which its hashes are kept.

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};

use super::{NewPassword, Password};

/// The hash of a password, as a PHC string: it names its algorithm and parameters, so that both can change.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct StoredHash(String);

impl StoredHash {
    pub(crate) fn of(password: &NewPassword) -> Result<Self, HashError> {
        Self::of_bytes(password.0.secret_bytes())
    }

    /// Of a password that was right, when [`is_outdated`](Self::is_outdated).
    pub(super) fn again(password: &Password) -> Result<Self, HashError> {
        Self::of_bytes(password.secret_bytes())
    }

    fn of_bytes(password: &[u8]) -> Result<Self, HashError> {
        let hash = hasher()?.hash_password(password).map_err(HashError)?;
        Ok(Self(hash.to_string()))
    }

    /// Compares in constant time.
    pub(super) fn matches(&self, password: &Password) -> Result<bool, HashError> {
        let hash = PasswordHash::new(&self.0).map_err(|error| HashError(error.into()))?;
        match Argon2::default().verify_password(password.secret_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(HashError(error)),
        }
    }

    /// Whether it was made with less work than hashes are made with now.
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

    /// As the database has it.
    pub(crate) fn from_database(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// A hash from before its work was raised.
    #[cfg(test)]
    pub(crate) fn with_little_work(password: &str) -> Self {
        let params = Params::new(8, 1, 1, None).unwrap();
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Self(
            hasher
                .hash_password(password.as_bytes())
                .unwrap()
                .to_string(),
        )
    }

    /// The hash of a password that nobody knows, not even we: its digest was drawn at random.
    pub(super) fn of_nobody() -> Self {
        Self(NOBODY.to_owned())
    }
}

/// Hashes resist guessing, and still are nothing for logs.
impl fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A hash could not be made, or one in the database is damaged.
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

/// In KiB, as are the next two the least that OWASP's Password Storage Cheat Sheet asks for. Who raises one of them makes
/// [`NOBODY`] anew; users get the new work at their next log-in.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$OilAROz4OZDDBzGpvx3mbg$GdAohkcDyNub+aMVa1yEp/tQRaw4kRh7G+qkP/bIz/A";

#[cfg(test)]
mod tests {
    use super::{NewPassword, Password, StoredHash};

    #[test]
    fn a_hash_knows_its_password_and_no_other() {
        let password = NewPassword::try_from("correct horse".to_owned()).unwrap();
        let hash = StoredHash::of(&password).unwrap();
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
            StoredHash::of(&password).unwrap(),
            "each has a salt of its own"
        );
    }

    #[test]
    fn nobody_s_hash_is_as_much_work_as_one_made_now() {
        let made_now =
            StoredHash::of(&NewPassword::try_from("password".to_owned()).unwrap()).unwrap();
        let shape = |hash: &StoredHash| {
            let fields: Vec<String> = hash.as_str().split('$').map(str::to_owned).collect();
            (fields[1..4].to_vec(), fields[4].len(), fields[5].len())
        };
        assert_eq!(shape(&StoredHash::of_nobody()), shape(&made_now));
        let nothing = Password::from(String::new());
        assert!(!StoredHash::of_nobody().matches(&nothing).unwrap());
    }

    #[test]
    fn a_hash_made_with_less_work_is_outdated() {
        let salt_and_digest = "OilAROz4OZDDBzGpvx3mbg$GdAohkcDyNub+aMVa1yEp/tQRaw4kRh7G+qkP/bIz/A";
        for (name, start, outdated) in [
            ("as made now", "$argon2id$v=19$m=19456,t=2,p=1", false),
            ("more memory", "$argon2id$v=19$m=65536,t=2,p=1", false),
            ("more passes", "$argon2id$v=19$m=19456,t=3,p=4", false),
            ("less memory", "$argon2id$v=19$m=19455,t=2,p=1", true),
            ("fewer passes", "$argon2id$v=19$m=65536,t=1,p=1", true),
            ("another kind", "$argon2i$v=19$m=19456,t=2,p=1", true),
            ("damaged", "$argon2id$v=19$m=none,t=2,p=1", true),
        ] {
            let hash = StoredHash::from_database(format!("{start}${salt_and_digest}"));
            assert_eq!(hash.is_outdated(), outdated, "{name}");
        }
    }
}
