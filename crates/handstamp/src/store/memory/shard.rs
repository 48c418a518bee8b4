//! The sessions and revocations of some accounts, behind one lock.
//!
//! Takes the time as an argument and applies the rules of rotation. It never waits and never reads
//! a clock.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use super::expiry::Due;
use crate::clock::UnixTime;
use crate::store::rotation::Verdict;
use crate::store::{
    AccountId, Admission, Admit, AdmitPurpose, Created, EndReason, ListSessions, ListedSessions,
    MOST_ENDED_BY_LIMIT, NewSession, ReadSession, RevokeSession, RevokeToken, RevokeUser, Rotate,
    Rotation, SessionId, SessionRow, TokenId, UpdateSession, UserRevocation,
};

/// All entries of the accounts whose hash selects this shard.
#[derive(Default)]
pub(super) struct Shard {
    pub(super) sessions: HashMap<SessionId, Kept>,
    /// The sessions that are not revoked, by their creation, so that the first and the last few are
    /// found however many an account has.
    pub(super) of_user: HashMap<AccountId, BTreeSet<(UnixTime, SessionId)>>,
    /// Only accounts that have any: most look-ups end here with nothing found.
    pub(super) revoked: HashMap<AccountId, Revoked>,
    /// When an entry may be due for removal, the earliest first. Each entry of the maps has one
    /// entry here.
    pub(super) due: BinaryHeap<Reverse<(UnixTime, Due)>>,
}

pub(super) struct Kept {
    pub(super) row: SessionRow,
    keep_until: Option<UnixTime>,
}

impl Kept {
    pub(super) fn goes_at(&self) -> UnixTime {
        let ends = self.row.ends_at();
        self.keep_until.map_or(ends, |until| until.max(ends))
    }
}

/// The revocations against which the tokens of an account are checked.
#[derive(Default)]
pub(super) struct Revoked {
    pub(super) not_before: Option<NotBefore>,
    /// Until when each is kept: the expiry of the token, leeway included.
    pub(super) tokens: HashMap<TokenId, UnixTime>,
}

impl Revoked {
    fn has(&self, token: &TokenId, now: UnixTime) -> bool {
        self.tokens.get(token).is_some_and(|until| now < *until)
    }

    fn not_before(&self) -> Option<UnixTime> {
        self.not_before.map(|not_before| not_before.at)
    }
}

#[derive(Clone, Copy)]
pub(super) struct NotBefore {
    at: UnixTime,
    pub(super) forget_at: UnixTime,
}

impl Shard {
    pub(super) fn create(&mut self, new: NewSession, now: UnixTime) -> Created {
        self.sweep(now, SWEEP_BATCH);
        if let Some(kept) = self.sessions.get(&new.id) {
            return Created::AlreadyExists(kept.row.clone());
        }
        let ended = match new.at_most {
            Some(at_most) => self.end_least_used(&new.account, at_most, now),
            None => Vec::new(),
        };
        let sessions = self.of_user.entry(new.account.clone()).or_default();
        sessions.insert((now, new.id.clone()));
        let absolute_expires = now.saturating_add(new.absolute);
        let row = SessionRow {
            id: new.id,
            account: new.account,
            generation: 1,
            current: new.token,
            acknowledged: true,
            rotated_at: now,
            grace_started_at: now,
            late_generation: 0,
            late_in_a_row: 0,
            created_at: now,
            last_active: now,
            idle_expires: now.saturating_add(new.idle).min(absolute_expires),
            absolute_expires,
            data: new.data,
            revoked: None,
        };
        let kept = Kept {
            row: row.clone(),
            keep_until: new.keep_until,
        };
        self.due
            .push(Reverse((kept.goes_at(), Due::Session(row.id.clone()))));
        self.sessions.insert(row.id.clone(), kept);
        Created::New { row, ended }
    }

