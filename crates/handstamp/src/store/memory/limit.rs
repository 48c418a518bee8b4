//! The number of sessions of an account: lists and log-ins look at so many and a few more.

use super::shard::Shard;
use crate::clock::UnixTime;
use crate::store::{
    AccountId, EndReason, ListSessions, ListedSessions, MOST_ENDED_BY_LIMIT, SessionId, SessionRow,
};

impl Shard {
    /// Ends sessions of an account that is about to have one more than it may have.
    pub(super) fn end_least_used(
        &mut self,
        account: &AccountId,
        at_most: usize,
        now: UnixTime,
    ) -> Vec<SessionId> {
        let looked_at = at_most.saturating_add(MOST_ENDED_BY_LIMIT);
        let mut live: Vec<(UnixTime, SessionId)> = self
            .not_revoked(account)
            .filter(|row| row.is_live(now))
            .take(looked_at)
            .map(|row| (row.last_used(), row.id.clone()))
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

    pub(super) fn crowded_accounts(&self, at_most: usize) -> Vec<AccountId> {
        let crowded = self
            .of_user
            .iter()
            .filter(|(_, listed)| listed.len() > at_most);
        crowded.map(|(account, _)| account.clone()).collect()
    }

    pub(super) fn list(&self, list: &ListSessions, now: UnixTime) -> ListedSessions {
        let mut rows: Vec<SessionRow> = self
            .not_revoked(&list.account)
            .rev()
            .filter(|row| row.is_live(now))
            .take(list.at_most.saturating_add(1))
            .cloned()
            .collect();
        let has_more = rows.len() > list.at_most;
        rows.truncate(list.at_most);
        ListedSessions { rows, has_more }
    }
}
