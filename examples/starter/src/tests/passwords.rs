//! A change of the password.

use handstamp_axum::handstamp::session::ClientInfo;
use handstamp_axum::handstamp::testing::Response;
use handstamp_axum::testing::Browser;
use serde_json::json;

use super::{PASSWORD, log_in, me, sign_up, start};
use crate::error::Error;
use crate::log_in::begin_session;

async fn change(browser: &Browser, current: &str, new: &str) -> Response {
    let form = json!({"current": current, "new": new});
    browser.post("/password").json(&form).send().await
}

#[tokio::test]
async fn a_change_of_the_password_logs_out_the_other_browser_and_keeps_this_one() {
    let browser = start().await.browser;
    sign_up(&browser, "ada").await;
    let other = browser.another();
    log_in(&other, "ada", PASSWORD).await;
    assert_eq!(me(&other).await["name"], "ada");

    let changed = change(&browser, PASSWORD, "battery staple").await;
    assert_eq!(changed.status(), 200, "{}", changed.text());
    assert_eq!(me(&browser).await["name"], "ada");
    assert_eq!(other.get("/me").send().await.code(), Some("session_ended"));
    assert_eq!(
        other.post("/refresh").send().await.code(),
        Some("session_ended")
    );
    assert_eq!(log_in(&other, "ada", PASSWORD).await.status(), 401);
    assert_eq!(log_in(&other, "ada", "battery staple").await.status(), 200);
}

#[tokio::test]
async fn changes_that_are_refused_change_nothing() {
    let browser = start().await.browser;
    sign_up(&browser, "ada").await;
    for (case, current, new, code) in [
        (
            "a wrong password",
            "wrong horse",
            "battery staple",
            "wrong_password",
        ),
        ("a short new one", PASSWORD, "1234567", "invalid_body"),
    ] {
        assert_eq!(
            change(&browser, current, new).await.code(),
            Some(code),
            "{case}"
        );
        assert_eq!(me(&browser).await["name"], "ada", "{case}");
        assert_eq!(
            log_in(&browser.another(), "ada", PASSWORD).await.status(),
            200,
            "{case}"
        );
    }
}

#[tokio::test]
async fn a_log_in_with_a_password_that_is_changed_meanwhile_begins_and_ends_nothing() {
    let running = start().await;
    let (app, browser) = (&running.app, &running.browser);
    sign_up(browser, "ada").await;
    // As a log-in reads it, before it has begun a session.
    let user = app.users.by_name("ada").await.unwrap().unwrap();
    change(browser, PASSWORD, "battery staple").await;
    let begun = begin_session(app, &user, ClientInfo::new().into()).await;
    assert!(matches!(begun, Err(Error::WrongCredentials)));
    let sessions = app.auth.sessions(user.id.to_string()).await.unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!(me(browser).await["name"], "ada", "the new session goes on");
}
