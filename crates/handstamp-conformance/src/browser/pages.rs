//! Pages of the application that are on another origin, or cannot read its cookies.

use handstamp::testing::{Application, Browser, RequestBuilder};
use handstamp::{Auth, Config, days};
use serde_json::json;

use super::{House, ORIGIN, PAGE, house};

pub(super) async fn run<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    values_of_bodies(serve).await;
    each_token_has_its_value(serve).await;
    what_is_forgotten(serve).await;
    cors(serve).await;
}

async fn hidden<A: Application>(serve: &impl AsyncFn(Auth) -> A) -> House<A> {
    let config = Config::builder()
        .public_origin(ORIGIN)
        .trusted_origins([PAGE])
        .csrf_in_cookies(false);
    house(serve, config).await
}

async fn code<A: Application>(request: RequestBuilder<'_, A>) -> Option<String> {
    request.send().await.code().map(str::to_owned)
}

const MISSING: Option<&str> = Some("missing_csrf_token");

async fn values_of_bodies<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    for origin in [ORIGIN, PAGE] {
        let House { browser, auth, .. } = hidden(serve).await;
        let page = browser.from_origin(origin);
        let write = || code(page.post("/access"));
        assert_eq!(code(page.post("/login")).await, None);
        assert_eq!(write().await.as_deref(), MISSING, "{origin}: no body");
        for (sentence, method, path) in [
            ("who is logged in", "GET", "/session"),
            ("a refresh", "POST", "/refresh?body"),
            ("a log-in", "POST", "/login?body"),
        ] {
            let told = page.fetch(method, path);
            assert_eq!(told.send().await.status(), 200, "{origin}: {sentence}");
            assert_eq!(write().await, None, "{origin}: {sentence} told it");
        }
        let without = page.post("/access").without_csrf();
        assert_eq!(code(without).await.as_deref(), MISSING, "{origin}");
        browser.reload();
        assert_eq!(write().await.as_deref(), MISSING, "{origin}: loaded anew");

        page.get("/session").send().await;
        let other = if origin == PAGE { ORIGIN } else { PAGE };
        let other = browser.from_origin(other).post("/access");
        assert_eq!(code(other).await.as_deref(), MISSING, "of another page");

        browser.logged_in_as(&auth, "user1").await;
        assert_eq!(write().await, None, "{origin}: logged_in_as tells it");
    }
    // The value is another page's, and the application looks at nothing but the value.
    let config = Config::builder().csrf_in_cookies(false);
    let House { browser, auth, .. } = house(serve, config).await;
    browser.logged_in_as(&auth, "user1").await;
    let sibling = browser.from_origin("https://www.example.com");
    let read = sibling.get("/session").send().await;
    assert_eq!(read.code(), Some("cors"), "a sibling cannot read the value");
    let write = code(sibling.post("/access")).await;
    assert_eq!(write.as_deref(), MISSING, "so it has none");
    browser.open("/session").send().await;
    browser.reload();
    browser.open("/session").send().await;
    let write = code(browser.post("/access")).await;
    assert_eq!(write.as_deref(), MISSING, "what the user opened, no script");
}

async fn each_token_has_its_value<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    let mismatch = Some("csrf_mismatch");
    for (sentence, login, refreshed) in [
        ("both are told", "/login?body", None),
        ("one counts for both", "/login?one", mismatch),
    ] {
        let config = Config::builder()
            .session_tracking(false)
            .csrf_in_cookies(false);
        let House { browser, .. } = house(serve, config).await;
        browser.post(login).send().await;
        assert_eq!(code(browser.post("/access")).await, None, "{sentence}");
        let refresh = code(browser.post("/refresh")).await;
        assert_eq!(refresh.as_deref(), refreshed, "{sentence}");
    }
    let config = Config::builder()
        .session_tracking(false)
        .csrf_in_cookies(false);
    let House { browser, auth, .. } = house(serve, config).await;
    browser.logged_in_as(&auth, "user1").await;
    assert_eq!(code(browser.post("/access")).await, None, "logged_in_as");
    assert_eq!(code(browser.post("/refresh")).await, None, "logged_in_as");
}

async fn what_is_forgotten<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    type End<A> = fn(&Browser<A>) -> Option<RequestBuilder<'_, A>>;
    let ends: [(&str, &str, End<A>); 5] = [
        ("a log-out", "missing_csrf_token", |browser| {
            Some(browser.post("/logout"))
        }),
        ("no one is logged in", "missing_csrf_token", |browser| {
            Some(browser.get("/session"))
        }),
        ("a refused refresh", "missing_csrf_token", |browser| {
            Some(browser.post("/refresh"))
        }),
        (
            "another refusal, after which it is old",
            "csrf_mismatch",
            |browser| Some(browser.post("/access")),
        ),
        ("a restart", "missing_csrf_token", |browser| {
            browser.restart();
            None
        }),
    ];
    for (sentence, expected, end) in ends {
        let House { browser, clock, .. } = hidden(serve).await;
        browser.post("/login?remember&body").send().await;
        if sentence != "a log-out" {
            clock.advance(days(1)); // the cookies are gone
        }
        if let Some(request) = end(&browser) {
            request.send().await;
        }
        browser.post("/login").send().await;
        let write = code(browser.post("/access")).await;
        assert_eq!(write.as_deref(), Some(expected), "{sentence}");
    }
}

async fn cors<A: Application>(serve: &impl AsyncFn(Auth) -> A) {
    let House { browser, auth, .. } = hidden(serve).await;
    browser.logged_in_as(&auth, "user1").await;
    let page = browser.from_origin(PAGE);
    let sibling = browser.from_origin("https://www.example.com");
    let title = json!({"title": "x"});
    let no_origin = "Access-Control-Allow-Origin is \"\", and not \"https://www.example.com\"";
    for (sentence, request, expected, why) in [
        ("a read", page.get("/access"), (200, None), ""),
        ("a write", page.post("/json").json(&title), (200, None), ""),
        (
            "a refusal that the page can read",
            page.post("/json").json(&title).without_csrf(),
            (403, MISSING),
            "",
        ),
        (
            "a method that is not allowed",
            page.fetch("DELETE", "/access"),
            (0, Some("cors")),
            "the preflight OPTIONS /access got ",
        ),
        (
            "a header that is not allowed",
            page.get("/access").header("x-other", "1"),
            (0, Some("cors")),
            "the preflight OPTIONS /access got ",
        ),
        (
            "a read by another page, which needs no preflight",
            sibling.get("/access"),
            (0, Some("cors")),
            no_origin,
        ),
        (
            "what the application refuses is the test's to read",
            sibling.post("/json").json(&title),
            (403, Some("cross_site_request")),
            "the preflight OPTIONS /json got ",
        ),
        ("a link", sibling.follow_link("/access"), (200, None), ""),
        (
            "a fetch of the own page",
            browser.delete("/access").header("x-other", "1"),
            (200, None),
            "",
        ),
        (
            "a program",
            sibling.get("/peer").as_program(),
            (200, None),
            "",
        ),
    ] {
        let response = request.send().await;
        let answer = (response.status(), response.code());
        assert_eq!(answer, expected, "{sentence}: {response:?}");
        let error = response.cors_error().unwrap_or_default();
        assert_eq!(error.is_empty(), why.is_empty(), "{sentence}: {error}");
        assert!(error.contains(why), "{sentence}: {error}");
        if response.status() == 0 {
            let text = response.text();
            assert!(text.contains(error), "{sentence}: {text}");
        }
    }
}
