//! The access token in the header, the refresh token in the cookie, and neither in the other's
//! place.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use handstamp_conformance::{Jar, Reply, Request, Server, logs_in_with_old_cookies, peek};
use serde_json::{Value, json};

#[test]
fn log_in_gives_the_access_token_in_the_body_and_the_refresh_token_in_a_cookie() {
    let server = start();
    let reply = log_in(&server);
    assert_eq!(reply.status, 200);
    let body = reply.json();
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(
        peek(body["access_token"].as_str().unwrap())["type"],
        "access"
    );
    assert_eq!(body["expires_in"], 15 * 60);
    let csrf = reply.all("set-cookie").nth(1).unwrap();
    let csrf = csrf.split(['=', ';']).nth(1);
    assert_eq!(body["refresh_csrf"].as_str(), csrf);
    assert_eq!(body.as_object().unwrap().len(), 4);
    let names: Vec<&str> = reply
        .all("set-cookie")
        .map(|line| line.split('=').next().unwrap())
        .collect();
    assert_eq!(names, ["refresh_token_cookie", "csrf_refresh_token"]);
    assert_eq!(reply.header("cache-control"), Some("no-store"));

    let wrong = json!({"username": "user1", "password": "password2"});
    let reply = server.send(&Request::new("POST", "/login").json(&wrong));
    assert_eq!(
        (reply.status, reply.json()),
        (401, json!({"detail": "Invalid credentials"}))
    );
}

#[test]
fn protected_takes_the_header_and_nothing_else() {
    let server = start();
    let (access, jar) = tokens(&log_in(&server));
    let granted = json!({"message": "Access granted", "user": "user1"});
    let bearer = format!("Bearer {access}");
    let refresh = jar.get("refresh_token_cookie").unwrap();

    for (name, request, status, code) in [
        (
            "a GET with the header",
            get().header("authorization", &bearer),
            200,
            "",
        ),
        (
            "the scheme in another case",
            get().header("authorization", format!("bearer {access}")),
            200,
            "",
        ),
        (
            "a POST with the header needs no CSRF token",
            post().header("authorization", &bearer),
            200,
            "",
        ),
        (
            "nor when cookies ride along",
            post()
                .header("authorization", &bearer)
                .header("cookie", jar.header()),
            200,
            "",
        ),
        ("nothing", get(), 401, "missing_token"),
        (
            "cookies alone",
            get().header("cookie", jar.header()),
            401,
            "missing_token",
        ),
        (
            "the access token in its cookie",
            get().header("cookie", format!("access_token_cookie={access}")),
            401,
            "missing_token",
        ),
        (
            "another scheme",
            get().header("authorization", "Basic dXNlcjE6cGFzc3dvcmQx"),
            401,
            "missing_token",
        ),
        (
            "the bare token",
            get().header("authorization", &access),
            401,
            "missing_token",
        ),
        (
            "no token",
            get().header("authorization", "Bearer nonsense"),
            401,
            "invalid_token",
        ),
        (
            "the refresh token",
            get().header("authorization", format!("Bearer {refresh}")),
            401,
            "access_token_required",
        ),
    ] {
        let reply = server.send(&request);
        assert_eq!(reply.status, status, "{name}: {reply:?}");
        if status == 200 {
            assert_eq!(reply.json(), granted, "{name}");
        } else {
            assert_eq!(reply.json()["code"], code, "{name}");
            assert!(
                reply
                    .header("www-authenticate")
                    .is_some_and(|value| value.starts_with("Bearer")),
                "{name}"
            );
        }
    }
}

#[test]
fn refresh_takes_the_cookie_with_its_csrf_token_and_nothing_else() {
    let server = start();
    let (access, jar) = tokens(&log_in(&server));
    let csrf = jar.get("csrf_refresh_token").unwrap();
    let refresh = jar.get("refresh_token_cookie").unwrap();
    let request = || Request::new("POST", "/refresh");

    for (name, request, status, code) in [
        (
            "no CSRF header",
            request().header("cookie", jar.header()),
            403,
            "missing_csrf_token",
        ),
        (
            "a wrong CSRF header",
            request()
                .header("cookie", jar.header())
                .header("x-csrf-token", "wrong"),
            403,
            "csrf_mismatch",
        ),
        ("nothing", request(), 401, "missing_token"),
        (
            "the refresh token in the header",
            request().header("authorization", format!("Bearer {refresh}")),
            401,
            "missing_token",
        ),
        (
            "the access token in the cookie",
            request().header("cookie", format!("refresh_token_cookie={access}")),
            401,
            "refresh_token_required",
        ),
    ] {
        let reply = server.send(&request);
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (status, &json!(code)),
            "{name}"
        );
    }

    let reply = server.send(
        &request()
            .header("cookie", jar.header())
            .header("x-csrf-token", csrf),
    );
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(
        reply.header("set-cookie"),
        None,
        "the new token is in the body"
    );
    let new = reply.json()["access_token"].as_str().unwrap().to_owned();
    assert_ne!(new, access);
    let protected = server.send(&get().header("authorization", format!("Bearer {new}")));
    assert_eq!(protected.status, 200);
}

#[test]
fn old_cookies_hinder_no_log_in() {
    let server = start();
    let form = json!({"username": "user1", "password": "password1"});
    let log_in = Request::new("POST", "/login").json(&form);
    let none = Jar::default();
    logs_in_with_old_cookies(&server, SECRET, None, &log_in, &none, |reply, jar| {
        let (access, _) = tokens(reply);
        let protected = get().header("authorization", format!("Bearer {access}"));
        let refresh = Request::new("POST", "/refresh")
            .header("cookie", jar.header())
            .header("x-csrf-token", jar.get("csrf_refresh_token").unwrap());
        server.send(&protected).status == 200 && server.send(&refresh).status == 200
    });
}

fn get() -> Request {
    Request::new("GET", "/protected")
}

fn post() -> Request {
    Request::new("POST", "/protected")
}

fn tokens(login: &Reply) -> (String, Jar) {
    let mut jar = Jar::default();
    jar.store(login);
    let access = login.json()["access_token"].as_str().unwrap().to_owned();
    (access, jar)
}

fn log_in(server: &Server) -> Reply {
    let credentials: Value = json!({"username": "user1", "password": "password1"});
    server.send(&Request::new("POST", "/login").json(&credentials))
}

fn start() -> Server {
    let settings = [("JWT_SECRET_KEY", SECRET)];
    Server::start(env!("CARGO_BIN_EXE_dual-location"), &[], &settings).unwrap()
}

const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";
