//! The truth table of `GET /session`, `vectors/session_table.json`: what a request carries, who
//! sent it, and what a page learns.

use handstamp::session::ClientInfo;
use handstamp::{Auth, NewToken, TokenPair};
use serde_json::{Value, json};

use crate::adapter::app::{access, at_once};
use crate::adapter::suite::{Suite, access_cookie, csrf, get, refresh_cookie};
use crate::adapter::{App, REJECTION};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let table: Value = serde_json::from_str(TABLE).expect("the vectors are JSON");
    let senders = table["senders"].as_object().expect("an object of senders");
    let public_origin = ("HANDSTAMP_PUBLIC_ORIGIN", "https://app.example.com");
    for store in ["with_store", "without_store"] {
        for settings in [&[][..], &[public_origin]] {
            for row in table[store].as_array().expect("an array of rows") {
                for (sender, headers) in senders {
                    let words = text(&row["carries"]);
                    let app = App::new(settings);
                    let mut carried = Carried::of(&app, store, words);
                    for (name, value) in headers.as_object().expect("an object of headers") {
                        carried.request = carried.request.header(name, text(value));
                    }
                    let reply = suite.send(&app, &carried.request).await;
                    let name =
                        format!("session with {words}, {store}, sent {sender}, {settings:?}");
                    let got = carried.outcome(&reply);
                    suite.equal(&name, "outcome", got.as_str(), text(&row[sender]));
                    let caches: Vec<&str> = reply.all("cache-control").collect();
                    suite.equal(&name, "cache-control", caches, ["no-store"]);
                    suite.equal(&name, "cookies", reply.all("set-cookie").count(), 0);
                }
            }
        }
    }
}

struct Carried {
    request: Request,
    /// What describes the session of the request, if it has one.
    described: Option<Value>,
}

impl Carried {
    fn of(app: &App, store: &str, carries: &str) -> Self {
        let (target, auth, former) = match store {
            "with_store" => ("/session/info", app.auth(), app.other()),
            _ => ("/other/session/info", app.other(), app.auth()),
        };
        let refresh = || {
            auth.create_refresh_token("user1")
                .expect("the row's token can be made")
        };
        let cookies = match carries {
            "nothing" => vec![],
            "a cookie of another name" => vec!["theme=dark".to_owned()],
            "a cookie that is no token" => vec!["access_token_cookie=junk".to_owned()],
            "a refresh token alone" => vec![refresh_cookie(&refresh())],
            "the CSRF value of a refresh token alone" => {
                vec![format!("csrf_refresh_token={}", csrf(&refresh()))]
            }
            "a token of a former key" => vec![access_cookie(&access(former, "user1"))],
            "a token of another service" => {
                let token = NewToken::for_subject("user1").audience(["another"]);
                vec![access_cookie(&access(auth, token))]
            }
            "tokens of two users" => ["user1", "user2"]
                .map(|user| access_cookie(&access(auth, user)))
                .into(),
            _ => return Self::of_session(app, target, auth, carries),
        };
        Self {
            request: get(target).cookies(cookies),
            described: None,
        }
    }

    fn of_session(app: &App, target: &str, auth: &Auth, carries: &str) -> Self {
        let user = NewToken::for_subject("user1").scopes(["read", "write"]);
        let tokens: TokenPair = at_once(auth.log_in(user, ClientInfo::new())).expect("it is up");
        let sessions = at_once(app.auth().sessions("user1")).expect("the store is up");
        match carries {
            "a live session" => app.advance(60),
            "a session that has ended" => {
                app.end_sessions("user1");
                app.advance(60);
            }
            "an expired access token" => app.advance(15 * 60),
            unknown => panic!("the table carries {unknown}"),
        }
        let cookies = [
            access_cookie(tokens.access()),
            refresh_cookie(tokens.refresh()),
        ];
        Self {
            request: get(target).cookies(cookies),
            described: Some(json!({
                "subject": "user1",
                "expires_in": 14 * 60,
                "csrf": csrf(tokens.access()),
                "fresh": true,
                "scopes": ["read", "write"],
                "session_id": sessions.first().map(|session| session.id().as_str()),
            })),
        }
    }

    /// What the page learns, in the words of the table.
    fn outcome(&self, reply: &Reply) -> String {
        let anonymous = json!({
            "subject": null,
            "expires_in": null,
            "csrf": null,
            "fresh": false,
            "scopes": [],
            "session_id": null,
        });
        match (reply.status, reply.header(REJECTION)) {
            (401, Some(code)) => code.to_owned(),
            (200, None) => match serde_json::from_str::<Value>(&reply.body) {
                Ok(body) if body == anonymous => "anonymous".to_owned(),
                Ok(body) if Some(&body) == self.described.as_ref() => "described".to_owned(),
                _ => reply.body.clone(),
            },
            other => format!("{other:?}"),
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

const TABLE: &str = include_str!("../../../vectors/session_table.json");
