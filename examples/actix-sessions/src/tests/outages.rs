//! When sessions or the database cannot be reached, no user is let in and none is logged out.

use super::{PASSWORD, log_in, me, sign_up, start};

#[actix_web::test]
async fn without_sessions_requests_are_refused_for_a_while() {
    let running = start().await;
    let browser = &running.browser;
    sign_up(browser, "ada").await;
    running.store.fail();
    for (case, response) in [
        ("a page", browser.get("/notes").send().await),
        ("a refresh", browser.post("/refresh").send().await),
        (
            "a log-in",
            log_in(&browser.another(), "ada", PASSWORD).await,
        ),
    ] {
        assert_eq!(response.status(), 503, "{case}");
        assert_eq!(response.code(), Some("store_unavailable"), "{case}");
        assert_eq!(response.header("set-cookie"), None, "{case}");
    }
    running.store.restore();
    assert_eq!(me(browser).await["name"], "ada");
}

#[actix_web::test]
async fn without_the_database_requests_are_refused_for_a_while() {
    let running = start().await;
    let browser = &running.browser;
    sign_up(browser, "ada").await;
    assert_eq!(browser.get("/health").send().await.status(), 200);
    running.app.pool.close().await;
    assert_eq!(browser.get("/health").send().await.status(), 503);
    for (case, response, code) in [
        (
            "a page",
            browser.get("/notes").send().await,
            "store_unavailable",
        ),
        (
            "a refresh",
            browser.post("/refresh").send().await,
            "unavailable",
        ),
        (
            "a log-in",
            log_in(&browser.another(), "ada", PASSWORD).await,
            "unavailable",
        ),
    ] {
        assert_eq!(response.status(), 503, "{case}");
        assert_eq!(response.code(), Some(code), "{case}");
        assert!(response.header("retry-after").is_some(), "{case}");
    }
}
