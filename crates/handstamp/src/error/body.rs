//! The reasons to reject a body.

use std::fmt;

/// A body that a route does not accept. The message describes the problem without repeating the
/// input, because that may be a password.
///
/// [`Auth::refuse_body`](crate::Auth::refuse_body) makes the response of it, in the configured
/// style.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyError {
    /// The media type is another one, or missing.
    MediaType {
        /// The media types that the route accepts.
        expected: &'static [&'static str],
    },
    /// The body is malformed for its media type.
    Malformed(String),
    /// The body does not have the shape that the route accepts.
    Shape(String),
    /// The body is larger than the limit of the route.
    TooLarge,
}

impl BodyError {
    /// Returns the HTTP status code: 415, 400, 422 or 413.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::MediaType { .. } => 415,
            Self::Malformed(_) => 400,
            Self::Shape(_) => 422,
            Self::TooLarge => 413,
        }
    }

    /// Returns the stable code of the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MediaType { .. } => "unsupported_media_type",
            Self::Malformed(_) => "malformed_body",
            Self::Shape(_) => "invalid_body",
            Self::TooLarge => "body_too_large",
        }
    }

    pub(crate) fn of_json(error: &serde_json::Error) -> Self {
        let problem = without_input(&error.to_string());
        match error.classify() {
            serde_json::error::Category::Data => {
                Self::Shape(format!("The JSON body does not fit: {problem}"))
            }
            _ => Self::Malformed(format!("The body is not JSON: {problem}")),
        }
    }

    #[cfg(feature = "form")]
    pub(crate) fn of_form(problem: &str) -> Self {
        Self::Malformed(format!("The form is broken: {problem}"))
    }

    #[cfg(feature = "form")]
    pub(crate) fn of_field(error: &serde_path_to_error::Error<serde_html_form::de::Error>) -> Self {
        let problem = match error.inner().to_string().as_str() {
            "unsupported value" => "it is there several times".to_owned(),
            problem => without_input(problem),
        };
        Self::Shape(match error.path().iter().next() {
            None => format!("The form does not fit: {problem}"),
            Some(_) => format!("The form does not fit: {}: {problem}", error.path()),
        })
    }
}

/// Removes the input: serde quotes the invalid value between the problem and what was expected.
fn without_input(problem: &str) -> String {
    let quotes = ["invalid type: ", "invalid value: ", "unknown variant `"]
        .into_iter()
        .find(|quotes| problem.starts_with(quotes));
    match (quotes, problem.rsplit_once(", expected ")) {
        (Some(quotes), Some((_, expected))) => {
            let what = quotes.trim_end_matches([':', ' ', '`']);
            format!("{what}, expected {expected}")
        }
        _ => problem.to_owned(),
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MediaType { expected } => {
                write!(
                    f,
                    "The request needs Content-Type: {}",
                    expected.join(" or ")
                )
            }
            Self::Malformed(problem) | Self::Shape(problem) => f.write_str(problem),
            Self::TooLarge => f.write_str("The body is larger than the route takes"),
        }
    }
}

impl std::error::Error for BodyError {}
