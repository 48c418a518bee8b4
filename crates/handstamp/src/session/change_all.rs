//! Change of what the tokens of a user say, by an administrator.

use super::Owner;
use super::data::SessionData;
use super::update::update;
use super::{revoke, tokens};
use crate::clock::UnixTime;
use crate::context::Context;
use crate::error::{AuthFailure, RejectionKind, StoreError};
use crate::issue::NewToken;
use crate::store::ListSessions;

/// Changes the claims of all sessions of a user, and returns how many. Either all are changed or,
/// if a token cannot hold the change, none is.
pub(crate) async fn change_all(
    context: &Context,
    now: UnixTime,
    owner: &Owner,
    change: impl Fn(NewToken) -> NewToken,
) -> Result<usize, AuthFailure> {
    let account = owner.account(context.config().login_type());
    let store = context.required_store()?;
    let at_most = context.config().settings.sessions_per_user;
    let list = ListSessions::new(account.clone(), at_most);
    let mut listed = context.with_timeout(store.list(list.clone())).await?;
    // A change would miss those beyond the limit, which the next log-ins end anyway.
    while listed.has_more {
        let mut ended = 0;
        loop {
            let end = revoke::end_excess(context, store, &account);
            match context.with_timeout(end).await? {
                0 => break,
                some => ended += some,
            }
        }
        if ended == 0 {
            return Err(
                StoreError::new("there are sessions that cannot be listed or ended").into(),
            );
        }
        listed = context.with_timeout(store.list(list.clone())).await?;
    }
    let rows = listed.rows;
    for row in &rows {
        let data = SessionData::read(row)?.changed(&change)?;
        drop(tokens::issue(context, now, row, &data)?);
        tokens::check_cookies(context.config(), &row.id, &row.current, &data, None)?;
    }
    let mut changed = 0;
    for row in rows {
        let change = |data: &mut SessionData| {
            data.token = data.token.clone().changed(&change)?;
            Ok(())
        };
        match update(context, store, row, change).await {
            Ok(_) => changed += 1,
            // It was revoked or expired since it was listed.
            Err(AuthFailure::Rejected(RejectionKind::SessionEnded)) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(changed)
}
