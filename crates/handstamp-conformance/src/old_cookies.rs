//! Log-ins of browsers that still have cookies of earlier times.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::{Jar, Reply, Request, Server, Signature, forge};

/// Checks that no old cookie hinders a log-in: neither its page, if there is one, nor the route
/// itself, and that the user is in afterwards, of which `is_in` judges the answer and the jar. The
/// cookies of `ended` are those of a session that has ended; where none ends, the jar is empty.
///
/// The names of cookies are the default ones, and the key is that of HS256.
///
/// # Panics
/// When the server fails: with the name of the case.
pub fn logs_in_with_old_cookies(
    server: &Server,
    secret: &str,
    page: Option<&str>,
    log_in: &Request,
    ended: &Jar,
    is_in: impl Fn(&Reply, &Jar) -> bool,
) {
    let expected = server.send(log_in).status;
    assert!(
        matches!(expected, 200 | 303),
        "the log-in itself: {expected}"
    );
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("the clock is right").as_secs();
    let (old, of_another_key) = (
        now - 90 * 24 * 60 * 60,
        "a key of earlier times, which is longer than thirty-two bytes",
    );
    let pair = |subject: &str, issued_at: u64, key: &str| {
        ["access", "refresh"].map(|purpose| {
            let claims = json!({
                "sub": subject, "jti": format!("{subject}-{purpose}"), "type": purpose, "fresh": false,
                "csrf": "value", "iat": issued_at, "exp": issued_at + 60 * 60,
            });
            let token = forge(r#"{"alg":"HS256","typ":"JWT"}"#, claims.to_string(), Signature::Hs256(key));
            format!("{purpose}_token_cookie={token}")
        })
    };
    let ended: Vec<String> = ended
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let many = (0..5).map(|number| format!("access_token_cookie=planted{number}"));
    for (case, cookies) in [
        ("no cookie", vec![]),
        ("expired tokens", pair("user2", old, secret).into()),
        (
            "tokens of a former key",
            pair("user2", now, of_another_key).into(),
        ),
        (
            "junk",
            vec![
                "access_token_cookie=junk".to_owned(),
                "refresh_token_cookie=a.b.c".to_owned(),
            ],
        ),
        (
            "empty cookies",
            vec![
                "access_token_cookie=".to_owned(),
                "refresh_token_cookie=".to_owned(),
            ],
        ),
        ("tokens of a session that has ended", ended),
        (
            "tokens of two users",
            [pair("user2", now, secret), pair("user3", now, secret)].concat(),
        ),
        (
            "expired tokens of two users",
            [pair("user2", old, secret), pair("user3", old, secret)].concat(),
        ),
        (
            "more cookies of one name than are looked at",
            many.collect(),
        ),
    ] {
        if let Some(page) = page {
            let reply = server.send(&Request::new("GET", page).cookies(&cookies));
            assert_eq!(reply.status, 200, "the page, with {case}: {reply:?}");
        }
        let reply = server.send(&log_in.clone().cookies(&cookies));
        assert_eq!(reply.status, expected, "the log-in, with {case}: {reply:?}");
        // Of several cookies of one name a browser replaces one, that of the same domain and path.
        let names: Vec<&str> = cookies
            .iter()
            .filter_map(|cookie| cookie.split('=').next())
            .collect();
        if names
            .iter()
            .all(|name| names.iter().filter(|other| *other == name).count() == 1)
        {
            let set = cookies
                .iter()
                .map(|cookie| ("set-cookie".to_owned(), cookie.clone()));
            let mut jar = Jar::default();
            jar.store(&Reply::new(200, set.collect(), String::new()));
            jar.store(&reply);
            assert!(
                is_in(&reply, &jar),
                "after the log-in, with {case}: {reply:?}"
            );
        }
    }
}
