//! Cases of neighbours: applications with the same key and the same cookie names, as on two ports
//! of one host. Their tokens are genuine and for another audience, issuer or login type.

use handstamp::{NewToken, SignedToken, purpose::Access};

use crate::adapter::app::access;
use crate::adapter::set_cookies::{LOGOUT, shapes};
use crate::adapter::suite::{Suite, access_cookie, csrf, post, refresh_cookie};
use crate::adapter::{App, REJECTION};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for (row, token) in TOKENS {
        let app = app();
        let token = token(&app);
        let row = format!("neighbours: a log-out next to a token {row}");
        let log_out = || post("/session/log-out").header(CSRF, csrf(&token));
        let reply = suite
            .send(&app, &log_out().cookies([access_cookie(&token)]))
            .await;
        suite.equal(&row, "refusal", reply.header(REJECTION), None);
        suite.equal(&row, "lines", shapes(&reply), [""; 0]);

        let row = format!("{row}, with a refresh token of ours");
        let ours = app.log_in("user1");
        let cookies = [access_cookie(&token), refresh_cookie(ours.refresh())];
        let request = post("/session/log-out").cookies(cookies);
        let reply = suite
            .send(&app, &request.header(CSRF, csrf(ours.refresh())))
            .await;
        suite.equal(&row, "refusal", reply.header(REJECTION), None);
        suite.equal(&row, "lines", shapes(&reply), &LOGOUT[2..]);
        suite.equal(&row, "has ended", app.has_ended(&ours), true);
    }
    let app = app();
    let forged = access(app.other(), "user1");
    let row = "neighbours: a log-out next to a token of another key, which nothing tells from junk";
    let request = post("/session/log-out").cookies([access_cookie(&forged)]);
    let reply = suite.send(&app, &request).await;
    suite.equal(row, "lines", shapes(&reply), LOGOUT);
}

type Token = fn(&App) -> SignedToken<Access>;

const TOKENS: [(&str, Token); 3] = [
    ("for another audience", |app| {
        let token = NewToken::for_subject("user1").login_type("user");
        access(&app.sibling(&[("JWT_ENCODE_AUDIENCE", "another")]), token)
    }),
    ("of another issuer", |app| {
        let token = NewToken::for_subject("user1").login_type("user");
        access(&app.sibling(&[("JWT_ENCODE_ISSUER", "another")]), token)
    }),
    ("of another login type", |app| {
        access(
            &app.sibling(&[]),
            NewToken::for_subject("user1").login_type("admin"),
        )
    }),
];

fn app() -> App {
    App::with_login_type("user", &[("JWT_ENCODE_ISSUER", "ours")])
}

const CSRF: &str = "x-csrf-token";
