//! Update of the data of a session: a change by one request never undoes that of a concurrent one.

use super::EventKind;
use super::data::SessionData;
use crate::context::Context;
use crate::error::{AuthFailure, RejectionKind, StoreError};
use crate::store::{SessionRow, Store, UpdateSession};

/// Changes what a session says, and returns it as the store has it then. `change` is called again
/// with the newer data if another request has changed the session since `row` was read.
pub(super) async fn update(
    context: &Context,
    store: &dyn Store,
    mut row: SessionRow,
    change: impl Fn(&mut SessionData) -> Result<(), AuthFailure>,
) -> Result<(SessionRow, SessionData), AuthFailure> {
    for _ in 0..ATTEMPTS {
        let mut data = SessionData::read(&row)?;
        change(&mut data)?;
        let (account, session, text) = (row.account.clone(), row.id.clone(), data.to_text());
        let update = UpdateSession::new(account, session, row.data.clone(), text.clone());
        let Some(updated) = context.with_timeout(store.update_session(update)).await? else {
            context.emit(EventKind::Expired, &row.account, &row.id);
            return Err(RejectionKind::SessionEnded.into());
        };
        if updated.data == text {
            return Ok((updated, data));
        }
        row = updated;
    }
    Err(changed_meanwhile().into())
}

/// Refuses as while the store does not answer: the client repeats its request, and finds the
/// session as it is then.
pub(super) fn changed_meanwhile() -> StoreError {
    StoreError::new("the session was changed by another request at the same time")
}

/// Each attempt fails only if another request has succeeded meanwhile.
const ATTEMPTS: usize = 8;
