//! Tests of the handlers, by a browser without a network. The clock stands still until a test moves
//! it.

use std::time::Duration;

use handstamp_axum::handstamp::limit::{Limit, Quota, RateLimits};
use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::handstamp::testing::Response;
use handstamp_axum::testing::{Browser, FailingStore, TestClock};
use handstamp_axum::{Auth, Config, Location};
use tokio::sync::mpsc::Receiver;

use crate::app::{App, RESET};
use crate::mails::{Mail, Mails};
use crate::router;

struct Running {
    app: App,
    browser: Browser,
    clock: TestClock,
    store: FailingStore<MemoryStore>,
    outbox: Receiver<Mail>,
}

async fn start() -> Running {
    start_with(Duration::ZERO).await
}

async fn start_with(between_mails: Duration) -> Running {
    let clock = TestClock::new();
    let store = FailingStore::new(MemoryStore::with_clock(clock.clone()));
    let config = Config::hardened(ORIGIN)
        .secret_key([7; 32].as_slice())
        .token_locations([Location::Headers, Location::Cookies, Location::Query]);
    let auth = Auth::builder(config.build().unwrap());
    let auth = auth.store(store.clone()).with_clock(clock.clone()).build();
    let (mails, outbox) = Mails::new();
    let app = App::new(auth.unwrap(), ORIGIN, mails, between_mails).unwrap();
    app.users.add(ADA, PASSWORD).await.unwrap();
    app.users.add("bob@example.com", PASSWORD).await.unwrap();
    let limits = [Limit::by_address(
        "forms",
        Quota::per_minute(FORMS_PER_MINUTE),
    )];
    let limits = RateLimits::in_memory(limits).unwrap();
    let browser = Browser::new(router(app.clone(), limits), ORIGIN);
    let browser = browser.with_clock(clock.clone()).with_names_of(&app.auth);
    Running {
        app,
        browser,
        clock,
        store,
        outbox,
    }
}

/// More than any test but the one of the limit sends.
const FORMS_PER_MINUTE: u32 = 60;

impl Running {
    /// Asks for a link, and returns the token in it.
    async fn ask(&mut self, address: &str) -> String {
        ask(&self.browser, address).await;
        let mail = self.outbox.try_recv().unwrap();
        assert_eq!(mail.to, address);
        let token = mail.link.strip_prefix(&format!("{ORIGIN}/reset?token="));
        token.unwrap().to_owned()
    }
}

async fn ask(browser: &Browser, address: &str) -> Response {
    let form = [("address", address)];
    browser.submit("/forgot").form(form).send().await
}

async fn reset(browser: &Browser, token: &str, password: &str) -> u16 {
    let form = [("token", token), ("password", password)];
    let response = browser.submit("/reset").form(form).send().await;
    if response.status() == 403 {
        assert!(
            response.text().contains("no longer valid"),
            "{}",
            response.text()
        );
    }
    response.status()
}

async fn log_in(browser: &Browser, password: &str) -> u16 {
    let form = [("address", ADA), ("password", password)];
    browser.submit("/log-in").form(form).send().await.status()
}

async fn me(browser: &Browser) -> String {
    let response = browser.get("/me").send().await;
    response
        .code()
        .map_or_else(|| response.text(), str::to_owned)
}

const ORIGIN: &str = "https://app.example.com";
const ADA: &str = "ada@example.com";
const PASSWORD: &str = "correct horse";
const NEW: &str = "battery staple";

