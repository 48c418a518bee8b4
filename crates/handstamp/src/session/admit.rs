//! Whether a token's session is still good.

use super::{EventKind, refresh};
use crate::admission::Admission;
use crate::auth::Auth;
use crate::claims::Claims;
use crate::config::CheckSessions;
use crate::error::RejectionKind;
use crate::purpose::sealed::Kind;
use crate::store::{Admit, AdmitPurpose, SessionId, Store, TokenId};

/// Asks the store, once. A refresh token that is a copy is presented for rotation after all: that ends the session, in one
/// step with finding out.
pub(crate) async fn admit(
    auth: &Auth,
    store: &dyn Store,
    claims: &Claims,
    kind: Kind,
) -> Result<Admission, RejectionKind> {
    if kind == Kind::Access && auth.config().check_sessions() == CheckSessions::OnRefresh {
        return Ok(Admission::Admitted);
    }
    let Some(session) = claims.session().map(SessionId::from) else {
        if kind == Kind::Refresh && auth.requires_sessions() {
            return Ok(Admission::SessionEnded);
        }
        return admit_sessionless(auth, store, claims, kind).await;
    };
    let admit = Admit {
        touch_after: auth.config().touch_after(),
        ..asked(auth, claims, kind, &session).in_session(session.clone())
    };
    let uid = admit.uid.clone();
    let admission = auth.with_timeout(store.admit(admit)).await?;
    match admission {
        Admission::Reused => {
            refresh::rotate(auth, store, claims, session).await?;
            // Another node recovered the session in between, so the token is no copy.
            return Ok(Admission::Admitted);
        }
        Admission::SessionEnded => auth.emit(EventKind::Expired, &uid, &session),
        Admission::Admitted | Admission::Revoked => {}
    }
    Ok(admission)
}

/// Asks once more about an access token that was let in, also where sessions are looked up on refresh only. It touches
/// nothing, for nobody did anything, and tells nothing, for no request is refused.
pub(crate) async fn recheck(
    auth: &Auth,
    store: &dyn Store,
    claims: &Claims,
) -> Result<Admission, RejectionKind> {
    let Some(session) = claims.session().map(SessionId::from) else {
        return admit_sessionless(auth, store, claims, Kind::Access).await;
    };
    let admit = asked(auth, claims, Kind::Access, &session).in_session(session);
    auth.with_timeout(store.admit(admit)).await
}

/// Asks about a token without a session: its id, and its user's not-before.
pub(super) async fn admit_sessionless(
    auth: &Auth,
    store: &dyn Store,
    claims: &Claims,
    kind: Kind,
) -> Result<Admission, RejectionKind> {
    let admit = asked(auth, claims, kind, &SessionId::from(""));
    auth.with_timeout(store.admit(admit)).await
}

fn asked(auth: &Auth, claims: &Claims, kind: Kind, session: &SessionId) -> Admit {
    let purpose = match kind {
        Kind::Access => AdmitPurpose::Access {
            generation: claims.generation,
        },
        Kind::Refresh => {
            AdmitPurpose::Refresh(claims.presented(session, auth.config().refresh_grace()))
        }
    };
    let token = TokenId::from(claims.id());
    Admit::new(claims.uid(), token, claims.issued_at, purpose)
}
