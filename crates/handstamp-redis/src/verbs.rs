//! Implements the methods of [`Store`]: the arguments of each script, and the meaning of its
//! answer.

use std::time::Duration;

use handstamp::error::StoreError;
use handstamp::store::rotation::{Continuation, Reuse};
use handstamp::store::{
    AccountId, Admission, Admit, AdmitPurpose, BoxFuture, Created, EndExcess, EndReason,
    EndRevoked, EndedSessions, ListSessions, ListedSessions, NewSession, ReadSession, Redeem,
    Redemption, RevokeSession, RevokeToken, RevokeUser, Rotate, Rotation, SessionId, SessionRow,
    Store, UpdateSession, UserRevocation,
};
use redis::Value;

use crate::RedisStore;
use crate::arguments::{count, flag, instant, millis, presented, whole};
use crate::failure::Failure;
use crate::limit::Candidates;
use crate::reply;

impl Store for RedisStore {
    fn set_timeout(&self, timeout: Duration) {
        self.link.set_timeout(timeout);
    }

    fn create(&self, new: NewSession) -> BoxFuture<'_, Result<Created, StoreError>> {
        self.verb(async move {
            let none = Candidates::none();
            if let Some(created) = self.insert(&new, new.at_most, none).await? {
                return Ok(created);
            }
            let at_most = new.at_most.unwrap_or(usize::MAX);
            let candidates = self.candidates(&new.account, at_most).await?;
            let created = self.insert(&new, None, candidates).await?;
            created.ok_or(Failure::NotUnderstood("an answer"))
        })
    }

    fn rotate(&self, rotate: Rotate) -> BoxFuture<'_, Result<Rotation, StoreError>> {
        self.verb(async move {
            let keys = self.keys(&rotate.account);
            let [tokens, sessions] = keys.not_before();
            let [token, successor, generation, grace] = presented(&rotate.presented)?;
            let answer = self.run(
                &self.scripts.rotate,
                [
                    keys.session(&rotate.session),
                    keys.revoked_token(&rotate.presented.token),
                    tokens,
                    sessions,
                    keys.index(),
                ],
                [
                    rotate.session.as_str().to_owned(),
                    rotate.account.as_str().to_owned(),
                    token,
                    successor,
                    generation,
                    grace,
                    millis(rotate.idle),
                    flag(rotate.acknowledged),
                ],
            );
            let mut parts = reply::list(answer.await?)?.into_iter();
            let word = reply::text(parts.next().unwrap_or_default())?;
            let row = |way| {
                let row = parts.next().unwrap_or_default();
                let row = reply::row(rotate.session, rotate.account, row)?;
                Ok(Rotation::Continued(way, row))
            };
            match word.as_str() {
                "rotated" => row(Continuation::Rotated),
                "debounced" => row(Continuation::Debounced),
                "acknowledged" => row(Continuation::Acknowledged),
                "reissued" => row(Continuation::Reissued),
                "reissued_late" => row(Continuation::ReissuedLate),
                "recovered" => row(Continuation::Recovered),
                "reused_recent" => Ok(Rotation::Reused(Reuse::Recent)),
                "reused_late" => Ok(Rotation::Reused(Reuse::Late)),
                "reused_stale" => Ok(Rotation::Reused(Reuse::Stale)),
                "revoked" => Ok(Rotation::Revoked),
                "ended" => Ok(Rotation::Ended),
                _ => Err(Failure::NotUnderstood("an answer")),
            }
        })
    }

    fn admit(&self, admit: Admit) -> BoxFuture<'_, Result<Admission, StoreError>> {
        self.verb(async move {
            let call = |touch_after: Option<Duration>| {
                let keys = self.keys(&admit.account);
                let [tokens, sessions] = keys.not_before();
                let mut places = vec![keys.revoked_token(&admit.token), tokens, sessions];
                places.extend(admit.session.iter().map(|session| keys.session(session)));
                let mut arguments = vec![
                    admit.account.as_str().to_owned(),
                    instant(admit.revoked_from()),
                    touch_after.map_or_else(|| "-1".to_owned(), millis),
                ];
                match &admit.purpose {
                    AdmitPurpose::Access { generation } => {
                        arguments.extend(["access".to_owned(), whole(*generation)?]);
                    }
                    AdmitPurpose::Refresh(token) => {
                        arguments.push("refresh".to_owned());
                        arguments.extend(presented(token)?);
                    }
                }
                Ok((places, arguments))
            };
            let (keys, arguments) = call(admit.touch_after)?;
            let answer = match self.run(&self.scripts.admit, keys, arguments).await {
                // The time of the last use is shown to the user and ends no session. Anything else
                // that has to be written is an error of `look`.
                Err(failure) if failure.is_unwritable() => {
                    tracing::warn!(%failure, "a session is admitted if only its use cannot be recorded");
                    let (keys, arguments) = call(None)?;
                    self.run(&self.scripts.look, keys, arguments).await?
                }
                answer => answer?,
            };
            match reply::text(answer)?.as_str() {
                "admitted" => Ok(Admission::Admitted),
                "revoked" => Ok(Admission::Revoked),
                "session_ended" => Ok(Admission::SessionEnded),
                "reused" => Ok(Admission::Reused),
                _ => Err(Failure::NotUnderstood("an answer")),
            }
        })
    }

    fn session(&self, read: ReadSession) -> BoxFuture<'_, Result<Option<SessionRow>, StoreError>> {
        self.verb(async move {
            let keys = self.keys(&read.account);
            let [tokens, sessions] = keys.not_before();
            let answer = self.run(
                &self.scripts.session,
                [keys.session(&read.session), tokens, sessions],
                [read.account.as_str().to_owned()],
            );
            match answer.await? {
                Value::Nil => Ok(None),
                row => reply::row(read.session, read.account, row).map(Some),
            }
        })
    }

    fn update_session(
        &self,
        update: UpdateSession,
    ) -> BoxFuture<'_, Result<Option<SessionRow>, StoreError>> {
        self.verb(async move {
            let keys = self.keys(&update.account);
            let [tokens, sessions] = keys.not_before();
            let answer = self.run(
                &self.scripts.update_session,
                [keys.session(&update.session), tokens, sessions],
                [
                    update.account.as_str().to_owned(),
                    update.expected,
                    update.data,
                ],
            );
            match answer.await? {
                Value::Nil => Ok(None),
                row => reply::row(update.session, update.account, row).map(Some),
            }
        })
    }

    fn revoke_session(&self, revoke: RevokeSession) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.verb(async move {
            let keys = self.keys(&revoke.account);
            let [tokens, sessions] = keys.not_before();
            let answer = self.run(
                &self.scripts.revoke_session,
                [
                    keys.session(&revoke.session),
                    tokens,
                    sessions,
                    keys.index(),
                ],
                [
                    revoke.session.as_str().to_owned(),
                    revoke.account.as_str().to_owned(),
                    revoke.reason.name().to_owned(),
                ],
            );
            reply::yes_or_no(&answer.await?)
        })
    }

    fn revoke_user(&self, revoke: RevokeUser) -> BoxFuture<'_, Result<EndedSessions, StoreError>> {
        self.verb(async move {
            let keys = self.keys(&revoke.account);
            let [tokens, sessions] = keys.not_before();
            let (which, limit) = match revoke.which {
                UserRevocation::All => ("all", String::new()),
                UserRevocation::AllBut(session) => ("all_but", session.as_str().to_owned()),
                UserRevocation::Before(at) => ("before", instant(at)),
            };
            let answer = self.run(
                &self.scripts.revoke_user,
                [tokens, sessions, keys.index()],
                [
                    revoke.account.as_str().to_owned(),
                    keys.session_prefix(),
                    revoke.reason.name().to_owned(),
                    millis(revoke.keep),
                    which.to_owned(),
                    limit,
                ],
            );
            reply::ended(answer.await?)
        })
    }

    fn end_revoked(&self, end: EndRevoked) -> BoxFuture<'_, Result<EndedSessions, StoreError>> {
        self.verb(async move { self.record_ends(&end.account, end.reason).await })
    }

    fn end_excess(&self, end: EndExcess) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>> {
        self.verb(async move {
            // As if there were one more.
            let at_most = end.at_most.saturating_add(1);
            let candidates = self.candidates(&end.account, at_most).await?;
            let keys = self.keys(&end.account);
            let [tokens, sessions] = keys.not_before();
            let mut arguments = vec![end.account.as_str().to_owned(), keys.session_prefix()];
            arguments.extend(candidates.into_arguments());
            let places = [tokens, sessions, keys.index()];
            reply::session_ids(
                self.run(&self.scripts.end_excess, places, arguments)
                    .await?,
            )
        })
    }

    /// Returns none in a cluster, whose nodes would have to be searched one by one.
    fn crowded_accounts(
        &self,
        at_most: usize,
    ) -> BoxFuture<'_, Result<Vec<AccountId>, StoreError>> {
        self.verb(self.crowded(at_most))
    }

    fn revoke_token(&self, revoke: RevokeToken) -> BoxFuture<'_, Result<(), StoreError>> {
        self.verb(async move {
            let key = self.keys(&revoke.account).revoked_token(&revoke.token);
            let answer = self.run(&self.scripts.revoke_token, [key], [instant(revoke.until)]);
            reply::yes_or_no(&answer.await?).map(|_| ())
        })
    }

    fn redeem(&self, redeem: Redeem) -> BoxFuture<'_, Result<Redemption, StoreError>> {
        self.verb(async move {
            let keys = self.keys(&redeem.account);
            let [tokens, _] = keys.not_before();
            let answer = self.run(
                &self.scripts.redeem,
                [
                    keys.redeemed_token(&redeem.token),
                    keys.revoked_token(&redeem.token),
                    tokens,
                ],
                [instant(redeem.issued_at), instant(redeem.until)],
            );
            match reply::text(answer.await?)?.as_str() {
                "first" => Ok(Redemption::First),
                "again" => Ok(Redemption::Again),
                "revoked" => Ok(Redemption::Revoked),
                "expired" => Ok(Redemption::Expired),
                _ => Err(Failure::NotUnderstood("an answer")),
            }
        })
    }

    fn list(&self, list: ListSessions) -> BoxFuture<'_, Result<ListedSessions, StoreError>> {
        self.verb(async move {
            let script = &self.scripts.list;
            let mut rows = Vec::new();
            for entry in self
                .in_steps(script, &list.account, list.at_most, LISTED_AT_ONCE)
                .await?
            {
                let [id, row] = reply::parts(entry)?;
                let id = reply::session_id(id)?;
                rows.push(reply::row(id, list.account.clone(), row)?);
            }
            rows.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
            let has_more = rows.len() > list.at_most;
            rows.truncate(list.at_most);
            Ok(ListedSessions { rows, has_more })
        })
    }

    /// Does nothing: every key expires on its own.
    fn purge(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(std::future::ready(Ok(0)))
    }
}

