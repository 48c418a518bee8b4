//! The suite for the browser of the test kit: the same cases on every framework.

mod pages;

use std::time::Duration;

use handstamp::config::ConfigBuilder;
use handstamp::store::MemoryStore;
use handstamp::testing::{Application, Browser, FailingStore, TestClock, access_token_for};
use handstamp::{Auth, Config, Location, NewToken, TokenPair, days, minutes};
use serde_json::{Value, json};

/// Runs the suite. `serve` builds the application that the adapter's own `Auth` guards:
///
/// | route | responds with |
/// |---|---|
/// | `POST /login` | the cookies of a session of `user1`, persistent for a day with `remember` in the query, and [`values_in_body`] |
/// | `GET`, `POST`, `PUT`, `PATCH`, `DELETE /access` | the subject of the `Access` token |
/// | `POST /refresh` | new cookies, and [`values_in_body`] |
/// | `POST /logout` | deletions |
/// | `POST /form` | the subject of `AccessForm`, and its field `title` |
/// | `POST /json` | the member `title` of a JSON body, behind `Access` |
/// | `GET /scopes` | the subject, of a token with the scope `admin` |
/// | `GET /peer` | the address of the peer, without port |
/// | `GET /head/{name}` | the status 400, which CORS hides from no test, and the header line of this name, empty for none |
/// | the adapter's other ready routes | among them `GET /session` |
///
/// For the page [`PAGE`], all of them have the headers of CORS, with credentials, the methods GET
/// and POST, and the headers `content-type` and `x-csrf-token`.
///
/// # Panics
/// If a case fails: with the name of the case.
pub async fn run<A, S: AsyncFn(Auth) -> A>(serve: S)
where
    A: Application + Clone,
{
    sends_what_a_browser_sends(&serve).await;
    fetch_metadata_by_scheme(&serve).await;
    csrf_values(&serve).await;
    other_sites(&serve).await;
    pages::run(&serve).await;
    time(&serve).await;
    stores_that_fail(&serve).await;
    several_browsers(&serve).await;
    names_of_the_configuration(&serve).await;
    bodies_and_programs(&serve).await;
}

/// The page of the application that is on another origin.
pub const PAGE: &str = "https://page.example.com";

/// Returns the body of a log-in or refresh: nothing but with `body` or `one` in the query, which
/// leaves out the value of the refresh token.
#[must_use]
pub fn values_in_body(tokens: &TokenPair, query: &str) -> Value {
    let (access, refresh) = (tokens.access().csrf(), tokens.refresh().csrf());
    if query.contains("body") {
        json!({"csrf": access, "refresh_csrf": refresh})
    } else if query.contains("one") {
        json!({"csrf": access})
    } else {
        Value::Null
    }
}

struct House<A> {
    browser: Browser<A>,
    auth: Auth,
    clock: TestClock,
    store: FailingStore<MemoryStore>,
}

async fn house<A: Application>(serve: &impl AsyncFn(Auth) -> A, config: ConfigBuilder) -> House<A> {
    let clock = TestClock::new();
    let store = FailingStore::new(MemoryStore::with_clock(clock.clone()));
    let config = config.secret_key("a secret of at least thirty-two bytes");
    let auth = Auth::builder(config.build().expect("the settings fit together"))
        .store(store.clone())
        .with_clock(clock.clone())
        .build()
        .expect("there is a store");
    let app = serve(auth.clone()).await;
    let browser = Browser::new(app, ORIGIN).with_clock(clock.clone());
    House {
        browser,
        auth,
        clock,
        store,
    }
}

async fn logged_in<A: Application>(serve: &impl AsyncFn(Auth) -> A) -> House<A> {
    let house = house(serve, Config::builder()).await;
    house.browser.logged_in_as(&house.auth, "user1").await;
    house
}

