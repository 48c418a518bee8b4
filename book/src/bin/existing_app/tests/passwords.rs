//! Sign-up, log-in, and what a change of the password ends. The same on both frameworks.

use std::time::Duration;

use serde_json::json;

use super::{PASSWORD, Scene, async_test, log_in, scene};

const NEW: &str = "a new and longer password";

#[async_test]
async fn who_signs_up_can_log_in_and_a_name_is_given_once() {
    let Scene { browser, .. } = scene().await;
    let form = json!({"username": "carol", "email": "carol@example.com", "password": NEW});
    let added = browser.post("/sign-up").json(&form).send().await;
    assert_eq!(added.status(), 201);
    let again = browser.post("/sign-up").json(&form).send().await;
    assert_eq!((again.status(), again.code()), (409, Some("name_taken")));
    assert_eq!(again.json()["message"], "This name or address is taken");
    assert_eq!(log_in(&browser, "carol", NEW).await, 200);
    assert_eq!(browser.get("/me").send().await.json()["name"], "carol");
}

#[async_test]
async fn a_wrong_password_and_a_wrong_name_are_refused_alike() {
    let Scene { browser, .. } = scene().await;
    for (name, password) in [("alice", "guessed"), ("nobody", PASSWORD), ("alice", "")] {
        let form = json!({"username": name, "password": password});
        let refused = browser.post("/login").json(&form).send().await;
        assert_eq!(
            (refused.status(), refused.code()),
            (401, Some("invalid_credentials")),
            "{name} {password}"
        );
        assert_eq!(refused.json()["message"], "Invalid username or password");
        assert_eq!(
            browser.get("/me").send().await.code(),
            Some("missing_token")
        );
    }
}

#[async_test]
async fn another_site_can_log_no_visitor_in() {
    let Scene { browser, .. } = scene().await;
    let form = json!({"username": "alice", "password": PASSWORD});
    let evil = browser.from_origin("https://evil.example");
    let refused = evil.post("/login").json(&form).send().await;
    assert_eq!(
        (refused.status(), refused.code()),
        (403, Some("cross_site_request"))
    );
}

#[async_test]
async fn a_session_is_refreshed_and_ends_at_the_log_out() {
    let Scene { browser, clock, .. } = scene().await;
    log_in(&browser, "alice", PASSWORD).await;
    clock.advance(Duration::from_mins(16));
    assert_eq!(
        browser.get("/me").send().await.code(),
        Some("token_expired")
    );
    assert_eq!(browser.post("/refresh").send().await.status(), 200);
    assert_eq!(browser.get("/me").send().await.status(), 200);
    assert_eq!(browser.post("/logout").send().await.status(), 200);
    assert_eq!(
        browser.get("/me").send().await.code(),
        Some("missing_token")
    );
}

#[async_test]
async fn after_a_change_the_former_password_logs_no_one_in() {
    let Scene { browser, .. } = scene().await;
    log_in(&browser, "alice", PASSWORD).await;
    let wrong = json!({"current": "guessed", "new": NEW});
    let refused = browser.post("/password").json(&wrong).send().await;
    assert_eq!(
        (refused.status(), refused.code()),
        (403, Some("wrong_password"))
    );
    let change = json!({"current": PASSWORD, "new": NEW});
    assert_eq!(
        browser
            .post("/password")
            .json(&change)
            .send()
            .await
            .status(),
        200
    );
    let other = browser.another();
    assert_eq!(log_in(&other, "alice", PASSWORD).await, 401);
    assert_eq!(log_in(&other, "alice", NEW).await, 200);
}

#[async_test]
async fn a_copy_of_the_old_cookies_is_out_after_a_change() {
    let Scene {
        browser,
        auth,
        users,
        ..
    } = scene().await;
    log_in(&browser, "alice", PASSWORD).await;
    let name = "__Host-Http-access_token_cookie";
    let copied = format!("{name}={}", browser.cookie(name).unwrap());
    let change = json!({"current": PASSWORD, "new": NEW});
    browser.post("/password").json(&change).send().await;
    let thief = browser.another();
    let refused = thief.get("/me").header("cookie", copied).send().await;
    assert_eq!(refused.code(), Some("session_ended"));
    let alice = users.by_name("alice").await.unwrap().unwrap();
    assert_eq!(
        auth.sessions(alice.subject()).await.unwrap().iter().count(),
        1
    );
}

#[async_test]
async fn a_change_can_leave_the_session_of_this_browser() {
    let Scene { browser, .. } = scene().await;
    let phone = browser.another();
    log_in(&browser, "alice", PASSWORD).await;
    log_in(&phone, "alice", PASSWORD).await;
    let session = browser.get("/session").send().await.json()["session_id"].clone();
    let path = "/password-of-this-session";
    let wrong = json!({"current": "guessed", "new": NEW});
    let refused = browser.post(path).json(&wrong).send().await;
    assert_eq!(
        (refused.status(), refused.code()),
        (403, Some("wrong_password"))
    );
    assert_eq!(phone.get("/me").send().await.status(), 200);

    let change = json!({"current": PASSWORD, "new": NEW});
    let changed = browser.post(path).json(&change).send().await;
    assert_eq!(
        (changed.status(), &changed.json()["ended"]),
        (200, &json!(1))
    );
    assert_eq!(changed.headers("set-cookie").count(), 0);
    let now = browser.get("/session").send().await.json()["session_id"].clone();
    assert_eq!(now, session);
    assert_eq!(phone.get("/me").send().await.code(), Some("session_ended"));
    assert_eq!(log_in(&phone, "alice", PASSWORD).await, 401);
}

#[async_test]
async fn to_log_out_everywhere_ends_every_session() {
    let Scene { browser, .. } = scene().await;
    let phone = browser.another();
    log_in(&browser, "alice", PASSWORD).await;
    log_in(&phone, "alice", PASSWORD).await;
    let ended = browser.post("/log-out-everywhere").send().await;
    assert_eq!((ended.status(), &ended.json()["ended"]), (200, &json!(2)));
    assert_eq!(
        browser.get("/me").send().await.code(),
        Some("missing_token")
    );
    assert_eq!(phone.get("/me").send().await.code(), Some("session_ended"));
    assert_eq!(
        phone.post("/refresh").send().await.code(),
        Some("session_ended")
    );
}
