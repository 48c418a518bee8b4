//! Requests that other sites make a browser send, and those that are its own.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request as AxumRequest, State};
use axum::routing::{any, post};
use handstamp_axum::handstamp::{RequestHead as _, purpose};
use handstamp_axum::{Access, AccessForm, Auth, Head, Rejection, Require, SignedToken};
use handstamp_conformance::Request;

use crate::app::{App, access_cookie, csrf, get_with, post_with, refresh_cookie, subject};

/// A missing header is "Token Error", `MissingTokenError`: as if nobody were logged in.
#[tokio::test]
async fn bug_11_a_missing_csrf_header_is_named() {
    let message = |cookie: &str| {
        format!(
            "Missing CSRF token: send the header X-CSRF-TOKEN with the value of the cookie {cookie}"
        )
    };
    for locations in [
        "cookies",
        "cookies,headers",
        "headers,cookies",
        "query,cookies,headers",
    ] {
        for (style, status) in [("standard", 403), ("authx", 401)] {
            let app = App::new(&[
                ("JWT_TOKEN_LOCATION", locations),
                ("HANDSTAMP_ERROR_STYLE", style),
            ]);
            let access = [access_cookie(&app.access("user1"))];
            let refresh = [refresh_cookie(&app.refresh("user1"))];
            for (path, cookie, copied_from) in [
                ("/posts", &access, "csrf_access_token"),
                ("/refresh", &refresh, "csrf_refresh_token"),
            ] {
                let missing = Request::new("POST", path).cookies(cookie);
                let empty = missing.clone().header("x-csrf-token", "");
                for request in [missing, empty] {
                    let reply = app.send(request).await;
                    let body = reply.json();
                    assert_eq!(reply.status, status, "{path}, {locations}, {style}");
                    assert_eq!(body["error_type"], "MissingCSRFTokenError");
                    assert_eq!(body["message"], message(copied_from));
                }
            }
            let nobody = app.send(Request::new("POST", "/posts")).await.json();
            assert_eq!(nobody["error_type"], "MissingTokenError");
        }
    }
}

/// `verify_csrf=False` still wants some header, any header.
#[tokio::test]
async fn bug_12_a_route_without_csrf_asks_for_no_header() {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "headers,cookies")]);
    let layer = app.auth.require(Require::access().without_csrf());
    let webhook = post(subject).layer(layer);
    let app = app.routes(Router::new().route("/webhook", webhook));
    let token = app.access("user1");
    let cookie = Request::new("POST", "/webhook").cookies([access_cookie(&token)]);
    let bearer = Request::new("POST", "/webhook")
        .header("authorization", format!("Bearer {}", token.as_str()));
    for (row, request, expected) in [
        ("a cookie alone", cookie.clone(), "200 user1"),
        (
            "a value that is wrong",
            cookie.clone().header("x-csrf-token", "wrong"),
            "200 user1",
        ),
        ("a program", bearer, "200 user1"),
        (
            "nobody",
            Request::new("POST", "/webhook"),
            "401 missing_token",
        ),
        (
            "junk",
            Request::new("POST", "/webhook").cookies(["access_token_cookie=x"]),
            "401 invalid_token",
        ),
        (
            "the route beside it",
            cookie.to("/posts"),
            "403 missing_csrf_token",
        ),
    ] {
        assert_eq!(app.outcome(request).await, expected, "{row}");
    }
}

/// A byte that is not ASCII is a 500, from anybody.
#[tokio::test]
async fn bug_18_a_csrf_value_that_is_not_ascii_does_not_match() {
    let app = with_form_route();
    let token = app.access("user1");
    let own = csrf(&token).as_bytes();
    let values: [&[u8]; 6] = [
        b"\xe9",
        "é".as_bytes(),
        b"\xff\xfe\x80",
        &[own, b"\xe9"].concat(),
        &[b"\xc3\xa9", own].concat(),
        "\u{1f511}".as_bytes(),
    ];
    for value in values {
        let request = Request::new("POST", "/posts")
            .cookies([access_cookie(&token)])
            .header("x-csrf-token", value);
        assert_eq!(app.outcome(request).await, "403 csrf_mismatch", "{value:?}");
    }
    assert_eq!(app.outcome(post_with("/posts", &token)).await, "200 user1");

    let part = |value: &[u8]| {
        let head = b"--b\r\ncontent-disposition: form-data; name=\"csrf_token\"\r\n\r\n";
        [head, value, b"\r\n--b--\r\n"].concat()
    };
    let multipart = "multipart/form-data; boundary=b";
    let good = form_with(&token, multipart, &part(own));
    assert_eq!(app.send(good).await.status, 200);
    for value in values {
        let escaped: Vec<String> = value.iter().map(|byte| format!("%{byte:02X}")).collect();
        for (media_type, body) in [
            (FORM, [b"csrf_token=", value].concat()),
            (
                FORM,
                format!("csrf_token={}", escaped.concat()).into_bytes(),
            ),
            (multipart, part(value)),
        ] {
            let request = form_with(&token, media_type, &body);
            assert_eq!(
                app.outcome(request).await,
                "403 csrf_mismatch",
                "{media_type}: {value:?}"
            );
        }
    }
}

