//! What a page on another origin can do, and other pages cannot. The same on both frameworks.

use std::time::Duration;

use serde_json::json;

use super::{PAGE, PASSWORD, async_test, scene};

#[async_test]
async fn the_page_posts_with_the_value_of_the_last_answer() {
    let (browser, _) = scene().await;
    let page = browser.from_origin(PAGE);
    let form = json!({"username": "alice", "password": PASSWORD});
    let told = page.post("/login").json(&form).send().await;
    assert_eq!(told.status(), 200);
    assert_eq!(told.header("access-control-allow-origin"), Some(PAGE));
    assert_eq!(told.json()["expires_in"], 900);
    let csrf = told.json()["csrf"].as_str().unwrap();

    let refused = page.post("/posts").without_csrf().send().await;
    assert_eq!(
        (refused.status(), refused.code()),
        (403, Some("missing_csrf_token"))
    );
    assert_eq!(refused.header("access-control-allow-origin"), Some(PAGE));
    let post = page.post("/posts").header("x-csrf-token", csrf);
    assert_eq!(post.send().await.status(), 200);

    let change = json!({"current": PASSWORD, "new": "a new and longer password"});
    let change = page.post("/password").json(&change);
    let changed = change.header("x-csrf-token", csrf).send().await;
    assert_eq!(changed.status(), 200);
    // The session is a new one, and so is its value: that of the answer, and of `GET /session`.
    let old = page.post("/posts").header("x-csrf-token", csrf);
    assert_eq!(old.send().await.code(), Some("csrf_mismatch"));
    let new = changed.json()["csrf"].as_str().unwrap();
    let post = page.post("/posts").header("x-csrf-token", new);
    assert_eq!(post.send().await.status(), 200);
    assert_eq!(page.get("/session").send().await.json()["csrf"], new);
}

#[async_test]
async fn after_a_reload_the_page_refreshes_by_its_origin() {
    let (browser, clock) = scene().await;
    let page = browser.from_origin(PAGE);
    let form = json!({"username": "alice", "password": PASSWORD});
    page.post("/login").json(&form).send().await;
    clock.advance(Duration::from_mins(16));
    let asked = page.get("/session").send().await;
    assert_eq!((asked.status(), asked.code()), (401, Some("token_expired")));

    let evil = browser.from_origin("https://evil.example.com");
    let refused = evil.post("/refresh").without_csrf().send().await;
    assert_eq!(refused.status(), 403);
    let refreshed = page.post("/refresh").without_csrf().send().await;
    assert_eq!(refreshed.status(), 200);
    let csrf = refreshed.json()["csrf"].as_str().unwrap();
    let post = page.post("/posts").header("x-csrf-token", csrf);
    assert_eq!(post.send().await.status(), 200);
}

#[async_test]
async fn a_preflight_needs_no_cookies_and_names_what_is_allowed() {
    let (browser, _) = scene().await;
    for (origin, method, allowed) in [
        (PAGE, "POST", Some(PAGE)),
        (PAGE, "DELETE", Some(PAGE)),
        ("https://evil.example.com", "POST", None),
    ] {
        let stranger = browser.another();
        let asked = stranger
            .fetch("OPTIONS", "/posts")
            .as_program()
            .header("origin", origin)
            .header("access-control-request-method", method)
            .header(
                "access-control-request-headers",
                "content-type,x-csrf-token",
            );
        let told = asked.send().await;
        let seen = told.header("access-control-allow-origin");
        assert_eq!(seen, allowed, "{origin} {method}");
        if allowed.is_some() {
            assert_eq!(told.status(), 200, "{origin} {method}");
            let methods = told.header("access-control-allow-methods");
            assert!(methods.unwrap().contains(method), "{methods:?}");
        }
    }
}

#[async_test]
async fn no_cookie_is_for_script() {
    let (browser, _) = scene().await;
    let form = json!({"username": "alice", "password": PASSWORD});
    let told = browser.from_origin(PAGE).post("/login").json(&form);
    let told = told.send().await;
    // Those of an earlier setting are removed, which takes lines without a value.
    let is_kept = |line: &&str| !line.contains("; Max-Age=0;");
    let lines: Vec<&str> = told.headers("set-cookie").filter(is_kept).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines.iter().all(|line| line.contains("; HttpOnly")),
        "{lines:?}"
    );
}
