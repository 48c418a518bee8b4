//! Passwords, and their hashes by Argon2id.

use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher as _, PasswordVerifier as _};
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::error::Error;

/// A password that was typed. It has no `Debug`, so that no log shows it.
#[derive(Deserialize)]
pub struct Password(String);

/// A password that was chosen for an account.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct NewPassword(String);

/// Hashes and compares. Both take time and memory on purpose (19 MiB), so at most one runs on each
/// core: otherwise clients that send passwords could take all memory of the machine.
#[derive(Clone)]
pub struct Passwords {
    workers: Arc<Semaphore>,
    dummy: Arc<str>,
}

impl Passwords {
    pub fn new() -> password_hash::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Ok(Self {
            workers: Arc::new(Semaphore::new(cores)),
            dummy: hash("not the password of any user")?.into(),
        })
    }

    pub async fn hash(&self, password: NewPassword) -> Result<String, Error> {
        self.work(move || hash(&password.0)).await
    }

    /// Compares a password with the hash of a user. Without a user it does the same work, so that
    /// the time of the answer does not tell which users there are.
    pub async fn matches(&self, password: Password, hash: Option<&str>) -> Result<bool, Error> {
        let is_user = hash.is_some();
        let hash = hash.unwrap_or(&self.dummy).to_owned();
        let work = move || {
            let hash = PasswordHash::new(&hash)?;
            match Argon2::default().verify_password(password.0.as_bytes(), &hash) {
                Ok(()) => Ok(is_user),
                Err(password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error),
            }
        };
        self.work(work).await
    }

    /// Waits for a core, and works on a thread that may block.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let worker = Arc::clone(&self.workers).acquire_owned();
        let worker = tokio::time::timeout(PATIENCE, worker).await;
        let worker = worker.map_err(|_| Error::Busy)?;
        let work = move || {
            // Held until the work is done, also if the client goes away meanwhile.
            let _worker = worker;
            work()
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(Error::internal)?.map_err(Error::internal)
    }
}

fn hash(password: &str) -> password_hash::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes())?;
    Ok(hash.to_string())
}

impl TryFrom<String> for NewPassword {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if (8..=1024).contains(&text.len()) {
            Ok(Self(text))
        } else {
            Err("a password has 8 to 1024 bytes")
        }
    }
}

/// Who would wait for longer is told to try again.
const PATIENCE: Duration = Duration::from_secs(2);
