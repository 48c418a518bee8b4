//! Hashes of passwords: Argon2id, on threads that may block.

use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::error::{AnyError, ApiError};

/// Hashes a new password.
pub(crate) async fn hash(password: String) -> Result<String, ApiError> {
    blocking(move || {
        let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes())?;
        Ok(hash.to_string())
    })
    .await
}

/// Returns whether this is the password. Where there is no such user, pass `None`: it takes as long
/// as for a user, so that the time of the answer does not tell which names exist.
pub(crate) async fn is_right(
    password: String,
    stored_hash: Option<String>,
) -> Result<bool, ApiError> {
    blocking(move || {
        let hash = PasswordHash::new(stored_hash.as_deref().unwrap_or(OF_NO_PASSWORD))?;
        let is_right = Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok();
        Ok(is_right && stored_hash.is_some())
    })
    .await
}

/// Runs on a thread that may block, a few at once. Who would wait for too long is told so.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AnyError> + Send + 'static,
) -> Result<T, ApiError> {
    let turn = timeout(LONGEST_WAIT, TURNS.acquire()).await;
    let turn = turn
        .map_err(|_| ApiError::Busy)?
        .map_err(|_| ApiError::Busy)?;
    let done = spawn_blocking(move || {
        let _turn = turn; // also when the request has gone away
        work()
    });
    Ok(done.await.map_err(AnyError::from)??)
}

/// Each hash takes a core for tens of milliseconds, and 19 MiB: as many at once as you have cores.
static TURNS: Semaphore = Semaphore::const_new(4);
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// The hash of random bytes that are not kept, made as new hashes are.
const OF_NO_PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$Ejj9Q8AvqmWtfyG8iwwxAw$ZNWFFE3Mr3JyEQ+LGAozVWyh3zOfJgQn37s0w48iHHc";
