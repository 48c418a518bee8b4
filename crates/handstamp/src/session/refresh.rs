//! Refresh: rotates a refresh token, and issues an access token and the successor.

use super::data::SessionData;
use super::update::{changed_meanwhile, update};
use super::{ClientInfo, Clients, EventKind, SessionEvent, admit, revoke, tokens};
use crate::authenticate::Authenticated;
use crate::claims::Claims;
use crate::clock::UnixTime;
use crate::context::{Context, Uneventful};
use crate::error::{AuthFailure, IssueError, RejectionKind};
use crate::issue::{self, LogInTime, NewToken, TokenIdentity, TokenPair};
use crate::purpose::Refresh;
use crate::purpose::sealed::Kind;
use crate::request::UserAgent;
use crate::store::rotation::Continuation;
use crate::store::{
    Admission, Created, EndReason, NewSession, Rotate, Rotation, SessionId, SessionRow, Store,
    TokenId,
};

/// Rotates a refresh token, or issues an access token from one that has no session.
pub(crate) async fn refresh(
    context: &Context,
    now: UnixTime,
    token: &Authenticated<Refresh>,
    change: impl FnOnce(NewToken) -> NewToken,
) -> Result<TokenPair, AuthFailure> {
    let claims = token.claims_set();
    let Some(store) = context.store() else {
        context.warn_without_store();
        return Ok(without_session(context, now, claims, change)?);
    };
    let (way, row) = match claims.session() {
        Some(session) => rotate(context, store, claims, session.into(), token.user_agent()).await?,
        None if context.keeps_sessions() => adopt(context, store, token).await?,
        None => {
            // The handler may have held the token past its expiry.
            let asked = admit::admit_sessionless(context, store, claims, Kind::Refresh);
            if asked.await? != Admission::Admitted {
                return Err(RejectionKind::TokenRevoked.into());
            }
            return Ok(without_session(context, now, claims, change)?);
        }
    };
    let data = SessionData::read(&row)?;
    let (before, data) = (data.token.clone(), data.changed(change)?);
    // Issued before the session stores the change: one that no token or cookie can hold is refused,
    // and the session stays as it was.
    let tokens = tokens::issue(context, now, &row, &data)?;
    if data.token != before {
        let (config, location) = (context.config(), Some(token.location()));
        tokens::check_cookies(config, &row.id, &row.current, &data, location)?;
        let change = |newest: &mut SessionData| {
            // The other change may come from a later look at the user's rights than this one.
            if !newest.token.says_the_same(&before) {
                return Err(changed_meanwhile().into());
            }
            newest.token = NewToken {
                logged_in: newest.token.logged_in,
                ..data.token.clone()
            };
            Ok(())
        };
        update(context, store, row, change).await?;
    }
    Ok(TokenPair {
        keeps_refresh_cookie: way.is_some_and(Continuation::keeps_cookie),
        ..tokens
    })
}

/// Re-issues the refresh token unchanged.
fn without_session(
    context: &Context,
    now: UnixTime,
    claims: &Claims,
    change: impl FnOnce(NewToken) -> NewToken,
) -> Result<TokenPair, IssueError> {
    let config = context.config();
    let new = NewToken::from(claims).changed(change)?;
    let stamp = TokenIdentity {
        id: claims.id().to_owned(),
        csrf: claims.csrf().map(str::to_owned),
        issued_at: claims.issued_at,
        expires_at: claims.expires_at,
    };
    let tokens = TokenPair {
        access: issue::issue(config, now, context.random(), &new)?,
        refresh: issue::sign(config, now, &new, stamp)?,
        session: None,
        keeps_refresh_cookie: false,
    };
    context.count_refresh(Uneventful::WithoutSession);
    Ok(tokens)
}

