//! Links that reset a forgotten password.

use handstamp_axum::testing::Browser;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::{PASSWORD, Scene, log_in, scene};
use crate::app::{App, router};
use crate::reset::{self, Mail};

const NEW: &str = "a new and longer password";

/// The scene with the routes of a forgotten password, and the mails that are sent.
async fn with_mails() -> (Scene, UnboundedReceiver<Mail>) {
    let scene = scene().await;
    scene.users.create_resets().await.unwrap();
    let (mails, sent) = unbounded_channel();
    let app = App {
        auth: scene.auth.clone(),
        users: scene.users.clone(),
    };
    let router = router(app.clone()).merge(reset::routes(app, mails));
    let browser = Browser::new(router, "https://app.example.com")
        .with_clock(scene.clock.clone())
        .with_names_of(&scene.auth);
    (Scene { browser, ..scene }, sent)
}

async fn secret_of(mails: &mut UnboundedReceiver<Mail>) -> String {
    let mail = mails.recv().await.unwrap();
    assert_eq!(mail.to, "alice@example.com");
    mail.link.split_once('#').unwrap().1.to_owned()
}

#[tokio::test]
async fn a_link_sets_the_password_once_and_ends_all_sessions() {
    let (Scene { browser, .. }, mut mails) = with_mails().await;
    let other = browser.another();
    log_in(&browser, "alice", PASSWORD).await;
    let form = json!({"email": "alice@example.com"});
    let answer = other.post("/forgot-password").json(&form).send().await;
    assert_eq!(answer.status(), 202);
    let form = json!({"secret": secret_of(&mut mails).await, "new": NEW});
    assert_eq!(
        other
            .post("/reset-password")
            .json(&form)
            .send()
            .await
            .status(),
        204
    );
    assert_eq!(
        browser.get("/me").send().await.code(),
        Some("session_ended")
    );
    assert_eq!(log_in(&other, "alice", NEW).await, 200);
    let again = other.post("/reset-password").json(&form).send().await;
    assert_eq!((again.status(), again.code()), (410, Some("link_is_over")));
}

#[tokio::test]
async fn an_unknown_address_is_answered_alike_and_gets_no_mail() {
    let (Scene { browser, .. }, mut mails) = with_mails().await;
    for address in ["nobody@example.com", "alice@example.com"] {
        let form = json!({"email": address});
        let answer = browser.post("/forgot-password").json(&form).send().await;
        assert_eq!(
            (answer.status(), answer.body()),
            (202, &b""[..]),
            "{address}"
        );
    }
    secret_of(&mut mails).await; // the first mail is that of alice
}

#[tokio::test]
async fn a_link_that_is_over_guessed_or_of_a_former_password_resets_nothing() {
    let (Scene { browser, users, .. }, mut mails) = with_mails().await;
    let forgotten = json!({"email": "alice@example.com"});
    browser
        .post("/forgot-password")
        .json(&forgotten)
        .send()
        .await;
    let used = secret_of(&mut mails).await;
    browser
        .post("/forgot-password")
        .json(&forgotten)
        .send()
        .await;
    let of_the_former = secret_of(&mut mails).await;
    let form = json!({"secret": used, "new": NEW});
    let reset = browser.post("/reset-password").json(&form).send().await;
    assert_eq!(reset.status(), 204, "{reset:?}");
    browser
        .post("/forgot-password")
        .json(&forgotten)
        .send()
        .await;
    let over = secret_of(&mut mails).await;
    sqlx::query("UPDATE resets SET ends_at = 0")
        .execute(&users.0)
        .await
        .unwrap();
    for secret in ["", "guessed", &used, &of_the_former, &over] {
        let form = json!({"secret": secret, "new": "a password of a thief"});
        let refused = browser.post("/reset-password").json(&form).send().await;
        assert_eq!(refused.code(), Some("link_is_over"), "{secret}");
    }
    assert_eq!(log_in(&browser, "alice", NEW).await, 200);
}
