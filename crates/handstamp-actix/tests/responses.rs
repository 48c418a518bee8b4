//! What only actix-web has: data of the application, responders, errors that are responses.

#![expect(clippy::expect_used, reason = "a failing test panics")]

use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::error::ErrorForbidden;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE, WWW_AUTHENTICATE};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, HttpRequest, HttpResponse, Responder, Route, web};
use handstamp_actix::handstamp::error::{Rejection as CoreRejection, StoreError};
use handstamp_actix::handstamp::{Authenticated, purpose};
use handstamp_actix::{
    Access, Auth, ClientInfo, Config, Current, Error, Head, LoadSubject, Location, LogOut,
    NewToken, Optional, Refresh, Rejection, Require, ResponseCookies as _, Session, minutes,
};

#[actix_web::test]
async fn a_mistake_of_the_program_is_a_500_that_says_nothing() {
    async fn too_large(auth: Auth) -> Result<impl Responder, Error> {
        let token = auth.create_access_token(NewToken::for_subject("u".repeat(4000)))?;
        Ok(auth.set_access_cookies(&token)?.on("never sent"))
    }
    async fn reserved(auth: Auth) -> Result<&'static str, Error> {
        let token = NewToken::for_subject("user1").claim("exp", 1);
        auth.create_access_token(token).map(|_| "never sent")
    }
    async fn nobody(auth: Auth, client: ClientInfo) -> Result<&'static str, Error> {
        auth.log_in("", client).await.map(|_| "never sent")
    }
    for route in [web::to(too_large), web::to(reserved), web::to(nobody)] {
        let response = answer(route, "").await;
        assert_eq!(response.status(), 500);
        assert!(!response.headers().contains_key(SET_COOKIE));
        assert_eq!(text(response).await, "");
    }
}

#[actix_web::test]
async fn an_application_without_an_auth_answers_500_and_says_nothing() {
    fn handlers() -> [Route; 6] {
        [
            web::to(async |_: Auth| "never sent"),
            web::to(async |_: Access| "never sent"),
            web::to(async |_: Optional<Access>| "never sent"),
            web::to(async |_: ClientInfo| "never sent"),
            web::to(async |_: LogOut| "never sent"),
            web::to(async |_: Session| "never sent"),
        ]
    }
    for route in handlers() {
        let app = init_service(App::new().route("/", route)).await;
        let response = call_service(&app, request("").to_request()).await;
        assert_eq!(response.status(), 500);
        assert_eq!(text(response).await, "");
    }
    // Which of two kinds is nearer is not to be found out, and they may be of different keys.
    for route in handlers() {
        let app = App::new()
            .app_data(auth())
            .app_data(web::Data::new(auth()))
            .route("/", route);
        let app = init_service(app).await;
        assert_eq!(
            call_service(&app, request("").to_request()).await.status(),
            500
        );
    }
}

#[actix_web::test]
async fn an_auth_is_found_bare_or_as_data() {
    let route = || web::to(async |token: Access| token.subject().to_owned());
    let bare = App::new().app_data(auth()).route("/", route());
    let data = App::new()
        .app_data(web::Data::new(auth()))
        .route("/", route());
    let cookie = token("user1");
    let bare = init_service(bare).await;
    let bare = call_service(&bare, request(&cookie).to_request()).await;
    let data = init_service(data).await;
    let data = call_service(&data, request(&cookie).to_request()).await;
    assert_eq!(
        (text(bare).await, text(data).await),
        ("user1".into(), "user1".into())
    );
}

#[actix_web::test]
async fn a_rejection_that_a_handler_passes_on_with_a_question_mark_is_the_whole_response() {
    async fn by_hand(auth: Auth, request: HttpRequest) -> Result<String, Error> {
        let require = Require::access().fresh();
        let token = auth.authenticate(&Head::from(&request), &require).await?;
        Ok(token.subject().to_owned())
    }
    async fn fresh_later(auth: Auth, token: Access) -> Result<&'static str, Error> {
        auth.require_fresh(&token)?;
        Ok("never sent")
    }
    async fn among_others(auth: Auth, token: Access) -> Result<&'static str, Error> {
        auth.create_access_token(&token)?;
        auth.require_fresh(&token)?;
        Ok("never sent")
    }
    async fn among_errors_of_all_kinds(auth: Auth, token: Access) -> actix_web::Result<String> {
        let copy = auth.create_access_token(&token)?;
        auth.require_fresh(&token)?;
        Ok(copy.as_str().to_owned())
    }
    let token = token("user1");
    for route in [
        web::to(by_hand),
        web::to(fresh_later),
        web::to(among_others),
        web::to(among_errors_of_all_kinds),
    ] {
        let response = answer(route, &token).await;
        assert_eq!(response.status(), 401);
        assert_eq!(code(&response), Some("fresh_token_required"));
        let media_type = response.headers().get(CONTENT_TYPE);
        assert_eq!(media_type.expect("it has one"), "application/problem+json");
    }
}

