//! Selects the requests that renew an access token, and when.

use std::time::Duration;

use super::{
    config::Config,
    route::{Route, plain},
};

impl Config {
    /// Returns whether a layer for implicit refresh renews access tokens on requests with this
    /// method and path, by the four lists `JWT_IMPLICIT_REFRESH_METHOD_…` and
    /// `JWT_IMPLICIT_REFRESH_ROUTE_…`. Exclusion takes precedence over inclusion.
    pub(crate) fn refreshes_implicitly(&self, method: &str, path: &str) -> bool {
        let lists = |methods: &[String]| methods.iter().any(|own| own.eq_ignore_ascii_case(method));
        let excluded = &self.settings.implicit_refresh_method_exclude;
        let included = &self.settings.implicit_refresh_method_include;
        if lists(excluded) || !(included.is_empty() || lists(included)) {
            return false;
        }
        let excluded = &self.settings.implicit_refresh_route_exclude;
        let included = &self.settings.implicit_refresh_route_include;
        if excluded.is_empty() && included.is_empty() {
            return true;
        }
        let path = plain(path);
        let lists = |routes: &[Route]| routes.iter().any(|route| route.holds(&path));
        !lists(excluded) && (included.is_empty() || lists(included))
    }

    /// Returns the remaining lifetime below which an access token of this lifetime is renewed:
    /// `JWT_IMPLICIT_REFRESH_DELTATIME`, but never the whole lifetime, because then each request
    /// would renew it.
    pub(crate) fn implicit_refresh_delta(&self, lifetime: Duration) -> Duration {
        let delta = self.settings.implicit_refresh_deltatime;
        if delta < lifetime {
            delta
        } else {
            lifetime / 2
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Config;

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
            let config = Config::builder()
                .secret_key([7; 32].as_slice())
                .implicit_refresh_route_include(include)
                .implicit_refresh_route_exclude(exclude)
                .implicit_refresh_method_include(methods)
                .implicit_refresh_method_exclude(not_methods)
                .build()
                .unwrap();
            let renews = config.refreshes_implicitly(method, path);
            assert_eq!(renews, expected, "{row}");
        }
    }
}
