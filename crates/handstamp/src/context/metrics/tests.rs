//! What each event counts for, and that no request makes a series.

#![cfg(feature = "metrics")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics::{
    Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use serde_json::{Value, json};

use crate::adapter::RequestState;
use crate::blocklist::TokenStatus;
use crate::error::{BodyError, StoreError};
use crate::limit::{Caller, Limit, Quota, RateLimits};
use crate::session::ClientInfo;
use crate::store::MemoryStore;
use crate::testing::{
    CSRF, FailingStore, Head, NOW, TestClock, ask, block_on, builder, clock_at, now, outcome, sign,
    token,
};
use crate::{Auth, Require, TokenPair};

/// Keeps the number of each series: its count, or how many values it has.
#[derive(Clone, Default)]
struct Series(Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>);

impl Series {
    fn number(&self, key: &Key) -> Arc<AtomicU64> {
        let labels: Vec<String> = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        let name = format!("{}{{{}}}", key.name(), labels.join(","));
        let mut all = self.0.lock().unwrap();
        Arc::clone(all.entry(name).or_default())
    }

    fn read(&self) -> BTreeMap<String, u64> {
        let all = self.0.lock().unwrap();
        let read = |(name, number): (&String, &Arc<AtomicU64>)| {
            (name.clone(), number.load(Ordering::Relaxed))
        };
        all.iter().map(read).collect()
    }

    /// Returns the series that this changes, each with how much it grew.
    fn grown_by(&self, action: impl FnOnce()) -> Vec<(String, u64)> {
        let before = self.read();
        action();
        let after = self.read();
        assert!(before.keys().eq(after.keys()), "there is a new series");
        let grown = after.into_iter().map(|(name, number)| {
            let grown = number - before[&name];
            (name, grown)
        });
        grown.filter(|(_, grown)| *grown > 0).collect()
    }
}

/// Counts the values.
struct Values(Arc<AtomicU64>);

impl HistogramFn for Values {
    fn record(&self, value: f64) {
        assert!((0.0..60.0).contains(&value), "{value} s");
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Recorder for Series {
    fn describe_counter(&self, key: KeyName, _: Option<Unit>, description: SharedString) {
        assert!(key.as_str().starts_with("handstamp_") && key.as_str().ends_with("_total"));
        assert!(description.ends_with('.'));
    }

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        assert!(key.as_str().ends_with("_seconds") && unit == Some(Unit::Seconds));
        assert!(description.ends_with('.'));
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.number(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        panic!("{key} is a gauge")
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::new(Values(self.number(key))))
    }
}

/// A service with a store that can fail, and the series of it.
struct House {
    auth: Auth,
    clock: TestClock,
    store: FailingStore<MemoryStore>,
    series: Series,
}

fn house() -> House {
    let clock = clock_at(NOW);
    let store = FailingStore::new(MemoryStore::with_clock(clock.clone()));
    let config = builder()
        .public_origin("https://app.example.com")
        .sessions_per_user(3)
        .store_timeout(Duration::from_millis(20))
        .build()
        .unwrap();
    let auth = Auth::builder(config)
        .with_clock(clock.clone())
        .store(store.clone())
        .with_blocklist(|token| async move {
            Ok(match token.id() {
                "revoked" => TokenStatus::Revoked,
                _ => TokenStatus::Active,
            })
        })
        .on_implicit_refresh(|token| async move { Ok(token) });
    let series = Series::default();
    let auth = metrics::with_local_recorder(&series, || auth.build().unwrap());
    House {
        auth,
        clock,
        store,
        series,
    }
}

impl House {
    fn log_in(&self) -> TokenPair {
        now(self.auth.log_in("user1", ClientInfo::new())).unwrap()
    }

    fn access(&self, changes: &Value) -> String {
        let head = Head::new("GET").access(&token(&self.auth, changes));
        outcome(&self.auth, &head, &Require::access())
    }

    fn refresh(&self, tokens: &TokenPair) -> Result<TokenPair, String> {
        let head = Head::new("POST")
            .refresh(tokens.refresh().as_str())
            .csrf(tokens.refresh().csrf().unwrap());
        let code = |rejection: crate::error::Rejection| rejection.code().to_owned();
        let token = ask(&self.auth, &head, &Require::refresh()).map_err(code)?;
        now(self.auth.refresh(&token)).map_err(|error| error.to_string())
    }