    /// Ends sessions of an account that is about to have one more than it may have.
    fn end_least_used(
        &mut self,
        account: &AccountId,
        at_most: usize,
        now: UnixTime,
    ) -> Vec<SessionId> {
        let looked_at = at_most.saturating_add(MOST_ENDED_BY_LIMIT);
        let ids = self.of_user.get(account).into_iter().flatten();
        let mut live: Vec<(UnixTime, SessionId)> = ids
            .filter_map(|(_, id)| self.sessions.get(id))
            .filter(|kept| kept.row.is_live(now))
            .take(looked_at)
            .map(|kept| (kept.row.last_used(), kept.row.id.clone()))
            .collect();
        let too_many = (live.len() + 1).saturating_sub(at_most);
        live.sort_unstable();
        live.truncate(too_many.min(MOST_ENDED_BY_LIMIT));
        let ended: Vec<SessionId> = live.into_iter().map(|(_, id)| id).collect();
        for id in &ended {
            self.end(id, now, EndReason::Limit);
        }
        ended
    }

    /// Revokes a session, of which nothing remains but that it has ended.
    fn end(&mut self, id: &SessionId, now: UnixTime, reason: EndReason) {
        let Some(Kept { row, .. }) = self.sessions.get_mut(id) else {
            return;
        };
        row.revoked = Some((now, reason));
        row.data = String::new();
        let (account, created_at) = (row.account.clone(), row.created_at);
        self.unlist(account, &(created_at, id.clone()));
    }

    /// Takes a session out of the list of its account.
    pub(super) fn unlist(&mut self, account: AccountId, entry: &(UnixTime, SessionId)) {
        if let Entry::Occupied(mut sessions) = self.of_user.entry(account) {
            sessions.get_mut().remove(entry);
            if sessions.get().is_empty() {
                sessions.remove();
            }
        }
    }

    pub(super) fn rotate(&mut self, rotate: &Rotate, now: UnixTime) -> Rotation {
        self.sweep(now, SWEEP_BATCH);
        let revoked = self.revoked.get(&rotate.account);
        if revoked.is_some_and(|revoked| revoked.has(&rotate.presented.token, now)) {
            return Rotation::Revoked;
        }
        let Some(row) = self.live(&rotate.account, &rotate.session, now) else {
            return Rotation::Ended;
        };
        match row.judge(&rotate.presented, now) {
            Verdict::Reuse(reuse) => {
                self.end(&rotate.session, now, EndReason::Reused);
                Rotation::Reused(reuse)
            }
            Verdict::Continue(way) => {
                *row = row.after(way, rotate, now);
                Rotation::Continued(way, row.clone())
            }
        }
    }

    pub(super) fn admit(&mut self, admit: &Admit, now: UnixTime) -> Admission {
        let revoked = self.revoked.get(&admit.account);
        if revoked.is_some_and(|revoked| revoked.has(&admit.token, now)) {
            return Admission::Revoked;
        }
        let Some(session) = &admit.session else {
            let not_before = revoked.and_then(Revoked::not_before);
            return match not_before {
                Some(at) if at >= admit.revoked_from() => Admission::Revoked,
                _ => Admission::Admitted,
            };
        };
        let Some(row) = self.live(&admit.account, session, now) else {
            return Admission::SessionEnded;
        };
        match &admit.purpose {
            AdmitPurpose::Refresh(presented) => {
                if let Verdict::Reuse(_) = row.judge(presented, now) {
                    return Admission::Reused;
                }
            }
            AdmitPurpose::Access { generation } => {
                if *generation == row.generation && !row.acknowledged {
                    *row = row.acknowledge(now);
                }
            }
        }
        if let Some(after) = admit.touch_after
            && now >= row.last_active.saturating_add(after)
        {
            row.last_active = now;
        }
        Admission::Admitted
    }

    pub(super) fn session(&mut self, read: &ReadSession, now: UnixTime) -> Option<SessionRow> {
        self.live(&read.account, &read.session, now).cloned()
    }

    pub(super) fn update_session(
        &mut self,
        update: UpdateSession,
        now: UnixTime,
    ) -> Option<SessionRow> {
        let row = self.live(&update.account, &update.session, now)?;
        if row.data == update.expected {
            row.data = update.data;
        }
        Some(row.clone())
    }

