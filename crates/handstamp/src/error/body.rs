//! The reasons to reject a body.

use std::fmt;

/// A body that a route does not accept. Send the client [`status`](Self::status) and the message,
/// which describes the problem without repeating the input, because that may be a password.
///
/// ```
/// use handstamp::error::BodyError;
///
/// fn response(error: &BodyError) -> String {
///     let status = error.status();
///     format!("HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\n\r\n{error}")
/// }
/// ```
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
    RejectionStyle(String),
}

impl BodyError {
    /// Returns the HTTP status code: 415, 400 or 422.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::MediaType { .. } => 415,
            Self::Malformed(_) => 400,
            Self::RejectionStyle(_) => 422,
        }
    }

    pub(crate) fn of_json(error: &serde_json::Error) -> Self {
        let problem = without_input(&error.to_string());
        match error.classify() {
            serde_json::error::Category::Data => {
                Self::RejectionStyle(format!("The JSON body does not fit: {problem}"))
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
        Self::RejectionStyle(match error.path().iter().next() {
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
            Self::Malformed(problem) | Self::RejectionStyle(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for BodyError {}
