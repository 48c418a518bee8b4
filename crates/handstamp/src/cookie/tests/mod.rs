//! The shared rows, and properties of every input.

use std::fs;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value;

use super::{Attributes, CookieName, CookiePath, NamedCookie, SameSite};

mod read;
mod rules;
mod write;

pub(super) fn name(text: &str) -> CookieName {
    CookieName::try_from(text).unwrap()
}

pub(super) fn cookie(text: &str, attributes: &Attributes) -> Arc<NamedCookie> {
    Arc::new(NamedCookie::new(name(text), attributes.clone()))
}

pub(super) fn path(text: &str) -> CookiePath {
    CookiePath::try_from(text).unwrap()
}

/// The attributes of a token cookie by default.
pub(super) fn plain() -> Attributes {
    Attributes {
        path: CookiePath::default(),
        domain: None,
        same_site: SameSite::Lax,
        secure: true,
        http_only: true,
        partitioned: false,
    }
}

pub(super) fn vectors(file: &str) -> String {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../handstamp-conformance/vectors"
    );
    fs::read_to_string(format!("{folder}/{file}")).unwrap()
}

pub(super) fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// Any text of `cookie-octet`.
pub(super) fn cookie_value() -> impl Strategy<Value = String> {
    "[!#-+\\--:<-\\[\\]-~]{0,100}"
}