/// The parts of those methods that need several calls.
impl RedisStore {
    /// Creates a session, unless the account has this many. Returns `None` if it does.
    async fn insert(
        &self,
        new: &NewSession,
        at_most: Option<usize>,
        candidates: Candidates,
    ) -> Result<Option<Created>, Failure> {
        let keys = self.keys(&new.account);
        let [tokens, sessions] = keys.not_before();
        let mut arguments = vec![
            new.id.as_str().to_owned(),
            new.account.as_str().to_owned(),
            new.token.as_str().to_owned(),
            millis(new.idle),
            millis(new.absolute),
            new.keep_until.map_or_else(|| "0".to_owned(), instant),
            new.data.clone(),
            keys.session_prefix(),
            at_most.map_or_else(|| "0".to_owned(), count),
        ];
        arguments.extend(candidates.into_arguments());
        let places = [keys.session(&new.id), tokens, sessions, keys.index()];
        let answer = self.run(&self.scripts.create, places, arguments).await?;
        let [word, row, ended] = reply::parts(answer)?;
        let row = || reply::row(new.id.clone(), new.account.clone(), row);
        match reply::text(word)?.as_str() {
            "new" => Ok(Some(Created::New {
                row: row()?,
                ended: reply::session_ids(ended)?,
            })),
            "existing" => Ok(Some(Created::AlreadyExists(row()?))),
            "full" => Ok(None),
            _ => Err(Failure::NotUnderstood("an answer")),
        }
    }

    pub(crate) async fn record_ends(
        &self,
        account: &AccountId,
        reason: EndReason,
    ) -> Result<EndedSessions, Failure> {
        let keys = self.keys(account);
        let [tokens, sessions] = keys.not_before();
        let answer = self.run(
            &self.scripts.end_revoked,
            [tokens, sessions, keys.index()],
            [
                account.as_str().to_owned(),
                keys.session_prefix(),
                reason.name().to_owned(),
            ],
        );
        reply::ended(answer.await?)
    }
}

/// As many whole sessions as take a fifth of a millisecond.
const LISTED_AT_ONCE: usize = 6;

#[cfg(test)]
mod tests;
