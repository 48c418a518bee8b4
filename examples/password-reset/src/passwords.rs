//! Passwords, and their hashes by Argon2id.

use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

use crate::error::Error;

/// A password that fits the rules. It has no `Debug`, so that no log shows it.
pub(crate) struct NewPassword(String);

impl TryFrom<&str> for NewPassword {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        if (8..=1024).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::UnfitPassword)
        }
    }
}

/// Hashes and compares. Both take time and memory on purpose (19 MiB), so at most one runs on each
/// core.
#[derive(Clone)]
pub(crate) struct Passwords {
    workers: Arc<Semaphore>,
    dummy: Arc<str>,
}

impl Passwords {
    pub(crate) fn new() -> Result<Self, Error> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let dummy = hash("not the password of any user").map_err(Error::internal)?;
        Ok(Self {
            workers: Arc::new(Semaphore::new(cores)),
            dummy: dummy.into(),
        })
    }

    pub(crate) async fn hash(&self, password: NewPassword) -> Result<String, Error> {
        self.work(move || hash(&password.0)).await
    }

    /// Returns a hash of no password: what stands for that of a user who does not exist.
    pub(crate) fn dummy(&self) -> &str {
        &self.dummy
    }

    /// Compares a password with a hash. Without a user it does the same work.
    pub(crate) async fn matches(
        &self,
        password: String,
        hash: Option<&str>,
    ) -> Result<bool, Error> {
        let is_user = hash.is_some();
        let hash = hash.unwrap_or(&self.dummy).to_owned();
        self.work(move || {
            let hash = PasswordHash::new(&hash)?;
            match Argon2::default().verify_password(password.as_bytes(), &hash) {
                Ok(()) => Ok(is_user),
                Err(password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// Waits for a core, and works on a thread that may block.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let worker = Arc::clone(&self.workers).acquire_owned().await;
        let worker = worker.map_err(Error::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            // Held until the work is done, also if the client goes away meanwhile.
            let _worker = worker;
            work()
        });
        done.await
            .map_err(Error::internal)?
            .map_err(Error::internal)
    }
}

fn hash(password: &str) -> password_hash::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes())?;
    Ok(hash.to_string())
}
