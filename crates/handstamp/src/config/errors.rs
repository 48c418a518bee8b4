//! What refusals look like.

use super::{
    ConfigBuilder,
    report::Report,
    setting::{Apply, Setting, settings},
};
use crate::error::style::ErrorStyle;

settings! {
    /// The bodies of refusals.
    Errors in errors {
        /// The member of an error's body that holds the message. Default: `message`.
        "JWT_ERROR_MESSAGE_KEY" error_message_key(text String): String = "message".to_owned();
        /// Whose statuses and bodies refusals have. Default: [`ErrorStyle::Standard`].
        "HANDSTAMP_ERROR_STYLE" error_style(value ErrorStyle): ErrorStyle = ErrorStyle::Standard;
    }
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
