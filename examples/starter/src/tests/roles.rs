//! What administrators may do, and until when.

use handstamp_axum::minutes;
use handstamp_axum::testing::Browser;
use serde_json::json;

use super::{PASSWORD, Running, log_in, me, sign_up, start};
use crate::roles::Role;

/// Returns a browser in which an administrator is logged in.
async fn admin(running: &Running) -> Browser {
    let admin = running.browser.another();
    sign_up(&admin, "root").await;
    let id = me(&admin).await["id"].as_i64().unwrap();
    running.app.users.set_role(id, Role::Admin).await.unwrap();
    log_in(&admin, "root", PASSWORD).await;
    admin
}

async fn users(browser: &Browser) -> Option<String> {
    let response = browser.get("/admin/users").send().await;
    if response.status() == 200 {
        None
    } else {
        response.code().map(str::to_owned)
    }
}

#[tokio::test]
async fn only_administrators_see_all_users() {
    let running = start().await;
    sign_up(&running.browser, "ada").await;
    let refused = users(&running.browser).await;
    assert_eq!(refused.as_deref(), Some("insufficient_scope"));
    assert_eq!(users(&admin(&running).await).await, None);
}

#[tokio::test]
async fn a_role_is_in_the_tokens_from_the_next_refresh_on() {
    let running = start().await;
    let browser = &running.browser;
    sign_up(browser, "ada").await;
    let id = me(browser).await["id"].as_i64().unwrap();
    // As `grant-admin` does, in another process.
    running.app.users.set_role(id, Role::Admin).await.unwrap();
    assert_eq!(users(browser).await.as_deref(), Some("insufficient_scope"));
    assert_eq!(browser.post("/refresh").send().await.status(), 200);
    assert_eq!(users(browser).await, None);
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_with_the_next_request() {
    let running = start().await;
    let (admin, other) = (admin(&running).await, &running.browser);
    sign_up(other, "ada").await;
    let path = format!("/admin/users/{}/role", me(other).await["id"]);
    let set = async |role: &str| {
        let response = admin.put(&path).json(&json!({"role": role})).send().await;
        assert_eq!(response.status(), 200, "{}", response.text());
    };
    set("admin").await;
    other.post("/refresh").send().await;
    assert_eq!(users(other).await, None);
    set("member").await;
    // Its access token still has the scope.
    assert_eq!(users(other).await.as_deref(), Some("not_allowed"));
    assert_eq!(
        other.get("/notes").send().await.status(),
        200,
        "and the session goes on"
    );
    other.post("/refresh").send().await;
    assert_eq!(users(other).await.as_deref(), Some("insufficient_scope"));
}

#[tokio::test]
async fn the_role_of_nobody_is_not_set() {
    let running = start().await;
    let admin = admin(&running).await;
    for (case, id) in [("no number", "ada"), ("no user", "99")] {
        let path = format!("/admin/users/{id}/role");
        let response = admin.put(&path).json(&json!({"role": "member"})).send();
        let response = response.await;
        assert_eq!(response.status(), 404, "{case}");
        assert_eq!(response.code(), Some("not_found"), "{case}");
    }
}

#[tokio::test]
async fn after_ten_minutes_an_administrator_gives_the_password_again() {
    let running = start().await;
    let admin = admin(&running).await;
    running.clock.advance(minutes(9));
    assert_eq!(users(&admin).await, None);
    running.clock.advance(minutes(2));
    assert_eq!(users(&admin).await.as_deref(), Some("fresh_token_required"));
    for (case, password, code) in [
        ("a wrong password", "wrong horse", Some("wrong_password")),
        ("the password", PASSWORD, None),
    ] {
        let form = json!({"password": password});
        let response = admin.post("/confirm").json(&form).send().await;
        assert_eq!(response.code(), code, "{case}");
        assert_eq!(users(&admin).await.is_none(), code.is_none(), "{case}");
    }
    // A refresh is no log-in: after it the time still counts from the password.
    running.clock.advance(minutes(11));
    admin.post("/refresh").send().await;
    assert_eq!(users(&admin).await.as_deref(), Some("fresh_token_required"));
}
