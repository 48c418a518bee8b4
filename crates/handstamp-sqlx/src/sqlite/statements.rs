//! The statements of SQLite: one function for each.
//!
//! A statement that writes takes SQLite's lock, runs and commits in one step on a separate thread.
//! No lock is held while a future is not polled, and a dropped future leaves nothing behind. Only a
//! log-in, [`SqliteStore::revoke_many`] and [`SqliteStore::redeem_token`] need a transaction of
//! several statements.

use handstamp::error::StoreError;
use handstamp::store::{
    AccountId, Admit, AdmitPurpose, Created, EndExcess, EndReason, EndRevoked, EndedSessions,
    ListSessions, ListedSessions, NewSession, ReadSession, Redeem, Redemption, RevokeSession,
    RevokeToken, RevokeUser, Rotate, SessionId, SessionRow, UpdateSession, UserRevocation,
};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Connection as _, Error, Sqlite, SqliteConnection, Transaction, query, query_scalar};

use super::{SqliteStore, within};
use crate::common::failure::failed;
use crate::common::number::{at_least, at_most, count, generation, millis};
use crate::common::row::{
    Due, Seen, account, all, ended, first, listed, one_more, only, redemption, session, session_id,
};
use crate::common::verbs::Statements;

type Statement<'a> = Query<'a, Sqlite, SqliteArguments>;

impl Statements for SqliteStore {
    async fn insert(&self, new: &NewSession) -> Result<Option<Created>, StoreError> {
        let statement = query(include_str!("create.sql"))
            .bind(new.account.as_str())
            .bind(new.id.as_str())
            .bind(new.token.as_str())
            .bind(at_most(new.idle))
            .bind(at_most(new.absolute))
            .bind(new.keep_until.map_or(0, millis))
            .bind(&*new.data);
        let Some(at_most) = new.at_most else {
            let row = first(&self.write(statement).await?, session)?;
            return Ok(row.map(|row| Created::New {
                row,
                ended: Vec::new(),
            }));
        };
        self.prepare().await?;
        let written = within(self.at_most(), async {
            let mut connection = self.writer.acquire().await?;
            insert_within(&mut connection, statement, new, at_most).await
        });
        let (rows, ended) = written.await?;
        let ended = all(&ended, session_id)?;
        let row = first(&rows, session)?;
        Ok(row.map(|row| Created::New { row, ended }))
    }

    async fn find(&self, new: &NewSession) -> Result<Option<SessionRow>, StoreError> {
        let statement = query(include_str!("find.sql")).bind(new.id.as_str());
        first(&self.read(statement).await?, session)
    }

    async fn rotate(&self, rotate: &Rotate) -> Result<Option<SessionRow>, StoreError> {
        let presented = &rotate.presented;
        let statement = query(include_str!("rotate.sql"))
            .bind(rotate.account.as_str())
            .bind(rotate.session.as_str())
            .bind(presented.token.as_str())
            .bind(presented.successor.as_str())
            .bind(generation(presented.generation)?)
            .bind(at_least(presented.grace))
            .bind(at_most(rotate.idle))
            .bind(rotate.acknowledged);
        first(&self.write(statement).await?, session)
    }

    async fn look(&self, rotate: &Rotate) -> Result<Seen, StoreError> {
        let statement = query(include_str!("look.sql"))
            .bind(rotate.account.as_str())
            .bind(rotate.session.as_str())
            .bind(rotate.presented.token.as_str());
        only(&self.read(statement).await?, Seen::read)
    }

    async fn acknowledge(&self, rotate: &Rotate) -> Result<Option<SessionRow>, StoreError> {
        let statement = query(include_str!("acknowledge.sql"))
            .bind(rotate.account.as_str())
            .bind(rotate.session.as_str())
            .bind(rotate.presented.token.as_str());
        first(&self.write(statement).await?, session)
    }

    async fn reissue_late(&self, rotate: &Rotate) -> Result<Option<SessionRow>, StoreError> {
        let statement = query(include_str!("reissue_late.sql"))
            .bind(rotate.account.as_str())
            .bind(rotate.session.as_str())
            .bind(rotate.presented.token.as_str())
            .bind(rotate.presented.successor.as_str());
        first(&self.write(statement).await?, session)
    }

    async fn end_reused(&self, rotate: &Rotate, seen: &SessionRow) -> Result<bool, StoreError> {
        let statement = query(include_str!("end_reused.sql"))
            .bind(rotate.account.as_str())
            .bind(rotate.session.as_str())
            .bind(rotate.presented.token.as_str())
            .bind(generation(seen.generation)?)
            .bind(seen.current.as_str())
            .bind(EndReason::Reused.name())
            .bind(seen.acknowledged);
        Ok(!self.write(statement).await?.is_empty())
    }

