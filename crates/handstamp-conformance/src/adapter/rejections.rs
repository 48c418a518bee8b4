//! Cases of the status, headers and body of every rejection, in both styles, which
//! `codes.json` of the core must list as well.

use serde_json::{Value, json};

use super::refusals::{REFUSALS, Refusal};
use super::suite::{Suite, access_cookie, get, post, refresh_cookie};
use super::{App, REJECTION};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for refusal in &REFUSALS {
        let body = standard_body(refusal);
        expect(suite, refusal, Style::Standard, refusal.standard.0, &body).await;
        let body = authx_body(refusal);
        expect(suite, refusal, Style::AuthX, refusal.authx, &body).await;
    }
    the_list_says_the_same(suite);
    other_words(suite).await;
}

#[derive(Clone, Copy)]
enum Style {
    Standard,
    AuthX,
}

async fn expect<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    refusal: &Refusal,
    style: Style,
    status: u16,
    body: &str,
) {
    let mut settings = refusal.settings.to_vec();
    let [standard, authx] = refusal.challenges;
    let (named, media_type, challenge) = match style {
        Style::Standard => ("standard", "application/problem+json", standard),
        Style::AuthX => ("authx", "application/json", authx),
    };
    settings.push(("HANDSTAMP_ERROR_STYLE", named));
    let app = App::new(&settings);
    let request = (refusal.request)(&app);
    let layered = request.clone().to("/layered");
    let at_access = request.target() == "/access";
    for request in [Some(request), at_access.then_some(layered)]
        .into_iter()
        .flatten()
    {
        let row = format!("{} ({}, {named})", refusal.row, request.target());
        let reply = suite.send(&app, &request).await;
        suite.equal(&row, "status", reply.status, status);
        suite.equal(&row, "body", reply.body.as_str(), body);
        for (name, value) in [
            ("content-type", Some(media_type)),
            ("cache-control", Some("no-store")),
            ("www-authenticate", challenge),
            ("retry-after", refusal.retry_after),
            ("set-cookie", None),
            (REJECTION, Some(refusal.code)),
        ] {
            let lines: Vec<&str> = reply.all(name).collect();
            let expected: Vec<&str> = value.into_iter().collect();
            suite.equal(&row, name, lines, expected);
        }
    }
}

fn standard_body(refusal: &Refusal) -> String {
    let Refusal {
        code,
        error_type,
        standard: (status, title),
        message,
        ..
    } = refusal;
    let members = members(refusal);
    format!(
        r#"{{"type":"about:blank","title":"{title}","status":{status},"code":"{code}","message":"{message}","error_type":"{error_type}"{members}}}"#
    )
}

fn authx_body(refusal: &Refusal) -> String {
    let message = refusal.message_authx.unwrap_or(refusal.message);
    let error_type = refusal.error_type;
    let members = members(refusal);
    format!(r#"{{"message":"{message}","error_type":"{error_type}"{members}}}"#)
}

fn members(refusal: &Refusal) -> String {
    let member = |(name, value): &(&str, &str)| format!(r#","{name}":{value}"#);
    refusal.members.iter().map(member).collect()
}

/// Clients in other languages read `codes.json`.
fn the_list_says_the_same<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let list: Value = serde_json::from_str(CODES).expect("codes.json is JSON");
    let said: Vec<Value> = REFUSALS.iter().map(entry).collect();
    let mut listed = list["codes"].as_array().cloned().unwrap_or_default();
    // `tests/codes.rs` of handstamp-server asks the binary.
    listed.retain(|entry| entry["of"] != "the binary");
    let code = |entry: &Value| entry["code"].as_str().map(str::to_owned);
    let codes = |entries: &[Value]| {
        let mut codes: Vec<_> = entries.iter().map(code).collect();
        codes.sort();
        codes
    };
    suite.equal(
        "codes.json lists the codes of these rows and no others",
        "codes",
        codes(&listed),
        codes(&said),
    );
    for mut entry in listed {
        // What clients and operators make of it is not the service's to say.
        if let Some(members) = entry.as_object_mut() {
            for member in ["client", "meaning", "client_does", "operator_does"] {
                members.remove(member);
            }
        }
        let name = code(&entry).unwrap_or_default();
        let said = said.iter().find(|said| said["code"] == entry["code"]);
        let row = format!("codes.json describes {name} as it is");
        suite.equal(&row, "entry", Some(&entry), said);
    }
}

/// The entry of a rejection in `codes.json`.
fn entry(refusal: &Refusal) -> Value {
    let mut entry = json!({
        "code": refusal.code,
        "error_type": refusal.error_type,
        "standard": refusal.standard.0,
        "authx": refusal.authx,
        "message": refusal.message,
    });
    if let Some(message) = refusal.message_authx {
        entry["message_authx"] = message.into();
    }
    if !refusal.members.is_empty() {
        let names = refusal.members.iter().map(|(name, _)| *name);
        entry["members"] = names.collect();
    }
    if refusal.retry_after.is_some() {
        entry["headers"] = json!(["Retry-After"]);
    }
    entry
}

/// What the configuration and the route change about the words.
async fn other_words<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("JWT_ERROR_MESSAGE_KEY", "detail")]);
    let reply = suite.send(&app, &get("/access")).await;
    suite.equal(
        "JWT_ERROR_MESSAGE_KEY names the member of the message",
        "body",
        [&reply.json()["detail"], &reply.json()["message"]],
        [
            &json!("Missing JWT in request: looked in the cookie access_token_cookie"),
            &Value::Null,
        ],
    );

    let app = App::new(&[("JWT_TOKEN_LOCATION", "headers,cookies,query")]);
    let reply = suite.send(&app, &get("/refresh")).await;
    suite.equal(
        "a missing token is told where it was looked for, in order",
        "message",
        &reply.json()["message"],
        "Missing JWT in request: looked in the header Authorization or the cookie refresh_token_cookie \
         or the query parameter token",
    );

    let app = App::new(&[]);
    let request = post("/refresh").cookies([refresh_cookie(&app.refresh("user1"))]);
    let reply = suite.send(&app, &request).await;
    suite.equal(
        "a refresh without its CSRF value is told the cookie of the refresh token",
        "message",
        &reply.json()["message"],
        "Missing CSRF token: send the header X-CSRF-TOKEN with the value of the cookie csrf_refresh_token",
    );

    let request = get("/admins").cookies([access_cookie(&app.access("user1"))]);
    let reply = suite.send(&app, &request).await;
    suite.equal(
        "a token without a login type has none in the answer either",
        "members",
        [
            &reply.json()["message"],
            &reply.json()["expected_type"],
            &reply.json()["actual_type"],
        ],
        [
            &json!("Token type mismatch: expected 'admin', got 'unknown'"),
            &json!("admin"),
            &Value::Null,
        ],
    );

    let request = get("/scopes-none").cookies([access_cookie(&app.access("user1"))]);
    let reply = suite.send(&app, &request).await;
    suite.equal(
        "a challenge never has an empty scope, which RFC 6749, section 3.3, does not allow",
        "www-authenticate",
        reply.header("www-authenticate"),
        Some(r#"Bearer error="insufficient_scope""#),
    );
}

const CODES: &str = include_str!("../../../handstamp/codes.json");
