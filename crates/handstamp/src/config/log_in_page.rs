//! The page at which users log in.

use super::parse::{FromText, Invalid, ToText};

/// The path of the page at which users log in. It is on the origin of the service, so a redirect
/// to it never leads elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogInPage(String);

impl LogInPage {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromText for LogInPage {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        let invalid = |problem| Invalid::new(problem, "Use a path, as in \"/log-in\"");
        // Browsers take two slashes for the beginning of another site's address.
        if !text.starts_with('/') || text.starts_with("//") {
            return Err(invalid("a path begins with one '/'"));
        }
        // The characters of a path (RFC 3986, section 3.3).
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:@".contains(&byte);
        if !text.bytes().all(is_plain) {
            return Err(invalid(
                "not the path of an address: it has neither a query nor a fragment, and other characters are percent-encoded",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl ToText for LogInPage {
    fn to_text(&self) -> Option<String> {
        Some(self.0.clone())
    }
}
