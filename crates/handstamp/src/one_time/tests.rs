//! Tests of one-time tokens by the public interface, with a clock that the tests set.

#![expect(clippy::type_complexity, reason = "rows are tuples")]

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Action, NewOneTimeToken, Opened};
use crate::config::ConfigBuilder;
use crate::config::danger::Danger;
use crate::context::blocklist::TokenStatus;
use crate::error::IssueError;
use crate::session::ClientInfo;
use crate::store::MemoryStore;
use crate::testing::{
    FailingStore, Head, Log, NOW, TestClock, auth, builder, clock_at, now, outcome, sign,
};
use crate::{Auth, Location, RequestHead as _, Require, minutes};

const RESET: Action = Action::new("password-reset", minutes(30));
const CONFIRM: Action = Action::new("confirm-address", minutes(30));
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";

struct House {
    auth: Auth,
    store: FailingStore<MemoryStore>,
    clock: TestClock,
}

fn house() -> House {
    let clock = clock_at(NOW);
    let store = FailingStore::new(MemoryStore::with_clock(clock.clone()));
    let auth = Auth::builder(builder().build().unwrap())
        .with_clock(clock.clone())
        .store(store.clone())
        .build()
        .unwrap();
    House { auth, store, clock }
}

fn create(auth: &Auth, new: NewOneTimeToken) -> String {
    auth.create_one_time_token(new).unwrap().as_str().to_owned()
}

/// A reset of this user's password, whose hash is [`HASH`].
fn reset(auth: &Auth, user: &str) -> String {
    create(auth, RESET.for_subject(user).bound_to(HASH))
}

/// Opens and redeems a token, and returns its subject or the code of the rejection.
fn redeem(auth: &Auth, action: Action, token: &str, bind: impl Fn(Opened) -> Opened) -> String {
    let redeemed = auth
        .open_one_time_token(action, token)
        .and_then(|opened| now(auth.redeem_one_time_token(bind(opened))));
    match redeemed {
        Ok(redeemed) => redeemed.subject().to_owned(),
        Err(rejection) => rejection.code().to_owned(),
    }
}

fn reset_with(auth: &Auth, token: &str) -> String {
    redeem(auth, RESET, token, |opened| opened.bound_to(HASH))
}

/// Does the same, and returns why the log says that it is refused.
fn reason(act: impl FnOnce() -> String) -> String {
    let (log, lines) = Log::new();
    let code = tracing::subscriber::with_default(log, act);
    assert_eq!(code, INVALID);
    let lines = lines.lock().unwrap();
    let line = lines.lines().find(|line| line.contains(INVALID)).unwrap();
    let (_, detail) = line.split_once("detail=").unwrap();
    let (detail, _) = detail.split_once(" refusal=").unwrap();
    detail.trim().to_owned()
}

fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    serde_json::from_slice(&engine.decode(payload).unwrap()).unwrap()
}

const INVALID: &str = "invalid_one_time_token";

#[test]
fn what_a_token_says() {
    let auth = auth(builder().encode_issuer("us").login_type("admin"));
    let token = auth
        .create_one_time_token(RESET.for_subject(42).bound_to(HASH))
        .unwrap();
    let claims = claims(token.as_str());
    let seal = claims["bound"].as_str().unwrap();
    assert_eq!(seal.len(), 43, "a MAC of 32 bytes");
    let expected = json!({
        "one_time_for": "42", "jti": token.id(), "type": "one_time", "aud": "handstamp:one-time:password-reset",
        "iat": NOW, "iat_ms": NOW * 1000, "exp": NOW + 1800, "iss": "us", "login_type": "admin", "bound": seal,
    });
    assert_eq!(claims, expected);
    assert_eq!(token.expires_at().as_secs(), NOW + 1800);
    let shown = format!("{token:?}");
    assert!(!shown.contains(token.as_str()) && !shown.contains(token.id()));
}

