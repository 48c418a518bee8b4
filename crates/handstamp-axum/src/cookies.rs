use std::time::Duration;

use axum_core::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};

/// The `Set-Cookie` lines of a response: a response part. Several in one response add up; for one
/// cookie the last part counts.
///
/// By itself it is an empty response. As the last element of a tuple it counts last, though axum
/// puts that in first.
///
/// ```
/// # use axum::extract::State;
/// # use axum::response::IntoResponse;
/// # use handstamp_axum::Auth;
/// async fn log_out(State(auth): State<Auth>) -> impl IntoResponse {
///     auth.unset_cookies()
/// }
/// ```
///
/// Parts that follow it must not undo it: `[(SET_COOKIE, …)]` replaces every line before it,
/// where `AppendHeaders` adds one; and a `Cache-Control` behind it replaces `no-store`.
#[derive(Debug, Clone)]
#[must_use = "cookies that are not part of the response are not set: the user is not logged in, or not out"]
pub struct SetCookies(pub(crate) handstamp::SetCookies);

impl SetCookies {
    /// Makes the cookies persistent ("remember me"): the browser keeps them for this long, also
    /// when it is closed. At most 400 days.
    pub fn persistent(self, lifetime: Duration) -> Self {
        Self(self.0.persistent(lifetime))
    }

    /// Makes the cookies session cookies: the browser drops them when it is closed.
    pub fn session(self) -> Self {
        Self(self.0.session())
    }
}

impl From<handstamp::SetCookies> for SetCookies {
    fn from(cookies: handstamp::SetCookies) -> Self {
        Self(cookies)
    }
}

impl IntoResponseParts for SetCookies {
    type Error = std::convert::Infallible;

    fn into_response_parts(
        self,
        mut response: ResponseParts,
    ) -> Result<ResponseParts, Self::Error> {
        handstamp_tower::append_cookies(&self.0, response.headers_mut());
        if let Some(Last(last)) = response.extensions().get().cloned() {
            handstamp_tower::append_cookies(&last, response.headers_mut());
        }
        Ok(response)
    }
}

impl IntoResponse for SetCookies {
    fn into_response(self) -> Response {
        let mut response = ().into_response();
        handstamp_tower::append_cookies(&self.0, response.headers_mut());
        response.extensions_mut().insert(Last(self.0));
        response
    }
}

/// The cookies that stand last in a tuple: parts before them are added later, and do not replace
/// them.
#[derive(Clone)]
struct Last(handstamp::SetCookies);
