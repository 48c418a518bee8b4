//! The not-before of an account, which ends any number of its sessions at once. The end of each is
//! recorded later, a few at a time.

use std::collections::BTreeSet;
use std::time::Duration;

use super::expiry::Due;
use super::shard::{SWEEP_BATCH, Shard};
use crate::clock::UnixTime;
use crate::store::{
    AccountId, EndRevoked, EndedSessions, RevokeUser, SessionId, SessionRow, UserRevocation,
};

#[derive(Clone)]
pub(super) struct NotBefore {
    /// Of tokens without a session.
    pub(super) tokens: Option<UnixTime>,
    /// Of sessions, except for the one that is spared.
    pub(super) sessions: Option<UnixTime>,
    pub(super) spared: Option<SessionId>,
    pub(super) forget_at: UnixTime,
}

/// What a revocation sets.
struct SetNotBefore {
    tokens: Option<UnixTime>,
    sessions: UnixTime,
    spared: Option<SessionId>,
}

impl Shard {
    pub(super) fn revoke_user(&mut self, revoke: &RevokeUser, now: UnixTime) -> EndedSessions {
        self.sweep(now, SWEEP_BATCH);
        let account = &revoke.account;
        // Includes a session that was created in the future, by a clock that has gone back since.
        let latest = self.of_user.get(account).and_then(BTreeSet::last);
        let latest = latest.map_or(now, |(created_at, _)| now.max(*created_at));
        // Later than the former one, which does not apply to sessions that were created after it.
        let former = self.not_before_of(account).and_then(|set| set.sessions);
        let later = former.map_or(latest, |at| latest.max(at.saturating_add(MILLISECOND)));
        let set = match &revoke.which {
            UserRevocation::All => SetNotBefore {
                tokens: Some(now),
                sessions: later,
                spared: None,
            },
            UserRevocation::AllBut(kept) => {
                if !self.has_sessions(account, now) {
                    return EndedSessions::default();
                }
                let is_live = self.live(account, kept, now).is_some();
                SetNotBefore {
                    tokens: None,
                    sessions: later,
                    spared: is_live.then(|| kept.clone()),
                }
            }
            UserRevocation::Before(at) => {
                let at = UnixTime::from_millis(at.as_millis()).min(now);
                let spared = self
                    .not_before_of(account)
                    .and_then(|set| set.spared.clone());
                // Stays unless it is from before that instant itself.
                let stays = |id: &SessionId| {
                    self.sessions
                        .get(id)
                        .is_some_and(|kept| kept.row.created_at > at)
                };
                SetNotBefore {
                    tokens: Some(at),
                    sessions: at,
                    spared: spared.filter(stays),
                }
            }
        };
        let up_to = match &revoke.which {
            UserRevocation::Before(_) => Some(set.sessions),
            UserRevocation::All | UserRevocation::AllBut(_) => None,
        };
        self.set_not_before(account, set, now.saturating_add(revoke.keep));
        let mut ended = self.end_revoked(&EndRevoked::new(account.clone(), revoke.reason), now);
        // Those to which the not-before does not apply, because a clock was ahead when it was set.
        for id in up_to.map_or_else(Vec::new, |at| self.created_by(account, at, now)) {
            self.end(&id, now, revoke.reason);
            ended.ids.push(id);
        }
        ended
    }

    /// Returns some live sessions that were created at this instant or before.
    fn created_by(&self, account: &AccountId, at: UnixTime, now: UnixTime) -> Vec<SessionId> {
        let not_before = self.not_before_of(account);
        let listed = self.of_user.get(account).into_iter().flatten();
        let kept = listed
            .take_while(|(created_at, _)| *created_at <= at)
            .take(MOST_LOOKED_AT)
            .filter_map(|(_, id)| self.sessions.get(id));
        kept.filter(|kept| !kept.is_before(not_before) && kept.row.is_live(now))
            .map(|kept| kept.row.id.clone())
            .collect()
    }

