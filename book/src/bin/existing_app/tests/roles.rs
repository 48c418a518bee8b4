//! Roles in tokens and roles that are looked up: when each of them ends.

use std::time::Duration;

use serde_json::{Value, json};

use super::{PASSWORD, Scene, async_test, log_in, scene};

#[async_test]
async fn a_role_that_is_taken_away_ends_at_once_or_with_the_token() {
    let Scene {
        browser: root,
        users,
        clock,
        ..
    } = scene().await;
    let alice = root.another();
    log_in(&root, "root", PASSWORD).await;
    log_in(&alice, "alice", PASSWORD).await;
    let id = users.by_name("alice").await.unwrap().unwrap().id;
    let role = json!({"role": "user"});
    let path = format!("/admin/users/{id}/role");
    assert_eq!(alice.put(&path).json(&role).send().await.status(), 403);
    assert_eq!(root.put(&path).json(&role).send().await.status(), 204);

    // Looked up: it is so at once.
    assert_eq!(alice.get("/me").send().await.json()["role"], "user");
    // In the token: until the token is refreshed.
    assert_eq!(alice.post("/posts").send().await.status(), 200);
    clock.advance(Duration::from_mins(16));
    assert_eq!(alice.post("/refresh").send().await.status(), 200);
    let refused = alice.post("/posts").send().await;
    assert_eq!(
        (refused.status(), refused.code()),
        (403, Some("insufficient_scope"))
    );
}

#[async_test]
async fn an_administrator_who_is_none_any_more_is_refused_at_once() {
    let Scene {
        browser: root,
        users,
        ..
    } = scene().await;
    log_in(&root, "root", PASSWORD).await;
    let id = users.by_name("root").await.unwrap().unwrap().id;
    users.set_role(id, "user").await.unwrap();
    let refused = root.get("/admin/users").send().await;
    assert_eq!((refused.status(), refused.code()), (403, Some("forbidden")));
}

#[async_test]
async fn a_user_who_is_locked_out_is_out_at_once() {
    let Scene {
        browser: root,
        users,
        ..
    } = scene().await;
    let bob = root.another();
    log_in(&root, "root", PASSWORD).await;
    log_in(&bob, "bob", PASSWORD).await;
    let id = users.by_name("bob").await.unwrap().unwrap().id;
    let disabled = root
        .post(&format!("/admin/users/{id}/disable"))
        .send()
        .await;
    assert_eq!(disabled.status(), 204);
    assert_eq!(bob.get("/me").send().await.code(), Some("session_ended"));
    assert_eq!(log_in(&bob, "bob", PASSWORD).await, 401);
    let unknown = root.post("/admin/users/99/disable").send().await;
    assert_eq!(unknown.status(), 404);
}

#[async_test]
async fn the_first_administrator_is_made_by_the_name() {
    let Scene { browser, users, .. } = scene().await;
    log_in(&browser, "bob", PASSWORD).await;
    assert_eq!(browser.get("/admin/users").send().await.status(), 403);
    assert!(users.grant_admin("nobody").await.unwrap().is_none());
    let bob = users.grant_admin("bob").await.unwrap().unwrap();
    assert_eq!((&*bob.name, &*bob.role), ("bob", "admin"));
    assert_eq!(browser.get("/admin/users").send().await.status(), 200);
    let alice = users.by_name("alice").await.unwrap().unwrap();
    assert_eq!(alice.role, "editor");
}

#[async_test]
async fn the_user_of_the_session_is_shown() {
    let Scene {
        browser,
        auth,
        users,
        ..
    } = scene().await;
    let alice = users.by_name("alice").await.unwrap().unwrap();
    // Without a password, and it returns nothing: from here on the browser has the cookies.
    browser.logged_in_as(&auth, alice.subject()).await;
    let response = browser.get("/me").send().await;
    let me: &Value = response.json();
    assert_eq!(me["name"], "alice");
    assert_eq!(me["role"].as_str(), Some("editor"));
}
