//! The jobs to measure, shared by every program that measures them.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;

use crate::bare::Bare;
use crate::facts::SUBJECT;
use crate::jar::{Jar, Refusal};
use crate::ours::{Handstamp, expired_token};
use crate::request::request;

/// One job, which each call does once.
pub struct Row {
    pub name: &'static str,
    pub handstamp: Job,
    /// The HMAC alone; `None` if the job needs no HMAC.
    pub bare: Option<Job>,
    pub jar: Job,
}

pub type Job = Box<dyn Fn()>;

impl Row {
    /// Returns the implementations that do the job, in the order of the tables.
    pub fn contenders(&self) -> impl Iterator<Item = (&'static str, &Job)> {
        let bare = self.bare.as_ref().map(|job| ("bare", job));
        let others = [("handstamp", &self.handstamp), ("jar", &self.jar)];
        bare.into_iter().chain(others)
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
        jar: Box::new(move || {
            let _ = black_box(jar.verify(black_box(jar_request.headers())));
        }),
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
        jar: Box::new(move || {
            let _ = black_box(jar.verify(black_box(jar_request.headers())));
        }),
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

fn issue(like: &str) -> Row {
    let (stamp, jar, bare) = (Handstamp::new(), Jar::new(), Bare::new());
    let (input, signature) = like.rsplit_once('.').unwrap();
    let input = input.to_owned();
    assert_eq!(
        URL_SAFE_NO_PAD.encode(bare.sign(input.as_bytes())),
        signature
    );
    assert_eq!(stamp.issue().as_str().len(), like.len());
    assert_eq!(jar.issue().token.len(), like.len());
    Row {
        name: "issue",
        handstamp: Box::new(move || {
            let _ = black_box(stamp.issue());
        }),
        bare: Some(Box::new(move || {
            let _ = black_box(bare.sign(black_box(input.as_bytes())));
        })),
        jar: Box::new(move || {
            let _ = black_box(jar.issue());
        }),
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
        jar: Box::new(move || {
            let _ = black_box(jar.set_cookies(black_box(&jar_token)));
        }),
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