/// Where CSRF values may be in forms, the guard eats the body: a route that reads it is a 500, "Stream consumed".
#[tokio::test]
async fn bug_22_the_body_stays_readable() {
    async fn echo(_: Access, body: Bytes) -> Bytes {
        body
    }
    async fn by_hand(State(auth): State<Auth>, request: AxumRequest) -> Result<String, Rejection> {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1000).await.unwrap();
        let (head, require) = (Head::from(&parts), Require::access());
        let token = auth.authenticate(&head.with_body(&body), &require).await?;
        Ok(format!(
            "{} {}",
            token.subject(),
            String::from_utf8_lossy(&body)
        ))
    }
    let app = App::new(&[("JWT_CSRF_CHECK_FORM", "true")]);
    let guarded = post(async |body: Bytes| body).layer(app.auth.require(Require::access()));
    let routes = Router::new()
        .route("/extracted", post(echo))
        .route("/layered", guarded);
    let app = app.routes(routes);
    let token = app.access("user1");
    let form = format!("title=Hello&csrf_token={}", csrf(&token));
    for path in ["/extracted", "/layered"] {
        let request = post_with(path, &token)
            .header("content-type", FORM)
            .body(&form);
        assert_eq!(app.outcome(request).await, format!("200 {form}"), "{path}");
    }

    // The value is in the form: the handler has all of it, or reads the bytes itself.
    let app = with_form_route().routes(Router::new().route("/by-hand", post(by_hand)));
    let token = app.access("user1");
    let form = format!("title=Hello&csrf_token={}", csrf(&token));
    let request = form_with(&token, FORM, form.as_bytes());
    let fields = [("title", "Hello"), ("csrf_token", csrf(&token))];
    assert_eq!(
        app.outcome(request.clone()).await,
        format!("200 user1 {fields:?}")
    );
    assert_eq!(
        app.outcome(request.to("/by-hand")).await,
        format!("200 user1 {form}")
    );
    let without = form_with(&token, FORM, b"title=Hello");
    assert_eq!(app.outcome(without).await, "403 missing_csrf_token");
}

/// A route that takes a form, and says what it took.
fn with_form_route() -> App {
    async fn take(form: AccessForm<Vec<(String, String)>>) -> String {
        let AccessForm { token, form, .. } = form;
        format!("{} {form:?}", token.subject())
    }
    App::new(&[("JWT_CSRF_CHECK_FORM", "true")]).routes(Router::new().route("/form", post(take)))
}

fn form_with(token: &SignedToken<purpose::Access>, media_type: &str, body: &[u8]) -> Request {
    Request::new("POST", "/form")
        .cookies([access_cookie(token)])
        .header("content-type", media_type)
        .body(body)
}

/// `verify_token(token)` on a GET with cookies is always `CSRFError`.
#[tokio::test]
async fn bug_38_a_safe_method_needs_no_csrf_value_by_hand_either() {
    async fn by_hand(State(auth): State<Auth>, request: AxumRequest) -> Result<String, Rejection> {
        let require = Require::access();
        let token = auth.authenticate(&Head::from(&request), &require).await?;
        Ok(token.subject().to_owned())
    }
    let app = App::new(&[]).routes(Router::new().route("/by-hand", any(by_hand)));
    let token = app.access("user1");
    for method in ["GET", "OPTIONS", "TRACE"] {
        let request = Request::new(method, "/by-hand").cookies([access_cookie(&token)]);
        assert_eq!(app.outcome(request).await, "200 user1", "{method}");
    }
    let head = Request::new("HEAD", "/by-hand").cookies([access_cookie(&token)]);
    assert_eq!(app.send(head).await.status, 200);
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let without = Request::new(method, "/by-hand").cookies([access_cookie(&token)]);
        let with = without.clone().header("x-csrf-token", csrf(&token));
        assert_eq!(
            app.outcome(without).await,
            "403 missing_csrf_token",
            "{method}"
        );
        assert_eq!(app.outcome(with).await, "200 user1", "{method}");
    }
    assert_eq!(
        app.outcome(get_with("/protected", &token)).await,
        "200 user1"
    );
}

const FORM: &str = "application/x-www-form-urlencoded";
