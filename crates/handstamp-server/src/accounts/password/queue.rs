//! The queue of passwords to compare, and of new ones to hash.
//!
//! Both take time and memory on purpose. The queue bounds how many run at once and how many wait;
//! further ones are refused at once.

use std::fmt;
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::memory::{Memories, Memory};
use super::{HashError, NewPassword, Password, StoredHash};
use crate::monitoring::{InQueue, PasswordQueue};

/// Compares one password at a time for each core, on threads that may block. Without it, clients
/// that send passwords could take all memory, and all time from users who are logged in.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    slots: Arc<Semaphore>,
    reserved: Arc<Semaphore>,
    workers: Arc<Semaphore>,
    memories: Memories,
    counted: PasswordQueue,
    #[cfg(test)]
    compared: Arc<std::sync::atomic::AtomicUsize>,
}

impl Queue {
    pub(crate) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self::with(cores, WAITING)
    }

    fn with(workers: usize, waiting: usize) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(workers + waiting)),
            reserved: Arc::new(Semaphore::new(RESERVED)),
            workers: Arc::new(Semaphore::new(workers)),
            memories: Memories::default(),
            counted: PasswordQueue::new(),
            #[cfg(test)]
            compared: Arc::default(),
        }
    }

    /// Takes a slot, unless all are taken.
    pub(crate) fn enter(&self) -> Result<Slot, QueueFull> {
        self.take(&self.slots)
    }

    /// Takes a slot for a device that is known, one of its own if all others are taken: guesses at
    /// any accounts that fill the queue keep no such device out.
    pub(crate) fn enter_reserved(&self) -> Result<Slot, QueueFull> {
        self.enter().or_else(|QueueFull| self.take(&self.reserved))
    }

    fn take(&self, slots: &Arc<Semaphore>) -> Result<Slot, QueueFull> {
        let permit = Arc::clone(slots).try_acquire_owned();
        let permit = permit.map_err(|_| QueueFull)?;
        Ok(Slot {
            queue: self.clone(),
            counted: self.counted.enter(),
            permit,
        })
    }

    /// Returns how many passwords were compared so far.
    #[cfg(test)]
    pub(crate) fn compared(&self) -> usize {
        self.compared.load(std::sync::atomic::Ordering::SeqCst)
    }
}

/// A slot in the queue.
#[derive(Debug)]
#[must_use = "nothing is compared or hashed"]
pub(crate) struct Slot {
    queue: Queue,
    counted: InQueue,
    permit: OwnedSemaphorePermit,
}

impl Slot {
    /// Compares a password with the hash of a user. Without a user it does the same work with a
    /// dummy, so that the time of the answer reveals nothing.
    pub(crate) async fn compare(
        self,
        password: Password,
        hash: Option<StoredHash>,
    ) -> Result<Comparison, CompareError> {
        self.work(move |memory| compare(&password, hash.as_ref(), memory))
            .await
    }

    /// Hashes a password that was chosen for an account.
    pub(crate) async fn hash(self, password: NewPassword) -> Result<StoredHash, CompareError> {
        self.work(move |memory| StoredHash::new_in(&password, memory))
            .await
    }

    /// Waits for a worker, and does this on its thread.
    async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Memory) -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, CompareError> {
        let Self {
            queue,
            counted,
            permit,
        } = self;
        let worker = Arc::clone(&queue.workers).acquire_owned().await;
        let worker = worker.map_err(|_| CompareError::Stopped)?;
        let work = move || {
            // Released when the work is done, also if the client has disconnected meanwhile.
            let _held = (permit, worker, counted);
            #[cfg(test)]
            queue
                .compared
                .fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            queue.memories.with(work)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done.map_err(CompareError::Hash),
            Err(_) => Err(CompareError::Stopped),
        }
    }
}

fn compare(
    password: &Password,
    hash: Option<&StoredHash>,
    memory: &mut Memory,
) -> Result<Comparison, HashError> {
    let Some(hash) = hash else {
        StoredHash::dummy().matches(password, memory)?;
        return Ok(Comparison::Different);
    };
    if !hash.matches(password, memory)? {
        return Ok(Comparison::Different);
    }
    let rehashed = if hash.is_outdated() {
        Some(StoredHash::rehash(password, memory)?)
    } else {
        None
    };
    Ok(Comparison::Equal { rehashed })
}