async fn sends_what_a_browser_sends<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    let House { browser, .. } = house(serve, Config::builder()).await;
    let evil = browser.from_origin("https://evil.example");
    let frame = browser.from_origin("null");
    let sibling = browser.from_origin("https://www.example.com");
    for (sentence, header, expected) in [
        ("a fetch of the own page", "sec-fetch-site", "same-origin"),
        ("a fetch of the own page", "sec-fetch-mode", "cors"),
        ("a fetch of the own page", "sec-fetch-dest", "empty"),
        ("a GET of the own page", "origin", ""),
        ("every request", "host", "app.example.com"),
    ] {
        let response = browser.get(&format!("/head/{header}")).send().await;
        assert_eq!(response.text(), expected, "{sentence} has {header}");
    }
    for (sentence, request, header, expected) in [
        (
            "the address bar",
            browser.open("/head/sec-fetch-site"),
            "site",
            "none",
        ),
        (
            "the address bar",
            browser.open("/head/sec-fetch-mode"),
            "mode",
            "navigate",
        ),
        (
            "the address bar",
            browser.open("/head/origin"),
            "origin",
            "",
        ),
        (
            "another site's link",
            evil.follow_link("/head/sec-fetch-site"),
            "site",
            "cross-site",
        ),
        (
            "another site's link",
            evil.follow_link("/head/sec-fetch-dest"),
            "dest",
            "document",
        ),
        (
            "another site's link",
            evil.follow_link("/head/origin"),
            "origin",
            "",
        ),
        (
            "another site's fetch",
            evil.get("/head/sec-fetch-site"),
            "site",
            "cross-site",
        ),
        (
            "another site's fetch",
            evil.get("/head/origin"),
            "origin",
            "https://evil.example",
        ),
        (
            "a sandboxed frame",
            frame.get("/head/origin"),
            "origin",
            "null",
        ),
        (
            "a sibling",
            sibling.get("/head/sec-fetch-site"),
            "site",
            "same-site",
        ),
        (
            "a program",
            browser.get("/head/sec-fetch-site").as_program(),
            "site",
            "",
        ),
        (
            "the test itself",
            browser.get("/head/origin").header("Origin", "x"),
            "origin",
            "x",
        ),
    ] {
        assert_eq!(
            request.send().await.text(),
            expected,
            "{sentence}: {header}"
        );
    }
}

async fn fetch_metadata_by_scheme<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    let plain = house_at(serve, "http://app.example.com").await;
    let response = plain.get("/head/sec-fetch-site").send().await;
    assert_eq!(response.text(), "", "plain http has no Fetch Metadata");
    let local = house_at(serve, "http://localhost:8000").await;
    let response = local.get("/head/sec-fetch-site").send().await;
    assert_eq!(response.text(), "same-origin", "but this machine has");
}

async fn house_at<A: Application>(serve: &impl AsyncFn(Auth) -> A, origin: &str) -> Browser<A> {
    let House { auth, .. } = house(serve, Config::builder()).await;
    Browser::new(serve(auth).await, origin)
}

async fn csrf_values<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    let House { browser, .. } = logged_in(serve).await;
    let missing = Some("missing_csrf_token");
    for (sentence, request, expected) in [
        (
            "GET needs none",
            browser.get("/access").without_csrf(),
            None,
        ),
        ("POST has it", browser.post("/access"), None),
        ("PUT has it", browser.put("/access"), None),
        ("PATCH has it", browser.patch("/access"), None),
        ("DELETE has it", browser.delete("/access"), None),
        (
            "a page that forgot it",
            browser.post("/access").without_csrf(),
            missing,
        ),
        ("a form of the own page", browser.submit("/access"), missing),
        (
            "another value",
            browser.post("/access").header("x-csrf-token", "another"),
            Some("csrf_mismatch"),
        ),
    ] {
        assert_eq!(request.send().await.code(), expected, "{sentence}");
    }
    // Outside of a session each token has a value of its own.
    let config = Config::builder().session_tracking(false);
    let House { browser, auth, .. } = house(serve, config).await;
    browser.logged_in_as(&auth, "user1").await;
    let [access, refresh] =
        ["csrf_access_token", "csrf_refresh_token"].map(|name| browser.script_cookie(name));
    assert_ne!(access, refresh, "two tokens, two values");
    assert_eq!(
        browser.post("/access").send().await.code(),
        None,
        "that of the access token"
    );
    let refreshed = browser.post("/refresh?to=/access").send().await;
    assert_eq!(refreshed.code(), None, "that of the refresh token");
}

