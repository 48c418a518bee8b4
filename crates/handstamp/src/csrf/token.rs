//! Double submit, bound to the token: the request repeats the CSRF value, which is a claim of the
//! token and which only script of the service's origin can read.
//!
//! The value is read and compared here; the policy states whether it is required. The CSRF cookie
//! is never read, because a sibling subdomain can plant one.

use std::borrow::Cow;

use ctutils::CtEq as _;

use crate::claims::Claims;
use crate::config::Config;
use crate::error::RejectionKind;
use crate::purpose::sealed::Kind;
use crate::request::{RequestHead, Values};

/// Returns the value in the header, or the one in the form if the header is missing or empty and
/// forms are enabled. A form does not make up for a wrong header.
pub(super) fn sent<'r>(head: &'r impl RequestHead, config: &'r Config, kind: Kind) -> Values<'r> {
    match in_header(head, config, kind) {
        Values::Missing if config.settings.csrf_check_form => {
            head.body().field(&config.cookies(kind).csrf_field)
        }
        in_header => in_header,
    }
}

/// Returns whether what [`sent`] returns is in the header.
pub(super) fn is_in_header(head: &impl RequestHead, config: &Config, kind: Kind) -> bool {
    !matches!(in_header(head, config, kind), Values::Missing)
}

/// Returns whether the value may be in a form that is not read yet, for the header is missing.
pub(super) fn may_be_in_form(head: &impl RequestHead, config: &Config, kind: Kind) -> bool {
    config.settings.csrf_check_form
        && head.body().may_have_fields()
        && !is_in_header(head, config, kind)
}

fn in_header<'r>(head: &'r impl RequestHead, config: &'r Config, kind: Kind) -> Values<'r> {
    head.header_values(&config.cookies(kind).csrf_header)
        .map(|value| unfolded(value.trim_ascii()))
        .filter(|value| !value.is_empty())
        .map(Cow::Borrowed)
        .collect()
}

/// Equal values that a proxy has folded into one line ([RFC 9110, section 5.3]) are one.
///
/// [RFC 9110, section 5.3]: https://www.rfc-editor.org/rfc/rfc9110#section-5.3
fn unfolded(line: &[u8]) -> &[u8] {
    let mut values = line.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    match values.next() {
        Some(first) if values.all(|value| value == first) => first,
        _ => line,
    }
}

/// Compares in constant time. A token whose claim is absent or empty matches no value.
pub(super) fn matches(sent: &[u8], claims: &Claims) -> bool {
    let expected = claims.csrf().unwrap_or_default().as_bytes();
    !expected.is_empty() && sent.ct_eq(expected).to_bool()
}

/// Returns the rejection of a request without a value, which names where the value is expected.
pub(super) fn missing(head: &impl RequestHead, config: &Config, kind: Kind) -> RejectionKind {
    let cookies = config.cookies(kind);
    let reads_forms = config.settings.csrf_check_form && head.body().is_read();
    RejectionKind::MissingCsrfToken {
        header: cookies.csrf_header.clone(),
        field: reads_forms.then(|| cookies.csrf_field.clone()),
        cookie: config
            .settings
            .csrf_in_cookies
            .then(|| cookies.csrf.name.to_string()),
    }
}
