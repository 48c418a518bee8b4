//! What only axum has: `?`, sub-states, tuples of parts.

#![expect(clippy::expect_used, reason = "a failing test panics")]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, Request, State};
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{Response, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::{MethodRouter, any, get};
use handstamp_axum::handstamp::error::Rejection as CoreRejection;
use handstamp_axum::{
    Access, Auth, ClientInfo, Config, Error, Head, Location, NewToken, Refresh, Rejection, Require,
    minutes,
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

#[tokio::test]
async fn a_mistake_of_the_program_is_a_500_that_says_nothing() {
    async fn too_large(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
        let token = auth.create_access_token(NewToken::for_subject("u".repeat(4000)))?;
        Ok((auth.set_access_cookies(&token)?, "never sent"))
    }
    async fn reserved(State(auth): State<Auth>) -> Result<(), Error> {
        let token = NewToken::for_subject("user1").claim("exp", 1);
        auth.create_access_token(token).map(drop)
    }
    async fn nobody(State(auth): State<Auth>, client: ClientInfo) -> Result<(), Error> {
        auth.log_in("", client).await.map(drop)
    }
    for route in [get(too_large), get(reserved), get(nobody)] {
        let response = answer(route, "").await;
        assert_eq!(response.status(), 500);
        assert!(!response.headers().contains_key(SET_COOKIE));
        assert_eq!(text(response).await, "");
    }
}

#[tokio::test]
async fn a_rejection_that_a_handler_passes_on_with_a_question_mark_is_the_whole_response() {
    async fn by_hand(State(auth): State<Auth>, request: Request) -> Result<String, Error> {
        let require = Require::access().fresh();
        let token = auth.authenticate(&Head::from(&request), &require).await?;
        Ok(token.subject().to_owned())
    }
    async fn fresh_later(State(auth): State<Auth>, token: Access) -> Result<(), Error> {
        auth.require_fresh(&token)?;
        Ok(())
    }
    async fn among_others(State(auth): State<Auth>, token: Access) -> Result<(), Error> {
        auth.create_access_token(&token)?;
        auth.require_fresh(&token)?;
        Ok(())
    }
    let token = token("user1");
    for route in [get(by_hand), get(fresh_later), get(among_others)] {
        let response = answer(route, &token).await;
        assert_eq!(response.status(), 401);
        let rejection = response.extensions().get::<CoreRejection>();
        assert_eq!(
            rejection.map(CoreRejection::code),
            Some("fresh_token_required")
        );
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
    }
}

#[tokio::test]
async fn cookies_go_out_with_a_rejection_too() {
    async fn handler(
        State(auth): State<Auth>,
        token: Result<Access, Rejection>,
    ) -> Result<String, impl IntoResponse> {
        match token {
            Ok(token) => Ok(token.subject().to_owned()),
            Err(rejection) => Err((auth.unset_cookies(), rejection)),
        }
    }
    let response = answer(get(handler), "access_token_cookie=junk").await;
    assert_eq!(response.status(), 401);
    assert_eq!(lines(&response).len(), 4);
    assert_eq!(
        response.headers()["www-authenticate"],
        "Bearer error=\"invalid_token\""
    );
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    let text = text(response).await;
    assert!(text.contains("\"code\":\"invalid_token\""), "{text}");
}

#[tokio::test]
async fn parts_before_the_body_count_in_the_order_they_are_written() {
    async fn out_and_in(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
        let access = auth.create_access_token("user1")?;
        let body = ([(CACHE_CONTROL, "public, max-age=600")], "welcome");
        Ok((
            auth.unset_cookies(),
            auth.set_access_cookies(&access)?,
            body,
        ))
    }
    async fn in_and_out(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
        let access = auth.create_access_token("user1")?;
        let theme = AppendHeaders([(SET_COOKIE, "theme=dark")]);
        Ok((
            StatusCode::CREATED,
            auth.set_access_cookies(&access)?,
            auth.unset_cookies(),
            theme,
            (),
        ))
    }
    // axum puts the last element of a tuple in first.
    async fn out_and_in_alone(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
        let access = auth.create_access_token("user1")?;
        Ok((auth.unset_cookies(), auth.set_access_cookies(&access)?))
    }
    async fn in_and_out_alone(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
        let access = auth.create_access_token("user1")?;
        Ok((auth.set_access_cookies(&access)?, auth.unset_cookies()))
    }
    // The order of a line is the place of the part that had the last word.
    for (row, route, expected) in [
        (
            "a log-out, then a log-in",
            get(out_and_in),
            vec![
                "refresh_token_cookie=;",
                "csrf_refresh_token=;",
                "access_token_cookie=e",
                "csrf_access_token=",
            ],
        ),
        (
            "a log-in, then a log-out",
            get(in_and_out),
            vec![
                "access_token_cookie=;",
                "csrf_access_token=;",
                "refresh_token_cookie=;",
                "csrf_refresh_token=;",
                "theme=dark",
            ],
        ),
        (
            "a log-out, then a log-in, and no body",
            get(out_and_in_alone),
            vec![
                "refresh_token_cookie=;",
                "csrf_refresh_token=;",
                "access_token_cookie=e",
                "csrf_access_token=",
            ],
        ),
        (
            "a log-in, then a log-out, and no body",
            get(in_and_out_alone),
            vec![
                "access_token_cookie=;",
                "csrf_access_token=;",
                "refresh_token_cookie=;",
                "csrf_refresh_token=;",
            ],
        ),
        (
            "a log-out alone",
            get(async |State(auth): State<Auth>| auth.unset_access_cookies()),
            vec!["access_token_cookie=;", "csrf_access_token=;"],
        ),
    ] {
        let response = answer(route, "").await;
        let lines = lines(&response);
        assert_eq!(lines.len(), expected.len(), "{row}: {lines:?}");
        for (line, start) in lines.iter().zip(expected) {
            assert!(line.starts_with(start), "{row}: {line}");
        }
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store", "{row}");
    }
}

#[tokio::test]
async fn an_auth_is_found_inside_an_applications_own_state() {
    #[derive(Clone)]
    struct App {
        auth: Auth,
    }
    impl FromRef<App> for Auth {
        fn from_ref(app: &App) -> Self {
            app.auth.clone()
        }
    }
    async fn whoever(token: Option<Access>, refresh: Result<Refresh, Rejection>) -> String {
        let name = token.map_or_else(|| "nobody".to_owned(), |token| token.subject().to_owned());
        let refresh = refresh.map_err(|rejection| rejection.to_string());
        format!("{name}; {}", refresh.err().unwrap_or_default())
    }
    let routes = || Router::new().route("/", any(whoever));
    let shared = Router::new().route("/", any(whoever));
    for app in [
        routes().with_state(App { auth: auth() }),
        shared.with_state(Arc::new(App { auth: auth() })),
    ] {
        let response = app
            .oneshot(request(&token("user1")))
            .await
            .expect("it is infallible");
        assert_eq!(
            text(response).await,
            "user1; Missing JWT in request: looked in the cookie refresh_token_cookie"
        );
    }
}

/// A token made from a verified one, in every form a handler has it.
#[tokio::test]
async fn a_verified_token_becomes_a_new_one() {
    async fn handler(State(auth): State<Auth>, token: Access) -> Result<String, Error> {
        let copy = NewToken::from(&token).fresh().expires_in(minutes(5));
        let pair = auth.create_token_pair(copy)?;
        Ok(format!("{}", pair.access().csrf().is_some()))
    }
    let response = answer(get(handler), &token("user1")).await;
    assert_eq!(text(response).await, "true");
}

/// What a refresh and a repeated password make are tokens that the extractors accept, and a change
/// that is refused is a mistake of the program.
#[tokio::test]
async fn a_handler_changes_a_token_at_a_refresh_and_makes_it_fresh() {
    async fn change(State(auth): State<Auth>, token: Refresh) -> Result<String, Error> {
        let change = |token: NewToken| token.scopes(["posts:read"]);
        let tokens = auth.refresh_with(token, change).await?;
        Ok(tokens.access().as_str().to_owned())
    }
    async fn other_account(State(auth): State<Auth>, token: Refresh) -> Result<String, Error> {
        let tokens = auth.refresh_with(token, |_| "user2".into()).await?;
        Ok(tokens.access().as_str().to_owned())
    }
    async fn confirm(State(auth): State<Auth>, token: Access) -> Result<String, Error> {
        Ok(auth.reauthenticate(&token).await?.as_str().to_owned())
    }
    async fn shown(token: Access) -> String {
        let scopes: Vec<&str> = token.scopes().collect();
        format!("{} {scopes:?} {}", token.subject(), token.is_fresh())
    }
    let config = Config::builder().secret_key([7; 32].as_slice());
    let config = config.token_locations([Location::Headers]).build();
    let auth = Auth::new(config.expect("it is valid")).expect("no sessions are required");
    let ask = async |route: MethodRouter<Auth>, token: &str| {
        let app = Router::new().route("/", route).with_state(auth.clone());
        let request = Request::get("/").header("authorization", format!("Bearer {token}"));
        let request = request.body(Body::empty()).expect("tokens are ASCII");
        app.oneshot(request).await.expect("it is infallible")
    };
    let refresh = auth.create_refresh_token("user1");
    let refresh = refresh.expect("it can be made");

    let response = ask(get(change), refresh.as_str()).await;
    assert_eq!(response.status(), 200);
    let changed = text(response).await;
    let response = ask(get(shown), &changed).await;
    assert_eq!(text(response).await, r#"user1 ["posts:read"] false"#);

    let response = ask(get(confirm), &changed).await;
    assert_eq!(response.status(), 200);
    let confirmed = text(response).await;
    let response = ask(get(shown), &confirmed).await;
    assert_eq!(text(response).await, r#"user1 ["posts:read"] true"#);

    let response = ask(get(other_account), refresh.as_str()).await;
    assert_eq!(response.status(), 500);
    assert_eq!(text(response).await, "");
}

fn auth() -> Auth {
    let config = Config::builder().secret_key([7; 32].as_slice()).build();
    Auth::new(config.expect("a key is all it needs")).expect("no sessions are required")
}

fn token(subject: &str) -> String {
    let token = auth().create_access_token(subject).expect("it can be made");
    format!("access_token_cookie={}", token.as_str())
}

fn request(cookie: &str) -> Request {
    let request = Request::builder()
        .header("cookie", cookie)
        .body(Body::empty());
    request.expect("cookies are ASCII")
}

async fn answer(route: MethodRouter<Auth>, cookie: &str) -> Response<Body> {
    let app = Router::new().route("/", route).with_state(auth());
    app.oneshot(request(cookie))
        .await
        .expect("it is infallible")
}

fn lines(response: &Response<Body>) -> Vec<&str> {
    let lines = response.headers().get_all(SET_COOKIE).iter();
    lines
        .map(|line| line.to_str().expect("cookies are ASCII"))
        .collect()
}

async fn text(response: Response<Body>) -> String {
    let body = response.into_body().collect().await;
    let body = body.expect("the body is in memory").to_bytes();
    String::from_utf8(body.to_vec()).expect("bodies are UTF-8")
}
