//! Mistakes of the one who configures, and settings that do nothing.

use std::env;
use std::ffi::OsString;
use std::process::Command;

use handstamp_axum::handstamp::session::ClientInfo;
use handstamp_axum::{Auth, Config};
use handstamp_conformance::{Request, Signature, forge, peek};
use serde_json::{Value, json};

use crate::app::{App, NOON, SECRET, config, get_with, log_in, problems};

/// Secrets of one byte, tokens without an end, cookies that browsers drop, names that collide: all accepted. And `repr(config)`
/// prints the secret.
#[tokio::test]
async fn bug_14_a_configuration_is_checked_at_start() {
    for (row, settings, expected) in MISTAKES {
        assert_eq!(problems(settings), [*expected], "{row}");
    }

    let shown = format!(
        "{:?}",
        config(&[(
            "JWT_PREVIOUS_SECRET_KEY",
            "another secret that is not to be seen"
        )])
    );
    assert!(
        !shown.contains(SECRET) && !shown.contains("another secret"),
        "{shown}"
    );
    assert!(!format!("{:?}", App::new(&[]).auth).contains(SECRET));

    let claims = json!({"sub": "user1", "jti": "1", "type": "access", "csrf": "1", "iat": NOON});
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    let endless = forge(header, claims.to_string(), Signature::Hs256(SECRET));
    let request =
        Request::new("GET", "/protected").cookies([format!("access_token_cookie={endless}")]);
    assert_eq!(App::new(&[]).outcome(request).await, "401 invalid_token");
}

/// Eight documented settings are read by nothing.
#[tokio::test]
async fn bug_28_every_setting_has_an_effect() {
    const LONG: (&str, &str) = (
        "JWT_SECRET_KEY",
        "a secret that is long enough for more than one algorithm",
    );
    let token = App::new(&[LONG, ("JWT_ALGORITHM", "HS384")]).access("user1");
    let request = || get_with("/protected", &token);
    let one = App::new(&[LONG]).outcome(request()).await;
    let both = App::new(&[LONG, ("JWT_DECODE_ALGORITHMS", "HS256,HS384")]);
    assert_eq!(
        [one, both.outcome(request()).await],
        ["401 invalid_token", "200 user1"]
    );

    let mut late = Vec::new();
    for leeway in ["0", "10"] {
        let app = App::new(&[("JWT_DECODE_LEEWAY", leeway)]);
        let token = app.access("user1");
        app.clock.advance(905);
        late.push(app.outcome(get_with("/protected", &token)).await);
    }
    assert_eq!(late, ["401 token_expired", "200 user1"]);

    let claims = |settings: &[(&str, &str)]| peek(App::new(settings).access("user1").as_str());
    assert_eq!(claims(&[])["nbf"], NOON);
    assert_eq!(claims(&[("JWT_ENCODE_NBF", "false")])["nbf"], Value::Null);
    assert_eq!(claims(&[])["uid"], Value::Null);
    assert_eq!(claims(&[("JWT_IDENTITY_CLAIM", "uid")])["uid"], "user1");

    let app = App::new(&[("JWT_ERROR_MESSAGE_KEY", "detail")]);
    let body = app.send(Request::new("GET", "/protected")).await.json();
    assert_eq!(body["message"], Value::Null);
    assert_eq!(
        body["detail"],
        "Missing JWT in request: looked in the cookie access_token_cookie"
    );

    for (value, lives) in [("true", [false; 4]), ("false", [true; 4])] {
        let reply = App::new(&[("JWT_SESSION_COOKIE", value)])
            .send(log_in("user1"))
            .await;
        let lasting: Vec<bool> = reply
            .all("set-cookie")
            .map(|line| line.contains("Max-Age="))
            .collect();
        assert_eq!(lasting, lives, "{value}");
    }
}

/// The rest of bug 28.
#[tokio::test]
async fn sessions_are_kept_and_touched_as_the_settings_say() {
    let log_in = async |app: &App| {
        let tokens = app
            .auth
            .log_in("user1", ClientInfo::new().into())
            .await
            .unwrap();
        (
            get_with("/protected", tokens.access()),
            peek(tokens.access().as_str())["sid"].is_string(),
        )
    };
    for (value, has_session) in [("true", true), ("false", false)] {
        let app = App::with_sessions(&[("JWT_SESSION_TRACKING", value)]);
        assert_eq!(log_in(&app).await.1, has_session);
    }
    for (value, active) in [("true", NOON + 120), ("false", NOON)] {
        let app = App::with_sessions(&[("JWT_SESSION_UPDATE_LAST_ACTIVE", value)]);
        let (request, _) = log_in(&app).await;
        app.clock.advance(120);
        assert_eq!(app.outcome(request).await, "200 user1");
        let sessions = app.auth.sessions("user1").await.unwrap();
        assert_eq!(sessions[0].last_active().as_secs(), active);
    }
}