    async fn admit(&self, admit: &Admit) -> Result<(Seen, bool), StoreError> {
        let session = admit.session.as_ref().map(SessionId::as_str);
        let statement = query(include_str!("look.sql"))
            .bind(admit.account.as_str())
            .bind(session)
            .bind(admit.token.as_str());
        let seen = only(&self.read(statement).await?, Seen::read)?;
        let (_, due) = seen.judge(admit);
        if due == Due::Nothing {
            return Ok((seen, false));
        }
        let (accessing, presented) = match &admit.purpose {
            AdmitPurpose::Access { generation } => (Some(*generation), None),
            AdmitPurpose::Refresh(presented) => (None, Some(presented)),
        };
        let presenting = presented.map(|presented| presented.generation);
        let statement = query(include_str!("record.sql"))
            .bind(admit.account.as_str())
            .bind(session)
            .bind(admit.token.as_str())
            .bind(accessing.map(generation).transpose()?)
            .bind(admit.touch_after.map(at_least))
            .bind(presented.map(|presented| presented.token.as_str()))
            .bind(presented.map(|presented| presented.successor.as_str()))
            .bind(presenting.map(generation).transpose()?)
            .bind(presented.map(|presented| at_most(presented.grace)))
            .bind(presented.map(|presented| at_most(presented.late_after())));
        let at_most = match due {
            // Leaves the caller time for an answer without this write.
            Due::LastActive => self.at_most() / 2,
            Due::Acknowledgement | Due::Nothing => self.at_most(),
        };
        let is_written = match within(at_most, statement.fetch_all(&self.writer)).await {
            Ok(rows) => !rows.is_empty(),
            Err(error) => due.without_write(error).map(|()| true)?,
        };
        Ok((seen, is_written))
    }
}

/// The methods that are one statement or one transaction.
impl SqliteStore {
    pub(super) async fn live_session(
        &self,
        read: ReadSession,
    ) -> Result<Option<SessionRow>, StoreError> {
        let statement = query(include_str!("session.sql"))
            .bind(read.account.as_str())
            .bind(read.session.as_str());
        first(&self.read(statement).await?, session)
    }

    pub(super) async fn change_data(
        &self,
        update: UpdateSession,
    ) -> Result<Option<SessionRow>, StoreError> {
        let statement = query(include_str!("update_session.sql"))
            .bind(update.account.as_str())
            .bind(update.session.as_str())
            .bind(&*update.expected)
            .bind(&*update.data);
        first(&self.write(statement).await?, session)
    }

    pub(super) async fn revoke_one(&self, revoke: RevokeSession) -> Result<bool, StoreError> {
        let statement = query(include_str!("revoke_session.sql"))
            .bind(revoke.account.as_str())
            .bind(revoke.session.as_str())
            .bind(revoke.reason.name());
        Ok(!self.write(statement).await?.is_empty())
    }

    pub(super) async fn revoke_many(
        &self,
        revoke: RevokeUser,
    ) -> Result<EndedSessions, StoreError> {
        self.prepare().await?;
        let written = within(self.at_most(), async {
            let mut connection = self.writer.acquire().await?;
            revoke_many(&mut connection, &revoke).await
        });
        ended(&written.await?, ENDED_AT_ONCE)
    }

    pub(super) async fn record_ends(&self, end: EndRevoked) -> Result<EndedSessions, StoreError> {
        let statement = end_revoked(end.account.as_str(), end.reason);
        ended(&self.write(statement).await?, ENDED_AT_ONCE)
    }

    pub(super) async fn end_least_used(
        &self,
        end: EndExcess,
    ) -> Result<Vec<SessionId>, StoreError> {
        // As if there were one more.
        let at_most = end.at_most.saturating_add(1);
        let statement = end_least_used(end.account.as_str(), "", at_most);
        all(&self.write(statement).await?, session_id)
    }

    pub(super) async fn accounts_beyond(
        &self,
        at_most: usize,
    ) -> Result<Vec<AccountId>, StoreError> {
        let statement = query(include_str!("crowded_accounts.sql")).bind(count(at_most));
        all(&self.read(statement).await?, account)
    }

    pub(super) async fn insert_revoked_token(&self, revoke: RevokeToken) -> Result<(), StoreError> {
        let statement = query(include_str!("revoke_token.sql"))
            .bind(revoke.account.as_str())
            .bind(revoke.token.as_str())
            .bind(millis(revoke.until));
        self.write(statement).await.map(drop)
    }

    pub(super) async fn redeem_token(&self, redeem: Redeem) -> Result<Redemption, StoreError> {
        self.prepare().await?;
        let redeemed = within(self.at_most(), async {
            let mut connection = self.writer.acquire().await?;
            redeem_token(&mut connection, &redeem).await
        });
        redeemed.await
    }

    pub(super) async fn live_sessions(
        &self,
        list: ListSessions,
    ) -> Result<ListedSessions, StoreError> {
        let statement = query(include_str!("list.sql"))
            .bind(list.account.as_str())
            .bind(one_more(&list));
        listed(&self.read(statement).await?, &list)
    }

    pub(super) async fn remove_ended(&self) -> Result<u64, StoreError> {
        self.prepare().await?;
        let mut removed = 0;
        for statement in [
            include_str!("purge_sessions.sql"),
            include_str!("purge_revoked.sql"),
            include_str!("purge_not_before.sql"),
            include_str!("purge_sessions_not_before.sql"),
            include_str!("purge_revoked_tokens.sql"),
            include_str!("purge_redeemed_tokens.sql"),
        ] {
            loop {
                // Queues with other writers anew for each batch.
                let done = query(statement).bind(BATCH).execute(&self.writer).await;
                let batch = done.map_err(failed)?.rows_affected();
                removed += batch;
                if batch < BATCH.unsigned_abs() {
                    break;
                }
            }
        }
        Ok(removed)
    }