    /// Returns the code of the rejection of a request that changes something.
    fn post(&self, header: &str, value: &str) -> String {
        let head = Head::new("POST").access(&token(&self.auth, &json!({})));
        outcome(&self.auth, &head.header(header, value), &Require::access())
    }
}

/// Returns what grew, without the calls of stores.
fn events(grown: Vec<(String, u64)>) -> Vec<String> {
    let is_event = |name: &String| !name.starts_with("handstamp_store_");
    grown
        .into_iter()
        .map(|(name, grown)| match grown {
            1 => name,
            _ => format!("{name} {grown}"),
        })
        .filter(is_event)
        .collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_event_counts_once_for_its_series_and_for_no_other() {
    type Action = fn(&House);
    let rows: &[(&str, Action, &[&str])] = &[
        (
            "a token admits",
            |house| assert_eq!(house.access(&json!({})), "user1"),
            &["handstamp_requests_total{outcome=ok}"],
        ),
        (
            "no token",
            |house| drop(outcome(&house.auth, &Head::new("GET"), &Require::access())),
            &["handstamp_requests_total{outcome=missing_token}"],
        ),
        (
            "an expired token",
            |house| assert_eq!(house.access(&json!({"exp": NOW - 100})), "token_expired"),
            &["handstamp_requests_total{outcome=token_expired}"],
        ),
        (
            "a genuine token of the future",
            |house| assert_eq!(house.access(&json!({"iat": NOW + 600})), "invalid_token"),
            &["handstamp_requests_total{outcome=invalid_token}"],
        ),
        (
            "a refresh token for an access token",
            |house| {
                let code = house.access(&json!({"type": "refresh"}));
                assert_eq!(code, "access_token_required");
            },
            &["handstamp_requests_total{outcome=access_token_required}"],
        ),
        (
            "a token on the blocklist",
            |house| assert_eq!(house.access(&json!({"jti": "revoked"})), "token_revoked"),
            &["handstamp_requests_total{outcome=token_revoked}"],
        ),
        (
            "no CSRF value",
            |house| assert_eq!(house.post("x-other", ""), "missing_csrf_token"),
            &[
                "handstamp_csrf_refusals_total{kind=missing_token}",
                "handstamp_requests_total{outcome=missing_csrf_token}",
            ],
        ),
        (
            "another CSRF value",
            |house| assert_eq!(house.post("x-csrf-token", "another"), "csrf_mismatch"),
            &[
                "handstamp_csrf_refusals_total{kind=mismatch}",
                "handstamp_requests_total{outcome=csrf_mismatch}",
            ],
        ),
        (
            "another site",
            |house| {
                let code = house.post("sec-fetch-site", "cross-site");
                assert_eq!(code, "cross_site_request");
            },
            &[
                "handstamp_csrf_refusals_total{kind=cross_site}",
                "handstamp_requests_total{outcome=cross_site_request}",
            ],
        ),
        (
            "another origin",
            |house| {
                let code = house.post("origin", "https://evil.example");
                assert_eq!(code, "origin_not_allowed");
            },
            &[
                "handstamp_csrf_refusals_total{kind=origin}",
                "handstamp_requests_total{outcome=origin_not_allowed}",
            ],
        ),
        (
            "a WebSocket of another origin",
            |house| {
                let head = Head::new("GET")
                    .access(&token(&house.auth, &json!({})))
                    .header("upgrade", "websocket")
                    .header("connection", "upgrade")
                    .header("origin", "https://evil.example");
                let code = outcome(&house.auth, &head, &Require::access());
                assert_eq!(code, "origin_not_allowed");
            },
            &[
                "handstamp_csrf_refusals_total{kind=socket_origin}",
                "handstamp_requests_total{outcome=origin_not_allowed}",
            ],
        ),
        (
            "a code of the application",
            |house| drop(house.auth.refuse(409, "name_taken", "")),
            &["handstamp_requests_total{outcome=application}"],
        ),
        (
            "wrong credentials",
            |house| drop(house.auth.invalid_credentials()),
            &["handstamp_requests_total{outcome=invalid_credentials}"],
        ),
        (
            "too much work",
            |house| drop(house.auth.busy()),
            &["handstamp_requests_total{outcome=busy}"],
        ),
        (
            "a body that is too large",
            |house| drop(house.auth.refuse_body(BodyError::TooLarge)),
            &["handstamp_requests_total{outcome=body_too_large}"],
        ),
        (
            "a store that fails",
            |house| {
                house.store.fail_next();
                assert_eq!(house.access(&json!({})), "store_unavailable");
            },
            &["handstamp_requests_total{outcome=store_unavailable}"],
        ),
        (
            "a layer and two extractors of one request",
            |house| {
                let head = Head::new("GET").access(&token(&house.auth, &json!({})));
                let mut state = RequestState::default();
                let require = Arc::new(Require::access());
                let admitted = now(state.authenticate(&house.auth, &head, &require)).unwrap();
                state.record(&house.auth, &admitted).unwrap();
                now(state.access(&house.auth, &head)).unwrap();
                now(state.session_info(&house.auth, &head)).unwrap();
            },
            &["handstamp_requests_total{outcome=ok}"],
        ),
        (
            "two extractors without a layer",
            |house| {
                let head = Head::new("GET").access(&token(&house.auth, &json!({})));
                let state = RequestState::default();
                now(state.access(&house.auth, &head)).unwrap();
                now(state.visitor(&house.auth, &head)).unwrap().unwrap();
            },
            &["handstamp_requests_total{outcome=ok}"],
        ),
        (
            "a visitor whose token has expired",
            |house| {
                let expired = token(&house.auth, &json!({"exp": NOW - 100}));
                let head = Head::new("GET").access(&expired);
                let visitor = RequestState::default().visitor(&house.auth, &head);
                assert_eq!(now(visitor).unwrap().unwrap_err().code(), "token_expired");
            },
            &["handstamp_requests_total{outcome=anonymous}"],
        ),
        (
            "a visitor whom another site sends with a token that would admit",
            |house| {
                let head = Head::new("POST")
                    .access(&token(&house.auth, &json!({})))
                    .header("sec-fetch-site", "cross-site");
                let visitor = RequestState::default().visitor(&house.auth, &head);
                assert_eq!(now(visitor).unwrap_err().code(), "cross_site_request");
            },
            &[
                "handstamp_csrf_refusals_total{kind=cross_site}",
                "handstamp_requests_total{outcome=cross_site_request}",
            ],
        ),
        (
            "a visitor whom another site sends with a dead token",
            |house| {
                let head = Head::new("POST")
                    .access(&token(&house.auth, &json!({"exp": NOW - 100})))
                    .header("sec-fetch-site", "cross-site");
                let visitor = RequestState::default().visitor(&house.auth, &head);
                assert_eq!(now(visitor).unwrap().unwrap_err().code(), "token_expired");
            },
            &["handstamp_requests_total{outcome=anonymous}"],
        ),
        (
            "a page asks who is logged in, and no one is",
            |house| {
                let asked = RequestState::default().session_info(&house.auth, &Head::new("GET"));
                assert!(now(asked).unwrap().token().is_none());
            },
            &["handstamp_requests_total{outcome=anonymous}"],
        ),
        (
            "limits look for a token, and let the request through",
            |house| {
                let limits = [Limit::by_subject("users", Quota::per_second(5))];
                let limits = RateLimits::in_memory(limits).unwrap();
                let state = RequestState::default();
                let auth = &house.auth;
                let head = Head::new("GET").access("forged");
                now(state.check_rate(auth, &head, "/", None, &limits)).unwrap();
            },
            &[],
        ),
        (
            "limits that are exceeded",
            |house| {
                let limits = [Limit::by_address("all", Quota::per_hour(1))];
                let limits = RateLimits::in_memory(limits).unwrap();
                let caller = Caller::new("GET", "/").address([192, 0, 2, 7].into());
                now(house.auth.check_rate(&limits, &caller)).unwrap();
                drop(now(house.auth.check_rate(&limits, &caller)).unwrap_err());
            },
            &["handstamp_requests_total{outcome=rate_limited}"],
        ),
        (
            "a log-in",
            |house| drop(house.log_in()),
            &["handstamp_sessions_started_total{by=log_in}"],
        ),
        (
            "a log-in, and one session too many",
            |house| (0..4).for_each(|_| drop(house.log_in())),
            &[
                "handstamp_sessions_ended_total{reason=limit}",
                "handstamp_sessions_started_total{by=log_in} 4",
            ],
        ),
        (
            "a refresh at once, one later, and one that repeats it",
            |house| {
                let tokens = house.log_in();
                drop(house.refresh(&tokens).unwrap());
                house.clock.advance(Duration::from_secs(600));
                drop(house.refresh(&tokens).unwrap());
                drop(house.refresh(&tokens).unwrap());
            },
            &[
                "handstamp_refreshes_total{way=debounced}",
                "handstamp_refreshes_total{way=reissued}",
                "handstamp_refreshes_total{way=rotated}",
                "handstamp_requests_total{outcome=ok} 3",
                "handstamp_sessions_started_total{by=log_in}",
            ],
        ),
        (
            "a replay, and then its session",
            |house| {
                let tokens = house.log_in();
                house.clock.advance(Duration::from_secs(600));
                let next = house.refresh(&tokens).unwrap();
                drop(house.refresh(&next).unwrap());
                house.clock.advance(Duration::from_secs(600));
                let last = house.refresh(&next).unwrap();
                assert_eq!(house.refresh(&tokens).unwrap_err(), "refresh_reused");
                assert_eq!(house.refresh(&last).unwrap_err(), "session_ended");
            },
            &[
                "handstamp_refreshes_total{way=debounced}",
                "handstamp_refreshes_total{way=reused}",
                "handstamp_refreshes_total{way=rotated} 2",
                "handstamp_requests_total{outcome=ok} 3",
                "handstamp_requests_total{outcome=refresh_reused}",
                "handstamp_requests_total{outcome=session_ended}",
                "handstamp_sessions_ended_total{reason=reused}",
                "handstamp_sessions_started_total{by=log_in}",
            ],
        ),
        (
            "a refresh token without a session",
            |house| {
                let claims = json!({"type": "refresh", "exp": NOW + 86_400});
                let head = Head::new("POST")
                    .refresh(&token(&house.auth, &claims))
                    .csrf(CSRF);
                let token = ask(&house.auth, &head, &Require::refresh()).unwrap();
                drop(now(house.auth.refresh(&token)).unwrap());
            },
            &[
                "handstamp_refreshes_total{way=adopted}",
                "handstamp_requests_total{outcome=ok}",
                "handstamp_sessions_started_total{by=adoption}",
            ],
        ),
        (
            "a log-out",
            |house| {
                let tokens = house.log_in();
                let head = Head::new("POST")
                    .access(tokens.access().as_str())
                    .csrf(tokens.access().csrf().unwrap());
                let log_out = house.auth.authenticate_log_out(&head).unwrap();
                drop(now(house.auth.log_out(log_out)).unwrap());
            },
            &[
                "handstamp_sessions_ended_total{reason=logged_out}",
                "handstamp_sessions_started_total{by=log_in}",
            ],
        ),
        (
            "all sessions are revoked",
            |house| {
                drop(house.log_in());
                drop(house.log_in());
                now(house.auth.revoke_all_sessions("user1")).unwrap();
            },
            &[
                "handstamp_sessions_ended_total{reason=revoked} 2",
                "handstamp_sessions_started_total{by=log_in} 2",
            ],
        ),
    ];
    for (sentence, action, expected) in rows {
        let house = house();
        let grown = house.series.grown_by(|| action(&house));
        assert_eq!(events(grown), *expected, "{sentence}");
    }
}

#[test]
fn each_answer_that_is_waited_for_counts_by_who_was_asked_and_what_came() {
    type Action = fn(&House);
    let rows: &[(&str, Action, &str, &str)] = &[
        ("an answer", |house| drop(house.log_in()), "sessions", "ok"),
        (
            "an error",
            |house| {
                house.store.fail_next();
                now(house.auth.log_in("user1", ClientInfo::new())).unwrap_err();
            },
            "sessions",
            "error",
        ),
        (
            "no answer in time",
            |house| {
                house.store.hang();
                block_on(house.auth.log_in("user1", ClientInfo::new())).unwrap_err();
            },
            "sessions",
            "timeout",
        ),
        (
            "limits",
            |house| {
                let limits = [Limit::by_address("all", Quota::per_hour(1))];
                let limits = RateLimits::in_memory(limits).unwrap();
                let caller = Caller::new("GET", "/").address([192, 0, 2, 7].into());
                now(house.auth.check_rate(&limits, &caller)).unwrap();
            },
            "limits",
            "ok",
        ),
        (
            "the blocklist, which ends it",
            |house| assert_eq!(house.access(&json!({"jti": "revoked"})), "token_revoked"),
            "blocklist",
            "ok",
        ),
    ];
    for (sentence, action, asked, result) in rows {
        let house = house();
        let grown = house.series.grown_by(|| action(&house));
        let stores: Vec<_> = grown
            .into_iter()
            .filter(|(name, _)| name.starts_with("handstamp_store_"))
            .collect();
        let expected = [
            (
                format!("handstamp_store_calls_total{{asked={asked},result={result}}}"),
                1,
            ),
            (format!("handstamp_store_seconds{{asked={asked}}}"), 1),
        ];
        assert_eq!(stores, expected, "{sentence}");
    }
}

#[test]
fn every_series_is_there_from_the_start() {
    let series = house().series.read();
    assert!(series.values().all(|number| *number == 0), "{series:?}");
    let codes: Value = serde_json::from_str(include_str!("../../../codes.json")).unwrap();
    for code in codes["codes"].as_array().unwrap() {
        if code.get("of").is_none() {
            let code = code["code"].as_str().unwrap();
            let name = format!("handstamp_requests_total{{outcome={code}}}");
            assert!(series.contains_key(&name), "{name}");
        }
    }
    let mut counts = BTreeMap::new();
    for name in series.keys() {
        let (name, _) = name.split_once('{').unwrap();
        *counts.entry(name).or_insert(0) += 1;
    }
    let expected = [
        ("handstamp_csrf_refusals_total", 5),
        ("handstamp_refreshes_total", 9),
        ("handstamp_requests_total", 34),
        ("handstamp_sessions_ended_total", 5),
        ("handstamp_sessions_started_total", 2),
        ("handstamp_store_calls_total", 18),
        ("handstamp_store_seconds", 6),
    ];
    assert!(counts.into_iter().eq(expected), "{series:?}");
}

#[test]
fn a_second_auth_counts_for_the_same_series() {
    let House { series, .. } = house();
    let config = builder().build().unwrap();
    let grown = series.grown_by(|| {
        let auth = metrics::with_local_recorder(&series, || Auth::new(config).unwrap());
        drop(auth.busy());
    });
    assert_eq!(events(grown), ["handstamp_requests_total{outcome=busy}"]);
}

#[test]
fn a_hundred_thousand_hostile_requests_make_no_series() {
    const REQUESTS: u64 = 100_000;
    let house = house();
    let auth = &house.auth;
    let genuine = token(auth, &json!({}));
    let mut random = Xorshift(0x9E37_79B9_7F4A_7C15);
    let methods = [
        "GET",
        "POST",
        "DELETE",
        "OPTIONS",
        "",
        "G\u{e9}T",
        "handstamp",
    ];
    let grown = house.series.grown_by(|| {
        for _ in 0..REQUESTS {
            let text = format!("{:x}", random.next());
            let method = methods[usize::try_from(random.next() % 7).unwrap()];
            let head = Head::new(method);
            let head = match random.next() % 8 {
                0 => head.access(&text),
                1 => head.bearer(&format!("{text}.{text}.{text}")),
                2 => head.access(&genuine).csrf(text),
                3 => head
                    .access(&genuine)
                    .header("origin", format!("https://{text}")),
                4 => head.access(&genuine[..genuine.len() - 1]),
                5 => head.cookie(&text, &text).header("sec-fetch-site", text),
                6 => head.query(&format!("token={text}")),
                _ => {
                    // What an application may make of what it was sent.
                    drop(auth.refuse(400, text.leak(), ""));
                    continue;
                }
            };
            drop(outcome(auth, &head, &Require::access()));
        }
    });
    let total: u64 = grown
        .iter()
        .filter(|(name, _)| name.starts_with("handstamp_requests_total{"))
        .map(|(_, grown)| grown)
        .sum();
    assert_eq!(total, REQUESTS, "{grown:?}");
}

#[test]
fn a_user_that_is_loaded_and_a_token_that_is_signed_by_hand_are_asked_about() {
    struct Users;

    impl crate::subject::LoadSubject<()> for Users {
        async fn load_subject(
            &self,
            _: &crate::Authenticated<crate::purpose::Access>,
        ) -> Result<Option<()>, StoreError> {
            Ok(None)
        }
    }

    let house = house();
    let signed = sign(&house.auth, &crate::testing::claims(&json!({})));
    let head = Head::new("GET").access(&signed);
    let token = ask(&house.auth, &head, &Require::access()).unwrap();
    let grown = house.series.grown_by(|| {
        let code = now(house.auth.load_subject(&token, &Users)).unwrap_err();
        assert_eq!(code.code(), "unknown_subject");
    });
    let names: Vec<_> = grown.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "handstamp_requests_total{outcome=unknown_subject}",
        "handstamp_store_calls_total{asked=subjects,result=ok}",
        "handstamp_store_seconds{asked=subjects}",
    ];
    assert_eq!(names, expected);
}

/// Random enough for requests, and the same in each run.
struct Xorshift(u64);

impl Xorshift {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
