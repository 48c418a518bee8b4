//! The statements of PostgreSQL: one function for each.

use std::error::Error as _;

use handstamp::error::StoreError;
use handstamp::store::{
    AccountId, Admit, AdmitPurpose, Created, EndExcess, EndReason, EndRevoked, EndedSessions,
    ListSessions, ListedSessions, NewSession, ReadSession, Redeem, Redemption, RevokeSession,
    RevokeToken, RevokeUser, Rotate, SessionId, SessionRow, TokenId, UpdateSession, UserRevocation,
};
use sqlx::{Row as _, query};

use super::PostgresStore;
use crate::common::number::{at_least, at_most, count, generation, millis};
use crate::common::row::{
    Columns as _, Seen, account, all, ended, first, listed, one_more, only, redemption, session,
    session_id, stored_id,
};
use crate::common::verbs::Statements;

impl Statements for PostgresStore {
    async fn insert(&self, new: &NewSession) -> Result<Option<Created>, StoreError> {
        let rows = self
            .rows(|| {
                query(include_str!("create.sql"))
                    .bind(new.account.as_str())
                    .bind(new.id.as_str())
                    .bind(new.token.as_str())
                    .bind(at_most(new.idle))
                    .bind(at_most(new.absolute))
                    .bind(new.keep_until.map_or(0, millis))
                    .bind(&*new.data)
                    .bind(new.at_most.map(count))
            })
            .await?;
        first(&rows, |row| {
            let ended: Vec<String> = row.try_get("ended")?;
            Ok(Created::New {
                row: session(row)?,
                ended: ended
                    .iter()
                    .map(|id| stored_id(id))
                    .collect::<Result<_, _>>()?,
            })
        })
    }

    async fn find(&self, new: &NewSession) -> Result<Option<SessionRow>, StoreError> {
        let rows = self
            .rows(|| query(include_str!("find.sql")).bind(new.id.as_str()))
            .await?;
        first(&rows, session)
    }

    async fn rotate(&self, rotate: &Rotate) -> Result<Option<SessionRow>, StoreError> {
        let presented = &rotate.presented;
        let number = generation(presented.generation)?;
        let rows = self
            .rows(|| {
                query(include_str!("rotate.sql"))
                    .bind(rotate.account.as_str())
                    .bind(rotate.session.as_str())
                    .bind(presented.token.as_str())
                    .bind(presented.successor.as_str())
                    .bind(number)
                    .bind(at_least(presented.grace))
                    .bind(at_most(rotate.idle))
                    .bind(rotate.acknowledged)
            })
            .await?;
        first(&rows, session)
    }

    async fn look(&self, rotate: &Rotate) -> Result<Seen, StoreError> {
        let token = &rotate.presented.token;
        self.look_at(&rotate.account, Some(&rotate.session), token)
            .await
    }

    async fn acknowledge(&self, rotate: &Rotate) -> Result<Option<SessionRow>, StoreError> {
        let rows = self
            .rows(|| {
                query(include_str!("acknowledge.sql"))
                    .bind(rotate.account.as_str())
                    .bind(rotate.session.as_str())
                    .bind(rotate.presented.token.as_str())
            })
            .await?;
        first(&rows, session)
    }

    async fn reissue_late(&self, rotate: &Rotate) -> Result<Option<SessionRow>, StoreError> {
        let rows = self
            .rows(|| {
                query(include_str!("reissue_late.sql"))
                    .bind(rotate.account.as_str())
                    .bind(rotate.session.as_str())
                    .bind(rotate.presented.token.as_str())
                    .bind(rotate.presented.successor.as_str())
            })
            .await?;
        first(&rows, session)
    }

    async fn end_reused(&self, rotate: &Rotate, seen: &SessionRow) -> Result<bool, StoreError> {
        let number = generation(seen.generation)?;
        let rows = self
            .rows(|| {
                query(include_str!("end_reused.sql"))
                    .bind(rotate.account.as_str())
                    .bind(rotate.session.as_str())
                    .bind(rotate.presented.token.as_str())
                    .bind(number)
                    .bind(seen.current.as_str())
                    .bind(EndReason::Reused.name())
                    .bind(seen.acknowledged)
            })
            .await?;
        Ok(!rows.is_empty())
    }

    async fn admit(&self, admit: &Admit) -> Result<(Seen, bool), StoreError> {
        let (accessing, presented) = match &admit.purpose {
            AdmitPurpose::Access { generation } => (Some(*generation), None),
            AdmitPurpose::Refresh(presented) => (None, Some(presented)),
        };
        let accessing = accessing.map(generation).transpose()?;
        let presenting = presented
            .map(|presented| generation(presented.generation))
            .transpose()?;
        let rows = self
            .rows(|| {
                query(include_str!("admit.sql"))
                    .bind(admit.account.as_str())
                    .bind(admit.session.as_ref().map(SessionId::as_str))
                    .bind(admit.token.as_str())
                    .bind(accessing)
                    .bind(admit.touch_after.map(at_least))
                    .bind(presented.map(|presented| presented.token.as_str()))
                    .bind(presented.map(|presented| presented.successor.as_str()))
                    .bind(presenting)
                    .bind(presented.map(|presented| at_most(presented.grace)))
                    .bind(presented.map(|presented| at_most(presented.late_after())))
            })
            .await;
        let rows = match rows {
            Err(error) if is_answer(&error) => {
                let seen = self
                    .look_at(&admit.account, admit.session.as_ref(), &admit.token)
                    .await?;
                let (_, due) = seen.judge(admit);
                return due.without_write(error).map(|()| (seen, true));
            }
            rows => rows?,
        };
        only(&rows, |row| Ok((Seen::read(row)?, row.flag("is_written")?)))
    }
}

