use axum_core::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};

handstamp::adapter::set_cookies! {
    /// The `Set-Cookie` lines of a response: a response part. Several in one response add up; for
    /// one cookie the last part counts.
    ///
    /// By itself it is an empty response. As the last element of a tuple it counts last, though
    /// axum puts that in first.
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
    pub struct SetCookies;
}

impl IntoResponseParts for SetCookies {
    type Error = std::convert::Infallible;

    fn into_response_parts(
        self,
        mut response: ResponseParts,
    ) -> Result<ResponseParts, Self::Error> {
        handstamp_tower::append_cookies(self.0, response.headers_mut());
        if let Some(Last(last)) = response.extensions().get().cloned() {
            handstamp_tower::append_cookies(last, response.headers_mut());
        }
        Ok(response)
    }
}

impl IntoResponse for SetCookies {
    fn into_response(self) -> Response {
        let mut response = ().into_response();
        handstamp_tower::append_cookies(self.0.clone(), response.headers_mut());
        response.extensions_mut().insert(Last(self.0));
        response
    }
}

/// The cookies that stand last in a tuple: parts before them are added later, and do not replace
/// them.
#[derive(Clone)]
struct Last(handstamp::SetCookies);
