//! What a browser asks and what it accepts, case by case.

use super::{permits, preflight, shares};
use crate::testing::{Request, Response};

const PAGE: &str = "https://page.example.com";

fn request(method: &str, headers: &[(&str, &str)]) -> Request {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Request {
        method: method.to_owned(),
        target: "/posts".to_owned(),
        headers: headers.iter().map(owned).collect(),
        body: b"x".to_vec(),
        peer: ([192, 0, 2, 1], 1).into(),
    }
}

fn response(status: u16, headers: &[(&str, &str)]) -> Response {
    Response::new(status, request("GET", headers).headers, Vec::new())
}

#[test]
fn what_a_browser_asks_first() {
    let of_browser = [
        ("host", "app.example.com"),
        ("origin", PAGE),
        ("user-agent", "x"),
        ("accept", "*/*"),
        ("sec-fetch-mode", "cors"),
        ("cookie", "a=b"),
    ];
    for (sentence, method, header, asked) in [
        ("a read", "GET", None, None),
        ("a head", "HEAD", None, None),
        ("a post without a body", "POST", None, None),
        (
            "a form",
            "POST",
            Some(("content-type", "application/x-www-form-urlencoded")),
            None,
        ),
        (
            "text, with a parameter",
            "POST",
            Some(("content-type", "text/plain;charset=utf-8")),
            None,
        ),
        (
            "JSON",
            "POST",
            Some(("content-type", "application/json")),
            Some("content-type"),
        ),
        (
            "a token",
            "GET",
            Some(("authorization", "Bearer x")),
            Some("authorization"),
        ),
        ("another method", "PUT", None, Some("")),
    ] {
        let mut headers = of_browser.to_vec();
        headers.extend(header);
        let asks = preflight(&request(method, &headers));
        let names = asks.as_ref().map(|asks| {
            assert_eq!((asks.method(), asks.target()), ("OPTIONS", "/posts"));
            assert!(asks.body().is_empty(), "{sentence}");
            let line = |wanted| asks.headers().find(|(name, _)| *name == wanted);
            assert!(line("cookie").is_none(), "{sentence}: no credentials");
            assert!(line("content-type").is_none(), "{sentence}");
            for kept in ["origin", "sec-fetch-mode", "host"] {
                assert!(line(kept).is_some(), "{sentence}: {kept}");
            }
            let (_, asked) = line("access-control-request-method").unwrap();
            assert_eq!(asked, method, "{sentence}");
            line("access-control-request-headers").map_or("", |(_, names)| names)
        });
        assert_eq!(names, asked, "{sentence}");
    }
    let two = [("x-csrf-token", "1"), ("content-type", "application/json")];
    let asks = preflight(&request("POST", &two)).unwrap();
    let names = (
        "access-control-request-headers",
        "content-type,x-csrf-token",
    );
    assert!(asks.headers().any(|line| line == names), "sorted");
}

#[test]
fn what_a_browser_accepts() {
    let origin = ("access-control-allow-origin", PAGE);
    let any_origin = ("access-control-allow-origin", "*");
    let credentials = ("access-control-allow-credentials", "true");
    let methods = ("access-control-allow-methods", "GET, PUT");
    let headers = ("access-control-allow-headers", "X-CSRF-Token");
    let token = [("x-csrf-token", "1")];
    for (sentence, status, lines, refused) in [
        ("all", 204, vec![origin, credentials, methods, headers], ""),
        (
            "a refusal",
            401,
            vec![origin, credentials, methods, headers],
            "got 401",
        ),
        (
            "a redirect",
            307,
            vec![origin, credentials, methods, headers],
            "got 307",
        ),
        (
            "no origin",
            204,
            vec![credentials, methods, headers],
            "Allow-Origin is \"\"",
        ),
        (
            "any origin",
            204,
            vec![any_origin, credentials, methods, headers],
            "is \"*\"",
        ),
        (
            "two",
            204,
            vec![origin, origin, credentials, methods, headers],
            "com, https",
        ),
        (
            "no credentials",
            204,
            vec![origin, methods, headers],
            "Allow-Credentials is \"\"",
        ),
        (
            "no methods",
            204,
            vec![origin, credentials, headers],
            "Methods has no PUT",
        ),
        (
            "any method",
            204,
            vec![
                origin,
                credentials,
                headers,
                ("access-control-allow-methods", "*"),
            ],
            "Methods has no PUT",
        ),
        (
            "no headers",
            204,
            vec![origin, credentials, methods],
            "Headers has no x-csrf-token",
        ),
        (
            "any header",
            204,
            vec![
                origin,
                credentials,
                methods,
                ("access-control-allow-headers", "*"),
            ],
            "Headers has no x-csrf-token",
        ),
    ] {
        let answer = permits(&response(status, &lines), &request("PUT", &token), PAGE);
        assert_eq!(answer.is_ok(), refused.is_empty(), "{sentence}: {answer:?}");
        let why = answer.err().unwrap_or_default();
        assert!(why.contains(refused), "{sentence}: {why}");
    }
    let post = permits(
        &response(204, &[origin, credentials, headers]),
        &request("POST", &token),
        PAGE,
    );
    assert_eq!(post, Ok(()), "a POST needs no permission for its method");
    assert!(shares(&response(403, &[origin, credentials]), PAGE).is_ok());
    let false_ = ("access-control-allow-credentials", "TRUE");
    assert!(shares(&response(200, &[origin, false_]), PAGE).is_err());
}
