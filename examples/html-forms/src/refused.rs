use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use handstamp_axum::{Error, Rejection};

use crate::pages::{self, RefusedPage};

/// What a visitor sees who is refused: the log-in, if that is what is missing; else why, in words.
pub(crate) enum Refused {
    /// The layer makes a redirect of it, by `HANDSTAMP_LOG_IN_PAGE`.
    LogIn(Rejection),
    Because(StatusCode, String),
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Error::from(rejection).into()
    }
}

impl From<Error> for Refused {
    fn from(rejection: Error) -> Self {
        let status = rejection.status();
        let words = match rejection {
            Error::Rejected(rejection) if status == StatusCode::UNAUTHORIZED => {
                return Self::LogIn(rejection);
            }
            Error::Rejected(rejection) => in_words(&rejection),
            other => other.to_string(),
        };
        Self::Because(status, words)
    }
}

fn in_words(rejection: &Rejection) -> String {
    let words = match rejection.code() {
        "missing_csrf_token" | "csrf_mismatch" => {
            "The form did not come from a page of this log-in: it was open since before you logged in again, or another site \
             sent it. Open the page anew and send it from there."
        }
        "cross_site_request" => "Another site sent this. Nothing was done.",
        "origin_not_allowed" => {
            "Another site sent this, or you opened this one by an address that it does not know as its own. Nothing was \
             done: open it by its usual address. Its operator sets that as HANDSTAMP_PUBLIC_ORIGIN."
        }
        "store_unavailable" => "Nobody can be let in at the moment. Try again in a minute.",
        "body_too_large" => "What you sent could not be read. Is the file too large?",
        "malformed_body" | "invalid_body" | "unsupported_media_type" => {
            return rejection.to_string();
        }
        _ => "You may not do that.",
    };
    words.to_owned()
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::LogIn(rejection) => rejection.into_response(),
            Self::Because(status, words) => pages::with_status(status, &RefusedPage { words }),
        }
    }
}
