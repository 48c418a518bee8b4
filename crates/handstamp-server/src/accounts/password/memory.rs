//! The memory that Argon2 works in, made once and used again.
//!
//! Memory of this size that is freed after each comparison stays with the allocator, in a heap of
//! each thread that has compared: hundreds of MiB after some hundred log-ins.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::Output;
use argon2::{Argon2, Block};

use super::hash::{self, HashError};

/// The memory of one hash at a time.
pub(super) struct Memory(Vec<Block>);

impl Memory {
    pub(super) fn new() -> Self {
        Self(vec![Block::new(); hash::MEMORY as usize])
    }

    /// Hashes a password.
    pub(super) fn hash(
        &mut self,
        hasher: &Argon2<'_>,
        password: &[u8],
        salt: &[u8],
        len: usize,
    ) -> Result<Output, HashError> {
        let needed = hasher.params().block_count();
        // A hash that was made with more memory than ours gets memory of its own.
        let mut larger = Vec::new();
        let blocks = if needed > self.0.len() {
            larger.resize(needed, Block::new());
            &mut larger
        } else {
            &mut self.0
        };
        let mut digest = vec![0; len];
        hasher
            .hash_password_into_with_memory(password, salt, &mut digest, blocks)
            .map_err(hash::failed)?;
        Output::new(&digest).map_err(hash::failed)
    }
}

/// What the last password has left in it is kept out of logs.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The memories that no comparison uses at the moment. There are never more than comparisons have
/// run at once.
#[derive(Debug, Clone, Default)]
pub(super) struct Memories(Arc<Mutex<Vec<Memory>>>);

impl Memories {
    /// Calls a function with one of them.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> T {
        let free = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = free().pop();
        let mut memory = taken.unwrap_or_else(Memory::new);
        let result = work(&mut memory);
        free().push(memory);
        result
    }

    /// Returns how many there are.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}
