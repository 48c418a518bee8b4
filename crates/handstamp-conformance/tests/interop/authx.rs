//! Both directions between AuthX and handstamp, by cookies.

use std::collections::BTreeMap;

use handstamp::error::Rejection;
use handstamp::one_time::Action;
use handstamp::{
    Auth, Config, NewToken, RequestHead, Require, SetCookie, config::Algorithm, minutes,
};
use serde_json::{Value, json};

use crate::peer::{Peer, cookies, lines};

const ALGORITHMS: [Algorithm; 3] = [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es256];

/// A request with the cookies that the other library has set, and the answer: `None` means
/// accepted.
struct Row {
    name: &'static str,
    method: &'static str,
    csrf: Csrf,
    /// The `error_type` of AuthX's answer, for both purposes.
    authx: Option<&'static str>,
    /// The code of handstamp's answer, by purpose.
    access: Option<&'static str>,
    refresh: Option<&'static str>,
}

#[derive(Clone, Copy)]
enum Csrf {
    Right,
    Missing,
    Wrong,
}

const ROWS: &[Row] = &[
    Row {
        name: "a POST with the CSRF header is accepted",
        method: "POST",
        csrf: Csrf::Right,
        authx: None,
        access: None,
        refresh: None,
    },
    Row {
        name: "a POST without the CSRF header is refused",
        method: "POST",
        csrf: Csrf::Missing,
        authx: Some("MissingTokenError"),
        access: Some("missing_csrf_token"),
        refresh: Some("missing_csrf_token"),
    },
    Row {
        name: "a POST with a wrong CSRF header is refused",
        method: "POST",
        csrf: Csrf::Wrong,
        authx: Some("CSRFError"),
        access: Some("csrf_mismatch"),
        refresh: Some("csrf_mismatch"),
    },
    Row {
        name: "a GET needs no CSRF header, except with our refresh cookie",
        method: "GET",
        csrf: Csrf::Missing,
        authx: None,
        access: None,
        refresh: Some("missing_csrf_token"),
    },
    Row {
        name: "a GET does not read the CSRF header, except with our refresh cookie",
        method: "GET",
        csrf: Csrf::Wrong,
        authx: None,
        access: None,
        refresh: Some("csrf_mismatch"),
    },
];

#[tokio::test]
async fn handstamp_accepts_what_authx_made() {
    let mut authx = Peer::start("authx_peer.py");
    for algorithm in ALGORITHMS {
        let keys = authx.ask(&json!({"op": "keys", "algorithm": algorithm.name()}));
        let auth = auth(algorithm, &keys);
        for purpose in ["access", "refresh"] {
            let made = authx.ask(&json!({
                "op": "issue", "algorithm": algorithm.name(), "keys": keys, "purpose": purpose, "subject": "user1",
                "scopes": ["posts:*"], "data": {"role": "editor"},
            }));
            let cookies = cookies(&lines(&made["set_cookie"]));
            for row in ROWS {
                let head = Head::new(row, &cookies);
                let expected = if purpose == "access" {
                    row.access
                } else {
                    row.refresh
                };
                let subject = if purpose == "access" {
                    auth.authenticate(&head, &Require::access())
                        .await
                        .map(|token| {
                            assert!(
                                token.has_scopes(["posts:write"]),
                                "a wildcard scope of AuthX's"
                            );
                            assert!(!token.is_fresh());
                            token.subject().to_owned()
                        })
                } else {
                    auth.authenticate(&head, &Require::refresh())
                        .await
                        .map(|token| token.subject().to_owned())
                };
                let seen = subject.as_deref().map_err(Rejection::code);
                let wanted = expected.map_or(Ok("user1"), Err);
                assert_eq!(seen, wanted, "{algorithm} {purpose}: {}", row.name);
            }
        }
    }
}

