//! What a page may know of the session that its request belongs to.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::authenticate::Authenticated;
use crate::clock::UnixTime;
use crate::purpose::Access;
use crate::store::SessionId;

/// The session of a request, for the page that asks who is logged in: the body of `GET /session`.
///
/// A page needs it after it was loaded, above all one on another host than the service, which
/// cannot read the CSRF cookie. It serializes as an object whose members are `subject`,
/// `expires_in` (the rest of the access token's life, in whole seconds), `csrf` (the value to
/// repeat in the CSRF header), `fresh`, `scopes` and `session_id`.
///
/// `subject` is `null` only where the request has no cookie of ours, and so are `expires_in`,
/// `csrf` and `session_id` then. A cookie that is left of a log-in, also the refresh cookie alone,
/// is rejected with 401, so that the client refreshes.
///
/// [`RequestState::session_info`](crate::adapter::RequestState::session_info) makes it, and in
/// adapters the extractor `SessionInfo`.
///
/// # Security
/// With the CSRF value a page can send requests in the name of its visitor. Do not let other
/// origins read it: a CORS policy with credentials lists exact origins.
#[derive(Clone)]
pub struct SessionInfo {
    token: Option<Arc<Authenticated<Access>>>,
    expires_in: Duration,
}

impl SessionInfo {
    pub(crate) fn of(token: Arc<Authenticated<Access>>, now: UnixTime) -> Self {
        Self {
            expires_in: token.expires_at().saturating_since(now),
            token: Some(token),
        }
    }

    pub(crate) fn anonymous() -> Self {
        Self {
            token: None,
            expires_in: Duration::ZERO,
        }
    }

    /// Returns the access token of the request. Returns `None` if no one is logged in.
    #[must_use]
    pub fn token(&self) -> Option<&Authenticated<Access>> {
        self.token.as_deref()
    }
}

impl Serialize for SessionInfo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let token = self.token();
        let expires_in = token.map(|_| self.expires_in.as_secs());
        let scopes: Vec<&str> = token.into_iter().flat_map(Authenticated::scopes).collect();
        let session = token.and_then(Authenticated::session_id);
        let mut info = serializer.serialize_struct("SessionInfo", 6)?;
        info.serialize_field("subject", &token.map(Authenticated::subject))?;
        info.serialize_field("expires_in", &expires_in)?;
        info.serialize_field("csrf", &token.and_then(Authenticated::csrf))?;
        info.serialize_field("fresh", &token.is_some_and(Authenticated::is_fresh))?;
        info.serialize_field("scopes", &scopes)?;
        info.serialize_field("session_id", &session.as_ref().map(SessionId::as_str))?;
        info.end()
    }
}

/// Shows neither subject nor ids, because they must not be logged.
impl fmt::Debug for SessionInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionInfo")
            .field("is_logged_in", &self.token.is_some())
            .finish_non_exhaustive()
    }
}