    /// Returns whether an account has sessions that are neither recorded as ended nor expired.
    pub(super) fn has_sessions(&self, account: &AccountId, now: UnixTime) -> bool {
        let mut listed = self.of_user.get(account).into_iter().flatten().rev();
        listed.any(|(_, id)| {
            let kept = self.sessions.get(id);
            kept.is_some_and(|kept| now < kept.row.ends_at())
        })
    }

    pub(super) fn end_revoked(&mut self, end: &EndRevoked, now: UnixTime) -> EndedSessions {
        let Some(not_before) = self.not_before_of(&end.account).cloned() else {
            return EndedSessions::default();
        };
        let listed = self.of_user.get(&end.account).into_iter().flatten();
        let mut meant: Vec<(UnixTime, SessionId)> = listed
            .take_while(|(created_at, _)| Some(*created_at) <= not_before.sessions)
            .filter(|(_, id)| {
                let kept = self.sessions.get(id);
                kept.is_none_or(|kept| kept.is_before(Some(&not_before)))
            })
            .take(END_BATCH + 1)
            .cloned()
            .collect();
        let has_more = meant.len() > END_BATCH;
        meant.truncate(END_BATCH);
        let mut ids = Vec::new();
        for entry in meant {
            let kept = self.sessions.get(&entry.1);
            if kept.is_some_and(|kept| kept.row.is_live(now)) {
                self.end(&entry.1, now, end.reason);
                ids.push(entry.1);
            } else {
                self.unlist(end.account.clone(), &entry);
            }
        }
        EndedSessions { ids, has_more }
    }

    fn set_not_before(&mut self, account: &AccountId, set: SetNotBefore, forget_at: UnixTime) {
        let revoked = self.revoked.entry(account.clone()).or_default();
        match &mut revoked.not_before {
            Some(before) => {
                before.tokens = before.tokens.max(set.tokens);
                before.sessions = before.sessions.max(Some(set.sessions));
                before.spared = set.spared;
                before.forget_at = before.forget_at.max(forget_at);
            }
            none @ None => {
                *none = Some(NotBefore {
                    tokens: set.tokens,
                    sessions: Some(set.sessions),
                    spared: set.spared,
                    forget_at,
                });
                let due = Due::NotBefore(account.clone());
                self.due.insert((forget_at, due));
            }
        }
    }

    /// Returns the sessions of an account that are not revoked, neither by themselves nor by its
    /// not-before, in the order of their creation. Of those from before it, to which it may not
    /// apply, it looks at some, so that it does not look at all that have yet to be recorded.
    pub(super) fn not_revoked(
        &self,
        account: &AccountId,
    ) -> impl DoubleEndedIterator<Item = &SessionRow> {
        let not_before = self.not_before_of(account);
        let spared = not_before.and_then(|set| set.spared.as_ref());
        let sessions = not_before.and_then(|set| set.sessions);
        let first = sessions.map_or(UnixTime::from_millis(0), |at| {
            at.saturating_add(MILLISECOND)
        });
        // No id is less than the empty one.
        let first = (first, SessionId::from(""));
        let listed = self.of_user.get(account);
        let some = listed
            .into_iter()
            .flat_map(|listed| listed.range(..&first).rev());
        let some = some.take(MOST_LOOKED_AT).map(|(_, id)| id);
        let mut earlier: Vec<&SessionRow> = some
            .filter(|id| Some(*id) != spared)
            .chain(spared)
            .filter_map(|id| self.sessions.get(id))
            .filter(|kept| kept.row.created_at < first.0 && !kept.is_before(not_before))
            .map(|kept| &kept.row)
            .collect();
        earlier.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        let later = listed
            .into_iter()
            .flat_map(move |listed| listed.range(first.clone()..));
        let later = later.filter_map(|(_, id)| self.sessions.get(id));
        earlier.into_iter().chain(later.map(|kept| &kept.row))
    }

    pub(super) fn not_before_of(&self, account: &AccountId) -> Option<&NotBefore> {
        self.revoked.get(account)?.not_before.as_ref()
    }
}

/// How many sessions one call ends, so that the lock is not held for long.
const END_BATCH: usize = 64;
/// More sessions than an account may have.
const MOST_LOOKED_AT: usize = 1024;
const MILLISECOND: Duration = Duration::from_millis(1);
