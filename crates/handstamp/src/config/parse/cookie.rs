//! Reads names, paths and domains of cookies.

use super::{FromText, Invalid};
use crate::cookie::{CookieDomain, CookieName, CookiePath};

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
