//! The API in JSON, which cookies alone do not open.

use handstamp_actix::testing::Browser;
use serde_json::json;

use super::{me, sign_up, start};
use crate::notes::NOTES_PER_USER;

#[actix_web::test]
async fn a_user_has_own_notes() {
    let browser = start().await.browser;
    sign_up(&browser, "ada").await;
    let note = browser
        .post("/notes")
        .json(&json!({"text": "first"}))
        .send()
        .await;
    assert_eq!(note.status(), 201);
    let notes = browser.get("/notes").send().await;
    assert_eq!(notes.json(), &json!([{"id": 1, "text": "first"}]));

    let other = browser.another();
    sign_up(&other, "grace").await;
    assert_eq!(other.get("/notes").send().await.json(), &json!([]));
    assert_eq!(
        other.delete("/notes/1").send().await.code(),
        Some("not_found")
    );
    assert_eq!(browser.delete("/notes/1").send().await.status(), 204);
}

#[actix_web::test]
async fn a_post_without_the_csrf_value_is_refused() {
    let browser = start().await.browser;
    sign_up(&browser, "ada").await;
    let post = || browser.post("/notes").json(&json!({"text": "forged"}));
    let refused = post().without_csrf().send().await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.code(), Some("missing_csrf_token"));
    assert_eq!(browser.get("/notes").send().await.json(), &json!([]));
    assert_eq!(post().send().await.status(), 201);
}

#[actix_web::test]
async fn bodies_that_are_refused() {
    let browser = start().await.browser;
    sign_up(&browser, "ada").await;
    let large = format!(r#"{{"text": "{}"}}"#, "x".repeat(17 * 1024));
    for (case, media_type, body, status) in [
        ("no JSON", "application/json", "{", 400),
        ("a member is missing", "application/json", "{}", 422),
        ("another media type", "text/plain", r#"{"text": "x"}"#, 415),
        ("too long", "application/json", &large, 413),
    ] {
        let response = browser
            .post("/notes")
            .body(media_type, body.to_owned())
            .send()
            .await;
        assert_eq!(response.status(), status, "{case}");
        assert_eq!(response.code(), Some("invalid_body"), "{case}");
    }
}

#[actix_web::test]
async fn paths_with_an_id_of_nothing() {
    let browser = start().await.browser;
    sign_up(&browser, "ada").await;
    for (case, id) in [
        ("no number", "first"),
        ("a number with more behind it", "1st"),
        ("no whole number", "1.5"),
        ("a number that no id can be", "9223372036854775808"),
        ("below zero", "-1"),
        ("no UTF-8", "%FF"),
        ("a note that there is not", "1"),
    ] {
        let response = browser.delete(&format!("/notes/{id}")).send().await;
        assert_eq!(response.status(), 404, "{case}");
        assert_eq!(response.code(), Some("not_found"), "{case}");
    }
}

#[actix_web::test]
async fn a_user_has_so_many_notes_at_most() {
    let running = start().await;
    let browser = &running.browser;
    sign_up(browser, "ada").await;
    let all_but_one = "WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < ?) \
                       INSERT INTO notes (user_id, text) SELECT ?, 'old' FROM n";
    let all_but_one = sqlx::query(all_but_one).bind(NOTES_PER_USER);
    let all_but_one = all_but_one.bind(me(browser).await["id"].as_i64());
    all_but_one.execute(&running.app.pool).await.unwrap();

    let other = browser.another();
    sign_up(&other, "grace").await;
    let add = async |browser: &Browser| {
        let note = json!({"text": "new"});
        browser.post("/notes").json(&note).send().await
    };
    assert_eq!(add(browser).await.status(), 201, "the last one");
    let refused = add(browser).await;
    assert_eq!(refused.status(), 409, "one too many");
    assert_eq!(refused.code(), Some("too_many_notes"));
    assert_eq!(add(&other).await.status(), 201, "a note of another user");
    assert_eq!(browser.delete("/notes/1").send().await.status(), 204);
    assert_eq!(add(browser).await.status(), 201, "one in its place");
}

#[actix_web::test]
async fn the_token_of_a_deleted_user_opens_nothing() {
    let running = start().await;
    let browser = &running.browser;
    sign_up(browser, "ada").await;
    let id = me(browser).await["id"].as_i64();
    let query = sqlx::query("DELETE FROM users WHERE id = ?").bind(id);
    query.execute(&running.app.pool).await.unwrap();
    assert_eq!(
        browser.get("/notes").send().await.code(),
        Some("unknown_subject")
    );
    let refreshed = browser.post("/refresh").send().await;
    assert_eq!(refreshed.code(), Some("session_ended"));
    // The next user gets another id, and so none of the tokens of this one.
    let other = browser.another();
    sign_up(&other, "grace").await;
    assert_ne!(me(&other).await["id"].as_i64(), id);
}
