//! Step-up: records in a session that the password was given again.

use super::data::SessionData;
use super::update::update;
use super::{EventKind, admit};
use crate::authenticate::Authenticated;
use crate::clock::UnixTime;
use crate::context::Context;
use crate::context::blocklist::TokenStatus;
use crate::error::{AuthFailure, RejectionKind};
use crate::issue::{self, LogInTime, NewToken, SignedToken};
use crate::purpose::Access;
use crate::store::ReadSession;

/// Issues a fresh access token of the same session, whose `auth_time` is now, and lets the session
/// record that time, so that later tokens carry it as well.
pub(crate) async fn reauthenticate(
    context: &Context,
    now: UnixTime,
    token: &Authenticated<Access>,
) -> Result<SignedToken<Access>, AuthFailure> {
    let (config, random) = (context.config(), context.random());
    let logged_in = LogInTime::At(UnixTime::from_secs(now.as_secs()));
    let new = NewToken {
        logged_in,
        ..NewToken::from(token).fresh()
    };
    let (Some(store), Some(session)) = (context.store(), token.session_id()) else {
        // A handler may have held the token for long, while the password was checked.
        if admit::recheck(context, token.claims_set()).await? != TokenStatus::Active {
            return Err(RejectionKind::TokenRevoked.into());
        }
        return Ok(issue::issue(config, now, random, &new)?);
    };
    let account = token.claims_set().account();
    let read = ReadSession::new(account.clone(), session.clone());
    let Some(row) = context.with_timeout(store.session(read)).await? else {
        context.emit(EventKind::Expired, &account, &session);
        return Err(RejectionKind::SessionEnded.into());
    };
    let now_given = |data: &mut SessionData| {
        data.token.logged_in = logged_in;
        Ok(())
    };
    let (row, data) = update(context, store, row, now_given).await?;
    // Scopes and claims are those of the session, which may have lost some since the token was
    // issued. The generation stays that of the presented token: of a later one it is not known
    // whether its refresh token has reached the client.
    let new = NewToken {
        fresh: true,
        session: new.session,
        ..data.token
    };
    let ends_at = UnixTime::from_secs(row.ends_at().as_secs());
    Ok(SignedToken {
        cookie_lifetime: data.client.cookies,
        ..issue::issue_until(config, now, random, &new, ends_at)?
    })
}
