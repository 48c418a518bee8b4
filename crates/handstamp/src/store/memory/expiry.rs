//! Removal of the entries of a shard that have ended.
//!
//! A method of the store removes a few of those that are due, so that no request waits long; a
//! purge removes all, in batches.

use super::shard::{Revoked, Shard};
use crate::clock::UnixTime;
use crate::store::{AccountId, SessionId, TokenId};

/// The key of an entry that may be due for removal.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Session(SessionId),
    Token(AccountId, TokenId),
    Redeemed(AccountId, TokenId),
    NotBefore(AccountId),
}

/// The result of a sweep.
pub(super) struct Swept {
    pub(super) looked_at: usize,
    pub(super) removed: u64,
}

impl Shard {
    /// Checks at most this many entries that are due, and removes those that have ended.
    pub(super) fn sweep(&mut self, now: UnixTime, at_most: usize) -> Swept {
        let mut swept = Swept {
            looked_at: 0,
            removed: 0,
        };
        while swept.looked_at < at_most {
            match self.due.first() {
                Some((at, _)) if *at <= now => {}
                _ => break,
            }
            let Some((_, due)) = self.due.pop_first() else {
                break;
            };
            swept.looked_at += 1;
            match self.remove(&due, now) {
                Some(later) => {
                    self.due.insert((later, due));
                }
                None => swept.removed += 1,
            }
        }
        swept
    }

    /// Removes an entry. If it was given more time, returns when it is due again instead.
    fn remove(&mut self, due: &Due, now: UnixTime) -> Option<UnixTime> {
        match due {
            Due::Session(id) => {
                let kept = self.sessions.get_mut(id)?;
                let goes_at = kept.goes_at();
                if goes_at > now {
                    kept.due_at = goes_at;
                    return Some(goes_at);
                }
                let row = self.sessions.remove(id)?.row;
                self.unlist(row.account, &(row.created_at, row.id));
            }
            Due::Token(account, token) => {
                let revoked = self.revoked.get_mut(account)?;
                let until = *revoked.tokens.get(token)?;
                if until > now {
                    return Some(until);
                }
                revoked.tokens.remove(token);
                self.forget(account);
            }
            Due::Redeemed(account, token) => {
                let revoked = self.revoked.get_mut(account)?;
                let until = *revoked.redeemed.get(token)?;
                if until > now {
                    return Some(until);
                }
                revoked.redeemed.remove(token);
                self.forget(account);
            }
            Due::NotBefore(account) => {
                let revoked = self.revoked.get_mut(account)?;
                let forget_at = revoked.not_before.as_ref()?.forget_at;
                if forget_at > now {
                    return Some(forget_at);
                }
                revoked.not_before = None;
                self.forget(account);
            }
        }
        None
    }

    /// Drops an account without revocations and redemptions, so that it takes no memory.
    fn forget(&mut self, account: &AccountId) {
        let is_empty = |revoked: &Revoked| {
            revoked.not_before.is_none() && revoked.tokens.is_empty() && revoked.redeemed.is_empty()
        };
        if self.revoked.get(account).is_some_and(is_empty) {
            self.revoked.remove(account);
        }
    }
}
