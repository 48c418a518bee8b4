//! The password once more, before what cannot be undone.

use std::time::Duration;

use serde_json::json;

use super::{PASSWORD, Scene, async_test, log_in, scene};

#[async_test]
async fn an_account_is_deleted_only_soon_after_the_password() {
    let Scene {
        browser,
        users,
        clock,
        ..
    } = scene().await;
    log_in(&browser, "alice", PASSWORD).await;
    clock.advance(Duration::from_mins(6));
    let refused = browser.delete("/account").send().await;
    assert_eq!(
        (refused.status(), refused.code()),
        (401, Some("fresh_token_required"))
    );

    let wrong = json!({"password": "guessed"});
    let wrong = browser.post("/reauthenticate").json(&wrong).send().await;
    assert_eq!(
        (wrong.status(), wrong.code()),
        (403, Some("wrong_password"))
    );
    let right = json!({"password": PASSWORD});
    assert_eq!(
        browser
            .post("/reauthenticate")
            .json(&right)
            .send()
            .await
            .status(),
        200
    );

    assert_eq!(browser.delete("/account").send().await.status(), 204);
    assert!(users.by_name("alice").await.unwrap().is_none());
    assert_eq!(
        browser.get("/me").send().await.code(),
        Some("missing_token")
    );
}

#[async_test]
async fn a_refresh_keeps_the_time_of_the_password() {
    let Scene { browser, clock, .. } = scene().await;
    log_in(&browser, "alice", PASSWORD).await;
    clock.advance(Duration::from_mins(4));
    assert_eq!(browser.post("/refresh").send().await.status(), 200);
    clock.advance(Duration::from_mins(2));
    let refused = browser.delete("/account").send().await;
    assert_eq!(refused.code(), Some("fresh_token_required"));
}
