//! Rules about the bodies of rejections.

use crate::config::{report::Report, settings::Settings};

pub(super) fn check(settings: &Settings, report: &mut Report) {
    if TAKEN.contains(&settings.error_message_key.as_str()) {
        report.problem(
            "JWT_ERROR_MESSAGE_KEY",
            Some(&settings.error_message_key),
            "another member of the body has this name",
            "Use \"message\" or a name of your own",
        );
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