#[tokio::test]
async fn authx_accepts_what_handstamp_made() {
    let mut authx = Peer::start("authx_peer.py");
    for algorithm in ALGORITHMS {
        let keys = authx.ask(&json!({"op": "keys", "algorithm": algorithm.name()}));
        let auth = auth(algorithm, &keys);
        for purpose in ["access", "refresh"] {
            let new_token = NewToken::for_subject("user1")
                .scopes(["posts:*"])
                .claim("role", "editor");
            let set_cookies = if purpose == "access" {
                auth.set_access_cookies(&auth.create_access_token(new_token).unwrap())
                    .unwrap()
            } else {
                auth.set_refresh_cookies(&auth.create_refresh_token(new_token).unwrap())
                    .unwrap()
            };
            let lines: Vec<String> = set_cookies
                .lines()
                .map(SetCookie::to_header_value)
                .collect();
            let cookies = cookies(&lines);
            for row in ROWS {
                let answer = authx.ask(&json!({
                    "op": "accept", "algorithm": algorithm.name(), "keys": keys, "purpose": purpose,
                    "cookies": cookies, "method": row.method, "headers": Head::new(row, &cookies).csrf_header(),
                }));
                let context = format!("{algorithm} {purpose}: {}: {answer}", row.name);
                if let Some(error_type) = row.authx {
                    assert_eq!(answer["body"]["error_type"], error_type, "{context}");
                } else {
                    assert_eq!(answer["status"], 200, "{context}");
                    assert_eq!(answer["body"]["sub"], "user1", "{context}");
                    assert_eq!(answer["body"]["type"], purpose, "{context}");
                    assert_eq!(answer["body"]["scopes"], json!(["posts:*"]), "{context}");
                    assert_eq!(answer["body"]["data"]["role"], "editor", "{context}");
                }
            }
        }
    }
}

#[tokio::test]
async fn neither_takes_a_token_for_the_other_purpose() {
    let mut authx = Peer::start("authx_peer.py");
    for algorithm in ALGORITHMS {
        let keys = authx.ask(&json!({"op": "keys", "algorithm": algorithm.name()}));
        let auth = auth(algorithm, &keys);

        let theirs = authx.ask(&json!({"op": "issue", "algorithm": algorithm.name(), "keys": keys, "purpose": "refresh", "subject": "user1"}));
        let swapped = BTreeMap::from([(
            "access_token_cookie".to_owned(),
            theirs["token"].as_str().unwrap().to_owned(),
        )]);
        let head = Head {
            method: "GET",
            cookie: cookie_header(&swapped),
            csrf: None,
        };
        let rejection = auth
            .authenticate(&head, &Require::access())
            .await
            .unwrap_err();
        assert_eq!(rejection.code(), "access_token_required", "{algorithm}");

        let ours = auth.create_refresh_token("user1").unwrap();
        let answer = authx.ask(&json!({
            "op": "accept", "algorithm": algorithm.name(), "keys": keys, "purpose": "access",
            "cookies": {"access_token_cookie": ours.as_str()}, "method": "GET",
        }));
        assert_eq!(
            answer["body"]["error_type"], "AccessTokenRequiredError",
            "{algorithm}"
        );
    }
}

/// It has no `sub`, another type, and an audience.
#[test]
fn authx_accepts_no_one_time_token() {
    let mut authx = Peer::start("authx_peer.py");
    let action = Action::new("password-reset", minutes(30));
    for algorithm in ALGORITHMS {
        let keys = authx.ask(&json!({"op": "keys", "algorithm": algorithm.name()}));
        let new = action.for_subject("user1").bound_to("hash");
        let token = auth(algorithm, &keys).create_one_time_token(new).unwrap();
        for audience in [None, Some("handstamp:one-time:password-reset")] {
            for purpose in ["access", "refresh"] {
                let answer = authx.ask(&json!({
                    "op": "accept", "algorithm": algorithm.name(), "keys": keys, "purpose": purpose,
                    "settings": {"JWT_DECODE_AUDIENCE": audience, "JWT_COOKIE_CSRF_PROTECT": false},
                    "cookies": {format!("{purpose}_token_cookie"): token.as_str()}, "method": "GET",
                }));
                let context = format!("{algorithm}, {audience:?}, {purpose}: {answer}");
                assert_eq!(answer["status"], 422, "{context}");
            }
        }
    }
}

