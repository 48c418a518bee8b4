//! Converts rows of a database to values of the core, and judges tokens by them.
//!
//! Runs no statement.

use handstamp::clock::UnixTime;
use handstamp::error::StoreError;
use handstamp::store::rotation::Verdict;
use handstamp::store::{
    AccountId, Admission, Admit, AdmitPurpose, EndReason, EndedSessions, ListSessions,
    ListedSessions, Redemption, SessionId, SessionRow, TokenId,
};
use sqlx::{ColumnIndex, Database, Decode, Error, Row, Type};

use crate::common::failure::failed;
use crate::common::number::{count, instant};

/// Reads a session.
pub(crate) fn session(row: &impl Columns) -> Result<SessionRow, Error> {
    let revoked_at = row.number_or_none("revoked_at")?.map(instant);
    let reason = row.text_or_none("reason")?.map(EndReason::from_name);
    Ok(SessionRow {
        id: session_id(row)?,
        account: account(row)?,
        // Neither this nor what is counted below is ever negative.
        generation: row.number("generation")?.unsigned_abs(),
        current: id(row, "token", TokenId::from_stored)?,
        acknowledged: row.flag("acknowledged")?,
        rotated_at: instant(row.number("rotated_at")?),
        grace_started_at: instant(row.number("grace_started_at")?),
        late_generation: row.number("late_generation")?.unsigned_abs(),
        late_in_a_row: row.number("late_in_a_row")?.unsigned_abs(),
        created_at: instant(row.number("created_at")?),
        last_active: instant(row.number("last_active")?),
        idle_expires: instant(row.number("idle_expires")?),
        absolute_expires: instant(row.number("absolute_expires")?),
        data: row.text("data")?.to_owned(),
        revoked: revoked_at.zip(reason),
    })
}

/// Reads the id of a session.
pub(crate) fn session_id(row: &impl Columns) -> Result<SessionId, Error> {
    id(row, "id", SessionId::from_stored)
}

/// Reads an account.
pub(crate) fn account(row: &impl Columns) -> Result<AccountId, Error> {
    id(row, "account", AccountId::from_stored)
}

/// Reads the id of a session that is not in a column of its own.
#[cfg(feature = "postgres")]
pub(crate) fn stored_id(text: &str) -> Result<SessionId, Error> {
    SessionId::from_stored(text).ok_or_else(|| not_an_id("id"))
}

fn id<Id>(
    row: &impl Columns,
    column: &str,
    from_stored: fn(&str) -> Option<Id>,
) -> Result<Id, Error> {
    from_stored(row.text(column)?).ok_or_else(|| not_an_id(column))
}

fn not_an_id(column: &str) -> Error {
    Error::ColumnDecode {
        index: column.to_owned(),
        source: "not an id of handstamp".into(),
    }
}

/// Reads the sessions that one statement has ended, `at_most` of them: if it ended as many, there
/// may be more.
pub(crate) fn ended<R: Columns>(rows: &[R], at_most: i64) -> Result<EndedSessions, StoreError> {
    let was_live = |row: &&R| row.flag("was_live").unwrap_or(true);
    let ids = rows.iter().filter(was_live).map(session_id).collect();
    let ids: Result<_, Error> = ids;
    Ok(EndedSessions {
        ids: ids.map_err(failed)?,
        has_more: i64::try_from(rows.len()).is_ok_and(|count| count >= at_most),
    })
}

/// Returns how many rows a list reads: one more than it returns, to know whether there are more.
pub(crate) fn one_more(list: &ListSessions) -> i64 {
    count(list.at_most) + 1
}

/// Reads a list of sessions.
pub(crate) fn listed<R: Columns>(
    rows: &[R],
    list: &ListSessions,
) -> Result<ListedSessions, StoreError> {
    let has_more = rows.len() > list.at_most;
    let kept: &[R] = rows.get(..list.at_most).unwrap_or(rows);
    Ok(ListedSessions {
        rows: all(kept, session)?,
        has_more,
    })
}

/// Reads what a statement says of a one-time token. If it was not to be redeemed, `is_first` is not
/// looked at.
pub(crate) fn redemption(row: &impl Columns, is_first: bool) -> Result<Redemption, Error> {
    Ok(if row.flag("is_expired")? {
        Redemption::Expired
    } else if row.flag("is_revoked")? {
        Redemption::Revoked
    } else if is_first {
        Redemption::First
    } else {
        Redemption::Again
    })
}

/// The result of one statement about a token: everything that decides about it.
pub(crate) struct Seen {
    pub(crate) now: UnixTime,
    /// Whether the token is revoked by its id.
    pub(crate) is_revoked: bool,
    not_before: Option<UnixTime>,
    session: Option<SessionRow>,
}