#[test]
fn what_is_not_issued() {
    let auth = auth(builder().login_type("user"));
    let long = Action::new("long", Duration::from_secs(11 * 365 * 86_400));
    let short = Action::new("short", Duration::from_millis(999));
    let bound = |action: Action| action.for_subject("user1").bound_to(HASH);
    let rows = [
        (
            "no subject",
            RESET.for_subject("").bound_to(HASH),
            "EmptySubject",
        ),
        (
            "bound to nothing, without a store",
            RESET.for_subject("user1"),
            "UnboundOneTimeToken",
        ),
        ("under a second", bound(short), "LifetimeOutOfRange"),
        ("over ten years", bound(long), "LifetimeOutOfRange"),
        (
            "another login type",
            bound(RESET).login_type("admin"),
            "OtherLoginType",
        ),
    ];
    for (row, new, expected) in rows {
        let error: IssueError = auth.create_one_time_token(new).unwrap_err();
        assert!(
            format!("{error:?}").starts_with(expected),
            "{row}: {error:?}"
        );
    }
}

#[test]
fn only_a_token_for_the_action_opens() {
    let other_key = auth(builder().secret_key("another secret, of thirty-two bytes"));
    let issuer = auth(builder().encode_issuer("them"));
    let auth = auth(builder().decode_issuer("us").encode_issuer("us"));
    let pair = auth.create_token_pair("user1").unwrap();
    let like = |changes: Value| {
        let mut claims = json!({
            "one_time_for": "user1", "jti": "id", "type": "one_time", "aud": "handstamp:one-time:password-reset",
            "iat": NOW, "exp": NOW + 60, "iss": "us",
        });
        let all = claims.as_object_mut().unwrap();
        all.extend(changes.as_object().unwrap().clone());
        sign(&auth, &claims.to_string())
    };
    let opens = |token: &str| {
        let opened = auth.open_one_time_token(RESET, token);
        opened.map_or_else(
            |refused| refused.code().to_owned(),
            |opened| opened.subject().to_owned(),
        )
    };
    assert_eq!(opens(&reset(&auth, "user1")), "user1");
    assert_eq!(opens(&like(json!({}))), "user1");
    let audience = "handstamp:one-time:password-reset";
    let rows = [
        (
            "an access token",
            pair.access().as_str().to_owned(),
            "no one-time token",
        ),
        (
            "a refresh token",
            pair.refresh().as_str().to_owned(),
            "no one-time token",
        ),
        (
            "an access token with the audience of the action",
            auth.create_access_token(crate::NewToken::for_subject("user1").audience([audience]))
                .unwrap()
                .as_str()
                .to_owned(),
            "no one-time token",
        ),
        (
            "a token for another action",
            create(&auth, CONFIRM.for_subject("user1").bound_to(HASH)),
            "invalid_audience",
        ),
        ("no audience", like(json!({"aud": []})), "invalid_audience"),
        (
            "a second audience",
            like(json!({"aud": [audience, "other"]})),
            "invalid_audience",
        ),
        ("another issuer", reset(&issuer, "user1"), "invalid_issuer"),
        (
            "another key",
            reset(&other_key, "user1"),
            "invalid_signature",
        ),
        ("expired now", like(json!({"exp": NOW})), "token_expired"),
        (
            "another subject in `sub`",
            like(json!({"sub": "2"})),
            "the identity claim and sub differ",
        ),
        (
            "no subject",
            like(json!({"one_time_for": ""})),
            "sub is empty",
        ),
        (
            "of the future",
            like(json!({"iat": NOW + 31})),
            "issued 31 s in the future",
        ),
        (
            "bound to what is no text",
            like(json!({"bound": 1})),
            "its claim `bound` is no text",
        ),
        ("no token", "reset".to_owned(), "not three segments"),
        ("nothing", String::new(), "not three segments"),
    ];
    for (row, token, expected) in rows {
        let detail = reason(|| opens(&token));
        assert!(detail.contains(expected), "{row}: {detail}");
    }
}

#[test]
fn a_token_of_another_login_type_is_refused() {
    let admins = auth(builder().login_type("admin"));
    let users = auth(builder().login_type("user"));
    let token = reset(&admins, "1");
    assert_eq!(reset_with(&admins, &token), "1");
    let detail = reason(|| reset_with(&users, &token));
    assert_eq!(detail, "login_type_mismatch");
}

