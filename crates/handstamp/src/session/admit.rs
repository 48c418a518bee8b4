//! Whether a token's session is still good.

use super::{EventKind, refresh};
use crate::admission::Admission;
use crate::auth::Auth;
use crate::claims::Claims;
use crate::config::CheckSessions;
use crate::error::Reason;
use crate::purpose::sealed::Kind;
use crate::store::{Admit, AdmitPurpose, SessionId, Store, TokenId};

/// Asks the store, once. A refresh token that is a copy is presented for rotation after all: that ends the session, in one
/// step with finding out.
pub(crate) async fn admit(
    auth: &Auth,
    store: &dyn Store,
    claims: &Claims,
    kind: Kind,
) -> Result<Admission, Reason> {
    let config = auth.config();
    let session = claims.session().map(SessionId::from);
    let purpose = match (kind, &session) {
        (Kind::Access, _) if config.check_sessions() == CheckSessions::OnRefresh => {
            return Ok(Admission::Admitted);
        }
        (Kind::Refresh, None) if auth.requires_sessions() => return Ok(Admission::SessionEnded),
        (Kind::Access, _) => AdmitPurpose::Access {
            generation: claims.generation,
        },
        (Kind::Refresh, session) => {
            let none = SessionId::from("");
            let session = session.as_ref().unwrap_or(&none);
            AdmitPurpose::Refresh(claims.presented(session, config.refresh_grace()))
        }
    };
    let (uid, token) = (claims.uid(), TokenId::from(claims.id()));
    let admit = Admit {
        session: session.clone(),
        touch_after: config.touch_after(),
        ..Admit::new(uid.clone(), token, claims.issued_at, purpose)
    };
    let admission = auth.wait(store.admit(admit)).await?;
    match (admission, session) {
        (Admission::Reused, Some(session)) => {
            refresh::rotate(auth, store, claims, session).await?;
            // Another node recovered the session in between, so the token is no copy.
            Ok(Admission::Admitted)
        }
        (Admission::SessionEnded, Some(session)) => {
            auth.tell(EventKind::Expired, &uid, &session);
            Ok(admission)
        }
        (admission, _) => Ok(admission),
    }
}
