//! Which requests renew an access token, and when.

use std::{borrow::Cow, fmt, time::Duration};

use super::{
    ConfigBuilder,
    duration::{format_duration, minutes},
    report::Report,
    setting::{Apply, Setting, settings},
    text::{FromText, Invalid, Method},
    tokens::{Tokens, check_span},
};

settings! {
    /// Without effect until a layer for implicit refresh stands somewhere.
    ImplicitRefresh in implicit_refresh {
        /// With how much time left an access token is renewed. Default: 10 minutes. A token that does not live longer than this
        /// is renewed when half of its life is over.
        "JWT_IMPLICIT_REFRESH_DELTATIME" implicit_refresh_deltatime(value Duration): Duration = minutes(10);
        /// The paths that renew tokens: `/a` is that path, `/a/*` every path below it. Default: all.
        "JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE" implicit_refresh_route_include(texts Route): Vec<Route> = Vec::new();
        /// The paths that never renew tokens, format_duration as those that do; they win. Default: none.
        "JWT_IMPLICIT_REFRESH_ROUTE_EXCLUDE" implicit_refresh_route_exclude(texts Route): Vec<Route> = Vec::new();
        /// The methods that renew tokens. Default: all.
        "JWT_IMPLICIT_REFRESH_METHOD_INCLUDE" implicit_refresh_method_include(texts Method): Vec<String> = Vec::new();
        /// The methods that never renew tokens; they win. Default: none.
        "JWT_IMPLICIT_REFRESH_METHOD_EXCLUDE" implicit_refresh_method_exclude(texts Method): Vec<String> = Vec::new();
    }
}

impl ImplicitRefresh {
    pub(super) fn check(&self, tokens: &Tokens, report: &mut Report) {
        const DELTA: &str = "JWT_IMPLICIT_REFRESH_DELTATIME";
        if !report.is_given(DELTA) || !report.is_sound(DELTA) {
            return;
        }
        let delta = self.implicit_refresh_deltatime;
        check_span(DELTA, delta, report);
        if delta >= tokens.access_token_expires {
            report.warn(format!(
                "{DELTA}={}: no access token has more time left (JWT_ACCESS_TOKEN_EXPIRES={}); each is renewed when half \
                 of its life is over",
                format_duration(delta),
                format_duration(tokens.access_token_expires)
            ));
        }
    }

    /// Whether requests of this method for this path renew tokens. What is excluded is never included.
    pub(super) fn concerns(&self, method: &str, path: &str) -> bool {
        let lists = |methods: &[String]| methods.iter().any(|own| own.eq_ignore_ascii_case(method));
        let excluded = &self.implicit_refresh_method_exclude;
        let included = &self.implicit_refresh_method_include;
        if lists(excluded) || !(included.is_empty() || lists(included)) {
            return false;
        }
        let excluded = &self.implicit_refresh_route_exclude;
        let included = &self.implicit_refresh_route_include;
        if excluded.is_empty() && included.is_empty() {
            return true;
        }
        let path = plain(path);
        let lists = |routes: &[Route]| routes.iter().any(|route| route.holds(&path));
        !lists(excluded) && (included.is_empty() || lists(included))
    }

    /// With how much time left a token of this lifetime is renewed. Never with all of it: each request would.
    pub(super) fn delta(&self, lifetime: Duration) -> Duration {
        let delta = self.implicit_refresh_deltatime;
        if delta < lifetime {
            delta
        } else {
            lifetime / 2
        }
    }
}

/// A path, or all below one, in plain form.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Route {
    Path(String),
    Below(String),
}

impl Route {
    fn holds(&self, path: &str) -> bool {
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

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.fmt(f),
            Self::Below(path) => format!("{path}/*").fmt(f),
        }
    }
}

/// One way to write a path: `/a/./b`, `//a/b/`, `/c/../a/b` and `/%61/b` are `/a/b`. A server or framework may take them for
/// that, and a path that is excluded shall not renew a token because somebody wrote it in another way.
fn plain(path: &str) -> Cow<'_, str> {
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
    use super::{FromText as _, ImplicitRefresh, Route, plain};

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

    #[test]
    fn lists_say_which_requests_renew() {
        let none: &[&str] = &[];
        #[rustfmt::skip]
        let rows = [
            ("no list", none, none, none, none, "GET", "/a", true),
            ("a path that is included", &["/a"], none, none, none, "GET", "/a", true),
            ("with a slash at the end", &["/a"], none, none, none, "GET", "/a/", true),
            ("another path", &["/a"], none, none, none, "GET", "/b", false),
            ("a path below", &["/a"], none, none, none, "GET", "/a/b", false),
            ("below, asked for", &["/a/*"], none, none, none, "GET", "/a/b/c", true),
            ("below does not hold itself", &["/a/*"], none, none, none, "GET", "/a/", false),
            ("nor what only begins alike", &["/a/*"], none, none, none, "GET", "/ab", false),
            ("below the root", &["/*"], none, none, none, "GET", "/a", true),
            ("an excluded path", none, &["/a"], none, none, "GET", "/a", false),
            ("an excluded path in another spelling", none, &["/a"], none, none, "GET", "/b/../%61", false),
            ("another than the excluded path", none, &["/a"], none, none, "GET", "/b", true),
            ("an excluded path that is included", &["/a"], &["/a"], none, none, "GET", "/a", false),
            ("an exception from those below", &["/a/*"], &["/a/poll"], none, none, "GET", "/a/poll", false),
            ("a method that is included", none, none, &["GET"], none, "GET", "/a", true),
            ("in small letters", none, none, &["GET"], none, "get", "/a", true),
            ("another method", none, none, &["GET"], none, "POST", "/a", false),
            ("an excluded method", none, none, none, &["POST"], "POST", "/a", false),
            ("in small letters", none, none, none, &["POST"], "post", "/a", false),
            ("another than the excluded method", none, none, none, &["POST"], "GET", "/a", true),
            ("an excluded method that is included", none, none, &["GET"], &["GET"], "GET", "/a", false),
            ("a path that is included, with another method", &["/a"], none, &["GET"], none, "POST", "/a", false),
            ("a method that is included, for another path", &["/a"], none, &["GET"], none, "GET", "/b", false),
        ];
        for (row, include, exclude, methods, not_methods, method, path, expected) in rows {
            let routes = |texts: &[&str]| -> Vec<Route> {
                let read = |text: &&str| Route::from_text(text).unwrap();
                texts.iter().map(read).collect()
            };
            let owned = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
            let lists = ImplicitRefresh {
                implicit_refresh_route_include: routes(include),
                implicit_refresh_route_exclude: routes(exclude),
                implicit_refresh_method_include: owned(methods),
                implicit_refresh_method_exclude: owned(not_methods),
                ..ImplicitRefresh::default()
            };
            assert_eq!(lists.concerns(method, path), expected, "{row}");
        }
    }
}