#[tokio::test]
async fn a_reset_changes_the_password_and_ends_the_sessions_of_all_devices() {
    let mut running = start().await;
    let (phone, laptop) = (running.browser.another(), running.browser.another());
    for device in [&phone, &laptop, &running.browser] {
        assert_eq!(log_in(device, PASSWORD).await, 200);
    }
    running.clock.advance(Duration::from_secs(5));
    let token = running.ask(ADA).await;

    // Whatever opens the link, as often as it likes.
    for _ in 0..3 {
        let page = running.browser.open(&format!("/reset?token={token}"));
        let page = page.send().await;
        assert_eq!(page.status(), 200);
        assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(page.text().contains(&format!(r#"value="{token}""#)));
    }
    assert_eq!(me(&phone).await, "1");

    assert_eq!(reset(&running.browser, &token, NEW).await, 303);
    for device in [&phone, &laptop, &running.browser] {
        assert_eq!(me(device).await, "session_ended");
        let refreshed = device.post("/refresh").send().await;
        assert_eq!(refreshed.code(), Some("session_ended"));
    }
    assert_eq!(log_in(&running.browser, PASSWORD).await, 403);
    assert_eq!(log_in(&running.browser, NEW).await, 200);
    assert_eq!(me(&running.browser).await, "1");
}

#[tokio::test]
async fn what_is_no_token_for_a_reset_is_refused() {
    let mut running = start().await;
    let used = running.ask(ADA).await;
    assert_eq!(reset(&running.browser, &used, NEW).await, 303);
    running.clock.advance(Duration::from_secs(1));
    let before = running.ask(ADA).await;
    let expired = running.ask(ADA).await;
    let access = running.app.auth.create_access_token("1").unwrap();
    let refresh = running.app.auth.create_refresh_token("1").unwrap();
    let ada = running.app.users.by_id("1").unwrap();
    let ghost = RESET.for_subject("99").bound_to(&ada.hash);
    let ghost = running.app.auth.create_one_time_token(ghost).unwrap();
    for (row, token) in [
        ("a token that was used", used.as_str()),
        ("an access token", access.as_str()),
        ("a refresh token", refresh.as_str()),
        ("a user who is gone", ghost.as_str()),
        ("no token", ""),
    ] {
        assert_eq!(
            reset(&running.browser, token, "third password").await,
            403,
            "{row}"
        );
    }

    // Without a reset: another way to change the password.
    let hash = running
        .app
        .passwords
        .hash("third password".try_into().unwrap());
    assert!(running.app.users.set_password(&ada, hash.await.unwrap()));
    let row = "a link from before a change of the password";
    assert_eq!(reset(&running.browser, &before, NEW).await, 403, "{row}");

    running.clock.advance(Duration::from_secs(30 * 60));
    let row = "an expired one";
    assert_eq!(reset(&running.browser, &expired, NEW).await, 403, "{row}");
    let page = running.browser.open(&format!("/reset?token={expired}"));
    assert_eq!(page.send().await.status(), 403, "{row}, opened");
    assert_eq!(log_in(&running.browser, "third password").await, 200);
}

#[tokio::test]
async fn an_unfit_password_uses_no_token_up() {
    let mut running = start().await;
    let token = running.ask(ADA).await;
    assert_eq!(reset(&running.browser, &token, "1234567").await, 422);
    assert_eq!(reset(&running.browser, &token, NEW).await, 303);
}

#[tokio::test]
async fn a_store_that_is_down_changes_nothing() {
    let mut running = start().await;
    let token = running.ask(ADA).await;
    running.store.fail();
    assert_eq!(reset(&running.browser, &token, NEW).await, 503);
    running.store.restore();
    assert_eq!(log_in(&running.browser, PASSWORD).await, 200);
    assert_eq!(reset(&running.browser, &token, NEW).await, 303);
}

/// With one link, and with two links of the same user: the second is bound to what the first
/// changed.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_at_once_one_wins() {
    let mut running = start().await;
    for row in ["one link", "two links"] {
        running.clock.advance(Duration::from_secs(1));
        let one = running.ask(ADA).await;
        let other = match row {
            "one link" => one.clone(),
            _ => running.ask(ADA).await,
        };
        let browsers = [running.browser.another(), running.browser.another()];
        let statuses = tokio::join!(
            reset(&browsers[0], &one, "first password"),
            reset(&browsers[1], &other, "second password"),
        );
        assert!(
            matches!(statuses, (303, 403) | (403, 303)),
            "{row}: {statuses:?}"
        );
        let winner = match statuses {
            (303, _) => "first password",
            _ => "second password",
        };
        assert_eq!(log_in(&running.browser, winner).await, 200, "{row}");
    }
}

#[tokio::test]
async fn the_token_of_a_link_opens_nothing_else() {
    let mut running = start().await;
    let token = running.ask(ADA).await;
    let browser = &running.browser;
    let cookies = ["access_token_cookie", "refresh_token_cookie"].map(|name| {
        let prefix = "__Host-Http-";
        format!("{prefix}{name}={token}")
    });
    for (row, path) in [("as access", "/me"), ("as refresh", "/refresh")] {
        let method = if path == "/me" { "GET" } else { "POST" };
        let in_query = format!("{path}?token={token}");
        let requests = [
            browser.fetch(method, path).bearer(&token),
            browser
                .fetch(method, path)
                .as_program()
                .header("cookie", cookies.join("; ")),
            browser.fetch(method, &in_query),
        ];
        for request in requests {
            let response = request.send().await;
            assert_eq!(response.status(), 401, "{row}");
            assert_eq!(response.code(), Some("invalid_token"), "{row}");
        }
    }
    assert_eq!(reset(browser, &token, NEW).await, 303);
}

#[tokio::test]
async fn an_unknown_address_is_answered_as_a_known_one() {
    let mut running = start().await;
    let known = ask(&running.browser, "ADA@example.com").await;
    assert!(running.outbox.try_recv().is_ok());
    let unknown = ask(&running.browser, "eve@example.com").await;
    assert!(running.outbox.try_recv().is_err());
    for response in [&known, &unknown] {
        assert_eq!(response.status(), 200);
    }
    assert_eq!(known.text(), unknown.text());
    let names = [
        "content-type",
        "content-length",
        "cache-control",
        "set-cookie",
    ];
    for name in names {
        assert_eq!(known.header(name), unknown.header(name), "{name}");
    }
}

#[tokio::test]
async fn a_mailbox_is_not_filled() {
    let mut running = start_with(Duration::from_secs(60)).await;
    for _ in 0..3 {
        assert_eq!(ask(&running.browser, ADA).await.status(), 200);
    }
    assert!(running.outbox.try_recv().is_ok());
    assert!(
        running.outbox.try_recv().is_err(),
        "one mail for three requests"
    );
}

#[tokio::test]
async fn other_sites_ask_for_nothing() {
    let running = start().await;
    for path in ["/forgot", "/reset", "/log-in"] {
        let page = running.browser.from_origin("https://evil.example");
        let sent = page.submit(path).form([("address", ADA)]).send().await;
        assert_eq!(sent.code(), Some("cross_site_request"), "{path}");
    }
}

#[tokio::test]
async fn one_client_sends_only_so_many_forms() {
    let running = start().await;
    let empty: [(&str, &str); 0] = [];
    let mut codes = Vec::new();
    for _ in 0..=FORMS_PER_MINUTE {
        let response = running.browser.submit("/log-in").form(empty).send().await;
        codes.push(response.status());
    }
    assert_eq!(codes.last(), Some(&429));
    assert!(!codes[..codes.len() - 1].contains(&429));
}
