//! What is shared in one request, and what is not.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use serde_json::json;

use super::{Authenticating, RequestState};
use crate::blocklist::TokenStatus;
use crate::clock::UnixTime;
use crate::purpose::{Access, Purpose};
use crate::testing::{CSRF, Head, Log, NOW, auth, builder, now, outcome, token};
use crate::{Auth, Location, Require};

#[test]
fn a_question_is_answered_to_all_who_wait() {
    let (auth, asked) = slow();
    let head = Head::new("GET").access(auth.create_access_token("user1").unwrap().as_str());
    let state = RequestState::default();
    let [mut one, mut other] = [(); 2].map(|()| state.access(&auth, &head));
    let [one_woken, other_woken] = [(); 2].map(|()| Arc::<Count>::default());
    assert!(poll(&mut one, &one_woken).is_pending());
    // The answer comes while the other is polled, so the one would wait for ever if it were not
    // woken.
    assert_eq!(subject(poll(&mut other, &other_woken)), "user1");
    assert_eq!(one_woken.0.load(Ordering::Relaxed), 1);
    assert_eq!(subject(poll(&mut one, &one_woken)), "user1");
    assert!(poll(&mut one, &one_woken).is_pending(), "it has answered");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[test]
fn a_preflight_that_a_layer_refuses_is_said_once() {
    let (log, lines) = Log::new();
    tracing::subscriber::with_default(log, || {
        let said = |auth: &Auth, head: &Head| {
            let require = Arc::new(Require::access());
            drop(RequestState::default().authenticate(auth, head, &require));
            std::mem::take(&mut *lines.lock().unwrap()).contains("a CORS preflight was refused")
        };
        let auth = self::auth(builder());
        let options = || Head::new("OPTIONS").header("origin", "https://spa.example");
        let preflight = options().header("access-control-request-method", "POST");
        let token = auth.create_access_token("user1").unwrap();
        let with_token = preflight.clone().access(token.as_str());
        let head = Head::new("GET").header("access-control-request-method", "POST");
        for (sentence, head, expected) in [
            ("OPTIONS of a program is no preflight", &options(), false),
            ("GET is none", &head, false),
            ("one with a token is admitted", &with_token, false),
            ("the first", &preflight, true),
            ("the second", &preflight, false),
        ] {
            assert_eq!(said(&auth, head), expected, "{sentence}");
        }
        assert!(said(&self::auth(builder()), &preflight), "of another Auth");
    });
}

#[test]
fn who_asked_first_may_be_dropped() {
    let (auth, asked) = slow();
    let head = Head::new("GET").access(auth.create_access_token("user1").unwrap().as_str());
    let state = RequestState::default();
    let mut first = state.access(&auth, &head);
    assert!(poll(&mut first, &Arc::default()).is_pending());
    drop(first);
    let mut second = state.access(&auth, &head);
    assert_eq!(subject(poll(&mut second, &Arc::default())), "user1");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[test]
fn what_wakes_the_question_wakes_all_who_wait() {
    let waker = Arc::new(std::sync::Mutex::new(None::<Waker>));
    let stored = Arc::clone(&waker);
    let auth = Auth::builder(builder().build().unwrap())
        .with_blocklist(move |_| {
            let stored = Arc::clone(&stored);
            poll_fn(move |context| {
                *stored.lock().unwrap() = Some(context.waker().clone());
                Poll::Pending
            })
        })
        .build()
        .unwrap();
    let head = Head::new("GET").access(auth.create_access_token("user1").unwrap().as_str());
    let state = RequestState::default();
    let woken = [(); 3].map(|()| Arc::<Count>::default());
    let mut waiting = [(); 3].map(|()| state.access(&auth, &head));
    for (future, woken) in waiting.iter_mut().zip(&woken) {
        assert!(poll(future, woken).is_pending());
        assert!(poll(future, woken).is_pending());
    }
    waker.lock().unwrap().take().unwrap().wake();
    let woken = woken.map(|woken| woken.0.load(Ordering::Relaxed));
    assert_eq!(woken, [1; 3]);
}

#[test]
fn a_clock_that_is_behind_is_said_once_a_minute() {
    const HINT: &str = "s in the future: is this machine's clock behind?";
    let (auth, clock) = crate::testing::auth_and_clock(builder());
    clock.set(UnixTime::from_secs(NOW + 7_200));
    let token = auth.create_access_token("user1").unwrap();
    let head = Head::new("GET").access(token.as_str());
    let (log, lines) = Log::new();
    tracing::subscriber::with_default(log, || {
        for (at, said) in [
            (NOW, 1),
            (NOW + 59, 1),
            (NOW + 60, 2),
            (NOW + 119, 2),
            (NOW - 3_600, 3),
            (NOW - 3_599, 3),
        ] {
            clock.set(UnixTime::from_secs(at));
            assert_eq!(outcome(&auth, &head, &Require::access()), "invalid_token");
            assert_eq!(lines.lock().unwrap().matches(HINT).count(), said, "{at}");
        }
    });
    let lines = lines.lock().unwrap();
    assert!(
        lines.contains("a genuine token was issued 7200 s"),
        "{lines}"
    );
    assert!(!lines.contains(token.as_str()), "{lines}");
}

#[test]
fn on_loopback_a_neighbour_with_the_same_cookie_names_is_named_once() {
    const HINT: &str = "another application on this host uses the same cookie names";
    let neighbour = Auth::new(
        crate::Config::builder()
            .secret_key([8; 32].as_slice())
            .build()
            .unwrap(),
    );
    let forged = neighbour.unwrap().create_access_token("user1").unwrap();
    let foreign = auth(builder().encode_audience(["another"]));
    let foreign = foreign.create_access_token("user1").unwrap();
    let (forged, foreign) = (forged.as_str(), foreign.as_str());
    let header = |token: &str| Head::new("GET").header("authorization", format!("Bearer {token}"));
    let cookie = |token: &str| Head::new("GET").access(token);
    let public = builder().public_origin("http://localhost:8001");
    for (row, config, head, host, expected) in [
        (
            "another key, localhost",
            builder(),
            cookie(forged),
            "localhost:8001",
            1,
        ),
        (
            "another key, an address",
            builder(),
            cookie(forged),
            "127.0.0.9:8001",
            1,
        ),
        (
            "another key, IPv6",
            builder(),
            cookie(forged),
            "[::1]:8001",
            1,
        ),
        (
            "another audience",
            builder(),
            cookie(foreign),
            "localhost",
            1,
        ),
        (
            "a proxy that names itself",
            public,
            cookie(forged),
            "backend",
            1,
        ),
        (
            "a token that is none",
            builder(),
            cookie("junk"),
            "localhost:8001",
            0,
        ),
        (
            "another host",
            builder(),
            cookie(forged),
            "app.example.com",
            0,
        ),
        (
            "a host that looks alike",
            builder(),
            cookie(forged),
            "localhost.example.com",
            0,
        ),
        (
            "no host that can be read",
            builder(),
            cookie(forged),
            "[",
            0,
        ),
        (
            "a header, which is no jar",
            builder(),
            header(forged),
            "localhost:8001",
            0,
        ),
    ] {
        let auth = auth(config.token_locations([Location::Cookies, Location::Headers]));
        let head = head.header("host", host);
        let (log, lines) = Log::new();
        tracing::subscriber::with_default(log, || {
            for _ in 0..3 {
                let mut asked = RequestState::default().access(&auth, &head);
                assert!(poll(&mut asked, &Arc::default()).is_ready(), "{row}");
            }
        });
        let lines = lines.lock().unwrap();
        assert_eq!(lines.matches(HINT).count(), expected, "{row}: {lines}");
    }
}

/// What is known of one token says nothing of another, however alike they are.
#[test]
fn only_the_same_token_is_known() {
    let auth = auth(builder().token_locations([Location::Cookies, Location::Headers]));
    let good = token(&auth, &json!({}));
    let refresh = token(&auth, &json!({"type": "refresh"}));
    let other = token(&auth, &json!({"sub": "user2", "jti": "other"}));
    let [(signed, _), (_, signature)] =
        [&good, &other].map(|token| token.rsplit_once('.').unwrap());
    let twin = format!("{signed}.{signature}");
    let state = RequestState::default();
    for (row, tokens, expected) in [
        ("a good token", &[&good][..], "user1"),
        ("one with another signature", &[&twin], "invalid_signature"),
        (
            "the start of it",
            &[&good[..good.len() - 1].to_owned()],
            "invalid_token",
        ),
        ("a refresh token", &[&refresh], "access_token_required"),
        ("another", &[&other], "user2"),
        ("both", &[&good, &other], "ambiguous_cookie"),
        ("a good one and a forged one", &[&good, &twin], "user1"),
        ("the good one again", &[&good], "user1"),
    ] {
        for _ in 0..2 {
            let head = tokens
                .iter()
                .fold(Head::new("GET"), |head, token| head.access(token));
            let answer = now(state.access(&auth, &head));
            let answer = answer.map_or_else(
                |rejection| rejection.code().to_owned(),
                |token| token.subject().to_owned(),
            );
            assert_eq!(answer, expected, "{row}");
        }
    }
}

/// A header is sent by script, a cookie by any site.
#[test]
fn a_token_is_where_it_was_found() {
    let auth = auth(builder());
    let good = token(&auth, &json!({}));
    let head = Head::new("POST").access(&good).bearer(&good);
    let state = RequestState::default();
    let require = |location, csrf| {
        let require = Require::access().from([location]);
        Arc::new(if csrf {
            require
        } else {
            require.without_csrf()
        })
    };
    for (row, require, head, expected) in [
        (
            "a header",
            require(Location::Headers, true),
            head.clone(),
            Ok(Location::Headers),
        ),
        (
            "a cookie",
            require(Location::Cookies, true),
            head.clone(),
            Err("missing_csrf_token"),
        ),
        (
            "a cookie, leniently",
            require(Location::Cookies, false),
            head.clone(),
            Ok(Location::Cookies),
        ),
        (
            "a cookie, strictly",
            require(Location::Cookies, true),
            head.clone(),
            Err("missing_csrf_token"),
        ),
        (
            "with its value",
            require(Location::Cookies, true),
            head.clone().csrf(CSRF),
            Ok(Location::Cookies),
        ),
        (
            "with a wrong one",
            require(Location::Cookies, true),
            head.csrf("wrong"),
            Err("csrf_mismatch"),
        ),
    ] {
        let answer = now(state.authenticate(&auth, &head, &require));
        let answer = answer.map(|token| token.location());
        assert_eq!(
            answer.map_err(|rejection| rejection.code()),
            expected,
            "{row}"
        );
    }
}

/// A request that is made from another by cloning its extensions is not admitted by what admitted
/// the other.
#[test]
fn what_a_layer_admits_later_stays_with_one_clone() {
    let (auth, asked) = slow();
    let good = auth.create_access_token("user1").unwrap();
    let head = Head::new("GET").access(good.as_str());
    let mut state = RequestState::default();
    let before = state.clone();
    let mut judging = state.authenticate(&auth, &head, &Arc::new(Require::access()));
    assert!(poll(&mut judging, &Arc::default()).is_pending());
    let token = now(judging).unwrap();
    state.record(&auth, &token).unwrap();
    assert!(before.verified::<Access>(&auth).is_none());
    assert!(state.clone().verified::<Access>(&auth).is_some());
    let rejection = now(before.access(&auth, &Head::new("GET"))).unwrap_err();
    assert_eq!(rejection.code(), "missing_token");
    assert_eq!(now(before.access(&auth, &head)).unwrap().subject(), "user1");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

/// An `Auth` whose blocklist answers when it is polled again, and how often it was asked.
fn slow() -> (Auth, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let auth = Auth::builder(builder().build().unwrap())
        .with_blocklist(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            let mut polled = false;
            poll_fn(move |_| {
                if std::mem::replace(&mut polled, true) {
                    Poll::Ready(Ok(TokenStatus::Active))
                } else {
                    Poll::Pending
                }
            })
        })
        .build()
        .unwrap();
    (auth, asked)
}

type Answer<P> = Poll<<Authenticating<P> as Future>::Output>;

fn poll<P: Purpose>(future: &mut Authenticating<P>, woken: &Arc<Count>) -> Answer<P> {
    let waker = Waker::from(Arc::clone(woken));
    Pin::new(future).poll(&mut Context::from_waker(&waker))
}

fn subject<P: Purpose>(answer: Answer<P>) -> String {
    match answer {
        Poll::Ready(Ok(token)) => token.subject().to_owned(),
        answer => format!("{answer:?}"),
    }
}

/// How often a task was woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
