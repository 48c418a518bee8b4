//! Step-up: records in a session that the password was given again.

use super::data::SessionData;
use super::{EventKind, admit};
use crate::authenticate::Authenticated;
use crate::clock::UnixTime;
use crate::context::Context;
use crate::context::blocklist::TokenStatus;
use crate::error::{AuthFailure, RejectionKind};
use crate::issue::{self, NewToken, SignedToken};
use crate::purpose::Access;
use crate::store::{ReadSession, UpdateSession};

/// Issues a fresh access token of the same session, whose `auth_time` is now, and lets the session
/// record that time, so that later tokens carry it as well.
pub(crate) async fn reauthenticate(
    context: &Context,
    now: UnixTime,
    token: &Authenticated<Access>,
) -> Result<SignedToken<Access>, AuthFailure> {
    let (config, random) = (context.config(), context.random());
    let authenticated_at = Some(UnixTime::from_secs(now.as_secs()));
    let new = NewToken {
        authenticated_at,
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
    let ended = || {
        context.emit(EventKind::Expired, &account, &session);
        RejectionKind::SessionEnded
    };
    let read = ReadSession::new(account.clone(), session.clone());
    let row = context.with_timeout(store.session(read)).await?;
    let row = row.ok_or_else(ended)?;
    let mut data = SessionData::read(&row)?;
    data.token.authenticated_at = authenticated_at;
    let update = UpdateSession::new(account.clone(), session.clone(), data.to_text());
    let updated = context.with_timeout(store.update_session(update)).await?;
    let row = updated.ok_or_else(ended)?;
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