    pub(super) async fn read(
        &self,
        statement: Statement<'_>,
    ) -> Result<Vec<SqliteRow>, StoreError> {
        self.prepare().await?;
        statement.fetch_all(&self.readers).await.map_err(failed)
    }

    /// Runs a statement to the end of its commit, which is why all rows are fetched even where
    /// there is only one.
    pub(super) async fn write(
        &self,
        statement: Statement<'_>,
    ) -> Result<Vec<SqliteRow>, StoreError> {
        self.prepare().await?;
        within(self.at_most(), statement.fetch_all(&self.writer)).await
    }
}

/// Inserts a session, unless there is one with its id, and ends others if the account then has too
/// many.
async fn insert_within(
    connection: &mut SqliteConnection,
    insert: Statement<'_>,
    new: &NewSession,
    at_most: usize,
) -> Result<(Vec<SqliteRow>, Vec<SqliteRow>), Error> {
    let mut transaction = begin(connection).await?;
    let created = insert.fetch_all(&mut *transaction).await?;
    let mut ended = Vec::new();
    if !created.is_empty() {
        ended = end_least_used(new.account.as_str(), new.id.as_str(), at_most)
            .fetch_all(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok((created, ended))
}

async fn revoke_many(
    connection: &mut SqliteConnection,
    revoke: &RevokeUser,
) -> Result<Vec<SqliteRow>, Error> {
    let (which, kept, before) = match &revoke.which {
        UserRevocation::All => ("all", None, Some(i64::MAX)),
        UserRevocation::AllBut(kept) => ("all_but", Some(kept.as_str()), None),
        UserRevocation::Before(at) => ("before", None, Some(millis(*at))),
    };
    let mut transaction = begin(connection).await?;
    let now: i64 = query_scalar(include_str!("clock.sql"))
        .fetch_one(&mut *transaction)
        .await?;
    if let Some(before) = before {
        query(include_str!("set_not_before.sql"))
            .bind(revoke.account.as_str())
            .bind(before)
            .bind(now)
            .bind(at_most(revoke.keep))
            .execute(&mut *transaction)
            .await?;
    }
    query(include_str!("set_sessions_not_before.sql"))
        .bind(revoke.account.as_str())
        .bind(which)
        .bind(kept)
        .bind(before)
        .bind(now)
        .bind(at_most(revoke.keep))
        .execute(&mut *transaction)
        .await?;
    let mut ended = end_revoked(revoke.account.as_str(), revoke.reason)
        .fetch_all(&mut *transaction)
        .await?;
    if let UserRevocation::Before(at) = &revoke.which {
        let others = query(include_str!("end_created_by.sql"))
            .bind(revoke.account.as_str())
            .bind(millis(*at))
            .bind(now)
            .bind(revoke.reason.name());
        ended.extend(others.fetch_all(&mut *transaction).await?);
    }
    transaction.commit().await?;
    Ok(ended)
}

async fn redeem_token(
    connection: &mut SqliteConnection,
    redeem: &Redeem,
) -> Result<Redemption, Error> {
    let mut transaction = begin(connection).await?;
    let judged = query(include_str!("judge_redemption.sql"))
        .bind(redeem.account.as_str())
        .bind(redeem.token.as_str())
        .bind(millis(redeem.issued_at))
        .bind(millis(redeem.until))
        .fetch_one(&mut *transaction)
        .await?;
    // What it would be if none came before.
    let mut answer = redemption(&judged, true)?;
    if answer == Redemption::First {
        let written = query(include_str!("redeem.sql"))
            .bind(redeem.account.as_str())
            .bind(redeem.token.as_str())
            .bind(millis(redeem.until))
            .execute(&mut *transaction)
            .await?;
        if written.rows_affected() == 0 {
            answer = Redemption::Again;
        }
    }
    transaction.commit().await?;
    Ok(answer)
}

fn end_least_used<'a>(account: &'a str, new: &'a str, at_most: usize) -> Statement<'a> {
    query(include_str!("end_least_used.sql"))
        .bind(account)
        .bind(new)
        .bind(count(at_most))
}

fn end_revoked(account: &str, reason: EndReason) -> Statement<'_> {
    query(include_str!("end_revoked.sql"))
        .bind(account)
        .bind(reason.name())
        .bind(ENDED_AT_ONCE)
}

/// Starts a transaction that will write. One that starts as a reader may be unable to write later.
pub(super) async fn begin(
    connection: &mut SqliteConnection,
) -> Result<Transaction<'_, Sqlite>, Error> {
    connection.begin_with("BEGIN IMMEDIATE").await
}

/// Few enough for other writers not to wait long.
const ENDED_AT_ONCE: i64 = 16;
/// Few enough to be removed within milliseconds.
pub(super) const BATCH: i64 = 25;