impl Seen {
    pub(crate) fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            now: instant(row.number("now")?),
            is_revoked: row.flag("is_revoked")?,
            not_before: row.number_or_none("not_before")?.map(instant),
            session: match row.text_or_none("id")? {
                Some(_) => Some(session(row)?),
                None => None,
            },
        })
    }

    /// Returns the session if it is live. The statements read no session that the not-before of its
    /// account has ended, so the row alone decides.
    pub(crate) fn live(&self) -> Option<&SessionRow> {
        let is_live = |row: &&SessionRow| row.is_live(self.now);
        self.session.as_ref().filter(is_live)
    }

    /// Returns whether the token is admitted, and what is to be written then.
    pub(crate) fn judge(&self, admit: &Admit) -> (Admission, Due) {
        if self.is_revoked {
            return (Admission::Revoked, Due::Nothing);
        }
        if admit.session.is_none() {
            return match self.not_before {
                Some(at) if at >= admit.revoked_from() => (Admission::Revoked, Due::Nothing),
                _ => (Admission::Admitted, Due::Nothing),
            };
        }
        let Some(row) = self.live() else {
            return (Admission::SessionEnded, Due::Nothing);
        };
        let acknowledges = match &admit.purpose {
            AdmitPurpose::Access { generation } => {
                !row.acknowledged && *generation == row.generation
            }
            AdmitPurpose::Refresh(presented) => match row.judge(presented, self.now) {
                Verdict::Reuse(_) => return (Admission::Reused, Due::Nothing),
                Verdict::Continue(_) => false,
            },
        };
        let is_in_use = admit
            .touch_after
            .is_some_and(|after| self.now >= row.last_active.saturating_add(after));
        let due = match (acknowledges, is_in_use) {
            (true, _) => Due::Acknowledgement,
            (false, true) => Due::LastActive,
            (false, false) => Due::Nothing,
        };
        (Admission::Admitted, due)
    }
}

/// What an admitted token shows and is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    Nothing,
    LastActive,
    Acknowledgement,
}

impl Due {
    /// Goes on without the write that failed, if nothing depends on it.
    ///
    /// The time of the last use is shown to the user and ends no session, and the row that admits
    /// the token was read, as for a token that writes nothing: with a full disk users stay logged
    /// in. An acknowledgement is not given up: until a generation is acknowledged, the token before
    /// it still gives its tokens, so a copy of that token would not be found out.
    pub(crate) fn without_write(self, error: StoreError) -> Result<(), StoreError> {
        if self == Self::Acknowledgement {
            return Err(error);
        }
        tracing::warn!(%error, "a session is admitted although its use cannot be recorded");
        Ok(())
    }
}

/// Reads each row.
pub(crate) fn all<R, T>(
    rows: &[R],
    read: impl FnMut(&R) -> Result<T, Error>,
) -> Result<Vec<T>, StoreError> {
    let read: Result<_, _> = rows.iter().map(read).collect();
    read.map_err(failed)
}

/// Reads the first row, if there is one.
pub(crate) fn first<R, T>(
    rows: &[R],
    read: impl FnOnce(&R) -> Result<T, Error>,
) -> Result<Option<T>, StoreError> {
    rows.first().map(read).transpose().map_err(failed)
}

/// Reads the row that always exists.
pub(crate) fn only<R, T>(
    rows: &[R],
    read: impl FnOnce(&R) -> Result<T, Error>,
) -> Result<T, StoreError> {
    first(rows, read)?.ok_or_else(|| failed(Error::RowNotFound))
}

/// A row of any database, read by the names of its columns.
pub(crate) trait Columns {
    fn text(&self, name: &str) -> Result<&str, Error>;
    fn text_or_none(&self, name: &str) -> Result<Option<&str>, Error>;
    fn number(&self, name: &str) -> Result<i64, Error>;
    fn number_or_none(&self, name: &str) -> Result<Option<i64>, Error>;
    fn flag(&self, name: &str) -> Result<bool, Error>;
}

impl<R, D> Columns for R
where
    R: Row<Database = D>,
    D: Database<Row = R>,
    for<'n> &'n str: ColumnIndex<R>,
    for<'r> &'r str: Decode<'r, D> + Type<D>,
    for<'r> i64: Decode<'r, D> + Type<D>,
    for<'r> bool: Decode<'r, D> + Type<D>,
{
    fn text(&self, name: &str) -> Result<&str, Error> {
        self.try_get(name)
    }

    fn text_or_none(&self, name: &str) -> Result<Option<&str>, Error> {
        self.try_get(name)
    }

    fn number(&self, name: &str) -> Result<i64, Error> {
        self.try_get(name)
    }

    fn number_or_none(&self, name: &str) -> Result<Option<i64>, Error> {
        self.try_get(name)
    }

    fn flag(&self, name: &str) -> Result<bool, Error> {
        self.try_get(name)
    }
}
