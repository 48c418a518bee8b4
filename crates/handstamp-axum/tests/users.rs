//! A handler that asks for a user, if there is one.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::get;
use handstamp_axum::handstamp::error::StoreError;
use handstamp_axum::handstamp::{Authenticated, purpose};
use handstamp_axum::{Auth, Config, Current, LoadSubject};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

struct User(String);

impl LoadSubject<User> for Auth {
    async fn load_subject(
        &self,
        token: &Authenticated<purpose::Access>,
    ) -> Result<Option<User>, StoreError> {
        let user = token.subject();
        Ok((user != "ghost").then(|| User(format!("the name of {user}"))))
    }
}

async fn greet(user: Option<Current<User>>) -> String {
    user.map_or_else(|| "nobody".to_owned(), |Current(User(name))| name)
}

#[tokio::test]
async fn an_optional_user_is_none_only_without_a_token() {
    let config = Config::builder().secret_key("a secret of at least thirty-two bytes");
    let auth = Auth::new(config.build().unwrap()).unwrap();
    let app = Router::new()
        .route("/", get(greet))
        .with_state(auth.clone());
    for (row, subject, status, body) in [
        ("no token", None, 200, "nobody"),
        ("a user", Some("user1"), 200, "the name of user1"),
        ("a user who is gone", Some("ghost"), 401, "unknown_subject"),
        ("a token that is none", Some(""), 401, "invalid_token"),
    ] {
        let mut request = Request::new(Body::empty());
        if let Some(subject) = subject {
            let token = auth.create_access_token(subject);
            let token = token.map_or_else(|_| "junk".to_owned(), |token| token.as_str().to_owned());
            let cookie = format!("access_token_cookie={token}").parse();
            request.headers_mut().insert("cookie", cookie.unwrap());
        }
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{row}");
        let said = response.into_body().collect().await.unwrap().to_bytes();
        let said = String::from_utf8(said.to_vec()).unwrap();
        assert!(said.contains(body), "{row}: {said}");
    }
}
