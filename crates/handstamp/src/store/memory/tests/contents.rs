//! Reads the contents of a store, and checks that they are consistent.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use super::super::MemoryStore;
use super::super::expiry::Due;
use crate::clock::UnixTime;
use crate::store::{AccountId, SessionId, TokenId};

/// The contents of a store, and until when they are kept.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Contents {
    pub(super) sessions: BTreeMap<SessionId, UnixTime>,
    pub(super) tokens: BTreeMap<(AccountId, TokenId), UnixTime>,
    /// Only accounts that have a not-before.
    pub(super) users: BTreeMap<AccountId, Option<UnixTime>>,
}

impl Contents {
    pub(super) fn of(store: &MemoryStore) -> Self {
        let mut all = Self::default();
        for shard in &store.shards {
            // A caller that panicked may have held the lock.
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            let mut due: Vec<&Due> = shard.due.iter().map(|entry| &entry.1).collect();
            due.sort();
            let mut expected = Vec::new();
            for (id, kept) in &shard.sessions {
                all.sessions.insert(id.clone(), kept.goes_at());
                expected.push(Due::Session(id.clone()));
                let entry = (kept.row.created_at, id.clone());
                let of_user = shard.of_user.get(&kept.row.account);
                let is_listed = of_user.is_some_and(|listed| listed.contains(&entry));
                let is_revoked = kept.row.revoked.is_some();
                let has_expired = kept.row.ends_at() <= store.now();
                assert!(
                    is_listed != is_revoked || has_expired,
                    "{id:?} is listed if it is not revoked"
                );
            }
            for (account, ids) in &shard.of_user {
                assert!(!ids.is_empty(), "{account:?} has sessions");
                for (_, id) in ids {
                    assert_eq!(shard.sessions[id].row.account, *account, "{id:?}");
                }
            }
            for (account, revoked) in &shard.revoked {
                for (token, until) in &revoked.tokens {
                    all.tokens.insert((account.clone(), token.clone()), *until);
                    expected.push(Due::Token(account.clone(), token.clone()));
                }
                if let Some(not_before) = &revoked.not_before {
                    all.users
                        .insert(account.clone(), Some(not_before.forget_at));
                    expected.push(Due::NotBefore(account.clone()));
                }
                assert!(
                    revoked.not_before.is_some() || !revoked.tokens.is_empty(),
                    "something is revoked of {account:?}"
                );
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
