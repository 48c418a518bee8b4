//! A cookie that an earlier configuration set.

use super::parse::{FromText, Invalid, ToText};
use crate::cookie::{CookieDomain, CookieName, CookiePath};

/// A cookie to delete at log-in and log-out: its name, and where it differs from the default, its
/// `Domain` and `Path`, in the form of `Set-Cookie`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormerCookie {
    pub(super) name: CookieName,
    pub(super) domain: Option<CookieDomain>,
    pub(super) path: CookiePath,
}

impl FromText for FormerCookie {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        let mut parts = text.split(';').map(str::trim);
        let mut former = Self {
            name: CookieName::from_text(parts.next().unwrap_or_default())?,
            domain: None,
            path: CookiePath::default(),
        };
        for part in parts {
            match part.split_once('=') {
                Some((name, domain)) if name.eq_ignore_ascii_case("domain") => {
                    former.domain = Some(CookieDomain::from_text(domain)?);
                }
                Some((name, path)) if name.eq_ignore_ascii_case("path") => {
                    former.path = CookiePath::from_text(path)?;
                }
                _ => {
                    return Err(Invalid::new(
                        format!("{part:?} is neither Domain= nor Path="),
                        "Name the cookie, and its Domain and Path if it had any, as in \"session; Domain=example.com; Path=/app\"",
                    ));
                }
            }
        }
        Ok(former)
    }
}

impl ToText for FormerCookie {
    fn to_text(&self) -> Option<String> {
        let Self { name, domain, path } = self;
        let domain = domain.as_ref().map(|domain| format!("; Domain={domain}"));
        Some(format!("{name}{}; Path={path}", domain.unwrap_or_default()))
    }
}
