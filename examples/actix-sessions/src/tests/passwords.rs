//! A change of the password.

use std::time::Duration;

use handstamp_actix::handstamp::session::ClientInfo;
use handstamp_actix::handstamp::testing::Response;
use handstamp_actix::testing::Browser;
use serde_json::json;
use tokio::time::sleep;

use super::{PASSWORD, log_in, me, sign_up, start};
use crate::error::Error;
use crate::log_in::begin_session;
use crate::password_change;

async fn change(browser: &Browser, current: &str, new: &str) -> Response {
    let form = json!({"current": current, "new": new});
    browser.post("/password").json(&form).send().await
}

#[actix_web::test]
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

#[actix_web::test]
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

#[actix_web::test]
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

#[actix_web::test]
async fn without_sessions_before_the_change_nothing_is_changed() {
    let running = start().await;
    let (app, browser) = (&running.app, &running.browser);
    sign_up(browser, "ada").await;
    let user = app.users.by_name("ada").await.unwrap().unwrap();
    running.store.fail_next();
    let client = ClientInfo::new().into();
    let changed = password_change::change(app.clone(), user, "hash".to_owned(), client).await;
    assert!(matches!(changed, Err(Error::Auth(_))));
    assert_eq!(me(browser).await["name"], "ada");
    let changed = change(browser, PASSWORD, "battery staple").await;
    assert_eq!(changed.status(), 200, "and it can be tried again");
}

#[actix_web::test]
async fn without_sessions_after_the_change_they_are_ended_later() {
    let running = start().await;
    let app = &running.app;
    sign_up(&running.browser, "ada").await;
    let user = app.users.by_name("ada").await.unwrap().unwrap();
    let id = user.id.to_string();
    let count = async || app.auth.sessions(&*id).await.unwrap().len();

    // The pool has one connection: while it is taken, the change waits for the database.
    let taken = app.pool.acquire().await.unwrap();
    let client = ClientInfo::new().into();
    let change = password_change::change(app.clone(), user.clone(), "hash".to_owned(), client);
    let meanwhile = async {
        while count().await > 0 {
            tokio::task::yield_now().await;
        }
        // A log-in with the former password.
        let client = ClientInfo::new().into();
        let begun = app.auth.log_in(&*id, client).await;
        assert!(begun.is_ok());
        running.store.fail();
        drop(taken);
    };
    let (changed, ()) = tokio::join!(change, meanwhile);
    assert!(matches!(changed, Err(Error::LogInAgain)));
    let now = app.users.by_name("ada").await.unwrap().unwrap();
    assert!(now.password_hash == "hash");

    running.store.restore();
    assert_eq!(count().await, 1);
    let mut waited = 0;
    while count().await > 0 {
        assert!(waited < 100, "it goes on");
        waited += 1;
        sleep(Duration::from_millis(50)).await;
    }
}
