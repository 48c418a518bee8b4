//! The truth table, `vectors/truth_table.json`: what a request carries, who sent it, and what a
//! log-out, a log-in and a page for visitors do.

use serde_json::Value;

use super::carried::Carried;
use crate::adapter::set_cookies::shapes;
use crate::adapter::suite::{Suite, get, post};
use crate::adapter::{App, REJECTION};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let table: Value = serde_json::from_str(TABLE).expect("the vectors are JSON");
    for action in [Action::LogOut, Action::LogIn, Action::Visit] {
        for origin in ["without_public_origin", "with_public_origin"] {
            for row in list(&table[action.name()][origin]) {
                for sender in table["senders"].as_object().expect("senders").keys() {
                    for circumstances in CIRCUMSTANCES {
                        cell(suite, &table, action, origin, row, sender, circumstances).await;
                    }
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Action {
    LogOut,
    LogIn,
    Visit,
}

/// Whether there is a store, and the path of the refresh cookies. The table holds for all.
type Circumstances = (bool, &'static str);

const CIRCUMSTANCES: [Circumstances; 3] = [(true, "/"), (true, "/session/refresh"), (false, "/")];

async fn cell<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    table: &Value,
    action: Action,
    origin: &str,
    row: &Value,
    sender: &str,
    (has_store, refresh_path): Circumstances,
) {
    let (words, by, expected) = (text(&row["carries"]), text(&row["by"]), text(&row[sender]));
    if words == "a session that has ended" && !has_store {
        return; // Without a store there are no sessions.
    }
    let mut settings = vec![("JWT_REFRESH_COOKIE_PATH", refresh_path)];
    if origin == "with_public_origin" {
        settings.push(("HANDSTAMP_PUBLIC_ORIGIN", "https://app.example.com"));
    }
    let app = if has_store {
        App::new(&settings)
    } else {
        App::without_store(&settings)
    };
    let carried = Carried::of(&app, words);
    let mut request = match by {
        "GET" => carried.by(get(action.target())),
        "POST" => carried.by(post(action.target())),
        "POST with the CSRF value" => carried.with_value_by(post(action.target())),
        unknown => panic!("the table sends {unknown}"),
    };
    let headers = &table["senders"][sender];
    for (name, value) in headers.as_object().expect("an object of headers") {
        request = request.header(name, text(value));
    }
    let ended = || -> Vec<bool> {
        let sessions = carried.sessions.iter().filter(|_| has_store);
        sessions.map(|tokens| app.has_ended(tokens)).collect()
    };
    let before = ended();
    let reply = suite.send(&app, &request).await;
    let after = ended();
    let name = format!(
        "{}: {by} with {words}, {origin}, sent {sender}, {}, refresh cookie below {refresh_path}",
        action.name(),
        if has_store { "a store" } else { "no store" },
    );
    let got = match action {
        Action::LogOut => logged_out(&reply, &before, &after, refresh_path),
        Action::LogIn => logged_in(&reply, &before, &after),
        Action::Visit => visited(&reply),
    };
    let expected = match expected {
        "ended" if !has_store => "cleared",
        "replaced" | "joined" if !has_store => "logged in",
        expected => expected,
    };
    suite.equal(&name, "outcome", got.as_str(), expected);
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::LogOut => "log_out",
            Self::LogIn => "log_in",
            Self::Visit => "visitor",
        }
    }

    fn target(self) -> &'static str {
        match self {
            Self::LogOut => "/session/log-out",
            Self::LogIn => "/session/guarded-log-in",
            Self::Visit => "/visitor",
        }
    }
}

/// What a log-out has done, in the words of the table.
fn logged_out(reply: &Reply, before: &[bool], after: &[bool], refresh_path: &str) -> String {
    let lines = shapes(reply);
    let deletes_all = lines.len() == 4
        && lines.iter().all(|line| line.contains("Max-Age=0"))
        && lines[2].contains(&format!("Path={refresh_path};"));
    match (reply.header(REJECTION), lines.len()) {
        (None, 4) if deletes_all && after.is_empty() => "cleared".to_owned(),
        (None, 4) if deletes_all && !after.contains(&false) => "ended".to_owned(),
        (None, 0) if after.is_empty() => "kept".to_owned(),
        (Some("ambiguous_cookie"), 0) if after.is_empty() || after == [true, false] => {
            "ambiguous_cookie".to_owned()
        }
        (Some(code), 0) if code != "ambiguous_cookie" && before == after => code.to_owned(),
        _ => unforeseen(reply, after),
    }
}

/// What a log-in has done.
fn logged_in(reply: &Reply, before: &[bool], after: &[bool]) -> String {
    let lines = shapes(reply);
    let sets_all = lines.len() == 4 && lines.iter().all(|line| !line.contains("Max-Age=0"));
    match reply.header(REJECTION) {
        Some(code) if lines.is_empty() && before == after => code.to_owned(),
        None if sets_all && !before.contains(&false) => "logged in".to_owned(),
        None if sets_all && !after.contains(&false) => "replaced".to_owned(),
        None if sets_all && before == after => "joined".to_owned(),
        _ => unforeseen(reply, after),
    }
}

/// Whom a page for visitors greets.
fn visited(reply: &Reply) -> String {
    match reply.header(REJECTION) {
        Some(code) => code.to_owned(),
        None if reply.status == 200 => reply.body.replace("nobody", "anonymous"),
        None => unforeseen(reply, &[]),
    }
}

fn unforeseen(reply: &Reply, after: &[bool]) -> String {
    let (refusal, lines) = (reply.header(REJECTION), shapes(reply));
    format!("{} {refusal:?}, ended {after:?}, {lines:?}", reply.status)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("an array of rows")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

const TABLE: &str = include_str!("../../../vectors/truth_table.json");
