//! What no route takes, and bodies that no route takes.

use handstamp_conformance::Request;
use serde_json::json;

pub(crate) fn of_no_route(program: &str) {
    let server = super::start(program);
    let log_in = || Request::new("POST", "/login");
    let json = |text: &str| {
        log_in()
            .header("content-type", "application/json")
            .body(text)
    };
    let long = format!("{{\"username\": \"{}\"}}", "x".repeat(3 << 20));
    let wrong = json!({"username": "author", "password": "wrong"});
    #[rustfmt::skip]
    let rows = [
        ("a path that is not there", Request::new("GET", "/nothing"), 404, "not_found"),
        ("a file that is not there", Request::new("GET", "/pages/nothing"), 404, "not_found"),
        ("a method that the path does not take", Request::new("PATCH", "/posts"), 405, "method_not_allowed"),
        ("one of a path with a parameter", Request::new("GET", "/posts/1"), 405, "method_not_allowed"),
        ("one of a path behind a layer", Request::new("GET", "/login"), 405, "method_not_allowed"),
        ("no body", log_in(), 415, "unsupported_media_type"),
        ("a form", log_in().header("content-type", "text/plain").body("x"), 415, "unsupported_media_type"),
        ("half a body", json("{\"username\": "), 400, "malformed_body"),
        ("a body of another shape", json("{\"username\": 1}"), 422, "invalid_body"),
        ("a body that is too large", json(&long), 413, "body_too_large"),
        ("a wrong password", log_in().json(&wrong), 401, "invalid_credentials"),
    ];
    of_too_many(program);
    for (row, request, status, code) in rows {
        let reply = server.send(&request);
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (status, &code.into()),
            "{row}: {reply:?}"
        );
        let media_type = reply.header("content-type");
        assert_eq!(media_type, Some("application/problem+json"), "{row}");
        if status == 405 {
            assert!(reply.header("allow").is_some(), "{row}");
        }
    }
}

/// A limit that is reached is refused as the description says.
fn of_too_many(program: &str) {
    let server = super::start_with(program, "1");
    let credentials = json!({"username": "author", "password": "wrong"});
    let log_in = || server.send(&Request::new("POST", "/login").json(&credentials));
    assert_eq!(log_in().status, 401);
    let reply = log_in();
    assert_eq!(
        (reply.status, &reply.json()["code"]),
        (429, &"rate_limited".into())
    );
    assert!(reply.header("retry-after").is_some(), "{reply:?}");
    let document = super::document::read(&server);
    let described = &document["paths"]["/login"]["post"]["responses"]["429"];
    assert!(
        described["headers"]["Retry-After"].is_object(),
        "{described}"
    );
}
