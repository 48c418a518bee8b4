//! The methods that may need more than one statement, the same for every database.
//!
//! Takes the statements of a database, and repeats them when another caller wins a race. Holds no
//! lock between them.

use std::future::Future;

use handstamp::error::StoreError;
use handstamp::store::rotation::{Continuation, Verdict};
use handstamp::store::{Admission, Admit, Created, NewSession, Rotate, Rotation, SessionRow};

use crate::common::row::{Due, Seen};

/// The statements of a database. Each is atomic.
pub(crate) trait Statements: Sync {
    /// Inserts a session, unless there is one with its id, and ends others if there are too many.
    fn insert(&self, new: &NewSession) -> impl Answer<Option<Created>>;

    /// Reads the session with this id, live or not.
    fn find(&self, new: &NewSession) -> impl Answer<Option<SessionRow>>;

    /// Rotates or recovers a session, if the token allows it.
    fn rotate(&self, rotate: &Rotate) -> impl Answer<Option<SessionRow>>;

    /// Reads everything that decides about the token. Writes nothing.
    fn look(&self, rotate: &Rotate) -> impl Answer<Seen>;

    /// Acknowledges the current token, if it is still current and not acknowledged.
    fn acknowledge(&self, rotate: &Rotate) -> impl Answer<Option<SessionRow>>;

    /// Counts the current generation as re-issued late, if it is still current, not acknowledged
    /// and not counted.
    fn reissue_late(&self, rotate: &Rotate) -> impl Answer<Option<SessionRow>>;

    /// Revokes a session whose token was reused, if it is still as it was seen. Returns whether it
    /// was.
    fn end_reused(&self, rotate: &Rotate, seen: &SessionRow) -> impl Answer<bool>;

    /// Reads everything that decides about the token, and returns whether what is due because of it
    /// was written, or may be lost.
    fn admit(&self, admit: &Admit) -> impl Answer<(Seen, bool)>;
}

pub(crate) trait Answer<T>: Future<Output = Result<T, StoreError>> + Send {}

impl<T, F: Future<Output = Result<T, StoreError>> + Send> Answer<T> for F {}

pub(crate) async fn create(
    database: &impl Statements,
    new: NewSession,
) -> Result<Created, StoreError> {
    for _ in 0..TRIES {
        if let Some(created) = database.insert(&new).await? {
            return Ok(created);
        }
        // It may have been purged in the meantime.
        if let Some(row) = database.find(&new).await? {
            return Ok(Created::AlreadyExists(row));
        }
    }
    Err(changed())
}

pub(crate) async fn rotate(
    database: &impl Statements,
    rotate: Rotate,
) -> Result<Rotation, StoreError> {
    for _ in 0..TRIES {
        if let Some(row) = database.rotate(&rotate).await? {
            let way = if row.current == rotate.presented.token {
                Continuation::Recovered
            } else {
                Continuation::Rotated
            };
            return Ok(Rotation::Continued(way, row));
        }
        let seen = database.look(&rotate).await?;
        if seen.is_revoked {
            return Ok(Rotation::Revoked);
        }
        let Some(row) = seen.live() else {
            return Ok(Rotation::Ended);
        };
        match row.judge(&rotate.presented, seen.now) {
            // It was not so when the statement ran: the grace window has ended in the meantime.
            Verdict::Continue(Continuation::Rotated | Continuation::Recovered) => {}
            Verdict::Continue(way @ Continuation::Acknowledged) => {
                if let Some(row) = database.acknowledge(&rotate).await? {
                    return Ok(Rotation::Continued(way, row));
                }
            }
            Verdict::Continue(way @ Continuation::ReissuedLate)
                if row.after(way, &rotate, seen.now) != *row =>
            {
                if let Some(row) = database.reissue_late(&rotate).await? {
                    return Ok(Rotation::Continued(way, row));
                }
            }
            Verdict::Continue(way) => return Ok(Rotation::Continued(way, row.clone())),
            Verdict::Reuse(reuse) => {
                if database.end_reused(&rotate, row).await? {
                    return Ok(Rotation::Reused(reuse));
                }
            }
        }
    }
    Err(changed())
}

pub(crate) async fn admit(
    database: &impl Statements,
    admit: Admit,
) -> Result<Admission, StoreError> {
    for _ in 0..TRIES {
        let (seen, is_written) = database.admit(&admit).await?;
        let (admission, due) = seen.judge(&admit);
        // Nothing was written although it had to be: another caller wrote first, perhaps a
        // revocation.
        if is_written || due == Due::Nothing {
            return Ok(admission);
        }
    }
    Err(changed())
}

/// Returns the error of a call that lost every race. That does not happen in practice, because each
/// time the session has changed permanently.
fn changed() -> StoreError {
    StoreError::new(format!("the session changed {TRIES} times in the meantime"))
}

const TRIES: u32 = 10;