#[actix_web::test]
async fn cookies_go_out_with_a_rejection_too() {
    async fn handler(auth: Auth, token: actix_web::Result<Access>) -> actix_web::Result<String> {
        match token {
            Ok(token) => Ok(token.subject().to_owned()),
            Err(error) => Err(auth.unset_cookies().on(error).into()),
        }
    }
    let response = answer(web::to(handler), "access_token_cookie=junk").await;
    assert_eq!(response.status(), 401);
    assert_eq!(code(&response), Some("invalid_token"));
    assert_eq!(lines(&response).len(), 4);
    let challenge = response.headers().get(WWW_AUTHENTICATE);
    assert_eq!(
        challenge.expect("a 401 has one"),
        "Bearer error=\"invalid_token\""
    );
    let text = text(response).await;
    assert!(text.contains("\"code\":\"invalid_token\""), "{text}");
}

#[actix_web::test]
async fn cookies_count_in_the_order_they_are_written() {
    async fn out_and_in(auth: Auth) -> Result<impl Responder, Error> {
        let access = auth.create_access_token("user1")?;
        let cookies = auth.unset_cookies().and(auth.set_access_cookies(&access)?);
        Ok(cookies.on(HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "public"))
            .take()))
    }
    async fn in_and_out(auth: Auth) -> Result<impl Responder, Error> {
        let access = auth.create_access_token("user1")?;
        // The inner responder sets its cookies first.
        Ok(auth.unset_cookies().on(auth
            .set_access_cookies(&access)?
            .on("")
            .customize()
            .append_header((SET_COOKIE, "theme=dark"))))
    }
    async fn banned(auth: Auth) -> actix_web::Result<String> {
        let cookies = auth.unset_refresh_cookies();
        Err(auth
            .unset_access_cookies()
            .on(cookies.on(ErrorForbidden("banned")))
            .into())
    }
    async fn built(auth: Auth) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "public"))
            .cookies(auth.unset_access_cookies())
            .finish()
    }
    // The order of a line is the place of the one that had the last word.
    for (row, route, expected) in [
        (
            "a log-out, then a log-in",
            web::to(out_and_in),
            vec![
                "refresh_token_cookie=;",
                "csrf_refresh_token=;",
                "access_token_cookie=e",
                "csrf_access_token=",
            ],
        ),
        (
            "a log-in, then a log-out",
            web::to(in_and_out),
            vec![
                "theme=dark",
                "access_token_cookie=;",
                "csrf_access_token=;",
                "refresh_token_cookie=;",
                "csrf_refresh_token=;",
            ],
        ),
        (
            "a log-out alone",
            web::to(async |auth: Auth| auth.unset_access_cookies()),
            vec!["access_token_cookie=;", "csrf_access_token=;"],
        ),
        (
            "a builder's",
            web::to(built),
            vec!["access_token_cookie=;", "csrf_access_token=;"],
        ),
        (
            "on an error, twice",
            web::to(banned),
            vec![
                "refresh_token_cookie=;",
                "csrf_refresh_token=;",
                "access_token_cookie=;",
                "csrf_access_token=;",
            ],
        ),
    ] {
        let response = answer(route, "").await;
        let lines = lines(&response);
        assert_eq!(lines.len(), expected.len(), "{row}: {lines:?}");
        for (line, start) in lines.iter().zip(expected) {
            assert!(line.starts_with(start), "{row}: {line}");
        }
        let cache: Vec<_> = response.headers().get_all(CACHE_CONTROL).collect();
        assert_eq!(cache, ["no-store"], "{row}");
    }
}

struct Users;

impl LoadSubject<String> for Users {
    async fn load_subject(
        &self,
        token: &Authenticated<purpose::Access>,
    ) -> Result<Option<String>, StoreError> {
        Ok(Some(format!("{}, known", token.subject())))
    }
}

#[actix_web::test]
async fn a_user_is_found_by_the_data_of_the_application() {
    type CurrentUser = Current<String, Users>;
    async fn handler(user: Optional<CurrentUser>) -> String {
        user.0.map_or("nobody".to_owned(), CurrentUser::into_inner)
    }
    let (nobody, user1) = (String::new(), token("user1"));
    let junk = "access_token_cookie=junk".to_owned();
    for (row, has_users, cookie, status, expected) in [
        ("no token", true, &nobody, 200, "nobody"),
        ("a token", true, &user1, 200, "user1, known"),
        ("a bad token", true, &junk, 401, ""),
        (
            "no token, and no users to be found",
            false,
            &nobody,
            200,
            "nobody",
        ),
        ("a token, and no users to be found", false, &user1, 500, ""),
    ] {
        let mut app = App::new().app_data(auth());
        if has_users {
            app = app.app_data(web::Data::new(Users));
        }
        let app = init_service(app.route("/", web::to(handler))).await;
        let response = call_service(&app, request(cookie).to_request()).await;
        assert_eq!(response.status(), status, "{row}");
        if status != 401 {
            assert_eq!(text(response).await, expected, "{row}");
        }
    }
}