/// `JWT_TOKEN_LOCATION=cookies` or `JWT_ACCESS_TOKEN_EXPIRES=900` in the environment crash `import authx`, which also sets up
/// logging for the whole program.
#[test]
fn bug_42_nothing_happens_before_it_is_asked_for() {
    const CHILD: &str = "AUTHX_BUG_42";
    if env::var_os(CHILD).is_some() {
        // What does not ask for the environment does not see it.
        let auth = Auth::new(config(&[])).unwrap();
        assert!(auth.create_access_token("user1").is_ok());
        match Config::from_env() {
            Ok(config) => println!("{:?}", config.warnings()),
            Err(error) => println!("{error}"),
        }
        assert!(!tracing::dispatcher::has_been_set());
        return;
    }
    for (name, value, expected) in [
        ("JWT_TOKEN_LOCATION", "cookies", "[]"),
        ("JWT_ACCESS_TOKEN_EXPIRES", "900", "[]"),
        (
            "JWT_TOKEN_LOCATION",
            "cookie",
            "1 problem in the configuration:\n- JWT_TOKEN_LOCATION=\"cookie\": not one of cookies, headers, query, json. Use \"cookies\"",
        ),
        (
            "JWT_ACCESS_TOKEN_EXPIRES",
            "soon",
            "1 problem in the configuration:\n- JWT_ACCESS_TOKEN_EXPIRES=\"soon\": not a duration. Use seconds (900) or a form like 15m, 1h30m, 20d, PT15M, P20D",
        ),
    ] {
        let ours = |name: &OsString| {
            let name = name.to_string_lossy();
            ["JWT_", "HANDSTAMP_"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
        };
        let mut command = Command::new(env::current_exe().unwrap());
        for (name, _) in env::vars_os().filter(|(name, _)| ours(name)) {
            command.env_remove(name);
        }
        let output = command
            .args([
                "configuration::bug_42_nothing_happens_before_it_is_asked_for",
                "--exact",
                "--nocapture",
            ])
            .envs([(CHILD, ""), ("JWT_SECRET_KEY", SECRET), (name, value)])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}={value}: {said}");
        assert!(
            said.contains(&format!("{expected}\n")),
            "{name}={value}: {said}"
        );
    }
}

type Mistake = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

const MISTAKES: &[Mistake] = &[
    (
        "a secret of one byte",
        &[("JWT_SECRET_KEY", "x")],
        "JWT_SECRET_KEY: the secret has 1 bytes and HS256 needs at least 32 (RFC 7518, section 3.2). Make one with `openssl rand -base64 64`",
    ),
    (
        "an empty secret",
        &[("JWT_SECRET_KEY", "")],
        "JWT_SECRET_KEY: the secret is empty. Make one with `openssl rand -base64 64`",
    ),
    (
        "a previous secret of one byte",
        &[("JWT_PREVIOUS_SECRET_KEY", "x")],
        "JWT_PREVIOUS_SECRET_KEY: the secret has 1 bytes and HS256 needs at least 32 (RFC 7518, section 3.2). Make one with `openssl rand -base64 64`",
    ),
    (
        "a secret too short for its algorithm",
        &[("JWT_ALGORITHM", "HS512")],
        "JWT_SECRET_KEY: the secret has 40 bytes and HS512 needs at least 64 (RFC 7518, section 3.2). Make one with `openssl rand -base64 64`",
    ),
    (
        "SameSite=none without Secure",
        &[
            ("JWT_COOKIE_SAMESITE", "none"),
            ("JWT_COOKIE_SECURE", "false"),
        ],
        "JWT_COOKIE_SAMESITE=\"none\": SameSite=none needs Secure: browsers drop the cookie otherwise. Use \"lax\", or remove JWT_COOKIE_SECURE=false",
    ),
    (
        "a __Host- name with a domain",
        &[
            ("JWT_ACCESS_COOKIE_NAME", "__Host-access"),
            ("JWT_COOKIE_DOMAIN", "example.com"),
        ],
        "JWT_ACCESS_COOKIE_NAME=\"__Host-access\": a cookie name that begins with __Host- needs no Domain: browsers drop the cookie otherwise. Change the settings that it names, or use another name",
    ),
    (
        "a __Host- name with a path",
        &[
            ("JWT_REFRESH_COOKIE_NAME", "__Host-refresh"),
            ("JWT_REFRESH_COOKIE_PATH", "/auth"),
        ],
        "JWT_REFRESH_COOKIE_NAME=\"__Host-refresh\": a cookie name that begins with __Host- needs Path=/: browsers drop the cookie otherwise. Change the settings that it names, or use another name",
    ),
    (
        "a __Secure- name on plain HTTP",
        &[
            ("JWT_ACCESS_CSRF_COOKIE_NAME", "__Secure-csrf"),
            ("JWT_COOKIE_SECURE", "false"),
        ],
        "JWT_ACCESS_CSRF_COOKIE_NAME=\"__Secure-csrf\": a cookie name that begins with __Secure- needs Secure: browsers drop the cookie otherwise. Change the settings that it names, or use another name",
    ),
    (
        "one name for both tokens",
        &[
            ("JWT_ACCESS_COOKIE_NAME", "token"),
            ("JWT_REFRESH_COOKIE_NAME", "token"),
        ],
        "JWT_REFRESH_COOKIE_NAME=\"token\": the same name as JWT_ACCESS_COOKIE_NAME. Use four different names",
    ),
    (
        "one name for a token and a CSRF value",
        &[("JWT_REFRESH_CSRF_COOKIE_NAME", "access_token_cookie")],
        "JWT_REFRESH_CSRF_COOKIE_NAME=\"access_token_cookie\": the same name as JWT_ACCESS_COOKIE_NAME. Use four different names",
    ),
    (
        "tokens without an end",
        &[("JWT_ACCESS_TOKEN_EXPIRES", "None")],
        "JWT_ACCESS_TOKEN_EXPIRES=\"None\": not a duration. Use seconds (900) or a form like 15m, 1h30m, 20d, PT15M, P20D",
    ),
    (
        "tokens that end at once",
        &[("JWT_REFRESH_TOKEN_EXPIRES", "0")],
        "JWT_REFRESH_TOKEN_EXPIRES=\"0s\": shorter than a second. Use something like 15m or 20d",
    ),
];
