//! Hashing is meant to be slow, so only so much of it is done at once, and only so much may wait.

use std::fmt;
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{HashError, Password, StoredHash};

/// Where log-ins wait for their password to be checked: one at a time for each core, on threads that may block. Else
/// whoever sends passwords takes all memory, and all time from those who are logged in.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    places: Arc<Semaphore>,
    workers: Arc<Semaphore>,
    #[cfg(test)]
    checked: Arc<std::sync::atomic::AtomicUsize>,
}

impl Queue {
    pub(crate) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self::with(cores, WAITING)
    }

    fn with(workers: usize, waiting: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(workers + waiting)),
            workers: Arc::new(Semaphore::new(workers)),
            #[cfg(test)]
            checked: Arc::default(),
        }
    }

    /// A place in the queue, unless it is full.
    pub(crate) fn place(&self) -> Result<Place, Full> {
        match Arc::clone(&self.places).try_acquire_owned() {
            Ok(permit) => Ok(Place {
                queue: self.clone(),
                permit,
            }),
            Err(_) => Err(Full),
        }
    }

    /// How many passwords were checked so far.
    #[cfg(test)]
    pub(crate) fn checked(&self) -> usize {
        self.checked.load(std::sync::atomic::Ordering::SeqCst)
    }
}

/// A place in the queue.
#[derive(Debug)]
#[must_use = "nothing is checked"]
pub(crate) struct Place {
    queue: Queue,
    permit: OwnedSemaphorePermit,
}

impl Place {
    /// Compares a password with a user's hash. Where there is no such user it does the same work on a hash of nobody's, so
    /// that the time of the answer tells nothing.
    pub(crate) async fn check(
        self,
        password: Password,
        hash: Option<StoredHash>,
    ) -> Result<Checked, CheckError> {
        let Self { queue, permit } = self;
        let worker = queue.workers.acquire_owned().await;
        let worker = worker.map_err(|_| CheckError::Stopped)?;
        let check = move || {
            // Given back when the work is done, also when nobody waits for it any more.
            let _held = (permit, worker);
            #[cfg(test)]
            queue
                .checked
                .fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            check(&password, hash.as_ref())
        };
        match tokio::task::spawn_blocking(check).await {
            Ok(checked) => checked.map_err(CheckError::Hash),
            Err(_) => Err(CheckError::Stopped),
        }
    }
}

fn check(password: &Password, hash: Option<&StoredHash>) -> Result<Checked, HashError> {
    let Some(hash) = hash else {
        StoredHash::of_nobody().matches(password)?;
        return Ok(Checked::Wrong);
    };
    if !hash.matches(password)? {
        return Ok(Checked::Wrong);
    }
    let renewed = if hash.is_outdated() {
        Some(StoredHash::again(password)?)
    } else {
        None
    };
    Ok(Checked::Right { renewed })
}

/// What came of comparing.
#[derive(Debug)]
pub(crate) enum Checked {
    Right {
        /// A hash to be kept instead, when more work is done now than when the old one was made.
        renewed: Option<StoredHash>,
    },
    Wrong,
}

/// Too many wait already.
#[derive(Debug)]
pub(crate) struct Full;

/// A password could not be compared.
#[derive(Debug)]
pub(crate) enum CheckError {
    Hash(HashError),
    /// The server ends.
    Stopped,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hash(error) => write!(f, "the hash is damaged, or none can be made: {error}"),
            Self::Stopped => f.write_str("the server ends"),
        }
    }
}

impl std::error::Error for CheckError {}

/// On two cores about a second's work: who waits longer is better told to come back.
const WAITING: usize = 64;

#[cfg(test)]
mod tests {
    use super::{Checked, Password, Queue, StoredHash};
    use crate::accounts::password::NewPassword;

    fn password(text: &str) -> Password {
        Password::from(text.to_owned())
    }

    #[tokio::test]
    async fn a_full_queue_refuses_until_a_place_is_free() {
        let queue = Queue::with(1, 2);
        let mut places: Vec<_> = (0..3).map(|_| queue.place().unwrap()).collect();
        assert!(queue.place().is_err());
        drop(places.pop());
        let last = queue.place().unwrap();
        assert!(queue.place().is_err());
        last.check(password("x"), None).await.unwrap();
        assert!(queue.place().is_ok(), "checked, and gone");
    }

    #[tokio::test]
    async fn a_place_stays_taken_when_nobody_waits_for_the_answer() {
        let queue = Queue::with(1, 0);
        let place = queue.place().unwrap();
        let check = tokio::spawn(place.check(password("x"), None));
        while queue.checked() == 0 {
            tokio::task::yield_now().await;
        }
        check.abort();
        // Aborted or done: in both cases the work itself gives the place back, and nothing else.
        let _ = check.await;
        while queue.place().is_err() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_right_password_is_right() {
        let queue = Queue::with(1, 0);
        let hash = StoredHash::of(&NewPassword::try_from("password1".to_owned()).unwrap()).unwrap();
        for (name, typed, hash, right) in [
            ("right", "password1", Some(hash.clone()), true),
            ("wrong", "password2", Some(hash), false),
            ("nobody's", "password1", None, false),
        ] {
            let place = queue.place().unwrap();
            let checked = place.check(password(typed), hash).await.unwrap();
            let is_right = matches!(checked, Checked::Right { renewed: None });
            assert_eq!(is_right, right, "{name}");
        }
    }

    #[tokio::test]
    async fn an_old_hash_is_renewed() {
        let queue = Queue::with(1, 0);
        let hash = StoredHash::with_little_work("password1");
        let place = queue.place().unwrap();
        let checked = place.check(password("password1"), Some(hash.clone())).await;
        let Checked::Right { renewed: Some(new) } = checked.unwrap() else {
            panic!("not renewed");
        };
        assert!(new.matches(&password("password1")).unwrap());
        assert!(!new.is_outdated());
        let place = queue.place().unwrap();
        let checked = place
            .check(password("password2"), Some(hash))
            .await
            .unwrap();
        assert!(
            matches!(checked, Checked::Wrong),
            "a wrong password renews nothing"
        );
    }
}