/// Wherever a token may be, with whatever route and settings.
#[test]
fn no_route_takes_a_one_time_token() {
    let all = [
        Location::Headers,
        Location::Cookies,
        Location::Query,
        Location::Json,
    ];
    let configs: [(&str, fn(ConfigBuilder) -> ConfigBuilder); 3] = [
        ("by default", |config| config),
        ("with the audience of the action", |config| {
            config.decode_audience(["handstamp:one-time:password-reset"])
        }),
        ("without CSRF", |config| config.danger(Danger::NoCsrf)),
    ];
    for (row, change) in configs {
        let auth = auth(change(builder().token_locations(all)));
        let token = reset(&auth, "user1");
        let json = json!({"access_token": token, "refresh_token": token}).to_string();
        let requests = [
            ("in the header", Head::new("GET").bearer(&token)),
            ("in the access cookie", Head::new("GET").access(&token)),
            ("in the refresh cookie", Head::new("POST").refresh(&token)),
            (
                "in the query",
                Head::new("GET").query(&format!("token={token}")),
            ),
            (
                "in JSON",
                Head::new("POST").header("content-type", "application/json"),
            ),
        ];
        for (place, head) in requests {
            let body = if place == "in JSON" {
                json.as_bytes()
            } else {
                b""
            };
            let head = head.with_body(body);
            for (purpose, refused) in [
                ("as access", outcome(&auth, &head, &Require::access())),
                ("as refresh", outcome(&auth, &head, &Require::refresh())),
            ] {
                let expected = ["invalid_token", "missing_token"];
                assert!(
                    expected.contains(&refused.as_str()),
                    "{row}, {place}, {purpose}: {refused}"
                );
            }
        }
        let head = Head::new("GET").bearer(&token);
        assert_eq!(outcome(&auth, &head, &Require::access()), "invalid_token");
    }
}

#[test]
fn a_one_time_token_logs_nobody_out() {
    let house = house();
    let token = reset(&house.auth, "user1");
    let tokens = now(house.auth.log_in("user1", ClientInfo::new())).unwrap();
    for head in [
        Head::new("POST").bearer(&token),
        Head::new("POST").access(&token),
        Head::new("POST").refresh(&token),
    ] {
        let log_out = house.auth.authenticate_log_out(&head).unwrap();
        let _cookies = now(house.auth.log_out(log_out)).unwrap();
        let access = Head::new("GET").access(tokens.access().as_str());
        assert_eq!(outcome(&house.auth, &access, &Require::access()), "user1");
        assert_eq!(now(house.auth.sessions("user1")).unwrap().len(), 1);
    }
    // It was not revoked either.
    assert_eq!(reset_with(&house.auth, &token), "user1");
}

/// Two reasons refuse it: it has no `sub`, and its type is another.
#[test]
fn each_reason_alone_keeps_a_token_out() {
    let auth = auth(builder());
    let claims = claims(&reset(&auth, "user1"));
    let with = |changes: Value| {
        let mut all = claims.clone();
        let all = all.as_object_mut().unwrap();
        all.remove("aud");
        all.extend(changes.as_object().unwrap().clone());
        sign(&auth, &Value::from(all.clone()).to_string())
    };
    for (row, changes, expected) in [
        (
            "neither",
            json!({"sub": "user1", "type": "access"}),
            "user1",
        ),
        ("its type", json!({"sub": "user1"}), "invalid_token"),
        ("no `sub`", json!({"type": "access"}), "invalid_token"),
    ] {
        let head = Head::new("GET").access(&with(changes));
        assert_eq!(outcome(&auth, &head, &Require::access()), expected, "{row}");
    }
}

/// A sibling subdomain plants its own one-time token, which must not lock a user out.
#[test]
fn a_planted_one_time_token_is_dropped() {
    let auth = auth(builder());
    let planted = reset(&auth, "mallory");
    let access = auth.create_access_token("user1").unwrap();
    let cookies = format!(
        "access_token_cookie={planted}; access_token_cookie={}",
        access.as_str()
    );
    let head = Head::new("GET").header("cookie", cookies);
    assert_eq!(outcome(&auth, &head, &Require::access()), "user1");
}

