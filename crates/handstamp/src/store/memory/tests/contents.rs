//! A look inside of a store, which also looks whether everything in it belongs together.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use super::super::{Due, MemoryStore};
use crate::clock::UnixTime;
use crate::store::{SessionId, TokenId, Uid};

/// What is kept, and until when.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Contents {
    pub(super) sessions: BTreeMap<SessionId, UnixTime>,
    pub(super) tokens: BTreeMap<(Uid, TokenId), UnixTime>,
    /// Until when there is a not-before, if there is one.
    pub(super) users: BTreeMap<Uid, Option<UnixTime>>,
}

impl Contents {
    pub(super) fn of(store: &MemoryStore) -> Self {
        let mut all = Self::default();
        for shard in &store.shards {
            // A caller that panicked may have held the lock.
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            let mut due: Vec<&Due> = shard.due.iter().map(|entry| &entry.0.1).collect();
            due.sort();
            let mut expected = Vec::new();
            for (id, kept) in &shard.sessions {
                all.sessions.insert(id.clone(), kept.goes_at());
                expected.push(Due::Session(id.clone()));
                let user = &shard.users[&kept.row.uid];
                let listed = user.sessions.iter().filter(|listed| *listed == id);
                assert_eq!(listed.count(), 1, "{id:?} is listed once");
            }
            for ((uid, token), until) in &shard.tokens {
                all.tokens.insert((uid.clone(), token.clone()), *until);
                expected.push(Due::Token(uid.clone(), token.clone()));
            }
            for (uid, user) in &shard.users {
                let until = user.not_before.map(|(_, until)| until);
                all.users.insert(uid.clone(), until);
                if until.is_some() {
                    expected.push(Due::NotBefore(uid.clone()));
                }
                assert!(
                    until.is_some() || !user.sessions.is_empty(),
                    "something is known of {uid:?}"
                );
                for id in &user.sessions {
                    assert_eq!(shard.sessions[id].row.uid, *uid, "{id:?}");
                }
            }
            expected.sort();
            assert!(
                due.into_iter().eq(&expected),
                "each entry is looked at once, and no other"
            );
        }
        all
    }
}
