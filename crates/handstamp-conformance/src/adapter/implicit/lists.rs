//! Cases of the paths and methods that renew, and of how early.

use super::{DUE, from_page, renewed};
use crate::adapter::App;
use crate::adapter::suite::Suite;
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    const INCLUDE: &str = "JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE";
    const EXCLUDE: &str = "JWT_IMPLICIT_REFRESH_ROUTE_EXCLUDE";
    const METHODS: &str = "JWT_IMPLICIT_REFRESH_METHOD_INCLUDE";
    const NOT_METHODS: &str = "JWT_IMPLICIT_REFRESH_METHOD_EXCLUDE";
    for (row, settings, method, target, expected) in [
        (
            "excluded",
            &[(EXCLUDE, "/implicit/poll")] as &[_],
            "GET",
            "/implicit/poll",
            false,
        ),
        (
            "excluded, with a query",
            &[(EXCLUDE, "/implicit/poll")],
            "GET",
            "/implicit/poll?since=1",
            false,
        ),
        (
            "not excluded",
            &[(EXCLUDE, "/implicit/poll")],
            "GET",
            "/implicit/access",
            true,
        ),
        (
            "all below excluded",
            &[(EXCLUDE, "/implicit/*")],
            "GET",
            "/implicit/access",
            false,
        ),
        (
            "included",
            &[(INCLUDE, "/implicit/access")],
            "GET",
            "/implicit/access",
            true,
        ),
        (
            "not included",
            &[(INCLUDE, "/implicit/access")],
            "GET",
            "/implicit/poll",
            false,
        ),
        (
            "included and excluded",
            &[(INCLUDE, "/implicit/*"), (EXCLUDE, "/implicit/poll")],
            "GET",
            "/implicit/poll",
            false,
        ),
        (
            "included but for others",
            &[(INCLUDE, "/implicit/*"), (EXCLUDE, "/implicit/poll")],
            "GET",
            "/implicit/access",
            true,
        ),
        (
            "a method that is excluded",
            &[(NOT_METHODS, "POST")],
            "POST",
            "/implicit/access",
            false,
        ),
        (
            "a method that is not excluded",
            &[(NOT_METHODS, "POST")],
            "GET",
            "/implicit/access",
            true,
        ),
        (
            "a method that is included",
            &[(METHODS, "GET,HEAD")],
            "HEAD",
            "/implicit/access",
            true,
        ),
        (
            "a method that is not included",
            &[(METHODS, "GET,HEAD")],
            "POST",
            "/implicit/access",
            false,
        ),
        (
            "less time asked for",
            &[("JWT_IMPLICIT_REFRESH_DELTATIME", "5m")],
            "GET",
            "/implicit/access",
            false,
        ),
        (
            "a short life, half of it over",
            &[("JWT_ACCESS_TOKEN_EXPIRES", "10m")],
            "GET",
            "/implicit/access",
            true,
        ),
    ] {
        let app = App::new(settings);
        let token = app.access("user1");
        app.advance(DUE);
        let request = from_page(method, target, &token);
        let reply = suite.send(&app, &request).await;
        let row = format!("implicit refresh: {row} ({method} {target})");
        suite.equal(&row, "status", reply.status, 200);
        suite.equal(&row, "renewed", renewed(&reply).is_some(), expected);
    }
}
