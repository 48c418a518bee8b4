//! Parses the media type of a body and its parameters (RFC 9110, section 8.3.1).

use std::collections::BTreeMap;

/// A value with parameters: `Content-Type` ([RFC 9110, section 8.3.1]), and the
/// `Content-Disposition` of a part.
///
/// A quoted parameter ends at the next quote, as browsers write them: they escape a quote as `%22`,
/// and a backslash not at all (<https://html.spec.whatwg.org/#multipart-form-data>).
///
/// [RFC 9110, section 8.3.1]: https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1
pub(super) struct WithParameters<'v> {
    /// In lower case.
    pub(super) value: String,
    /// Names in lower case.
    parameters: BTreeMap<Vec<u8>, &'v [u8]>,
}

impl<'v> WithParameters<'v> {
    /// Returns `None` if it is malformed, or contains a parameter twice.
    pub(super) fn parse(text: &'v [u8]) -> Option<Self> {
        let (value, mut rest) = split(b';', text);
        let value = str::from_utf8(value.trim_ascii())
            .ok()?
            .to_ascii_lowercase();
        let mut parameters = BTreeMap::new();
        while let Some(text) = rest.map(<[u8]>::trim_ascii_start) {
            if text.is_empty() {
                break;
            }
            let (name, after) = split(b'=', text);
            let value;
            (value, rest) = match after?.strip_prefix(b"\"") {
                None => split(b';', after?),
                Some(quoted) => {
                    let (value, after) = split(b'"', quoted);
                    match split(b';', after?) {
                        (b"", rest) => (value, rest),
                        (blank, rest) if blank.trim_ascii().is_empty() => (value, rest),
                        _ => return None,
                    }
                }
            };
            let name = name.to_ascii_lowercase();
            if parameters.insert(name, value).is_some() {
                return None;
            }
        }
        Some(Self { value, parameters })
    }

    /// Returns the value of a parameter, given by its name in lower case.
    pub(super) fn parameter(&self, name: &str) -> Option<&'v [u8]> {
        self.parameters.get(name.as_bytes()).copied()
    }
}

/// Returns the parts before and after the first such byte.
fn split(byte: u8, text: &[u8]) -> (&[u8], Option<&[u8]>) {
    let split = memchr::memchr(byte, text).and_then(|at| text.split_at_checked(at));
    match split {
        Some((before, from)) => (before, from.get(1..)),
        None => (text, None),
    }
}
