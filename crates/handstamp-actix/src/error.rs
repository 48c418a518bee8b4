use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};

handstamp::adapter::errors! {
    /// A rejected request, as a response: [`handstamp::error::Rejection`].
    ///
    /// For logs and metrics, every such response has the core's `Rejection` among its extensions.
    /// If an extractor or a middleware rejected the request, this one is the error of the response,
    /// `response.error().and_then(|error| error.as_error::<Rejection>())`; if a handler did, an
    /// [`Error`] is.
    pub struct Rejection;

    /// Any error of handstamp that a handler may return, as a response. `?` converts each of them
    /// into it.
    ///
    /// An application with its own error type needs one `From`:
    ///
    /// ```
    /// use std::fmt;
    ///
    /// use actix_web::http::StatusCode;
    /// use actix_web::{HttpResponse, Responder, ResponseError};
    /// use handstamp_actix::{Auth, ClientInfo};
    ///
    /// #[derive(Debug)]
    /// enum ApiError {
    ///     Auth(handstamp_actix::Error),
    ///     WrongPassword,
    /// }
    ///
    /// impl From<handstamp_actix::Error> for ApiError {
    ///     fn from(error: handstamp_actix::Error) -> Self {
    ///         Self::Auth(error)
    ///     }
    /// }
    ///
    /// impl ResponseError for ApiError {
    ///     fn error_response(&self) -> HttpResponse {
    ///         match self {
    ///             Self::Auth(error) => error.error_response(),
    ///             Self::WrongPassword => HttpResponse::new(StatusCode::UNAUTHORIZED),
    ///         }
    ///     }
    /// }
    ///
    /// impl fmt::Display for ApiError {
    ///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    ///         match self {
    ///             Self::Auth(error) => error.fmt(f),
    ///             Self::WrongPassword => f.write_str("wrong password"),
    ///         }
    ///     }
    /// }
    ///
    /// async fn login(auth: Auth, client: ClientInfo) -> Result<impl Responder, ApiError> {
    ///     # let password_is_right = true;
    ///     if !password_is_right {
    ///         return Err(ApiError::WrongPassword);
    ///     }
    ///     let tokens = auth.log_in("user1", client).await?;
    ///     Ok(auth.set_cookies(&tokens)?)
    /// }
    /// ```
    ///
    /// A handler that responds with HTML takes an extractor as an `actix_web::Result`, and matches
    /// the error's `as_error::<Rejection>()`, or `as_error::<Error>()` for a body that does not
    /// fit.
    pub enum Error {}
}

impl ResponseError for Rejection {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::UNAUTHORIZED)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        for (name, value) in self.0.headers() {
            // actix-web writes this header itself.
            if name == "connection" {
                response.force_close();
                continue;
            }
            // Challenges hold what RFC 6749 allows in a scope, all of it visible ASCII, so the
            // value is always made.
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.insert_header((HeaderName::from_static(name), value));
            }
        }
        let mut response = response.body(self.0.body());
        response.extensions_mut().insert(self.0.clone());
        response
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status_number()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Rejected(rejection) => rejection.error_response(),
            Self::Issue(_) | Self::Claims(_) | Self::Store(_) => {
                tracing::error!(error = %self, "a handler failed");
                HttpResponse::new(self.status_code())
            }
        }
    }
}

/// Returns the error of an application that lacks what an extractor looks for: 500 without detail.
/// The log says what is missing, and what to do.
pub(crate) fn no_data(request: &HttpRequest, problem: &str, help: &str) -> actix_web::Error {
    tracing::error!(
        path = request.path(),
        help,
        "the application's data {problem}"
    );
    let response = HttpResponse::InternalServerError().finish();
    InternalError::from_response("the application's data lacks something", response).into()
}
