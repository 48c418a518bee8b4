//! Cases of log-outs whose body is read.

use handstamp::TokenPair;
use serde_json::json;

use super::{App, CSRF, FORM, JSON, REJECTION, Suite, access_cookie, csrf, post, sent};
use crate::adapter::suite::refresh_cookie;
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    type Row = (
        &'static str,
        fn(&App, &TokenPair) -> Request,
        Result<usize, &'static str>,
    );
    let rows: [Row; 10] = [
        (
            "a form",
            |_, tokens| by_form(tokens, csrf(tokens.access())),
            Ok(4),
        ),
        (
            "a form with the refresh token's value",
            |_, tokens| by_form(tokens, csrf(tokens.refresh())),
            Ok(4),
        ),
        (
            "a form with a masked value",
            |app, tokens| by_form(tokens, &app.masked(tokens.access())),
            Ok(4),
        ),
        (
            "a form of our page",
            |_, tokens| {
                by_form(tokens, csrf(tokens.access())).header("sec-fetch-site", "same-origin")
            },
            Ok(4),
        ),
        (
            "a form of a sibling that knows the value",
            |_, tokens| {
                by_form(tokens, csrf(tokens.access())).header("sec-fetch-site", "same-site")
            },
            Err("cross_site_request"),
        ),
        (
            "a form with a wrong value",
            |_, tokens| by_form(tokens, "x"),
            Err("csrf_mismatch"),
        ),
        (
            "a form with an empty value",
            |_, tokens| by_form(tokens, ""),
            Err("missing_csrf_token"),
        ),
        (
            "a header, without a body",
            |_, tokens| {
                let cookie = access_cookie(tokens.access());
                post(LOG_OUT)
                    .cookies([cookie])
                    .header(CSRF, csrf(tokens.access()))
            },
            Ok(4),
        ),
        (
            "a token in JSON",
            |_, tokens| {
                sent(
                    LOG_OUT,
                    JSON,
                    json!({"refresh_token": tokens.refresh().as_str()}).to_string(),
                )
            },
            Ok(4),
        ),
        ("nothing", |_, _| post(LOG_OUT), Ok(4)),
    ];
    for (row, request, expected) in rows {
        let sentence = format!("a log-out by {row}");
        let app = App::new(&[
            ("JWT_CSRF_CHECK_FORM", "true"),
            ("JWT_TOKEN_LOCATION", "json,cookies"),
        ]);
        let tokens = app.log_in("user1");
        let request = request(&app, &tokens);
        let reply = suite.send(&app, &request).await;
        let lines = reply.all("set-cookie").count();
        let got = reply.header(REJECTION).map_or(Ok(lines), Err);
        suite.equal(&sentence, "answer", got, expected);
        let request = post("/access")
            .cookies([access_cookie(tokens.access())])
            .header(CSRF, csrf(tokens.access()));
        let over = expected.is_ok() && row != "nothing";
        let after = if over {
            Err("session_ended")
        } else {
            Ok("user1")
        };
        suite.check(&sentence, &app, request, after).await;
    }
}

fn by_form(tokens: &TokenPair, value: &str) -> Request {
    let cookies = [
        access_cookie(tokens.access()),
        refresh_cookie(tokens.refresh()),
    ];
    sent(LOG_OUT, FORM, format!("csrf_token={value}")).cookies(cookies)
}

const LOG_OUT: &str = "/session/log-out-body";