#[test]
fn a_token_fits_what_it_is_bound_to() {
    type Bind<T> = fn(T) -> T;
    let rows: [(&str, Bind<NewOneTimeToken>, Bind<Opened>, Option<&str>); 10] = [
        (
            "the same value",
            |new| new.bound_to("a"),
            |opened| opened.bound_to("a"),
            None,
        ),
        (
            "the same values",
            |new| new.bound_to("a").bound_to("b"),
            |opened| opened.bound_to("a").bound_to("b"),
            None,
        ),
        (
            "an empty value",
            |new| new.bound_to(""),
            |opened| opened.bound_to(""),
            None,
        ),
        (
            "another value",
            |new| new.bound_to("a"),
            |opened| opened.bound_to("b"),
            Some(CHANGED),
        ),
        (
            "one value, cut into two",
            |new| new.bound_to("ab"),
            |opened| opened.bound_to("a").bound_to("b"),
            Some(CHANGED),
        ),
        (
            "two values, cut elsewhere",
            |new| new.bound_to("a").bound_to("bc"),
            |opened| opened.bound_to("ab").bound_to("c"),
            Some(CHANGED),
        ),
        (
            "another order",
            |new| new.bound_to("a").bound_to("b"),
            |opened| opened.bound_to("b").bound_to("a"),
            Some(CHANGED),
        ),
        (
            "one value too few",
            |new| new.bound_to("a").bound_to(""),
            |opened| opened.bound_to("a"),
            Some(CHANGED),
        ),
        (
            "no value",
            |new| new.bound_to("a"),
            |opened| opened,
            Some("it is bound, and was redeemed without a value"),
        ),
        (
            "a value that is not asked for",
            |new| new,
            |opened| opened.bound_to("a"),
            Some("it is bound to nothing"),
        ),
    ];
    for (row, make, give, expected) in rows {
        let house = house();
        let token = create(&house.auth, make(RESET.for_subject("user1")));
        let Some(expected) = expected else {
            assert_eq!(redeem(&house.auth, RESET, &token, give), "user1", "{row}");
            continue;
        };
        let detail = reason(|| redeem(&house.auth, RESET, &token, give));
        assert_eq!(detail, expected, "{row}");
    }
}

const CHANGED: &str = "what it is bound to has changed";

#[test]
fn a_seal_is_of_one_token() {
    let auth = auth(builder());
    let [one, other] = [(); 2].map(|()| claims(&reset(&auth, "user1")));
    assert_ne!(one["bound"], other["bound"]);
    // Even if someone could sign: the seal of one token does not fit another.
    let mut moved = one.clone();
    moved["bound"] = other["bound"].clone();
    let moved = sign(&auth, &moved.to_string());
    assert_eq!(reason(|| reset_with(&auth, &moved)), CHANGED);
}

#[test]
fn what_a_wrong_value_is_given_for_is_not_used_up() {
    let house = house();
    let token = reset(&house.auth, "user1");
    let wrong = |opened: Opened| opened.bound_to("another");
    assert_eq!(redeem(&house.auth, RESET, &token, wrong), INVALID);
    assert_eq!(redeem(&house.auth, CONFIRM, &token, wrong), INVALID);
    assert_eq!(reset_with(&house.auth, &token), "user1");
}

#[test]
fn a_token_is_redeemed_once() {
    let house = house();
    let token = create(&house.auth, RESET.for_subject("user1"));
    let other = create(&house.auth, RESET.for_subject("user1"));
    let redeem = |token: &str| redeem(&house.auth, RESET, token, |opened| opened);
    assert_eq!(redeem(&token), "user1");
    assert_eq!(reason(|| redeem(&token)), "it was redeemed before");
    assert_eq!(redeem(&other), "user1");
    house.clock.advance(minutes(30));
    assert_eq!(reason(|| redeem(&token)), "token_expired");
}

#[test]
fn one_that_was_opened_in_time_expires_all_the_same() {
    let house = house();
    let token = reset(&house.auth, "user1");
    let opened = house.auth.open_one_time_token(RESET, &token).unwrap();
    house.clock.advance(minutes(30));
    let redeemed = now(house.auth.redeem_one_time_token(opened.bound_to(HASH)));
    assert_eq!(redeemed.unwrap_err().code(), INVALID);
}

