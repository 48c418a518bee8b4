//! Reads values that are one of a few words.

use super::{FromText, Invalid, ToText, nearest::nearest};
use crate::{cookie::SameSite, error::style::ErrorStyle, jws::Algorithm, location::Location};

/// Parses one of these words, in any case.
pub(in crate::config) fn choice<T: Copy>(text: &str, choices: &[(&str, T)]) -> Result<T, Invalid> {
    choices
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text))
        .map(|(_, choice)| *choice)
        .ok_or_else(|| {
            let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
            not_one_of(&words, text)
        })
}

/// Returns the word of a value.
pub(in crate::config) fn word<T: PartialEq>(value: &T, choices: &[(&str, T)]) -> Option<String> {
    let mut choices = choices.iter();
    let (word, _) = choices.find(|(_, choice)| choice == value)?;
    Some((*word).to_owned())
}

impl FromText for Algorithm {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        Self::named(text).ok_or_else(|| not_one_of(&Self::ALL.map(Self::name), text))
    }
}

impl FromText for Location {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        // The word of flask-jwt-extended.
        if text.eq_ignore_ascii_case("query_string") {
            return Ok(Self::Query);
        }
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

impl FromText for ErrorStyle {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        choice(text, &ERROR_STYLES)
    }
}

impl ToText for ErrorStyle {
    fn to_text(&self) -> Option<String> {
        word(self, &ERROR_STYLES)
    }
}

const ERROR_STYLES: [(&str, ErrorStyle); 2] = [
    ("standard", ErrorStyle::Standard),
    ("authx", ErrorStyle::AuthX),
];

fn not_one_of(words: &[&str], text: &str) -> Invalid {
    Invalid::new(
        format_args!("not one of {}", words.join(", ")),
        use_one_of(text, words),
    )
}

/// Suggests the word that was probably meant, or else the first, which is the default.
fn use_one_of(text: &str, words: &[&str]) -> String {
    // "on" is two edits away from "none", yet means something else.
    let is_close = |edits: usize| edits <= 2 && edits < text.chars().count() / 2;
    let meant = nearest(text, words.iter().copied())
        .filter(|(_, edits)| is_close(*edits))
        .map(|(word, _)| word)
        .or(words.first().copied());
    format!("Use \"{}\"", meant.unwrap_or_default())
}
