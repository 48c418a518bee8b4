//! What refusals look like.

use super::{
    ConfigBuilder,
    report::Report,
    setting::{Apply, Setting, settings},
};

settings! {
    /// The bodies of refusals.
    Errors in errors {
        /// The member of an error's body that holds the message. Default: `message`.
        "JWT_ERROR_MESSAGE_KEY" error_message_key(text String): String = "message".to_owned();
        /// Whose statuses and bodies refusals have. Default: [`ErrorStyle::Standard`].
        "HANDSTAMP_ERROR_STYLE" error_style(value ErrorStyle): ErrorStyle = ErrorStyle::Standard;
    }
}

/// Whose statuses and bodies refusals have.
///
/// ```
/// use handstamp::{Config, config::ErrorStyle};
///
/// let builder = Config::builder().error_style(ErrorStyle::AuthX);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorStyle {
    /// Problem details (RFC 9457), and 401 for every token that is not good.
    Standard,
    /// Those of AuthX, for clients that depend on them.
    AuthX,
}

impl Errors {
    pub(super) fn check(&self, report: &mut Report) {
        if TAKEN.contains(&self.error_message_key.as_str()) {
            report.problem(
                "JWT_ERROR_MESSAGE_KEY",
                Some(&self.error_message_key),
                "another member of the body has this name",
                "Use \"message\" or a name of your own",
            );
        }
    }
}

/// The other members that a body may have.
const TAKEN: [&str; 7] = [
    "type",
    "title",
    "status",
    "code",
    "error_type",
    "expected_type",
    "actual_type",
];
