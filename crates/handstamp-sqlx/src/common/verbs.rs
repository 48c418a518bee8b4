//! The verbs that may take more than one statement, the same for every database.

use std::future::Future;

use handstamp::error::StoreError;
use handstamp::store::rotation::{Continuation, Verdict};
use handstamp::store::{Admission, Admit, Created, NewSession, Rotate, Rotation, SessionRow};

use crate::common::row::Seen;

/// What one statement does. Each is atomic.
pub(crate) trait Statements: Sync {
    /// Keeps a session, unless there is one of its id.
    fn insert(&self, new: &NewSession) -> impl Answer<Option<SessionRow>>;

    /// The session of this id.
    fn find(&self, new: &NewSession) -> impl Answer<Option<SessionRow>>;

    /// Rotates or recovers a session, if the token is one to do that for.
    fn rotate(&self, rotate: &Rotate) -> impl Answer<Option<SessionRow>>;

    /// What decides about the token, while nothing is written.
    fn look(&self, rotate: &Rotate) -> impl Answer<Seen>;

    /// Notes that the current token arrived, if it is still current and nobody has noted it.
    fn arrive(&self, rotate: &Rotate) -> impl Answer<Option<SessionRow>>;

    /// Ends a session whose token came back, if it is still as it was seen. Whether it was.
    fn end_reused(&self, rotate: &Rotate, seen: &SessionRow) -> impl Answer<bool>;

    /// What decides about the token, and whether something was written because of it.
    fn admit(&self, admit: &Admit) -> impl Answer<(Seen, bool)>;
}

pub(crate) trait Answer<T>: Future<Output = Result<T, StoreError>> + Send {}

impl<T, F: Future<Output = Result<T, StoreError>> + Send> Answer<T> for F {}

pub(crate) async fn create(
    database: &impl Statements,
    new: NewSession,
) -> Result<Created, StoreError> {
    for _ in 0..TRIES {
        if let Some(row) = database.insert(&new).await? {
            return Ok(Created::New(row));
        }
        // It may have been purged in between.
        if let Some(row) = database.find(&new).await? {
            return Ok(Created::AlreadyExists(row));
        }
    }
    Err(outrun())
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
            // Not so a moment ago: the grace window ended in between.
            Verdict::Continue(Continuation::Rotated | Continuation::Recovered) => {}
            Verdict::Continue(way @ Continuation::Acknowledged) => {
                if let Some(row) = database.arrive(&rotate).await? {
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
    Err(outrun())
}

pub(crate) async fn admit(
    database: &impl Statements,
    admit: Admit,
) -> Result<Admission, StoreError> {
    for _ in 0..TRIES {
        let (seen, is_written) = database.admit(&admit).await?;
        let (admission, must_be_written) = seen.judge(&admit);
        // Nothing was written that had to be: somebody else wrote first, and it may have been a revocation.
        if is_written || !must_be_written {
            return Ok(admission);
        }
    }
    Err(outrun())
}

/// Others were faster each time, which does not happen: each time the session has changed for good.
fn outrun() -> StoreError {
    StoreError::new(format!("the session changed {TRIES} times meanwhile"))
}

const TRIES: u32 = 10;
