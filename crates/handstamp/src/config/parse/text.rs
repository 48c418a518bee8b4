//! Parses booleans, free text, HTTP names, key ids and origins.

use super::{FromText, Invalid};
use crate::{cookie::is_token_character, jws::KeyId, origin::Origin};

impl FromText for bool {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err(Invalid::new("neither true nor false", "Use true or false")),
        }
    }
}

/// Free text: an issuer, an audience, the name of a member.
impl FromText for String {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        if text.contains(char::is_control) {
            return Err(Invalid::new(
                "contains a control character",
                "Remove the character",
            ));
        }
        Ok(text.to_owned())
    }
}

/// The name of a header: a token of [RFC 9110, section
/// 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
pub(in crate::config) struct HeaderName(String);

impl FromText for HeaderName {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        if !is_token(text) {
            return Err(Invalid::new(
                "not the name of a header",
                "Use letters, digits and hyphens",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// An authentication scheme; empty when the header's whole value is the token.
pub(in crate::config) struct Scheme(String);

impl FromText for Scheme {
    const TAKES_EMPTY: bool = true;

    fn from_text(text: &str) -> Result<Self, Invalid> {
        if !text.is_empty() && !is_token(text) {
            return Err(Invalid::new(
                "not one word",
                "Use one word, as in \"Bearer\", or nothing at all",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// The end of cookie names; empty when they have none.
pub(in crate::config) struct CookieSuffix(String);

impl FromText for CookieSuffix {
    const TAKES_EMPTY: bool = true;

    fn from_text(text: &str) -> Result<Self, Invalid> {
        let help = "Use letters, digits, hyphens and underscores, as in \"_8001\"";
        if text.len() > LONGEST_SUFFIX {
            return Err(Invalid::new("longer than 64 bytes", help));
        }
        if !text.is_empty() && !is_token(text) {
            return Err(Invalid::new("cannot be in a cookie name", help));
        }
        Ok(Self(text.to_owned()))
    }
}

/// A request method, in capitals.
pub(in crate::config) struct Method(String);

impl FromText for Method {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        if !is_token(text) {
            return Err(Invalid::new(
                "not a request method",
                "Use methods like POST and DELETE",
            ));
        }
        // Methods are case-sensitive, and no method in use has a lower-case letter: "post" is meant
        // as POST.
        Ok(Self(text.to_ascii_uppercase()))
    }
}

impl From<HeaderName> for String {
    fn from(name: HeaderName) -> Self {
        name.0
    }
}

impl From<CookieSuffix> for String {
    fn from(suffix: CookieSuffix) -> Self {
        suffix.0
    }
}

impl From<Scheme> for String {
    fn from(scheme: Scheme) -> Self {
        scheme.0
    }
}

impl From<Method> for String {
    fn from(method: Method) -> Self {
        method.0
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_token_character)
}

impl FromText for KeyId {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        Self::try_from(text)
            .map_err(|error| Invalid::new(error, "Use a short name of letters and digits"))
    }
}

impl FromText for Origin {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        let origin = Self::try_from(text).map_err(|error| {
            Invalid::new(
                error,
                "Use scheme, host and port only, as in \"https://app.example.com\"",
            )
        })?;
        if origin.as_str().eq_ignore_ascii_case(text) {
            return Ok(origin);
        }
        // It would match here, but a value of this spelling is probably compared elsewhere as well,
        // byte by byte.
        Err(Invalid::new(
            "browsers write it otherwise",
            format!("Use \"{origin}\""),
        ))
    }
}

/// In bytes. It stands in four names, of which every request carries the cookies.
const LONGEST_SUFFIX: usize = 64;