/// Asks the store to rotate a token. A token that admission found to be reused is passed here too,
/// which ends its session.
pub(crate) async fn rotate(
    context: &Context,
    store: &dyn Store,
    claims: &Claims,
    session: SessionId,
    presenting: &UserAgent,
) -> Result<(Option<Continuation>, SessionRow), RejectionKind> {
    let account = claims.account();
    let presented = claims.presented(&session, context.config().settings.refresh_grace);
    let rotate = Rotate {
        acknowledged: tokens::cannot_be_acknowledged(context.config()),
        ..Rotate::new(
            account.clone(),
            session.clone(),
            presented,
            context.config().idle_timeout(),
        )
    };
    let (kind, answer) = match context.with_timeout(store.rotate(rotate)).await? {
        Rotation::Continued(way, row) => (way.into(), Ok((Some(way), row))),
        Rotation::Reused(reuse) => {
            context.watchers().notify(&account);
            (EventKind::Reused(reuse), Err(RejectionKind::RefreshReused))
        }
        Rotation::Ended => (EventKind::Expired, Err(RejectionKind::SessionEnded)),
        Rotation::Revoked => return Err(RejectionKind::TokenRevoked),
    };
    let clients = match &answer {
        Ok((Some(Continuation::ReissuedLate), row)) => {
            let data = SessionData::read(row).map_err(RejectionKind::StoreUnavailable)?;
            let recorded = UserAgent::stored(data.client.user_agent);
            Some(Clients::new(recorded, presenting.clone()))
        }
        _ => None,
    };
    context.report(&SessionEvent {
        kind,
        account,
        session,
        clients,
    });
    answer
}

/// Adopts a refresh token that has no session into the one session that is derived from its id.
/// The first request makes the session, and later ones find it.
///
/// Lenient: a token that was never rotated starts a session. Risk: a copy of it starts the session
/// first, or starts another one after a log-out. Covered: all copies share one session, so that a
/// second holder is detected as a replay is
/// ([RFC 9700, section 4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2)); the row is
/// kept for as long as the token could be adopted again, also once its session has ended.
async fn adopt(
    context: &Context,
    store: &dyn Store,
    token: &Authenticated<Refresh>,
) -> Result<(Option<Continuation>, SessionRow), AuthFailure> {
    let claims = token.claims_set();
    let (account, id) = (claims.account(), TokenId::from(claims.id()));
    let session = SessionId::adopting(&account, &id);
    // The `iat` of a token that does not say when its user logged in may be that of a refresh.
    let logged_in = claims.auth_time().map_or(LogInTime::Unknown, LogInTime::At);
    let data = SessionData {
        token: NewToken {
            logged_in,
            ..NewToken::from(claims)
        },
        csrf: claims.csrf().map(str::to_owned),
        client: ClientInfo::new(),
    };
    // An id that stores normalize cannot be signed again unchanged, so the first token of the
    // session is its successor.
    let first = if id.as_str() == claims.id() {
        id
    } else {
        id.successor(&session)
    };
    let location = Some(token.location());
    tokens::check_cookies(context.config(), &session, &first, &data, location)?;
    let new = NewSession {
        // The row must be kept for as long as the token itself is valid.
        keep_until: Some(context.retain_until(claims.expires_at)),
        ..tokens::new_session(context.config(), &session, &account, first, &data)
    };
    let created = context.with_timeout(store.create(new)).await?;
    // A concurrent revocation may not have seen the session. Whichever of the two is second sees
    // the other.
    if admit::admit_sessionless(context, store, claims, Kind::Refresh).await? != Admission::Admitted
    {
        revoke::end(context, store, account, session, EndReason::Revoked).await?;
        return Err(RejectionKind::TokenRevoked.into());
    }
    match created {
        Created::New { row, ended } => {
            revoke::emit_ended(context, &account, &ended, EndReason::Limit);
            context.emit(EventKind::Adopted, &account, &session);
            Ok((None, row))
        }
        Created::AlreadyExists(_) => {
            Ok(rotate(context, store, claims, session, token.user_agent()).await?)
        }
    }
}
