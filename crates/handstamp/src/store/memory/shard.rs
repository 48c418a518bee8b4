//! The sessions and revocations of some accounts, behind one lock.
//!
//! Takes the time as an argument and applies the rules of rotation. It never waits and never reads
//! a clock.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use super::expiry::Due;
use super::not_before::NotBefore;
use crate::clock::UnixTime;
use crate::store::rotation::Verdict;
use crate::store::{
    AccountId, Admission, Admit, AdmitPurpose, Created, EndReason, NewSession, ReadSession, Redeem,
    Redemption, RevokeSession, RevokeToken, Rotate, Rotation, SessionId, SessionRow, TokenId,
    UpdateSession,
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
    pub(super) due: BTreeSet<(UnixTime, Due)>,
}

pub(super) struct Kept {
    pub(super) row: SessionRow,
    keep_until: Option<UnixTime>,
    /// The not-before of the account's sessions when it was created.
    pub(super) after: Option<UnixTime>,
    /// The instant of its entry among those that may be due.
    pub(super) due_at: UnixTime,
}

impl Kept {
    /// Returns whether the not-before of its account has ended it. It has not if the session was
    /// created after it was set, even if it lies in the future, because it was set by a clock that
    /// has gone back since.
    pub(super) fn is_before(&self, not_before: Option<&NotBefore>) -> bool {
        not_before.is_some_and(|set| {
            Some(self.row.created_at) <= set.sessions
                && self.after < set.sessions
                && set.spared.as_ref() != Some(&self.row.id)
        })
    }

    pub(super) fn goes_at(&self) -> UnixTime {
        let ends = match self.row.revoked {
            Some((at, _)) => at.saturating_add(REMEMBERED).min(self.row.ends_at()),
            None => self.row.ends_at(),
        };
        self.keep_until.map_or(ends, |until| until.max(ends))
    }
}

/// The revocations and redemptions against which the tokens of an account are checked.
#[derive(Default)]
pub(super) struct Revoked {
    pub(super) not_before: Option<NotBefore>,
    /// Until when each is kept: the expiry of the token, leeway included.
    pub(super) tokens: HashMap<TokenId, UnixTime>,
    /// The same for one-time tokens that were redeemed.
    pub(super) redeemed: HashMap<TokenId, UnixTime>,
}

impl Revoked {
    fn has(&self, token: &TokenId, now: UnixTime) -> bool {
        self.tokens.get(token).is_some_and(|until| now < *until)
    }

    fn not_before_of_tokens(&self) -> Option<UnixTime> {
        self.not_before.as_ref().and_then(|set| set.tokens)
    }
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
        let not_before = self.not_before_of(&new.account);
        let after = not_before.and_then(|set| set.sessions);
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
        let mut kept = Kept {
            row: row.clone(),
            keep_until: new.keep_until,
            after,
            due_at: now,
        };
        kept.due_at = kept.goes_at();
        self.due.insert((kept.due_at, Due::Session(row.id.clone())));
        self.sessions.insert(row.id.clone(), kept);
        Created::New { row, ended }
    }

    /// Revokes a session, of which nothing remains but that it has ended.
    pub(super) fn end(&mut self, id: &SessionId, now: UnixTime, reason: EndReason) {
        let Some(kept) = self.sessions.get_mut(id) else {
            return;
        };
        kept.row.revoked = Some((now, reason));
        kept.row.data = String::new();
        let (account, created_at) = (kept.row.account.clone(), kept.row.created_at);
        let goes_at = kept.goes_at();
        let was_due_at = std::mem::replace(&mut kept.due_at, goes_at);
        self.due.remove(&(was_due_at, Due::Session(id.clone())));
        self.due.insert((goes_at, Due::Session(id.clone())));
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
            let not_before = revoked.and_then(Revoked::not_before_of_tokens);
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
                self.due.insert((revoke.until, due));
                entry.insert(revoke.until);
            }
        }
    }

    pub(super) fn redeem(&mut self, redeem: Redeem, now: UnixTime) -> Redemption {
        self.sweep(now, SWEEP_BATCH);
        if redeem.until <= now {
            return Redemption::Expired;
        }
        let Redeem {
            account,
            token,
            issued_at,
            until,
        } = redeem;
        if let Some(revoked) = self.revoked.get(&account) {
            if revoked.has(&token, now) || Some(issued_at) <= revoked.not_before_of_tokens() {
                return Redemption::Revoked;
            }
            if revoked
                .redeemed
                .get(&token)
                .is_some_and(|until| now < *until)
            {
                return Redemption::Again;
            }
        }
        self.due
            .insert((until, Due::Redeemed(account.clone(), token.clone())));
        let revoked = self.revoked.entry(account).or_default();
        revoked.redeemed.insert(token, until);
        Redemption::First
    }

    pub(super) fn live(
        &mut self,
        account: &AccountId,
        session: &SessionId,
        now: UnixTime,
    ) -> Option<&mut SessionRow> {
        let not_before = self.not_before_of(account);
        if self.sessions.get(session)?.is_before(not_before) {
            return None;
        }
        let row = &mut self.sessions.get_mut(session)?.row;
        (row.account == *account && row.is_live(now)).then_some(row)
    }
}

/// How long a revoked session is kept: longer than a driver repeats the log-in that created it.
const REMEMBERED: Duration = Duration::from_secs(60);
/// More than the one entry that a method adds, so that ended entries are removed faster than new
/// ones are added.
pub(super) const SWEEP_BATCH: usize = 4;