#[test]
fn a_revocation_ends_tokens_from_before_it() {
    let house = house();
    let millisecond = Duration::from_millis(1);
    let before = reset(&house.auth, "user1");
    let of_other = reset(&house.auth, "user2");
    house.clock.advance(millisecond);
    assert_eq!(now(house.auth.revoke_all_sessions("user1")).unwrap(), 0);
    house.clock.advance(millisecond);
    let after = reset(&house.auth, "user1");
    assert_eq!(
        reason(|| reset_with(&house.auth, &before)),
        "it was revoked"
    );
    assert_eq!(reset_with(&house.auth, &after), "user1");
    assert_eq!(reset_with(&house.auth, &of_other), "user2");

    let single = RESET.for_subject("user1").bound_to(HASH);
    let single = house.auth.create_one_time_token(single).unwrap();
    now(house
        .auth
        .revoke_token("user1", single.id(), single.expires_at()))
    .unwrap();
    let detail = reason(|| reset_with(&house.auth, single.as_str()));
    assert_eq!(detail, "it was revoked");
}

#[test]
fn a_blocklist_is_asked() {
    let auth = Auth::builder(builder().build().unwrap())
        .with_clock(clock_at(NOW))
        .with_blocklist(async |_| Ok(TokenStatus::Revoked))
        .build()
        .unwrap();
    let token = reset(&auth, "user1");
    assert_eq!(reason(|| reset_with(&auth, &token)), "it was revoked");
}

#[test]
fn a_store_that_is_down_uses_no_token_up() {
    let house = house();
    let token = reset(&house.auth, "user1");
    house.store.fail_next();
    assert_eq!(reset_with(&house.auth, &token), "store_unavailable");
    assert_eq!(reset_with(&house.auth, &token), "user1");
}

#[test]
fn without_a_store_the_value_decides() {
    let auth = auth(builder());
    let token = reset(&auth, "user1");
    assert_eq!(reset_with(&auth, &token), "user1");
    // Until the application has changed it.
    assert_eq!(reset_with(&auth, &token), "user1");
    let changed = redeem(&auth, RESET, &token, |opened| {
        opened.bound_to("$argon2id$new")
    });
    assert_eq!(changed, INVALID);
    // One of a service with a store, which this one lacks.
    let unbound = create(&house().auth, RESET.for_subject("user1"));
    let redeemed = redeem(&auth, RESET, &unbound, |opened| opened);
    assert_eq!(redeemed, "store_unavailable");
}

#[test]
fn a_token_outlives_a_change_of_the_secret() {
    let former = auth(builder().secret_key("the former secret of thirty-two bytes"));
    let token = reset(&former, "user1");
    let former = "the former secret of thirty-two bytes";
    let next = auth(builder().previous_secret_key(former));
    assert_eq!(reset_with(&next, &token), "user1");
    let wrong = redeem(&next, RESET, &token, |opened| opened.bound_to("another"));
    assert_eq!(wrong, INVALID);
}

#[cfg(feature = "asymmetric")]
#[test]
fn a_token_of_a_key_pair_is_bound_too() {
    let private = include_str!("../../tests/keys/p256.private.pem");
    let public = include_str!("../../tests/keys/p256.public.pem");
    let es256 = || crate::Config::builder().algorithm(crate::config::Algorithm::Es256);
    let issuer = auth(es256().private_key(private));
    let verifier = auth(es256().public_key(public));
    let token = reset(&issuer, "user1");
    for auth in [&issuer, &verifier] {
        assert_eq!(reset_with(auth, &token), "user1");
        let wrong = redeem(auth, RESET, &token, |opened| opened.bound_to("another"));
        assert_eq!(wrong, INVALID);
    }
}

/// Each on a thread of its own, past a store that answers late.
#[test]
fn of_many_at_once_one_redeems() {
    let house = Arc::new(house());
    house.store.slow_down();
    for round in 0..20 {
        let token = create(&house.auth, RESET.for_subject(round));
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (house, token) = (Arc::clone(&house), token.clone());
                std::thread::spawn(move || {
                    let opened = house.auth.open_one_time_token(RESET, &token).unwrap();
                    crate::testing::block_on(house.auth.redeem_one_time_token(opened)).is_ok()
                })
            })
            .collect();
        let won = threads.into_iter().map(|thread| thread.join().unwrap());
        assert_eq!(won.filter(|won| *won).count(), 1);
    }
}
