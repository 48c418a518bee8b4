//! The ids of refusals, by which a client's complaint leads to a line of the log.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// The id of a refusal: no secret, and practically never the same twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RefusalId(u64);

impl fmt::Display for RefusalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Makes ids. They are hashes of a count under a key of this process, which do not tell how many
/// requests were refused. The source of random numbers is not asked: strangers cause refusals.
#[derive(Debug, Default)]
pub(crate) struct RefusalIds {
    key: RandomState,
    count: AtomicU64,
}

impl RefusalIds {
    pub(crate) fn next(&self) -> RefusalId {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        RefusalId(self.key.hash_one(count))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::RefusalIds;

    #[test]
    fn an_id_does_not_come_again_and_tells_no_count() {
        let ids = RefusalIds::default();
        let made: HashSet<String> = (0..10_000).map(|_| ids.next().to_string()).collect();
        assert_eq!(made.len(), 10_000);
        assert!(made.iter().all(|id| id.len() == 16));
        let other = RefusalIds::default();
        assert!(!made.contains(&other.next().to_string()));
    }
}