/// The result of a comparison.
#[derive(Debug)]
pub(crate) enum Comparison {
    Equal {
        /// A hash to replace the old one, if the old one was made with less work.
        rehashed: Option<StoredHash>,
    },
    Different,
}

/// All slots are taken.
#[derive(Debug)]
pub(crate) struct QueueFull;

/// A password could not be compared or hashed.
#[derive(Debug)]
pub(crate) enum CompareError {
    Hash(HashError),
    /// The server is stopping.
    Stopped,
}

impl fmt::Display for CompareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hash(error) => write!(f, "the hash is damaged, or none can be made: {error}"),
            Self::Stopped => f.write_str("the server is stopping"),
        }
    }
}

impl std::error::Error for CompareError {}

/// About a second of work on two cores. A client that had to wait for longer is told to try again.
const WAITING: usize = 64;
/// More for devices that are known.
const RESERVED: usize = 16;

#[cfg(test)]
mod tests {
    use super::{Comparison, Memory, Password, Queue, StoredHash};
    use crate::accounts::password::NewPassword;

    fn password(text: &str) -> Password {
        Password::from(text.to_owned())
    }

    #[tokio::test]
    async fn a_full_queue_refuses_until_a_slot_is_free() {
        let queue = Queue::with(1, 2);
        let mut slots: Vec<_> = (0..3).map(|_| queue.enter().unwrap()).collect();
        assert!(queue.enter().is_err());
        drop(slots.pop());
        let last = queue.enter().unwrap();
        assert!(queue.enter().is_err());
        last.compare(password("x"), None).await.unwrap();
        assert!(queue.enter().is_ok(), "the slot was released");
    }

    #[tokio::test]
    async fn a_slot_stays_taken_until_the_work_is_done() {
        let queue = Queue::with(1, 0);
        let slot = queue.enter().unwrap();
        let compare = tokio::spawn(slot.compare(password("x"), None));
        while queue.compared() == 0 {
            tokio::task::yield_now().await;
        }
        compare.abort();
        // Whether it was aborted or done, only the work itself releases the slot.
        let _ = compare.await;
        while queue.enter().is_err() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn memory_is_made_once_for_each_worker() {
        let queue = Queue::with(2, 8);
        for _ in 0..2 {
            let compared = (0..8).map(|_| {
                let slot = queue.enter().unwrap();
                tokio::spawn(slot.compare(password("x"), None))
            });
            for compared in compared.collect::<Vec<_>>() {
                compared.await.unwrap().unwrap();
            }
            assert!((1..=2).contains(&queue.memories.count()), "{queue:?}");
        }
    }

    #[tokio::test]
    async fn a_right_password_is_equal() {
        let queue = Queue::with(1, 0);
        let hash =
            StoredHash::new(&NewPassword::try_from("password1".to_owned()).unwrap()).unwrap();
        for (name, typed, hash, right) in [
            ("right", "password1", Some(hash.clone()), true),
            ("wrong", "password2", Some(hash), false),
            ("no user", "password1", None, false),
        ] {
            let slot = queue.enter().unwrap();
            let compared = slot.compare(password(typed), hash).await.unwrap();
            let is_right = matches!(compared, Comparison::Equal { rehashed: None });
            assert_eq!(is_right, right, "{name}");
        }
    }

    #[tokio::test]
    async fn an_outdated_hash_is_replaced() {
        let queue = Queue::with(1, 0);
        let hash = StoredHash::outdated("password1");
        let slot = queue.enter().unwrap();
        let compared = slot
            .compare(password("password1"), Some(hash.clone()))
            .await;
        let Comparison::Equal {
            rehashed: Some(new),
        } = compared.unwrap()
        else {
            panic!("not replaced");
        };
        let mut memory = Memory::new();
        assert!(new.matches(&password("password1"), &mut memory).unwrap());
        assert!(!new.is_outdated());
        let slot = queue.enter().unwrap();
        let compared = slot
            .compare(password("password2"), Some(hash))
            .await
            .unwrap();
        assert!(
            matches!(compared, Comparison::Different),
            "a wrong password replaces nothing"
        );
    }
}
