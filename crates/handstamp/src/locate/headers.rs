//! Finds a token in the configured header.

use std::borrow::Cow;

use super::Presented;
use crate::config::Config;
use crate::error::RejectionKind;
use crate::location::Location;
use crate::request::RequestHead;

/// Returns the token in the configured header.
pub(super) fn token<'r>(
    head: &'r impl RequestHead,
    config: &'r Config,
) -> Result<Option<Presented<'r>>, RejectionKind> {
    let settings = &config.settings;
    let found = find(head, &settings.header_name, &settings.header_type)?;
    Ok(found.map(|token| Presented::One {
        token: Cow::Borrowed(token),
        location: Location::Headers,
    }))
}

/// Returns the token after the scheme (RFC 6750, section 2.1). The scheme is compared without
/// regard to case (RFC 9110, section 11.1). A header with another scheme, or none, is treated as
/// absent, so that `Basic` of a proxy does not hide a valid cookie.
pub(super) fn find<'r>(
    head: &'r impl RequestHead,
    name: &str,
    scheme: &str,
) -> Result<Option<&'r [u8]>, RejectionKind> {
    let mut found: Option<&[u8]> = None;
    for value in head.header_values(name) {
        let Some(token) = after_scheme(value, scheme) else {
            continue;
        };
        if found.is_some_and(|earlier| earlier != token) {
            return Err(RejectionKind::InvalidToken(
                "several different tokens in the header".into(),
            ));
        }
        found = Some(token);
    }
    Ok(found)
}

fn after_scheme<'v>(value: &'v [u8], scheme: &str) -> Option<&'v [u8]> {
    let value = value.trim_ascii();
    let token = if scheme.is_empty() {
        value
    } else {
        let (first, rest) = value.split_at_checked(scheme.len())?;
        let separated = rest.first() == Some(&b' ');
        if !separated || !first.eq_ignore_ascii_case(scheme.as_bytes()) {
            return None;
        }
        rest.trim_ascii()
    };
    (!token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::after_scheme;

    #[test]
    fn a_token_stands_after_its_scheme() {
        type Row = (
            &'static str,
            &'static [u8],
            &'static str,
            Option<&'static [u8]>,
        );
        let rows: [Row; 14] = [
            ("the usual form", b"Bearer t.o.k", "Bearer", Some(b"t.o.k")),
            (
                "a scheme has no case",
                b"bEARER t.o.k",
                "Bearer",
                Some(b"t.o.k"),
            ),
            (
                "several spaces separate as well as one",
                b"Bearer   t.o.k",
                "Bearer",
                Some(b"t.o.k"),
            ),
            (
                "spaces around are no part of it",
                b"  Bearer t.o.k ",
                "Bearer",
                Some(b"t.o.k"),
            ),
            (
                "another scheme is not here",
                b"Basic dXNlcjpwdw==",
                "Bearer",
                None,
            ),
            (
                "a scheme that only begins alike is not here",
                b"Bearertoken t.o.k",
                "Bearer",
                None,
            ),
            ("a tab does not separate", b"Bearer\tt.o.k", "Bearer", None),
            (
                "a scheme without a token is not here",
                b"Bearer ",
                "Bearer",
                None,
            ),
            ("a bare scheme is not here", b"Bearer", "Bearer", None),
            ("an empty value is not here", b"", "Bearer", None),
            (
                "the scheme is taken off once",
                b"Bearer Bearer t",
                "Bearer",
                Some(b"Bearer t"),
            ),
            (
                "a token that is not ASCII stays as it is",
                b"Bearer \xff\xfe",
                "Bearer",
                Some(b"\xff\xfe"),
            ),
            (
                "without a scheme the whole value is the token",
                b" t.o.k ",
                "",
                Some(b"t.o.k"),
            ),
            (
                "without a scheme an empty value is not here",
                b"  ",
                "",
                None,
            ),
        ];
        for (row, value, scheme, expected) in rows {
            assert_eq!(after_scheme(value, scheme), expected, "{row}");
        }
    }
}
