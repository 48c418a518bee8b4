//! What the log says of requests and sessions: at which level, how often, and of whom.

use std::mem;
use std::time::Duration;

use crate::authorize::Authorize;
use crate::config::ConfigBuilder;
use crate::error::{Denial, StoreError};
use crate::purpose::Access;
use crate::session::ClientInfo;
use crate::store::MemoryStore;
use crate::testing::{Head, Log, ask, auth, auth_and_clock, builder, now, outcome, token};
use crate::{Auth, Authenticated, Require};

/// Returns the lines that this call logs.
fn logged(call: impl FnOnce()) -> String {
    let (log, lines) = Log::new();
    tracing::subscriber::with_default(log, call);
    let mut lines = lines.lock().unwrap();
    mem::take(&mut *lines)
}

/// A log-in form of this origin.
fn form_of(auth: &Auth, origin: &[u8]) {
    let head = Head::new("POST").header("host", "backend:8000");
    assert!(
        auth.require_same_origin(&head.header("origin", origin))
            .is_err()
    );
}

/// Answers every question with this.
struct Denying(Denial);

impl Authorize<()> for Denying {
    async fn authorize(&self, _: &Authenticated<Access>, (): &()) -> Result<(), Denial> {
        Err(self.0.clone())
    }
}

fn denied(auth: &Auth, denial: Denial) {
    let token = token(auth, &serde_json::json!({}));
    let token = ask(auth, &Head::new("GET").access(&token), &Require::access()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let denying = Denying(denial);
    let answer = runtime.block_on(auth.require_permission(&token, &denying, &()));
    assert_eq!(answer.unwrap_err().code(), "policy_denied");
}

#[test]
fn every_refusal_is_one_line_with_the_documented_level_and_target() {
    type Call = fn(&Auth);
    let store = |auth: &Auth| drop(auth.store_unavailable(StoreError::new("connection refused")));
    let rows: [(&str, Call, &str); 9] = [
        (
            "another origin",
            |auth| form_of(auth, b"http://nas.lan:8000"),
            "WARN handstamp::refusals: message=request refused code=\"origin_not_allowed\" \
             stated=\"Origin is http://nas.lan:8000; HANDSTAMP_PUBLIC_ORIGIN is not set\" \
             help=\"if browsers open this service at that Origin, set HANDSTAMP_PUBLIC_ORIGIN to it; ",
        ),
        (
            "another site",
            |auth| {
                let head = Head::new("POST").header("sec-fetch-site", "cross-site");
                assert!(auth.require_same_origin(&head).is_err());
            },
            "WARN handstamp::refusals: message=request refused code=\"cross_site_request\" ",
        ),
        (
            "too many attempts",
            |auth| drop(auth.rate_limited(Duration::from_secs(40))),
            "INFO handstamp::refusals: message=request refused code=\"rate_limited\" retry_after=40s ",
        ),
        (
            "too much work",
            |auth| drop(auth.busy()),
            "WARN handstamp::refusals: message=request refused code=\"busy\" ",
        ),
        (
            "a store that is down",
            store,
            "ERROR handstamp::refusals: message=request refused code=\"store_unavailable\" \
             error=the store did not answer: connection refused ",
        ),
        (
            "a policy that decides",
            |auth| denied(auth, Denial::new("forbidden by night\nERROR forged")),
            "DEBUG handstamp::refusals: message=request refused code=\"policy_denied\" \
             reason=\"forbidden by night\\\\nERROR forged\" ",
        ),
        (
            "a policy that fails",
            |auth| {
                let reason = format!("{} overflow", "x".repeat(1000));
                denied(auth, Denial::failed(reason));
            },
            "ERROR handstamp::refusals: message=request refused code=\"policy_denied\" \
             reason=\"xxxxxx",
        ),
        (
            "no token",
            |auth| drop(outcome(auth, &Head::new("GET"), &Require::access())),
            "DEBUG handstamp::refusals: message=request refused code=\"missing_token\" \
             reason=MissingToken { looked_in: \"the cookie access_token_cookie\" } ",
        ),
        (
            "no CSRF value",
            |auth| {
                let token = token(auth, &serde_json::json!({}));
                let head = Head::new("POST").access(&token);
                assert_eq!(
                    outcome(auth, &head, &Require::access()),
                    "missing_csrf_token"
                );
            },
            "DEBUG handstamp::refusals: message=request refused code=\"missing_csrf_token\" ",
        ),
    ];
    for (sentence, call, expected) in rows {
        let lines = logged(|| call(&auth(builder())));
        assert!(lines.starts_with(expected), "{sentence}: {lines}");
        assert_eq!(lines.lines().count(), 1, "{sentence}: {lines}");
        assert!(lines.len() < 1000, "{sentence}: {lines}");
    }
}

#[test]
fn the_id_of_a_refusal_leads_to_its_line() {
    let auth = auth(builder());
    let mut ids = Vec::new();
    let lines = logged(|| {
        for method in ["GET", "POST"] {
            let rejection = ask(&auth, &Head::new(method), &Require::access()).unwrap_err();
            let sent = rejection.headers();
            assert!(
                sent.contains(&("refusal-id", rejection.id().into())),
                "{sent:?}"
            );
            ids.push(rejection.id());
        }
        ids.push(auth.busy().id());
    });
    assert_eq!(lines.lines().count(), ids.len());
    for (line, id) in lines.lines().zip(ids) {
        assert!(line.contains(&format!(" refusal={id} ")), "{id}: {line}");
    }
}

#[test]
fn a_client_fills_no_log_that_operators_read() {
    type Call = fn(&Auth);
    let rows: [(&str, Call, &str, u64); 5] = [
        (
            "origins",
            |auth| form_of(auth, b"https://evil.example"),
            "WARN",
            60,
        ),
        (
            "guesses",
            |auth| drop(auth.rate_limited(Duration::ZERO)),
            "INFO",
            60,
        ),
        ("load", |auth| drop(auth.busy()), "WARN", 60),
        (
            "policies that fail",
            |auth| denied(auth, Denial::failed("the policy is wrong")),
            "ERROR",
            60,
        ),
        (
            "a store that is down",
            |auth| drop(auth.store_unavailable(StoreError::new("down"))),
            "ERROR",
            1,
        ),
    ];
    for (sentence, call, level, seconds) in rows {
        let (auth, clock) = auth_and_clock(builder());
        let lines = logged(|| (0..1000).for_each(|_| call(&auth)));
        assert_eq!(lines.matches(level).count(), 10, "{sentence}");
        assert_eq!(lines.matches("DEBUG").count(), 990, "{sentence}");
        assert_eq!(lines.matches("left_out").count(), 0, "{sentence}");
        clock.advance(Duration::from_secs(seconds));
        let lines = logged(|| (0..10).for_each(|_| call(&auth)));
        assert_eq!(lines.matches(level).count(), 1, "{sentence}: {lines}");
        assert!(lines.contains(" left_out=990 "), "{sentence}: {lines}");
    }
}

#[test]
fn what_a_client_states_writes_no_text_of_its_own_into_the_log() {
    let long = [b'a'; 10_000];
    for (sentence, origin) in [
        ("a terminal's escape", &b"\x1b[2J\x1b[1;31m"[..]),
        ("a line", b"x\nERROR forged: all is lost"),
        ("bytes that are no text", b"\xff\xfe\x80"),
        ("a separator of lines", "a\u{2028}b".as_bytes()),
        ("a quote and a field", b"x\" code=\"ok"),
        ("a long one", &long),
    ] {
        let lines = logged(|| form_of(&auth(builder()), origin));
        let line = lines.strip_suffix('\n').unwrap();
        let is_plain = |character: char| character == ' ' || character.is_ascii_graphic();
        assert!(line.chars().all(is_plain), "{sentence}: {line}");
        assert!(line.len() < 1_000, "{sentence}: {line}");
        assert!(!line.contains("x\" code="), "{sentence}: {line}");
    }
}

#[test]
fn a_web_socket_without_a_public_origin_is_explained_once() {
    const HINT: &str = "a WebSocket was refused, and with a cookie each will be";
    type Row = (&'static str, fn() -> ConfigBuilder, &'static str, usize);
    let none = || builder();
    let public = || builder().public_origin("https://app.example.com");
    let rows: [Row; 3] = [
        ("no public origin", none, "websocket", 1),
        (
            "a public origin, and another in the request",
            public,
            "websocket",
            0,
        ),
        ("no WebSocket, and no public origin", none, "h2c", 0),
    ];
    for (sentence, config, upgrade, expected) in rows {
        let auth = auth(config());
        let cookie = token(&auth, &serde_json::json!({}));
        let head = Head::new("GET").access(&cookie).header("upgrade", upgrade);
        let head = head.header("origin", "http://localhost:8000");
        let lines = logged(|| {
            for _ in 0..3 {
                outcome(&auth, &head, &Require::access());
            }
        });
        assert_eq!(lines.matches(HINT).count(), expected, "{sentence}: {lines}");
        let sets = lines
            .matches("Set it to the origin in the browser's address bar")
            .count();
        assert_eq!(sets, expected, "{sentence}: {lines}");
    }
}

#[test]
fn events_of_sessions_name_the_account_if_the_setting_says_so() {
    for (sentence, log_subjects, expected) in [
        ("by default a hash", false, "account=#"),
        ("the subject", true, "account=a.user@example.com "),
    ] {
        let config = builder().log_subjects(log_subjects).build().unwrap();
        let auth = Auth::builder(config)
            .store(MemoryStore::new())
            .build()
            .unwrap();
        let lines = logged(|| {
            drop(now(auth.log_in("a.user@example.com", ClientInfo::new())).unwrap());
            now(auth.revoke_all_sessions("a.user@example.com")).unwrap();
        });
        assert_eq!(lines.matches(expected).count(), 2, "{sentence}: {lines}");
        let shown = lines.matches("a.user@example.com").count();
        assert_eq!(shown > 0, log_subjects, "{sentence}: {lines}");
    }
}
