//! Rows of databases, as what the core knows.

use handstamp::admission::Admission;
use handstamp::clock::UnixTime;
use handstamp::error::StoreError;
use handstamp::session::rotation::Verdict;
use handstamp::store::{
    AccountId, Admit, AdmitPurpose, EndReason, NewSession, Rotate, SessionId, SessionRow, TokenId,
};
use sqlx::{ColumnIndex, Database, Decode, Error, Row, Type};

use crate::common::failure::failed;
use crate::common::id;
use crate::common::number::instant;

/// Whom and what a verb asks about: a row has only text, and its ids are made of these where they are the same.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    uid: &'a AccountId,
    session: Option<&'a SessionId>,
    tokens: [Option<&'a TokenId>; 2],
}

impl<'a> From<&'a NewSession> for Asked<'a> {
    fn from(new: &'a NewSession) -> Self {
        Self {
            uid: &new.uid,
            session: Some(&new.id),
            tokens: [Some(&new.token), None],
        }
    }
}

impl<'a> From<&'a Rotate> for Asked<'a> {
    fn from(rotate: &'a Rotate) -> Self {
        Self {
            uid: &rotate.uid,
            session: Some(&rotate.session),
            tokens: [
                Some(&rotate.presented.token),
                Some(&rotate.presented.successor),
            ],
        }
    }
}

impl<'a> From<&'a Admit> for Asked<'a> {
    fn from(admit: &'a Admit) -> Self {
        let presented = match &admit.purpose {
            AdmitPurpose::Access { .. } => None,
            AdmitPurpose::Refresh(presented) => Some(presented),
        };
        Self {
            uid: &admit.uid,
            session: admit.session.as_ref(),
            tokens: [
                presented.map(|presented| &presented.token),
                presented.map(|presented| &presented.successor),
            ],
        }
    }
}

impl<'a> From<&'a AccountId> for Asked<'a> {
    fn from(uid: &'a AccountId) -> Self {
        Self {
            uid,
            session: None,
            tokens: [None, None],
        }
    }
}

/// Reads a session.
pub(crate) fn session<'a>(
    row: &impl Columns,
    asked: impl Into<Asked<'a>>,
) -> Result<SessionRow, Error> {
    let asked = asked.into();
    let revoked_at = row.number_or_none("revoked_at")?.map(instant);
    let reason = row.text_or_none("reason")?.map(EndReason::from_name);
    Ok(SessionRow {
        id: id::session(row.text("id")?, asked.session),
        uid: id::uid(row.text("uid")?, asked.uid),
        // The column starts at 1 and only grows.
        generation: row.number("generation")?.unsigned_abs(),
        current: id::token(row.text("token")?, asked.tokens),
        acknowledged: row.flag("acknowledged")?,
        rotated_at: instant(row.number("rotated_at")?),
        grace_started_at: instant(row.number("grace_started_at")?),
        created_at: instant(row.number("created_at")?),
        last_active: instant(row.number("last_active")?),
        idle_expires: instant(row.number("idle_expires")?),
        absolute_expires: instant(row.number("absolute_expires")?),
        data: row.text("data")?.to_owned(),
        revoked: revoked_at.zip(reason),
    })
}

/// What one look at the database shows: everything that decides about a token.
pub(crate) struct Seen {
    pub(crate) now: UnixTime,
    /// Whether the token is revoked by its id.
    pub(crate) is_revoked: bool,
    not_before: Option<UnixTime>,
    session: Option<SessionRow>,
}

impl Seen {
    pub(crate) fn read<'a>(row: &impl Columns, asked: impl Into<Asked<'a>>) -> Result<Self, Error> {
        Ok(Self {
            now: instant(row.number("now")?),
            is_revoked: row.flag("is_revoked")?,
            not_before: row.number_or_none("not_before")?.map(instant),
            session: match row.text_or_none("id")? {
                Some(_) => Some(session(row, asked)?),
                None => None,
            },
        })
    }

    /// The session, if it counts. Whoever moved its user's not-before ended it, if it was meant.
    pub(crate) fn live(&self) -> Option<&SessionRow> {
        let is_live = |row: &&SessionRow| row.is_live(self.now, None);
        self.session.as_ref().filter(is_live)
    }

    /// How the token is judged, and whether that has to be written down.
    pub(crate) fn judge(&self, admit: &Admit) -> (Admission, bool) {
        if self.is_revoked {
            return (Admission::Revoked, false);
        }
        if admit.session.is_none() {
            let is_too_old = |at: UnixTime| admit.issued_at.as_secs() <= at.as_secs();
            return match self.not_before {
                Some(not_before) if is_too_old(not_before) => (Admission::Revoked, false),
                _ => (Admission::Admitted, false),
            };
        }
        let Some(row) = self.live() else {
            return (Admission::SessionEnded, false);
        };
        let arrives = match &admit.purpose {
            AdmitPurpose::Access { generation } => {
                !row.acknowledged && *generation == row.generation
            }
            AdmitPurpose::Refresh(presented) => match row.judge(presented, self.now) {
                Verdict::Reuse(_) => return (Admission::Reused, false),
                Verdict::Continue(_) => false,
            },
        };
        let is_in_use = admit
            .touch_after
            .is_some_and(|after| self.now >= row.last_active.saturating_add(after));
        (Admission::Admitted, arrives || is_in_use)
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

/// Reads the row that there always is.
pub(crate) fn only<R, T>(
    rows: &[R],
    read: impl FnOnce(&R) -> Result<T, Error>,
) -> Result<T, StoreError> {
    first(rows, read)?.ok_or_else(|| failed(Error::RowNotFound))
}

/// A row of any database, by the names of its columns.
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
