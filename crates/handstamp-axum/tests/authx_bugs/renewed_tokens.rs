//! What a renewed token says, and for which requests there is one.

use std::time::Duration;

use axum::Router;
use axum::routing::any;
use handstamp_axum::NewToken;
use handstamp_axum::handstamp::session::ClientInfo;
use handstamp_conformance::{Request, Signature, forge, peek};
use serde_json::{Value, json};

use crate::app::{App, NOON, SECRET, get_with, outcome, post_with, subject};
use crate::implicit_refresh::{after, due};

/// With `JWT_ACCESS_TOKEN_EXPIRES=None` every request with that cookie is a 500.
#[tokio::test]
async fn bug_23_a_token_without_an_end_is_refused_before_it_could_be_renewed() {
    let app = App::new(&[]).renewing();
    for exp in [
        json!({}),
        json!({"exp": null}),
        json!({"exp": 1e300}),
        json!({"exp": "never"}),
    ] {
        let mut claims = json!({
            "sub": "user1", "jti": "1", "type": "access", "csrf": "value", "iat": NOON,
        });
        claims
            .as_object_mut()
            .unwrap()
            .extend(exp.as_object().unwrap().clone());
        let token = forge(
            r#"{"alg":"HS256","typ":"JWT"}"#,
            claims.to_string(),
            Signature::Hs256(SECRET),
        );
        let request =
            Request::new("GET", "/protected").cookies([format!("access_token_cookie={token}")]);
        let reply = app.send(request).await;
        let seen = (outcome(&reply), reply.all("set-cookie").count());
        assert_eq!(seen, ("401 invalid_token".to_owned(), 0), "{claims}");
    }
    let endless = NewToken::for_subject("user1").expires_in(Duration::MAX);
    let error = app.auth.create_access_token(endless).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a token lives from one second to ten years"
    );
}

/// The new token has the subject, and nothing else: `["admin:*"]` is `null` on the second request.
#[tokio::test]
async fn bug_30_a_renewed_token_keeps_what_the_old_one_said() {
    let app = App::with_sessions(&[("JWT_DECODE_AUDIENCE", "web,mobile")]).renewing();
    let user = NewToken::for_subject("user1")
        .fresh()
        .scopes(["admin:*", "posts:write"])
        .audience(["mobile"])
        .login_type("staff")
        .claim("tenant", "acme")
        .claim("limits", json!({"posts": 3, "share": 0.1}));
    let of_session = app
        .auth
        .log_in(user.clone(), ClientInfo::new().into())
        .await
        .unwrap();
    let alone = app.access(user);
    app.clock.advance(360);
    for token in [&alone, of_session.access()] {
        let reply = app.send(get_with("/protected", token)).await;
        let jar = after(token, &reply);
        let (old, new) = (
            peek(token.as_str()),
            peek(jar.get("access_token_cookie").unwrap()),
        );
        let lasting = |claims: &Value| {
            let mut claims = claims.as_object().unwrap().clone();
            claims.retain(|name, _| !OF_ONE_TOKEN.contains(&name.as_str()));
            claims
        };
        assert_eq!(lasting(&new), lasting(&old));
        assert!(lasting(&new).len() >= 8, "{new}");
        assert_ne!(new["jti"], old["jti"]);
        assert_eq!(
            (&new["fresh"], &new["auth_time"]),
            (&json!(false), &json!(NOON))
        );
        assert_eq!(
            (&new["iat"], &new["exp"]),
            (&json!(NOON + 360), &json!(NOON + 360 + 900))
        );
        assert_eq!(jar.get("csrf_access_token"), token.csrf());
    }
}

/// `JWT_IMPLICIT_REFRESH_METHOD_INCLUDE=["GET"]` switches GET off.
#[tokio::test]
async fn bug_31_methods_that_are_included_are_included() {
    const INCLUDE: &str = "JWT_IMPLICIT_REFRESH_METHOD_INCLUDE";
    const EXCLUDE: &str = "JWT_IMPLICIT_REFRESH_METHOD_EXCLUDE";
    for (settings, expected) in [
        (&[][..], [2, 2]),
        (&[(INCLUDE, r#"["GET"]"#)], [2, 0]),
        (&[(INCLUDE, "post")], [0, 2]),
        (&[(INCLUDE, "GET,POST")], [2, 2]),
        (&[(EXCLUDE, "GET")], [0, 2]),
        (&[(INCLUDE, "GET,POST"), (EXCLUDE, "POST")], [2, 0]),
        (&[(INCLUDE, "DELETE")], [0, 0]),
    ] {
        let app = App::new(settings)
            .routes(Router::new().route("/any", any(subject)))
            .renewing();
        let token = due(&app);
        for (request, expected) in [get_with("/any", &token), post_with("/any", &token)]
            .into_iter()
            .zip(expected)
        {
            let method = request.method().to_owned();
            let reply = app.send(request).await;
            assert_eq!(reply.status, 200);
            assert_eq!(
                reply.all("set-cookie").count(),
                expected,
                "{settings:?}: {method}"
            );
        }
    }
}

const OF_ONE_TOKEN: [&str; 6] = ["jti", "iat", "nbf", "exp", "fresh", "auth_time"];
