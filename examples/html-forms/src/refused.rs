use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use handstamp_axum::{Error, Rejection};

use crate::next::Next;
use crate::pages::{self, RefusedPage};

/// What a visitor sees who is refused: the log-in, if that is what is missing, and then the page
/// that was asked for; else why, in words.
pub(crate) enum Refused {
    LogIn(Next),
    Because(StatusCode, String),
}

impl Refused {
    /// Of a request for a page. A form comes back to the page that it stands on.
    pub(crate) fn of(rejection: impl Into<Error>, uri: &Uri) -> Self {
        let rejection = rejection.into();
        let status = rejection.status();
        let words = match &rejection {
            Error::Rejected(_) if status == StatusCode::UNAUTHORIZED => {
                return Self::LogIn(uri.into());
            }
            Error::Rejected(rejection) => in_words(rejection).to_owned(),
            Error::Unreadable(_) => {
                "What you sent could not be read. Is the file too large?".to_owned()
            }
            other => other.to_string(),
        };
        Self::Because(status, words)
    }
}

fn in_words(rejection: &Rejection) -> &'static str {
    match rejection.code() {
        "missing_csrf_token" | "csrf_mismatch" => {
            "The form did not come from a page of this log-in: it was open since before you logged in again, or another site \
             sent it. Open the page anew and send it from there."
        }
        "cross_site_request" | "origin_not_allowed" => "Another site sent this. Nothing was done.",
        "store_unavailable" => "Nobody can be let in at the moment. Try again in a minute.",
        _ => "You may not do that.",
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::LogIn(next) => Redirect::to(&format!("/log-in?next={next}")).into_response(),
            Self::Because(status, words) => pages::with_status(status, &RefusedPage { words }),
        }
    }
}
