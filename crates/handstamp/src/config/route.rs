//! Paths as listed in the settings of implicit refresh.

use std::{borrow::Cow, fmt};

use super::parse::{FromText, Invalid, ToText};

/// A path, or every path below one, in normal form.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Path(String),
    Below(String),
}

impl Route {
    pub(super) fn holds(&self, path: &str) -> bool {
        match self {
            Self::Path(own) => own == path,
            Self::Below(own) => path
                .strip_prefix(own.as_str())
                .is_some_and(|rest| rest.len() > 1 && rest.starts_with('/')),
        }
    }
}

impl FromText for Route {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        if !text.starts_with('/') {
            return Err(Invalid::new(
                "a path begins with '/'",
                "Use paths like /notifications, or /notifications/* for all below",
            ));
        }
        let (path, below) = match text.strip_suffix("/*") {
            Some(path) => (path, true),
            None => (text, false),
        };
        if path.contains(['?', '#', '*']) {
            return Err(Invalid::new(
                "not the path of an address: '*' stands at the end only, for all below, and a query does not count",
                "Use paths like /notifications, or /notifications/* for all below",
            ));
        }
        let path = plain(path);
        Ok(match (below, &*path) {
            (true, "/") => Self::Below(String::new()),
            (true, path) => Self::Below(path.to_owned()),
            (false, path) => Self::Path(path.to_owned()),
        })
    }
}

impl ToText for Route {
    fn to_text(&self) -> Option<String> {
        Some(match self {
            Self::Path(path) => path.clone(),
            Self::Below(path) => format!("{path}/*"),
        })
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.fmt(f),
            Self::Below(path) => format!("{path}/*").fmt(f),
        }
    }
}

/// Returns the normal form of a path: `/a/./b`, `//a/b/`, `/c/../a/b` and `/%61/b` are `/a/b`. A
/// server or framework may treat them as equal, and an excluded path must not renew a token because
/// the request spells it differently.
pub(super) fn plain(path: &str) -> Cow<'_, str> {
    let is_plain = |segment: &str| !matches!(segment, "" | "." | "..") && !segment.contains('%');
    let mut segments = path.strip_prefix('/').unwrap_or(path).split('/');
    if segments.all(is_plain) && path.starts_with('/') {
        return path.into();
    }
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let mut segments = Vec::new();
    for segment in decoded.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    format!("/{}", segments.join("/")).into()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn paths_have_one_plain_form() {
        let rows = [
            ("/", "/"),
            ("", "/"),
            ("*", "/*"),
            ("/a/b", "/a/b"),
            ("/a/b/", "/a/b"),
            ("//a///b", "/a/b"),
            ("/a/./b/.", "/a/b"),
            ("/c/../a/b", "/a/b"),
            ("/../../a/b", "/a/b"),
            ("/%61/%62", "/a/b"),
            ("/c/%2e%2E/a/b", "/a/b"),
            ("/a%2Fb", "/a/b"),
            ("/caf%C3%A9", "/café"),
            ("/café", "/café"),
            ("/%FF", "/\u{fffd}"),
            ("/%", "/%"),
            ("/%2561", "/%61"),
            ("/A", "/A"),
            ("/...", "/..."),
        ];
        for (path, expected) in rows {
            assert_eq!(plain(path), expected, "{path}");
        }
    }
}