async fn other_sites<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    let House { browser, .. } = logged_in(serve).await;
    let evil = browser.from_origin("https://evil.example");
    let sibling = browser.from_origin("https://www.example.com");
    let nobody = Some("missing_token");
    for (sentence, request, expected) in [
        ("a link sends Lax", evil.follow_link("/access"), None),
        ("a form does not", evil.submit("/access"), nobody),
        ("a fetch does not", evil.get("/access"), nobody),
        (
            "nor does a sandboxed frame",
            browser.from_origin("null").get("/access"),
            nobody,
        ),
        (
            "a sibling sends it, and has no CSRF value",
            sibling.submit("/access"),
            Some("missing_csrf_token"),
        ),
        (
            "and cannot read one",
            sibling.post("/access"),
            Some("missing_csrf_token"),
        ),
    ] {
        assert_eq!(request.send().await.code(), expected, "{sentence}");
    }
    let strict = Config::builder().cookie_samesite(handstamp::config::SameSite::Strict);
    let House { browser, auth, .. } = house(serve, strict).await;
    browser.logged_in_as(&auth, "user1").await;
    let evil = browser.from_origin("https://evil.example");
    assert_eq!(
        evil.follow_link("/access").send().await.code(),
        nobody,
        "Strict, by a link"
    );
    assert_eq!(
        browser.open("/access").send().await.text(),
        "user1",
        "Strict, by the address bar"
    );

    let none = Config::builder().cookie_samesite(handstamp::config::SameSite::None);
    let House { browser, auth, .. } = house(serve, none).await;
    browser.logged_in_as(&auth, "user1").await;
    let evil = browser.from_origin("https://evil.example");
    let forged = evil.post("/access").send().await;
    assert_eq!(
        forged.code(),
        Some("missing_csrf_token"),
        "None is sent, the value is not"
    );
    evil.post("/login").send().await;
    assert_eq!(
        browser.refused_cookies(),
        [""; 0],
        "None is taken from another site's fetch"
    );
}

async fn time<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    let House { browser, clock, .. } = house(serve, Config::builder()).await;
    assert_eq!(browser.post("/login").send().await.status(), 200);
    assert_eq!(
        browser.get("/access").send().await.text(),
        "user1",
        "logged in by its route"
    );
    assert!(browser.cookie("access_token_cookie").is_some());
    assert_eq!(
        browser.script_cookie("access_token_cookie"),
        None,
        "HttpOnly"
    );
    assert_eq!(
        browser.script_cookie("csrf_access_token"),
        browser.cookie("csrf_access_token")
    );
    clock.advance(minutes(16));
    assert_eq!(
        browser.get("/access").send().await.code(),
        Some("token_expired")
    );
    assert_eq!(browser.post("/refresh").send().await.status(), 200);
    assert_eq!(
        browser.get("/access").send().await.text(),
        "user1",
        "after the refresh"
    );

    browser.restart();
    assert_eq!(
        browser.get("/access").send().await.code(),
        Some("missing_token"),
        "a session cookie goes"
    );

    assert_eq!(browser.post("/login?remember").send().await.status(), 200);
    browser.restart();
    assert_eq!(
        browser.get("/access").send().await.text(),
        "user1",
        "a persistent one stays"
    );
    clock.advance(days(1));
    assert_eq!(
        browser.get("/access").send().await.code(),
        Some("missing_token"),
        "until its end"
    );

    assert_eq!(browser.post("/login").send().await.status(), 200);
    assert_eq!(browser.post("/logout").send().await.status(), 200);
    assert_eq!(
        browser.cookie("refresh_token_cookie"),
        None,
        "a log-out deletes"
    );
}

async fn stores_that_fail<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    let short = Config::builder().store_timeout(Duration::from_millis(50));
    let House {
        browser,
        auth,
        store,
        ..
    } = house(serve, short).await;
    browser.logged_in_as(&auth, "user1").await;
    let cookies = || {
        let names = ["access_token_cookie", "refresh_token_cookie"];
        names.map(|name| browser.cookie(name))
    };
    let before = cookies();
    let down = (503, Some("store_unavailable".to_owned()));
    let answer = async |path| {
        let response = browser.post(path).send().await;
        (response.status(), response.code().map(str::to_owned))
    };
    store.fail();
    for path in ["/access", "/refresh", "/logout"] {
        assert_eq!(answer(path).await, down, "{path}, while the store fails");
    }
    store.hang();
    assert_eq!(answer("/access").await, down, "while it hangs");
    store.fail_next();
    assert_eq!(answer("/access").await, down, "the next call");
    assert_eq!(answer("/access").await, (200, None), "and only that");
    store.fail();
    store.restore();
    assert_eq!(answer("/access").await, (200, None), "once it is back");
    store.slow_down();
    assert_eq!(answer("/access").await, (200, None), "while it is slow");
    assert_eq!(cookies(), before, "no cookie was changed");
}

