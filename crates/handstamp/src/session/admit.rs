//! Admission: asks blocklist and store whether a verified token is still accepted.

use super::{EventKind, refresh};
use crate::claims::Claims;
use crate::config::{CheckSessions, Config};
use crate::context::Context;
use crate::context::blocklist::TokenStatus;
use crate::error::RejectionKind;
use crate::purpose::Purpose;
use crate::purpose::sealed::Kind;
use crate::request::UserAgent;
use crate::store::{Admission, Admit, AdmitPurpose, SessionId, Store, TokenId};

/// Asks the blocklist and the store, each once. This is the only step of a request that waits.
pub(crate) async fn admit<P: Purpose>(
    context: &Context,
    claims: &Claims,
) -> Result<Admission, RejectionKind> {
    if context.ask_blocklist(claims).await? != TokenStatus::Active {
        return Ok(Admission::Revoked);
    }
    // Lenient: without a store every token is admitted. Risk: a log-out ends nothing, and a stolen
    // token lives until it expires. Covered: by the warning of a log-in without a store, and by
    // `JWT_SESSION_TRACKING=true`, with which an `Auth` without a store is not built.
    match context.store() {
        Some(store) => ask_store(context, store, claims, P::KIND).await,
        None => Ok(Admission::Admitted),
    }
}

/// Asks the store. A replayed refresh token is passed to rotation, which detects the reuse and ends
/// the session in one atomic step.
async fn ask_store(
    context: &Context,
    store: &dyn Store,
    claims: &Claims,
    kind: Kind,
) -> Result<Admission, RejectionKind> {
    let config = context.config();
    // Lenient: the session of an access token is not looked up. Risk: after a log-out or revocation
    // the token is accepted until it expires. Covered: the setting asks for it by name, access
    // tokens are short-lived, and every refresh is looked up.
    if kind == Kind::Access && config.settings.check_sessions == CheckSessions::OnRefresh {
        return Ok(Admission::Admitted);
    }
    let session = claims.session().map(SessionId::from);
    if session.is_none() && kind == Kind::Refresh && context.requires_sessions() {
        return Ok(Admission::SessionEnded);
    }
    // Lenient: a token without a session is admitted, as a service without a store issued it. Risk:
    // no rotation shows that it was stolen. Covered: the store is asked for its id and for the
    // not-before of its user, a refresh adopts it into a session, and `JWT_SESSION_TRACKING=true`
    // refuses such refresh tokens above.
    let Some(session) = session else {
        return admit_sessionless(context, store, claims, kind).await;
    };
    let admit = Admit {
        touch_after: config.touch_after(),
        ..asked(config, claims, kind, &session).in_session(session.clone())
    };
    let account = admit.account.clone();
    let admission = context.with_timeout(store.admit(admit)).await?;
    match admission {
        Admission::Reused => {
            // Reuse ends the session whatever its client is.
            let presenting = UserAgent::default();
            refresh::rotate(context, store, claims, session, &presenting).await?;
            // Another node recovered the session in between, so the token is no copy.
            return Ok(Admission::Admitted);
        }
        Admission::SessionEnded => context.emit(EventKind::Expired, &account, &session),
        Admission::Admitted | Admission::Revoked => {}
    }
    Ok(admission)
}

/// Asks again about an access token that was admitted, even if sessions are checked on refresh
/// only. It records no activity, because the user did nothing, and emits no event, because no
/// request is rejected.
pub(crate) async fn recheck(
    context: &Context,
    claims: &Claims,
) -> Result<TokenStatus, RejectionKind> {
    let status = context.ask_blocklist(claims).await?;
    if status != TokenStatus::Active {
        return Ok(status);
    }
    let Some(store) = context.store() else {
        return Ok(TokenStatus::Active);
    };
    let admission = match claims.session().map(SessionId::from) {
        None => admit_sessionless(context, store, claims, Kind::Access).await?,
        Some(session) => {
            let asked = asked(context.config(), claims, Kind::Access, &session);
            let admit = asked.in_session(session);
            context.with_timeout(store.admit(admit)).await?
        }
    };
    Ok(match admission {
        Admission::Admitted => TokenStatus::Active,
        Admission::Revoked | Admission::SessionEnded | Admission::Reused => TokenStatus::Revoked,
    })
}

/// Asks about a token without a session, by its id and the not-before of its user.
pub(super) async fn admit_sessionless(
    context: &Context,
    store: &dyn Store,
    claims: &Claims,
    kind: Kind,
) -> Result<Admission, RejectionKind> {
    let admit = asked(context.config(), claims, kind, &SessionId::from(""));
    context.with_timeout(store.admit(admit)).await
}

fn asked(config: &Config, claims: &Claims, kind: Kind, session: &SessionId) -> Admit {
    let purpose = match kind {
        Kind::Access => AdmitPurpose::Access {
            generation: claims.generation,
        },
        Kind::Refresh => {
            AdmitPurpose::Refresh(claims.presented(session, config.settings.refresh_grace))
        }
    };
    let token = TokenId::from(claims.id());
    Admit::new(claims.account(), token, claims.issued_at, purpose)
}