/// Returns whether the database itself refused the statement, so that another may succeed.
fn is_answer(error: &StoreError) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref());
    source.is_some_and(|error: &sqlx::Error| error.as_database_error().is_some())
}

/// The methods that are one statement.
impl PostgresStore {
    async fn look_at(
        &self,
        account: &AccountId,
        session: Option<&SessionId>,
        token: &TokenId,
    ) -> Result<Seen, StoreError> {
        let rows = self
            .rows(|| {
                query(include_str!("look.sql"))
                    .bind(account.as_str())
                    .bind(session.map(SessionId::as_str))
                    .bind(token.as_str())
            })
            .await?;
        only(&rows, Seen::read)
    }

    pub(super) async fn live_session(
        &self,
        read: ReadSession,
    ) -> Result<Option<SessionRow>, StoreError> {
        let rows = self
            .rows(|| {
                query(include_str!("session.sql"))
                    .bind(read.account.as_str())
                    .bind(read.session.as_str())
            })
            .await?;
        first(&rows, session)
    }

    pub(super) async fn change_data(
        &self,
        update: UpdateSession,
    ) -> Result<Option<SessionRow>, StoreError> {
        let rows = self
            .rows(|| {
                query(include_str!("update_session.sql"))
                    .bind(update.account.as_str())
                    .bind(update.session.as_str())
                    .bind(&*update.expected)
                    .bind(&*update.data)
            })
            .await?;
        first(&rows, session)
    }

    pub(super) async fn revoke_one(&self, revoke: RevokeSession) -> Result<bool, StoreError> {
        let rows = self
            .rows(|| {
                query(include_str!("revoke_session.sql"))
                    .bind(revoke.account.as_str())
                    .bind(revoke.session.as_str())
                    .bind(revoke.reason.name())
            })
            .await?;
        Ok(!rows.is_empty())
    }

    pub(super) async fn revoke_many(
        &self,
        revoke: RevokeUser,
    ) -> Result<EndedSessions, StoreError> {
        let (which, kept, before) = match &revoke.which {
            UserRevocation::All => ("all", None, Some(i64::MAX)),
            UserRevocation::AllBut(kept) => ("all_but", Some(kept), None),
            UserRevocation::Before(at) => ("before", None, Some(millis(*at))),
        };
        let rows = self
            .rows(|| {
                query(include_str!("revoke_user.sql"))
                    .bind(revoke.account.as_str())
                    .bind(which)
                    .bind(kept.map(SessionId::as_str))
                    .bind(before)
                    .bind(at_most(revoke.keep))
                    .bind(revoke.reason.name())
                    .bind(ENDED_AT_ONCE)
            })
            .await?;
        ended(&rows, ENDED_AT_ONCE)
    }

    pub(super) async fn record_ends(&self, end: EndRevoked) -> Result<EndedSessions, StoreError> {
        let rows = self
            .rows(|| {
                query(include_str!("end_revoked.sql"))
                    .bind(end.account.as_str())
                    .bind(end.reason.name())
                    .bind(ENDED_AT_ONCE)
            })
            .await?;
        ended(&rows, ENDED_AT_ONCE)
    }

    pub(super) async fn end_least_used(
        &self,
        end: EndExcess,
    ) -> Result<Vec<SessionId>, StoreError> {
        let rows = self
            .rows(|| {
                query(include_str!("end_excess.sql"))
                    .bind(end.account.as_str())
                    .bind(count(end.at_most))
            })
            .await?;
        all(&rows, session_id)
    }

    pub(super) async fn accounts_beyond(
        &self,
        at_most: usize,
    ) -> Result<Vec<AccountId>, StoreError> {
        let rows = self
            .rows(|| query(include_str!("crowded_accounts.sql")).bind(count(at_most)))
            .await?;
        all(&rows, account)
    }

    pub(super) async fn insert_revoked_token(&self, revoke: RevokeToken) -> Result<(), StoreError> {
        self.rows(|| {
            query(include_str!("revoke_token.sql"))
                .bind(revoke.account.as_str())
                .bind(revoke.token.as_str())
                .bind(millis(revoke.until))
        })
        .await?;
        Ok(())
    }

    pub(super) async fn redeem_token(&self, redeem: Redeem) -> Result<Redemption, StoreError> {
        let rows = self
            .rows(|| {
                query(include_str!("redeem.sql"))
                    .bind(redeem.account.as_str())
                    .bind(redeem.token.as_str())
                    .bind(millis(redeem.issued_at))
                    .bind(millis(redeem.until))
            })
            .await?;
        only(&rows, |row| redemption(row, row.flag("is_first")?))
    }

    pub(super) async fn live_sessions(
        &self,
        list: ListSessions,
    ) -> Result<ListedSessions, StoreError> {
        let rows = self
            .rows(|| {
                query(include_str!("list.sql"))
                    .bind(list.account.as_str())
                    .bind(one_more(&list))
            })
            .await?;
        listed(&rows, &list)
    }

    pub(super) async fn remove_ended(&self) -> Result<u64, StoreError> {
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
                let rows = self.rows(|| query(statement).bind(BATCH)).await?;
                let batch = only(&rows, |row| row.number("removed"))?;
                removed += batch.unsigned_abs();
                if batch < BATCH {
                    break;
                }
            }
        }
        Ok(removed)
    }
}

/// Few enough to be ended within milliseconds.
const ENDED_AT_ONCE: i64 = 64;
/// Few enough to be removed within milliseconds.
pub(super) const BATCH: i64 = 250;
