//! Text becomes a type: the words in which a setting may be format_duration.

use std::fmt;

use super::{CheckSessions, CookiePrefix, ErrorStyle, OriginCheck, nearest::nearest};
use crate::{
    Location,
    cookie::{CookieDomain, CookieName, CookiePath, SameSite, is_token_character},
    csrf::Origin,
    jws::{Algorithm, KeyId},
};

/// What a setting can be read from.
pub(super) trait FromText: Sized {
    /// Whether the empty text means something.
    const TAKES_EMPTY: bool = false;

    /// Reads a text that is empty only if [`Self::TAKES_EMPTY`]. Call [`read`], which sees to that.
    fn from_text(text: &str) -> Result<Self, Invalid>;
}

/// Reads one value. An empty text is refused: somebody left a variable without a value and expects it to do something.
pub(super) fn read<T: FromText>(text: &str) -> Result<T, Invalid> {
    if text.is_empty() && !T::TAKES_EMPTY {
        return Err(Invalid::new("empty", "Remove it"));
    }
    T::from_text(text)
}

/// Why a text is not a value, and what would be.
#[derive(Debug)]
pub(super) struct Invalid {
    pub(super) reason: String,
    pub(super) help: String,
}

impl Invalid {
    pub(super) fn new(reason: impl fmt::Display, help: impl Into<String>) -> Self {
        Self {
            reason: reason.to_string(),
            help: help.into(),
        }
    }
}

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
        if text.trim() != text {
            return Err(Invalid::new(
                "begins or ends with white space",
                "Remove the white space",
            ));
        }
        if text.contains(char::is_control) {
            return Err(Invalid::new(
                "contains a control character",
                "Remove the character",
            ));
        }
        Ok(text.to_owned())
    }
}

/// The name of a header: a token of [RFC 9110, section 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
pub(super) struct HeaderName(String);

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
pub(super) struct Scheme(String);

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

/// A request method, in capitals.
pub(super) struct Method(String);

impl FromText for Method {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        if !is_token(text) {
            return Err(Invalid::new(
                "not a request method",
                "Use methods like POST and DELETE",
            ));
        }
        // Methods are compared with case, and no method in use has a small letter: "post" is meant as POST.
        Ok(Self(text.to_ascii_uppercase()))
    }
}

impl From<HeaderName> for String {
    fn from(name: HeaderName) -> Self {
        name.0
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

impl FromText for Algorithm {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        Self::named(text).ok_or_else(|| not_one_of(&Self::ALL.map(Self::name), text))
    }
}

impl FromText for Location {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        // The default first.
        let choices = [Self::Cookies, Self::Headers, Self::Query, Self::Json];
        choice(text, &choices.map(|location| (location.name(), location)))
    }
}

impl FromText for SameSite {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        // The default first.
        let choices = [Self::Lax, Self::Strict, Self::None];
        choice(
            text,
            &choices.map(|same_site| (same_site.name(), same_site)),
        )
    }
}

impl FromText for CheckSessions {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        choice(
            text,
            &[
                ("every-request", Self::EveryRequest),
                ("on-refresh", Self::OnRefresh),
            ],
        )
    }
}

impl FromText for CookiePrefix {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        choice(text, &[("none", Self::None), ("host", Self::Host)])
    }
}

impl FromText for ErrorStyle {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        choice(
            text,
            &[("standard", Self::Standard), ("authx", Self::AuthX)],
        )
    }
}

impl FromText for CookieName {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        Self::try_from(text)
            .map_err(|error| Invalid::new(error, "Use letters, digits, hyphens and underscores"))
    }
}

impl FromText for CookiePath {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        Self::try_from(text).map_err(|error| {
            Invalid::new(error, "Use a path that begins with a slash, as in \"/\"")
        })
    }
}

impl FromText for CookieDomain {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        Self::try_from(text).map_err(|error| {
            Invalid::new(
                error,
                "Use a host name, as in \"example.com\", or remove it",
            )
        })
    }
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
        // It would match, but whoever writes it so compares it elsewhere as well, byte by byte.
        Err(Invalid::new(
            "browsers write it otherwise",
            format!("Use \"{origin}\""),
        ))
    }
}

impl FromText for OriginCheck {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        choice(
            text,
            &[
                ("enforce", Self::Enforce),
                ("report-only", Self::ReportOnly),
            ],
        )
    }
}

/// One of these words, in any case.
fn choice<T: Copy>(text: &str, choices: &[(&str, T)]) -> Result<T, Invalid> {
    choices
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text))
        .map(|(_, choice)| *choice)
        .ok_or_else(|| {
            let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
            not_one_of(&words, text)
        })
}

fn not_one_of(words: &[&str], text: &str) -> Invalid {
    Invalid::new(
        format_args!("not one of {}", words.join(", ")),
        use_one_of(text, words),
    )
}

/// The word that was meant; the first, which is the default, when that is not clear.
fn use_one_of(text: &str, words: &[&str]) -> String {
    // "on" is two edits away from "none" and means nothing of the kind.
    let is_close = |edits: usize| edits <= 2 && edits < text.chars().count() / 2;
    let meant = nearest(text, words.iter().copied())
        .filter(|(_, edits)| is_close(*edits))
        .map(|(word, _)| word)
        .or(words.first().copied());
    format!("Use \"{}\"", meant.unwrap_or_default())
}
