//! Sign-up and log-in.

use std::net::SocketAddr;

use serde_json::json;

use super::{PASSWORD, log_in, me, sign_up, start, start_with};

#[actix_web::test]
async fn who_signs_up_is_logged_in() {
    let browser = start().await.browser;
    assert_eq!(sign_up(&browser, "ada").await.status(), 200);
    assert_eq!(me(&browser).await["name"], "ada");
    assert_eq!(browser.post("/logout").send().await.status(), 200);
    assert_eq!(
        browser.get("/me").send().await.code(),
        Some("missing_token")
    );
    assert_eq!(log_in(&browser, "Ada", PASSWORD).await.status(), 200);
    assert_eq!(me(&browser).await["role"], "member");
}

#[actix_web::test]
async fn sign_ups_that_are_refused() {
    let browser = start().await.browser;
    sign_up(&browser, "ada").await;
    let other = browser.another();
    for (case, name, password, code) in [
        ("the name is taken", "ada", PASSWORD, "name_taken"),
        ("in another case too", "ADA", PASSWORD, "name_taken"),
        ("a short name", "ab", PASSWORD, "invalid_body"),
        ("a name with a blank", "ada l", PASSWORD, "invalid_body"),
        ("a short password", "grace", "1234567", "invalid_body"),
    ] {
        let form = json!({"username": name, "password": password});
        let response = other.post("/signup").json(&form).send().await;
        assert_eq!(response.code(), Some(code), "{case}");
        assert!(other.get("/me").send().await.status() == 401, "{case}");
    }
}

#[actix_web::test]
async fn log_ins_that_are_refused_say_the_same() {
    let browser = start().await.browser;
    sign_up(&browser, "ada").await;
    let other = browser.another();
    for (case, name, password) in [
        ("a wrong password", "ada", "wrong horse"),
        ("no such user", "grace", PASSWORD),
        ("a name that no user can have", "a b", PASSWORD),
        (
            "the dummy's password",
            "grace",
            "not the password of any user",
        ),
    ] {
        let response = log_in(&other, name, password).await;
        assert_eq!(response.status(), 401, "{case}");
        assert_eq!(response.code(), Some("invalid_credentials"), "{case}");
        assert_eq!(
            other.get("/me").send().await.code(),
            Some("missing_token"),
            "{case}"
        );
    }
}

#[actix_web::test]
async fn another_site_can_make_no_browser_log_in() {
    let browser = start().await.browser;
    sign_up(&browser, "ada").await;
    let other = browser.another();
    let evil = other.from_origin("https://evil.example");
    let form = json!({"username": "ada", "password": PASSWORD});
    let response = evil.post("/login").json(&form).send().await;
    assert_eq!(response.code(), Some("cross_site_request"));
}

#[actix_web::test]
async fn passwords_are_tried_ten_times_at_once_and_then_with_time_between() {
    let browser = start().await.browser;
    sign_up(&browser, "ada").await;
    let other = browser.another();
    for _ in 0..10 {
        assert_eq!(log_in(&other, "ada", "wrong horse").await.status(), 401);
    }
    let response = log_in(&other, "ADA", PASSWORD).await;
    assert_eq!(response.code(), Some("rate_limited"), "the right one too");
    assert!(response.header("retry-after").is_some());
    assert_eq!(
        me(&browser).await["name"],
        "ada",
        "who is logged in stays so"
    );
}

#[actix_web::test]
async fn log_ins_of_a_stranger_keep_no_user_from_confirming() {
    let browser = start().await.browser;
    sign_up(&browser, "ada").await;
    let other = browser.another();
    for _ in 0..11 {
        log_in(&other, "ada", "wrong horse").await;
    }
    let confirm = async |password: &str| {
        let form = json!({"password": password});
        browser.post("/confirm").json(&form).send().await
    };
    assert_eq!(confirm(PASSWORD).await.status(), 200);
    for _ in 0..9 {
        assert_eq!(confirm("wrong horse").await.code(), Some("wrong_password"));
    }
    assert_eq!(confirm(PASSWORD).await.code(), Some("rate_limited"));
    let form = json!({"current": PASSWORD, "new": "battery staple"});
    let change = browser.post("/password").json(&form).send().await;
    assert_eq!(change.code(), Some("rate_limited"), "they count together");
}

#[actix_web::test]
async fn text_that_is_no_name_is_counted_by_address_alone() {
    let browser = start().await.browser;
    for _ in 0..11 {
        let response = log_in(&browser, "a b", PASSWORD).await;
        assert_eq!(response.code(), Some("invalid_credentials"));
    }
}

#[actix_web::test]
async fn the_address_is_the_one_that_our_proxy_or_we_have_seen() {
    for (case, behind_proxy, peer, header, address) in [
        (
            "behind a proxy",
            true,
            "192.0.2.1:1",
            "203.0.113.9",
            "203.0.113.9",
        ),
        (
            "what the client sent is no proof",
            true,
            "192.0.2.1:1",
            "198.51.100.1, 203.0.113.9",
            "203.0.113.9",
        ),
        (
            "it may be no text",
            true,
            "192.0.2.1:1",
            "é, 203.0.113.9",
            "203.0.113.9",
        ),
        (
            "IPv4 in the form of IPv6, behind a proxy",
            true,
            "192.0.2.1:1",
            "::ffff:203.0.113.9",
            "203.0.113.9",
        ),
        (
            "without a proxy it is none either",
            false,
            "192.0.2.1:1",
            "198.51.100.1",
            "192.0.2.1",
        ),
        (
            "IPv4 in the form of IPv6, without a proxy",
            false,
            "[::ffff:192.0.2.1]:1",
            "198.51.100.1",
            "192.0.2.1",
        ),
    ] {
        let browser = start_with(behind_proxy).await.browser;
        let browser = browser.with_peer(peer.parse::<SocketAddr>().unwrap());
        let form = json!({"username": "ada", "password": PASSWORD});
        let sent = browser
            .post("/signup")
            .json(&form)
            .header("x-forwarded-for", header);
        assert_eq!(sent.send().await.status(), 200, "{case}");
        let sessions = browser.get("/sessions").send().await;
        assert_eq!(sessions.json()["sessions"][0]["address"], address, "{case}");
    }
}

#[actix_web::test]
async fn addresses_behind_a_proxy_that_are_refused() {
    let browser = start_with(true).await.browser;
    for (case, header) in [
        ("no text", "203.0.113.9, é"),
        ("no address", "203.0.113.9, unknown"),
        ("nothing after the comma", "203.0.113.9,"),
        ("a port", "203.0.113.9:80"),
    ] {
        let form = json!({"username": "ada", "password": PASSWORD});
        let sent = browser
            .post("/signup")
            .json(&form)
            .header("x-forwarded-for", header);
        let response = sent.send().await;
        assert_eq!(response.status(), 400, "{case}");
        assert_eq!(response.code(), Some("invalid_forwarded_for"), "{case}");
    }
}