#[tokio::test]
async fn freshness_and_audience_cross_over() {
    let mut authx = Peer::start("authx_peer.py");
    let keys = authx.ask(&json!({"op": "keys", "algorithm": "HS256"}));
    let secret = keys["secret"].as_str().unwrap();
    let settings = json!({"JWT_ENCODE_AUDIENCE": "shop", "JWT_DECODE_AUDIENCE": "shop", "JWT_ENCODE_ISSUER": "door", "JWT_DECODE_ISSUER": "door"});
    let auth = Auth::new(
        Config::builder()
            .secret_key(secret)
            .encode_audience(["shop"])
            .encode_issuer("door")
            .cookie_secure(false)
            .build()
            .unwrap(),
    )
    .unwrap();

    let theirs = authx.ask(&json!({
        "op": "issue", "algorithm": "HS256", "keys": keys, "purpose": "access", "subject": "user1", "fresh": true, "settings": settings,
    }));
    let cookies = cookies(&lines(&theirs["set_cookie"]));
    let head = Head {
        method: "GET",
        cookie: cookie_header(&cookies),
        csrf: None,
    };
    let token = auth
        .authenticate(&head, &Require::access().fresh())
        .await
        .unwrap();
    assert_eq!(token.subject(), "user1");

    let ours = auth
        .create_access_token(NewToken::for_subject("user1").fresh())
        .unwrap();
    let answer = authx.ask(&json!({
        "op": "accept", "algorithm": "HS256", "keys": keys, "purpose": "access", "settings": settings,
        "cookies": {"access_token_cookie": ours.as_str()}, "method": "GET",
    }));
    assert_eq!(answer["status"], 200, "{answer}");
    assert_eq!(answer["body"]["fresh"], true, "{answer}");
}

fn auth(algorithm: Algorithm, keys: &Value) -> Auth {
    let config = Config::builder().algorithm(algorithm).cookie_secure(false);
    let config = match keys["secret"].as_str() {
        Some(secret) => config.secret_key(secret),
        None => config
            .private_key(keys["private_key"].as_str().unwrap())
            .public_key(keys["public_key"].as_str().unwrap()),
    };
    Auth::new(config.build().unwrap()).unwrap()
}

fn cookie_header(cookies: &BTreeMap<String, String>) -> String {
    let pairs: Vec<_> = cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}

struct Head {
    method: &'static str,
    cookie: String,
    csrf: Option<String>,
}

impl Head {
    fn new(row: &Row, cookies: &BTreeMap<String, String>) -> Self {
        let from_cookie = || {
            cookies
                .iter()
                .find(|(name, _)| name.starts_with("csrf_"))
                .map(|(_, value)| value.clone())
        };
        let csrf = match row.csrf {
            Csrf::Right => Some(from_cookie().unwrap()),
            Csrf::Missing => None,
            Csrf::Wrong => Some("wrong".to_owned()),
        };
        Self {
            method: row.method,
            cookie: cookie_header(cookies),
            csrf,
        }
    }

    fn csrf_header(&self) -> Value {
        self.csrf
            .as_ref()
            .map_or(json!({}), |csrf| json!({"X-CSRF-TOKEN": csrf}))
    }
}

impl RequestHead for Head {
    fn method(&self) -> &str {
        self.method
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let value = match name.to_ascii_lowercase().as_str() {
            "cookie" => Some(self.cookie.as_bytes()),
            "x-csrf-token" => self.csrf.as_deref().map(str::as_bytes),
            _ => None,
        };
        value.into_iter()
    }

    fn query(&self) -> Option<&str> {
        None
    }
}
