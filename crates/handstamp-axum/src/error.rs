use axum_core::response::{IntoResponse, Response};
use http::StatusCode;

handstamp::adapter::errors! {
    /// A rejected request, as a response: [`handstamp::error::Rejection`].
    ///
    /// That response has the core's `Rejection`, not this one, among its extensions, for logs and
    /// metrics: `response.extensions().get::<handstamp_axum::handstamp::error::Rejection>()`.
    pub struct Rejection;

    /// Any error of handstamp that a handler may return, as a response. `?` converts each of them
    /// into it.
    ///
    /// An application with its own error type needs one `From`:
    ///
    /// ```
    /// use axum::extract::State;
    /// use axum::http::StatusCode;
    /// use axum::response::{IntoResponse, Response};
    /// use handstamp_axum::{Auth, ClientInfo};
    ///
    /// enum ApiError {
    ///     Auth(handstamp_axum::Error),
    ///     WrongPassword,
    /// }
    ///
    /// impl From<handstamp_axum::Error> for ApiError {
    ///     fn from(error: handstamp_axum::Error) -> Self {
    ///         Self::Auth(error)
    ///     }
    /// }
    ///
    /// impl IntoResponse for ApiError {
    ///     fn into_response(self) -> Response {
    ///         match self {
    ///             Self::Auth(error) => error.into_response(),
    ///             Self::WrongPassword => StatusCode::UNAUTHORIZED.into_response(),
    ///         }
    ///     }
    /// }
    ///
    /// async fn login(
    ///     State(auth): State<Auth>,
    ///     client: ClientInfo,
    /// ) -> Result<impl IntoResponse, ApiError> {
    ///     # let password_is_right = true;
    ///     if !password_is_right {
    ///         return Err(ApiError::WrongPassword);
    ///     }
    ///     let tokens = auth.log_in("user1", client).await?;
    ///     Ok(auth.set_cookies(&tokens)?)
    /// }
    /// ```
    ///
    /// A handler that responds with HTML takes an extractor as a `Result`, and matches the error:
    ///
    /// ```
    /// # use axum::response::{Html, IntoResponse, Redirect, Response};
    /// # use handstamp_axum::{AccessForm, Error};
    /// # #[derive(serde::Deserialize)]
    /// # struct NewPost { title: String }
    /// async fn create(form: Result<AccessForm<NewPost>, Error>) -> Response {
    ///     match form {
    ///         Ok(AccessForm { token, form, .. }) => {
    ///             Html(format!("{} wrote", token.subject())).into_response()
    ///         }
    ///         Err(Error::Rejected(rejection)) if rejection.status() == 401 => {
    ///             Redirect::to("/log-in").into_response()
    ///         }
    ///         Err(error) => {
    ///             (error.status(), Html("<p>Reload the page, and try again.")).into_response()
    ///         }
    ///     }
    /// }
    /// ```
    pub enum Error {}
}

impl Error {
    /// Returns the status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status_number()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        handstamp_tower::refuse(self.0)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        match self {
            Self::Rejected(rejection) => rejection.into_response(),
            Self::Issue(_) | Self::Claims(_) | Self::Store(_) => {
                tracing::error!(error = %self, "a handler failed");
                status.into_response()
            }
        }
    }
}