    pub(super) fn revoke_session(&mut self, revoke: &RevokeSession, now: UnixTime) -> bool {
        self.sweep(now, SWEEP_BATCH);
        let is_live = self.live(&revoke.account, &revoke.session, now).is_some();
        if is_live {
            self.end(&revoke.session, now, revoke.reason);
        }
        is_live
    }

    pub(super) fn revoke_user(&mut self, revoke: &RevokeUser, now: UnixTime) -> Vec<SessionId> {
        self.sweep(now, SWEEP_BATCH);
        let live = self.all_live(&revoke.account, now);
        let before = match &revoke.which {
            UserRevocation::All => Some(now),
            UserRevocation::Before(at) => Some(UnixTime::from_millis(at.as_millis()).min(now)),
            UserRevocation::AllBut(_) => None,
        };
        if let Some(before) = before {
            self.set_not_before(&revoke.account, before, now.saturating_add(revoke.keep));
        }
        let is_meant = |row: &SessionRow| match &revoke.which {
            // Includes a session that was created in the future, by a clock that has gone back
            // since.
            UserRevocation::All => true,
            UserRevocation::AllBut(kept) => row.id != *kept,
            UserRevocation::Before(_) => before.is_some_and(|before| row.created_at <= before),
        };
        let meant: Vec<SessionId> = live
            .into_iter()
            .filter(is_meant)
            .map(|row| row.id)
            .collect();
        for id in &meant {
            self.end(id, now, revoke.reason);
        }
        meant
    }

    fn set_not_before(&mut self, account: &AccountId, at: UnixTime, forget_at: UnixTime) {
        let revoked = self.revoked.entry(account.clone()).or_default();
        match &mut revoked.not_before {
            Some(before) => {
                before.at = before.at.max(at);
                before.forget_at = before.forget_at.max(forget_at);
            }
            none @ None => {
                *none = Some(NotBefore { at, forget_at });
                let due = Due::NotBefore(account.clone());
                self.due.push(Reverse((forget_at, due)));
            }
        }
    }

    pub(super) fn revoke_token(&mut self, revoke: RevokeToken, now: UnixTime) {
        self.sweep(now, SWEEP_BATCH);
        if revoke.until <= now {
            return;
        }
        let revoked = self.revoked.entry(revoke.account.clone()).or_default();
        match revoked.tokens.entry(revoke.token) {
            Entry::Occupied(mut entry) => {
                let until = revoke.until.max(*entry.get());
                entry.insert(until);
            }
            Entry::Vacant(entry) => {
                let due = Due::Token(revoke.account, entry.key().clone());
                self.due.push(Reverse((revoke.until, due)));
                entry.insert(revoke.until);
            }
        }
    }

    pub(super) fn list(&self, list: &ListSessions, now: UnixTime) -> ListedSessions {
        let ids = self.of_user.get(&list.account).into_iter().flatten();
        let mut rows: Vec<SessionRow> = ids
            .rev()
            .filter_map(|(_, id)| self.sessions.get(id))
            .filter(|kept| kept.row.is_live(now))
            .take(list.at_most.saturating_add(1))
            .map(|kept| kept.row.clone())
            .collect();
        let has_more = rows.len() > list.at_most;
        rows.truncate(list.at_most);
        ListedSessions { rows, has_more }
    }

    fn all_live(&self, account: &AccountId, now: UnixTime) -> Vec<SessionRow> {
        self.list(&ListSessions::new(account.clone(), usize::MAX), now)
            .rows
    }

    fn live(
        &mut self,
        account: &AccountId,
        session: &SessionId,
        now: UnixTime,
    ) -> Option<&mut SessionRow> {
        let row = &mut self.sessions.get_mut(session)?.row;
        (row.account == *account && row.is_live(now)).then_some(row)
    }
}

/// More than the one entry that a method adds, so that ended entries are removed faster than new
/// ones are added.
const SWEEP_BATCH: usize = 4;
