//! The truth table of log-out, `vectors/log_out_table.json`: what a request carries, who sent it,
//! what ends, and which cookies are deleted.

use handstamp::TokenPair;
use serde_json::Value;

use crate::adapter::app::access;
use crate::adapter::set_cookies::shapes;
use crate::adapter::suite::{Suite, access_cookie, csrf, post, refresh_cookie};
use crate::adapter::{App, REJECTION};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let table: Value = serde_json::from_str(TABLE).expect("the vectors are JSON");
    let senders = table["senders"].as_object().expect("an object of senders");
    for (origins, setting) in [
        ("without_public_origin", None),
        (
            "with_public_origin",
            Some(("HANDSTAMP_PUBLIC_ORIGIN", "https://app.example.com")),
        ),
    ] {
        for refresh_path in ["/", "/session/refresh"] {
            let mut settings = vec![("JWT_REFRESH_COOKIE_PATH", refresh_path)];
            settings.extend(setting);
            for row in table[origins].as_array().expect("an array of rows") {
                for (sender, headers) in senders {
                    let carries = text(&row["carries"]);
                    let app = App::new(&settings);
                    let presented = Carried::of(&app, carries);
                    let mut request = presented.request;
                    for (name, value) in headers.as_object().expect("an object of headers") {
                        request = request.header(name, text(value));
                    }
                    let before = ended(&app, &presented.sessions);
                    let reply = suite.send(&app, &request).await;
                    let after = ended(&app, &presented.sessions);
                    let name = format!(
                        "log-out with {carries}, {origins}, sent {sender}, refresh cookie below {refresh_path}"
                    );
                    let got = outcome(&reply, &before, &after, refresh_path);
                    suite.equal(&name, "outcome", got.as_str(), text(&row[sender]));
                }
            }
        }
    }
}

struct Carried {
    request: Request,
    /// The first is that of the CSRF value.
    sessions: Vec<TokenPair>,
}

impl Carried {
    fn of(app: &App, carries: &str) -> Self {
        let log_out = || post("/session/log-out");
        let shows_value = carries.ends_with("a CSRF value");
        let what = carries
            .trim_end_matches(" and a CSRF value")
            .trim_end_matches(" and no CSRF value");
        let alone = |cookie: String, value: &str| Self {
            request: log_out().cookies([cookie]).header(CSRF, value),
            sessions: Vec::new(),
        };
        let users: &[&str] = match what {
            "nothing" => {
                return Self {
                    request: log_out(),
                    sessions: Vec::new(),
                };
            }
            "a token of a former key" => {
                let token = access(app.other(), "user1");
                return alone(access_cookie(&token), csrf(&token));
            }
            "a token of another service" => {
                let token = access(&app.sibling(&[("JWT_ENCODE_AUDIENCE", "another")]), "user1");
                return alone(access_cookie(&token), csrf(&token));
            }
            "tokens of two users" => &["user1", "user2"],
            _ => &["user1"],
        };
        let sessions: Vec<TokenPair> = users.iter().map(|user| app.log_in(*user)).collect();
        match what {
            "an expired access token" => app.advance(60 * 60),
            "a session that has ended" => app.end_sessions("user1"),
            "a live session" | "tokens of two users" => {}
            unknown => panic!("the table carries {unknown}"),
        }
        let cookies = sessions.iter().flat_map(|tokens| {
            [
                access_cookie(tokens.access()),
                refresh_cookie(tokens.refresh()),
            ]
        });
        let mut request = log_out().cookies(cookies.collect::<Vec<_>>());
        if shows_value {
            request = request.header(CSRF, csrf(sessions[0].access()));
        }
        Self { request, sessions }
    }
}

/// Whether each session has ended.
fn ended(app: &App, sessions: &[TokenPair]) -> Vec<bool> {
    sessions
        .iter()
        .map(|tokens| app.has_ended(tokens))
        .collect()
}

/// What has happened, in the words of the table.
fn outcome(reply: &Reply, before: &[bool], after: &[bool], refresh_path: &str) -> String {
    let lines = shapes(reply);
    let deletes_all = lines.len() == 4
        && lines.iter().all(|line| line.contains("Max-Age=0"))
        && lines[2].contains(&format!("Path={refresh_path};"));
    let refusal = reply.header(REJECTION);
    match (refusal, lines.len()) {
        (None, 4) if deletes_all && after.is_empty() => "cleared".to_owned(),
        (None, 4) if deletes_all && !after.contains(&false) => "ended".to_owned(),
        (None, 0) if after.is_empty() => "kept".to_owned(),
        (Some("ambiguous_cookie"), 0) if after == [true, false] => "ambiguous_cookie".to_owned(),
        (Some(code), 0) if code != "ambiguous_cookie" && before == after => code.to_owned(),
        _ => format!("{} {refusal:?}, ended {after:?}, {lines:?}", reply.status),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

const CSRF: &str = "x-csrf-token";

const TABLE: &str = include_str!("../../../vectors/log_out_table.json");
