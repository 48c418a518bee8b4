//! Methods, paths and queries.

use super::{Row, Visitor, row};
use crate::http::Request;

pub(super) fn targets(visitor: &Visitor) -> Vec<Row> {
    let mut rows = Vec::new();
    for query in [
        "?",
        "??",
        "?%",
        "?%z",
        "?%zz",
        "?%00",
        "?%ff%fe",
        "?&&&&",
        "?====",
        "?=",
        "?token",
        "?token=",
        "?token=%",
        "?token=%ff.%fe.%fd",
        "?token=..",
        "?token=a&token=b",
        "?%74oken=x",
        "?token[]=x",
        "?a;b;c",
        "?#",
        "?token=+",
        "?token=%00",
        "?token=a%0d%0aset-cookie:%20x=y",
    ] {
        let request = visitor.protected();
        let with_cookie = [
            format!("GET /protected{query} HTTP/1.1\r\n").into_bytes(),
            Vec::from(request)
                .into_iter()
                .skip_while(|byte| *byte != b'\n')
                .skip(1)
                .collect(),
        ]
        .concat();
        rows.push(row(
            format!("the query {query:?} and a good cookie"),
            with_cookie,
            &[200],
        ));
        rows.push(row(
            format!("the query {query:?}"),
            Request::new("GET", &format!("/protected{query}")),
            &[401],
        ));
    }
    for (name, query, expected) in [
        ("60 kB of ampersands", "&".repeat(60_000), &[401][..]),
        ("60 kB of percent signs", "%".repeat(60_000), &[401]),
        ("20,000 parameters", "a=b&".repeat(15_000), &[401]),
        ("10,000 tokens", "token=&".repeat(9_000), &[401]),
        ("70 kB", "a".repeat(70_000), &[400, 414]),
        ("1 MB", "a".repeat(1_000_000), &[414, 431, 0]),
    ] {
        rows.push(row(
            format!("a query of {name}"),
            Request::new("GET", &format!("/protected?{query}")),
            expected,
        ));
    }
    // Without a token: no path ever opens a protected route.
    for path in [
        "//protected",
        "/protected/",
        "/protected//",
        "/./protected",
        "/x/../protected",
        "/..",
        "/../../etc/passwd",
        "/%70rotected",
        "/protected%00",
        "/protected%2f",
        "/protected;a=b",
        "/Protected",
        "/protected%20",
        "/%",
        "/%zz",
        "/%ff",
        "/\\protected",
        "/protected\\",
        "*",
        "/*",
        "/{protected}",
        "/:protected",
        "http://evil.example/protected",
        "http://user:password@evil.example/protected",
        "https://[::1]/protected",
        "//evil.example/protected",
        "protected",
        "?",
        "",
        "\"",
        "<",
        "/\u{e9}",
        "/logout",
        "/posts",
        "/refresh",
        "/login",
        "/page.js/..",
    ] {
        rows.push(row(
            format!("the path {path:?}"),
            Request::new("GET", path),
            &[400, 401, 404, 405],
        ));
    }
    rows.push(row(
        "a path of 60 kB",
        Request::new("GET", &format!("/{}", "a".repeat(60_000))),
        &[404],
    ));
    rows.push(row(
        "a path of 70 kB",
        Request::new("GET", &format!("/{}", "a".repeat(70_000))),
        &[400, 414],
    ));
    rows.push(row(
        "a path of 20,000 slashes",
        Request::new("GET", &"/".repeat(20_000)),
        &[404],
    ));
    rows.push(row(
        "a path of 20,000 steps up",
        Request::new("GET", &"/..".repeat(20_000)),
        &[404],
    ));
    rows
}

pub(super) fn methods(visitor: &Visitor) -> Vec<Row> {
    let mut rows = Vec::new();
    for method in [
        "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "Get", "FOO", "PROPFIND",
        "M-SEARCH", "A",
    ] {
        let request = Request::new(method, "/protected").header("cookie", visitor.cookie());
        rows.push(row(format!("{method} /protected"), request, &[405]));
        let request = Request::new(method, "/nowhere");
        rows.push(row(format!("{method} /nowhere"), request, &[404]));
    }
    for method in [
        "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "post", "POSTS",
    ] {
        for path in ["/login", "/posts", "/refresh", "/logout"] {
            let request = Request::new(method, path).header("cookie", visitor.cookie());
            rows.push(row(format!("{method} {path}"), request, &[405]));
        }
    }
    rows.push(row(
        "CONNECT to another host",
        Request::new("CONNECT", "evil.example:443"),
        &[400, 404, 405],
    ));
    rows.push(row(
        "CONNECT to a path",
        Request::new("CONNECT", "/protected"),
        &[400, 405],
    ));
    rows.push(row(
        "a method of 10 kB",
        Request::new(&"A".repeat(10_000), "/protected"),
        &[400, 405],
    ));
    rows.push(row("no method", Request::new("", "/protected"), &[400, 0]));
    rows.push(row(
        "a method with a slash",
        Request::new("GET/", "/protected"),
        &[400],
    ));
    rows.push(row(
        "X-HTTP-Method-Override on a GET",
        visitor.protected().header("x-http-method-override", "POST"),
        &[200],
    ));
    rows
}