async fn several_browsers<A: Application + Clone>(serve: &impl AsyncFn(Auth) -> A) {
    let House { browser, auth, .. } = logged_in(serve).await;
    let other = browser.another().with_peer(([203, 0, 113, 7], 4711));
    assert_eq!(
        other.get("/access").send().await.code(),
        Some("missing_token")
    );
    other.logged_in_as(&auth, "user2").await;
    assert_eq!(other.post("/access").send().await.text(), "user2");
    assert_eq!(browser.post("/access").send().await.text(), "user1");
    assert_eq!(browser.get("/peer").send().await.text(), "192.0.2.1");
    assert_eq!(other.get("/peer").send().await.text(), "203.0.113.7");

    let sessions = auth.sessions("user2").await.expect("the store is up");
    let [session] = &sessions[..] else {
        panic!("one log-in, one session: {sessions:?}");
    };
    assert_eq!(session.ip(), Some([203, 0, 113, 7].into()));
    other.logged_in_as(&auth, "user2").await;
    let sessions = auth.sessions("user2").await.expect("the store is up");
    assert_eq!(sessions.len(), 1, "a log-in replaces the browser's session");
}

async fn names_of_the_configuration<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    let hardened = || Config::hardened(ORIGIN);
    let House { browser, auth, .. } = house(serve, hardened()).await;
    browser.logged_in_as(&auth, "user1").await;
    assert_eq!(
        browser.post("/access").send().await.text(),
        "user1",
        "logged_in_as knows them"
    );

    let House { browser, auth, .. } = house(serve, hardened()).await;
    assert_eq!(browser.post("/login").send().await.status(), 200);
    let forgotten = browser.post("/access").send().await;
    assert_eq!(
        forgotten.code(),
        Some("missing_csrf_token"),
        "other names than the defaults"
    );
    let browser = browser.with_names_of(&auth);
    assert_eq!(
        browser.post("/access").send().await.text(),
        "user1",
        "with_names_of"
    );

    let plain = house_at(serve, "http://localhost:8000").await;
    assert_eq!(plain.post("/login").send().await.status(), 200);
    let refused = plain.refused_cookies();
    assert_eq!(
        refused.len(),
        4,
        "Secure cookies, from plain http: {refused:?}"
    );
    let all_say_why = refused
        .iter()
        .all(|line| line.contains(": it has Secure, "));
    assert!(all_say_why, "{refused:?}");
}

async fn bodies_and_programs<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    let config = Config::builder()
        .token_locations([Location::Headers, Location::Cookies])
        .csrf_check_form(true);
    let House { browser, auth, .. } = house(serve, config).await;
    let admin = NewToken::for_subject("user1").scopes(["admin"]);
    browser.logged_in_as(&auth, admin).await;
    assert_eq!(browser.get("/scopes").send().await.text(), "user1");

    let posted = browser
        .post("/json")
        .json(&json!({"title": "a&b"}))
        .send()
        .await;
    assert_eq!((posted.status(), posted.text()), (200, "a&b".to_owned()));
    let csrf = browser
        .script_cookie("csrf_access_token")
        .expect("script reads it");
    let fields = [("title", "a&b"), ("csrf_token", &csrf)];
    let posted = browser.submit("/form").form(fields).send().await;
    assert_eq!(
        (posted.status(), posted.text()),
        (200, "user1: a&b".to_owned())
    );

    let token = access_token_for(&auth, "user2").await;
    let program = browser.post("/access").as_program().bearer(&token);
    assert_eq!(program.send().await.text(), "user2");
    let program = browser.post("/login").as_program().send().await;
    assert_eq!(program.headers("set-cookie").count(), 4);
    assert_eq!(
        browser.get("/access").send().await.text(),
        "user1",
        "its cookies are not kept"
    );
}

const ORIGIN: &str = "https://app.example.com";
