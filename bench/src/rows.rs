//! The jobs to measure, shared by every program that measures them.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handstamp::store::MemoryStore;
use http::Request;
use jsonwebtoken::errors::ErrorKind;

use crate::bare::Bare;
use crate::facts::{ACCESS_COOKIE, CSRF_COOKIE, SUBJECT};
use crate::jar::{Jar, Refusal};
use crate::ours::{Handstamp, expired_token};
use crate::refreshing::Refreshing;
use crate::request::{cookie_line, post, request};

/// One job, which each call does once.
pub struct Row {
    pub name: &'static str,
    pub handstamp: Job,
    /// The HMAC alone; `None` if the job needs no HMAC.
    pub bare: Option<Job>,
    /// `None` if these libraries have no such job.
    pub jar: Option<Job>,
}

pub type Job = Box<dyn Fn()>;

impl Row {
    /// Returns the implementations that do the job, in the order of the tables.
    pub fn contenders(&self) -> impl Iterator<Item = (&'static str, &Job)> {
        let bare = self.bare.as_ref().map(|job| ("bare", job));
        let jar = self.jar.as_ref().map(|job| ("jar", job));
        bare.into_iter()
            .chain([("handstamp", &self.handstamp)])
            .chain(jar)
    }
}

/// The row that has the two targets.
pub const TARGET: &str = "verify, 10 cookies";

/// Returns all rows. Each job is done once and its result checked before anything is measured.
///
/// # Panics
/// Panics if a job has a wrong result.
#[must_use]
pub fn rows() -> Vec<Row> {
    let good = Handstamp::new().issue();
    let good = good.as_str();
    assert!((430..=520).contains(&good.len()), "{} bytes", good.len());
    let expired = expired_token();
    vec![
        verify("verify, 1 cookie", good, 1),
        verify(TARGET, good, 10),
        verify("verify, 50 cookies", good, 50),
        refuse("refuse a bad signature", &forge(good), Refused::Signature),
        refuse(
            "refuse an expired token",
            expired.as_str(),
            Refused::Expired,
        ),
        issue(good),
        set_cookies(),
        post_with_csrf(),
        session_checked(),
        refresh(),
    ]
    .into_iter()
    .chain(by_key_pairs())
    .collect()
}

#[cfg(not(feature = "key-pairs"))]
fn by_key_pairs() -> Vec<Row> {
    Vec::new()
}

/// The same token again and again, with the signature remembered, and verified each time.
#[cfg(feature = "key-pairs")]
fn by_key_pairs() -> Vec<Row> {
    use handstamp::config::Algorithm::{EdDsa, Es256, Rs256};

    let row = |name, algorithm, pem, remember| {
        let stamp = Handstamp::with_key_pair(algorithm, pem, remember);
        let token = stamp.issue();
        let request = request(token.as_str(), 10);
        assert_eq!(stamp.verify(&request).unwrap().subject(), SUBJECT);
        Row {
            name,
            handstamp: Box::new(move || {
                let _ = black_box(stamp.verify(black_box(&request)));
            }),
            bare: Some(bare_verify(token.as_str(), false)),
            jar: None,
        }
    };
    let rsa = include_str!("../../crates/handstamp/tests/keys/rsa2048.private.pem");
    let ec = include_str!("../../crates/handstamp/tests/keys/p256.private.pem");
    let ed = include_str!("../../crates/handstamp/tests/keys/ed25519.private.pem");
    vec![
        row("RS256, each time", Rs256, rsa, false),
        row("RS256, remembered", Rs256, rsa, true),
        row("ES256, each time", Es256, ec, false),
        row("ES256, remembered", Es256, ec, true),
        row("EdDSA, each time", EdDsa, ed, false),
        row("EdDSA, remembered", EdDsa, ed, true),
    ]
}