/// actix-web's own `Option` hides what is wrong: that is why there is `Optional`.
#[actix_web::test]
async fn only_the_option_of_actix_web_hides_a_bad_token() {
    let hides = web::to(async |token: Option<Access>| format!("{}", token.is_some()));
    let response = answer(hides, "access_token_cookie=junk").await;
    assert_eq!(text(response).await, "false");
    let tells = web::to(async |token: Optional<Access>| format!("{}", token.0.is_some()));
    let response = answer(tells, "access_token_cookie=junk").await;
    assert_eq!(response.status(), 401);
}

/// Extractors of one handler run at the same time.
#[actix_web::test]
async fn a_handler_may_ask_for_several_tokens() {
    async fn handler(
        Optional(token): Optional<Access>,
        refresh: actix_web::Result<Refresh>,
        again: actix_web::Result<Access>,
    ) -> String {
        let name = token.map_or("nobody".to_owned(), |token| token.subject().to_owned());
        let refresh = refresh.expect_err("there is none");
        let refresh = refresh.as_error().map(|error: &Rejection| error.code());
        format!("{name} {refresh:?} {}", again.is_ok())
    }
    let response = answer(web::to(handler), &token("user1")).await;
    assert_eq!(text(response).await, "user1 Some(\"missing_token\") true");
}

/// A token made from a verified one, in every form a handler has it.
#[actix_web::test]
async fn a_verified_token_becomes_a_new_one() {
    async fn handler(auth: Auth, token: Access) -> Result<String, Error> {
        let copy = NewToken::from(&token).fresh().expires_in(minutes(5));
        let pair = auth.create_token_pair(copy)?;
        Ok(format!("{}", pair.access().csrf().is_some()))
    }
    let response = answer(web::to(handler), &token("user1")).await;
    assert_eq!(text(response).await, "true");
}

/// What a refresh and a repeated password make are tokens that the extractors accept, and a change
/// that is refused is a mistake of the program.
#[actix_web::test]
async fn a_handler_changes_a_token_at_a_refresh_and_makes_it_fresh() {
    async fn change(auth: Auth, token: Refresh) -> Result<String, Error> {
        let change = |token: NewToken| token.scopes(["posts:read"]);
        let tokens = auth.refresh_with(token, change).await?;
        Ok(tokens.access().as_str().to_owned())
    }
    async fn other_account(auth: Auth, token: Refresh) -> Result<String, Error> {
        let tokens = auth.refresh_with(token, |_| "user2".into()).await?;
        Ok(tokens.access().as_str().to_owned())
    }
    async fn confirm(auth: Auth, token: Access) -> Result<String, Error> {
        Ok(auth.reauthenticate(&token).await?.as_str().to_owned())
    }
    async fn shown(token: Access) -> String {
        let scopes: Vec<&str> = token.scopes().collect();
        format!("{} {scopes:?} {}", token.subject(), token.is_fresh())
    }
    let config = Config::builder().secret_key([7; 32].as_slice());
    let config = config.token_locations([Location::Headers]).build();
    let auth = Auth::new(config.expect("it is valid")).expect("no sessions are required");
    let ask = async |route: Route, token: &str| {
        let app = App::new().app_data(auth.clone()).route("/", route);
        let request =
            TestRequest::get().insert_header(("authorization", format!("Bearer {token}")));
        call_service(&init_service(app).await, request.to_request()).await
    };
    let refresh = auth.create_refresh_token("user1");
    let refresh = refresh.expect("it can be made");

    let response = ask(web::to(change), refresh.as_str()).await;
    assert_eq!(response.status(), 200);
    let changed = text(response).await;
    let response = ask(web::to(shown), &changed).await;
    assert_eq!(text(response).await, r#"user1 ["posts:read"] false"#);

    let response = ask(web::to(confirm), &changed).await;
    assert_eq!(response.status(), 200);
    let confirmed = text(response).await;
    let response = ask(web::to(shown), &confirmed).await;
    assert_eq!(text(response).await, r#"user1 ["posts:read"] true"#);

    let response = ask(web::to(other_account), refresh.as_str()).await;
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

fn request(cookie: &str) -> TestRequest {
    TestRequest::get().insert_header(("cookie", cookie))
}

async fn answer(route: Route, cookie: &str) -> ServiceResponse {
    let app = App::new().app_data(auth()).route("/", route);
    call_service(&init_service(app).await, request(cookie).to_request()).await
}

fn code(response: &ServiceResponse) -> Option<&'static str> {
    let extensions = response.response().extensions();
    extensions.get().map(CoreRejection::code)
}

fn lines<B>(response: &ServiceResponse<B>) -> Vec<&str> {
    let lines = response.headers().get_all(SET_COOKIE);
    lines
        .map(|line| line.to_str().expect("cookies are ASCII"))
        .collect()
}

async fn text(response: ServiceResponse<impl MessageBody>) -> String {
    let body = to_bytes(response.into_body()).await.ok();
    let body = body.expect("the body is in memory");
    String::from_utf8(body.to_vec()).expect("bodies are UTF-8")
}
