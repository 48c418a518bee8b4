//! Whom a token is about, and what they may do.

use axum::Router;
use axum::extract::FromRef;
use axum::routing::get;
use handstamp_axum::handstamp::error::StoreError;
use handstamp_axum::handstamp::{Authenticated, purpose};
use handstamp_axum::{Auth, Current, LoadSubject, NewToken, Require};
use handstamp_conformance::{Request, Signature, forge};
use serde_json::{Value, json};

use crate::app::{App, NOON, SECRET, config, get_with, outcome, send, subject};

/// A user who is gone is `null`, with 200. And where no scopes are asked for, one way of asking passes for a token whose scopes are
/// `null`, and fails for `[]`.
#[tokio::test]
async fn bug_45_nobody_is_let_in_as_nobody_and_no_scopes_are_none() {
    let auth = Auth::new(config(&[])).unwrap();
    let router = Router::new()
        .route("/", get(async |Current(User(name)): Current<User>| name))
        .with_state(Users(auth.clone()));
    for (subject, expected) in [
        ("user1", "200 the name of user1"),
        ("ghost", "401 unknown_subject"),
        ("unlucky", "503 store_unavailable"),
    ] {
        let token = auth.create_access_token(subject).unwrap();
        let reply = send(router.clone(), get_with("/", &token)).await;
        assert_eq!(outcome(&reply), expected);
    }

    let none: [&str; 0] = [];
    let app = App::new(&[]);
    let demand = |require| get(subject).layer(app.auth.require(require));
    let demanding = Router::new()
        .route("/all-of-none", demand(Require::access().all_scopes(none)))
        .route("/any-of-none", demand(Require::access().any_scope(none)))
        .route("/all", demand(Require::access().all_scopes(["read"])))
        .route("/any", demand(Require::access().any_scope(["read"])));
    let app = app.routes(demanding);
    let token = |scopes: &Value| {
        let mut claims = json!({
            "sub": "user1", "jti": "1", "type": "access", "csrf": "1", "iat": NOON, "exp": NOON + 900,
        });
        if *scopes != json!("absent") {
            claims["scopes"] = scopes.clone();
        }
        let token = forge(
            r#"{"alg":"HS256","typ":"JWT"}"#,
            claims.to_string(),
            Signature::Hs256(SECRET),
        );
        format!("access_token_cookie={token}")
    };
    let (in_, out) = ("200 user1", "403 insufficient_scope");
    for (path, without, with) in [
        ("/protected", in_, in_),
        ("/all-of-none", in_, in_),
        ("/any-of-none", out, out),
        ("/all", out, in_),
        ("/any", out, in_),
    ] {
        for (scopes, expected) in [
            (json!("absent"), without),
            (Value::Null, without),
            (json!([]), without),
            (json!(["read"]), with),
        ] {
            let request = Request::new("GET", path).cookies([token(&scopes)]);
            assert_eq!(app.outcome(request).await, expected, "{path}: {scopes}");
        }
    }
    let written = app.access(NewToken::for_subject("user1").scopes(none));
    assert_eq!(app.outcome(get_with("/any", &written)).await, out);
}

#[derive(Clone)]
struct Users(Auth);

struct User(String);

impl FromRef<Users> for Auth {
    fn from_ref(users: &Users) -> Self {
        users.0.clone()
    }
}

impl LoadSubject<User> for Users {
    async fn load_subject(
        &self,
        token: &Authenticated<purpose::Access>,
    ) -> Result<Option<User>, StoreError> {
        match token.subject() {
            "user1" => Ok(Some(User("the name of user1".to_owned()))),
            "ghost" => Ok(None),
            _ => Err(StoreError::new("connection refused")),
        }
    }
}