fn verify(name: &'static str, token: &str, cookies: usize) -> Row {
    let (stamp, jar) = (Handstamp::new(), Jar::new());
    let stamp_request = request(token, cookies);
    let jar_request = stamp_request.clone();
    assert_eq!(stamp.verify(&stamp_request).unwrap().subject(), SUBJECT);
    assert_eq!(jar.verify(jar_request.headers()).unwrap().sub, SUBJECT);
    Row {
        name,
        handstamp: Box::new(move || {
            let _ = black_box(stamp.verify(black_box(&stamp_request)));
        }),
        bare: Some(bare_verify(token, true)),
        jar: Some(Box::new(move || {
            let _ = black_box(jar.verify(black_box(jar_request.headers())));
        })),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Refused {
    Signature,
    Expired,
}

fn refuse(name: &'static str, token: &str, why: Refused) -> Row {
    let (stamp, jar) = (Handstamp::new(), Jar::new());
    let stamp_request = request(token, 10);
    let jar_request = stamp_request.clone();
    let (code, kind) = match why {
        Refused::Signature => ("invalid_signature", ErrorKind::InvalidSignature),
        Refused::Expired => ("token_expired", ErrorKind::ExpiredSignature),
    };
    assert_eq!(stamp.verify(&stamp_request).unwrap_err().code(), code);
    assert!(
        matches!(jar.verify(jar_request.headers()), Err(Refusal::Token(error)) if *error.kind() == kind)
    );
    Row {
        name,
        handstamp: Box::new(move || {
            let _ = black_box(stamp.verify(black_box(&stamp_request)));
        }),
        bare: Some(bare_verify(token, why == Refused::Expired)),
        jar: Some(Box::new(move || {
            let _ = black_box(jar.verify(black_box(jar_request.headers())));
        })),
    }
}

fn bare_verify(token: &str, holds: bool) -> Job {
    let (input, signature) = token.rsplit_once('.').unwrap();
    let (input, signature) = (input.to_owned(), URL_SAFE_NO_PAD.decode(signature).unwrap());
    let bare = Bare::new();
    assert_eq!(bare.verify(input.as_bytes(), &signature), holds);
    Box::new(move || {
        let _ = black_box(bare.verify(black_box(input.as_bytes()), black_box(&signature)));
    })
}

fn bare_sign(like: &str) -> Job {
    let bare = Bare::new();
    let (input, signature) = like.rsplit_once('.').unwrap();
    let input = input.to_owned();
    let signed = bare.sign(input.as_bytes());
    assert_eq!(URL_SAFE_NO_PAD.encode(signed), signature);
    Box::new(move || {
        let _ = black_box(bare.sign(black_box(input.as_bytes())));
    })
}

fn issue(like: &str) -> Row {
    let (stamp, jar) = (Handstamp::new(), Jar::new());
    assert_eq!(stamp.issue().as_str().len(), like.len());
    assert_eq!(jar.issue().token.len(), like.len());
    Row {
        name: "issue",
        handstamp: Box::new(move || {
            let _ = black_box(stamp.issue());
        }),
        bare: Some(bare_sign(like)),
        jar: Some(Box::new(move || {
            let _ = black_box(jar.issue());
        })),
    }
}

fn set_cookies() -> Row {
    let (stamp, jar) = (Handstamp::new(), Jar::new());
    let (stamp_token, jar_token) = (stamp.issue(), jar.issue());
    assert_eq!(stamp.set_cookies(&stamp_token).headers().len(), 3);
    assert_eq!(jar.set_cookies(&jar_token).headers().len(), 2);
    Row {
        name: "set-cookie",
        handstamp: Box::new(move || {
            let _ = black_box(stamp.set_cookies(black_box(&stamp_token)));
        }),
        bare: None,
        jar: Some(Box::new(move || {
            let _ = black_box(jar.set_cookies(black_box(&jar_token)));
        })),
    }
}

/// A POST with 10 cookies and a CSRF value in the header, to a service that knows its public
/// origin: `Sec-Fetch-Site` and the value are both checked.
fn post_with_csrf() -> Row {
    let stamp = Handstamp::with_origin();
    let token = stamp.issue();
    let (text, csrf) = (token.as_str(), token.csrf().unwrap());
    let cookies = cookie_line(&[(ACCESS_COOKIE, text), (CSRF_COOKIE, csrf)], 10);
    let other = stamp.verify(&post(&cookies, "another value")).unwrap_err();
    assert_eq!(other.code(), "csrf_mismatch");
    only_handstamp("POST with a CSRF value", stamp, text, post(&cookies, csrf))
}

/// A GET with 10 cookies, whose token belongs to the one session in memory.
fn session_checked() -> Row {
    let stamp = Handstamp::with_store(MemoryStore::new());
    let tokens = stamp.log_in(SUBJECT);
    let text = tokens.access().as_str();
    only_handstamp("verify, session checked", stamp, text, request(text, 10))
}

fn only_handstamp(name: &'static str, stamp: Handstamp, token: &str, request: Request<()>) -> Row {
    assert_eq!(stamp.verify(&request).unwrap().subject(), SUBJECT);
    Row {
        name,
        handstamp: Box::new(move || {
            let _ = black_box(stamp.verify(black_box(&request)));
        }),
        bare: Some(bare_verify(token, true)),
        jar: None,
    }
}

/// A refresh with 10 cookies, which rotates a session in memory. The HMAC alone is of one token
/// that is verified and of two that are signed.
fn refresh() -> Row {
    let refreshing = Refreshing::new();
    let verify = bare_verify(refreshing.first.refresh().as_str(), true);
    let signs = [
        refreshing.first.access().as_str(),
        refreshing.first.refresh().as_str(),
    ]
    .map(bare_sign);
    assert_eq!(refreshing.refresh().headers().len(), 5);
    assert_eq!(refreshing.refresh().headers().len(), 5);
    Row {
        name: "refresh, in memory",
        handstamp: Box::new(move || {
            let _ = black_box(refreshing.refresh());
        }),
        bare: Some(Box::new(move || {
            verify();
            for sign in &signs {
                sign();
            }
        })),
        jar: None,
    }
}

/// Returns the token with another letter in the middle of its signature.
fn forge(token: &str) -> String {
    let at = token.len() - 20;
    let other = if token[at..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    format!("{}{other}{}", &token[..at], &token[at + 1..])
}
