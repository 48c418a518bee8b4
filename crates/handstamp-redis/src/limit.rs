//! Chooses the sessions that end when an account has too many.

use handstamp::store::{AccountId, EndReason, MOST_ENDED_BY_LIMIT, SessionId};

use crate::RedisStore;
use crate::arguments::count;
use crate::failure::Failure;
use crate::reply;

/// The sessions of an account that a limit may end.
pub(crate) struct Candidates {
    /// How many have to end.
    excess: usize,
    /// How many may stay.
    stay: usize,
    /// The least recently used first, each with the instant of its last use.
    sessions: Vec<(SessionId, u64)>,
}

impl Candidates {
    /// Returns none, for an account that has room.
    pub(crate) fn none() -> Self {
        Self {
            excess: 0,
            stay: 0,
            sessions: Vec::new(),
        }
    }

    /// Returns how many have to end, how many may stay, and the candidates, as arguments of a
    /// script.
    pub(crate) fn into_arguments(self) -> impl Iterator<Item = String> {
        let sessions = self.sessions.into_iter();
        let sessions = sessions.flat_map(|(id, at)| [id.as_str().to_owned(), at.to_string()]);
        let numbers = [self.excess, self.stay].map(count);
        numbers.into_iter().chain(sessions)
    }
}

impl RedisStore {
    /// Compares the sessions of an account that is about to have one more, and may have this many.
    pub(crate) async fn candidates(
        &self,
        account: &AccountId,
        at_most: usize,
    ) -> Result<Candidates, Failure> {
        let mut sessions = self.last_uses(account, at_most).await?;
        if sessions.iter().any(|(_, last_used)| *last_used == 0) {
            self.record_some_ends(account).await?;
            sessions = self.last_uses(account, at_most).await?;
        }
        sessions.retain(|(_, last_used)| *last_used > 0);
        sessions.sort_unstable_by(|(a, a_at), (b, b_at)| (a_at, a).cmp(&(b_at, b)));
        let excess = (sessions.len() + 1).saturating_sub(at_most);
        let excess = excess.min(MOST_ENDED_BY_LIMIT);
        if excess == 0 {
            return Ok(Candidates::none());
        }
        // More than have to end, for those that are used or end meanwhile.
        sessions.truncate(2 * MOST_ENDED_BY_LIMIT);
        Ok(Candidates {
            excess,
            stay: at_most.saturating_sub(1),
            sessions,
        })
    }

    /// Reads when sessions were last used: those that expire first, a few more than this.
    async fn last_uses(
        &self,
        account: &AccountId,
        at_most: usize,
    ) -> Result<Vec<(SessionId, u64)>, Failure> {
        let uses = self.in_steps(&self.scripts.least_used, account, at_most, STEP);
        let uses = uses.await?.into_iter().map(|entry| {
            let [id, last_used] = reply::parts(entry)?;
            Ok((reply::session_id(id)?, reply::number(&last_used)?))
        });
        uses.collect()
    }

    /// Records that sessions have ended which were revoked with others: they hide live ones.
    async fn record_some_ends(&self, account: &AccountId) -> Result<(), Failure> {
        for _ in 0..MOST_STEPS {
            if !self
                .record_ends(account, EndReason::Revoked)
                .await?
                .has_more
            {
                break;
            }
        }
        Ok(())
    }
}

/// As many as take a tenth of a millisecond.
const STEP: usize = 20;
/// How many steps a log-in takes to record ends. Each of the next log-ins takes as many.
const MOST_STEPS: usize = 16;
