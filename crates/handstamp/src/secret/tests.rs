//! Tests that no output and no log shows a secret, a token, a CSRF value or a claim.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::context::blocklist::{TokenInfo, TokenStatus};
use crate::testing::{Counting, Head, Log, SECRET, ask, builder, outcome, sign, token};
use crate::{Auth, Require};

/// Part of every claim below.
const PRIVATE: &str = "private-4711";

#[test]
fn debug_and_display_keep_it_to_themselves() {
    let presented: Arc<Mutex<Option<TokenInfo>>> = Arc::default();
    let seen = Arc::clone(&presented);
    let making = Auth::builder(builder().build().unwrap())
        .with_random_source(Counting)
        .with_blocklist(move |token| {
            *seen.lock().unwrap() = Some(token);
            async { Ok(TokenStatus::Active) }
        });
    let making_shown = format!("{making:?}");
    let auth = making.build().unwrap();
    let new = || crate::NewToken::for_subject(PRIVATE).fresh();
    let access = auth.create_access_token(new()).unwrap();
    let pair = auth.create_token_pair(new()).unwrap();
    let cookies = auth.set_access_cookies(&access).unwrap();
    let head = Head::new("GET").access(access.as_str());
    let verified = ask(&auth, &head, &Require::access()).unwrap();
    let forged = Head::new("GET").access(&format!("{}A", access.as_str()));
    let refused = ask(&auth, &forged, &Require::access()).unwrap_err();
    let presented = presented.lock().unwrap().take().unwrap();
    assert_eq!(presented.subject(), PRIVATE);

    let shown = [
        making_shown,
        format!("{auth:?} {:?} {:?}", auth.config(), auth.config().keys()),
        both(&access),
        both(&pair),
        both(&cookies),
        cookies
            .lines()
            .fold(String::new(), |shown, line| shown + &both(line)),
        both(&verified),
        both(&presented),
        format!("{} {refused}", both(&refused)),
        both(&super::Secret::from(SECRET)),
    ];
    let segments = access
        .as_str()
        .split('.')
        .chain(pair.refresh().as_str().split('.').skip(1));
    let mut private: Vec<&str> = segments.skip(1).collect();
    private.extend([PRIVATE, SECRET, access.csrf().unwrap(), access.id()]);
    for shown in &shown {
        for private in &private {
            assert!(!shown.contains(private), "{private} in {shown}");
        }
    }
}

fn both(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

#[test]
fn logs_tell_why_and_not_what() {
    let auth = crate::testing::auth(builder().decode_issuer("us").identity_claim("email"));
    let own = |changes| token(&auth, &changes);
    let stranger =
        crate::testing::auth(builder().secret_key("another secret, of thirty-two bytes"));
    let tokens = [
        PRIVATE.to_owned(),
        format!("{PRIVATE}.{PRIVATE}.{PRIVATE}"),
        token(&stranger, &json!({"sub": PRIVATE})),
        own(json!({"sub": PRIVATE})),
        own(json!({"sub": PRIVATE, "iss": PRIVATE})),
        own(json!({"sub": PRIVATE, "aud": PRIVATE})),
        own(json!({"sub": PRIVATE, "email": "another"})),
        own(json!({"email": [PRIVATE]})),
        own(json!({"sub": PRIVATE, "type": PRIVATE, "iss": "us"})),
        own(json!({"sub": PRIVATE, "iss": "us", "jti": PRIVATE, "csrf": PRIVATE})),
        own(json!({"exp": PRIVATE})),
        own(json!({"fresh": PRIVATE})),
        own(json!({"scopes": PRIVATE})),
        own(json!({"csrf": [PRIVATE]})),
        sign(&auth, &format!("\"{PRIVATE}\"")),
        sign(&auth, &format!("{{\"{PRIVATE}\":1,\"{PRIVATE}\":2}}")),
    ];
    let (log, lines) = Log::new();
    tracing::subscriber::with_default(log, || {
        for token in &tokens {
            for head in [
                Head::new("POST")
                    .access(token)
                    .csrf(PRIVATE.replace('4', "5")),
                Head::new("POST").access(token),
                Head::new("POST").access(token).access("planted"),
                Head::new("POST")
                    .access(token)
                    .access(&own(json!({"sub": "user2"}))),
            ] {
                assert_ne!(outcome(&auth, &head, &Require::access()), PRIVATE);
            }
        }
    });
    let lines = lines.lock().unwrap();
    assert!(
        lines.contains("request refused") && lines.contains("dropped one"),
        "{lines}"
    );
    assert!(lines.contains("exp has a wrong form"), "{lines}");
    assert!(!lines.contains("4711"), "{lines}");
    for token in tokens {
        for segment in token.split('.').skip(1) {
            assert!(!lines.contains(segment), "{segment}");
        }
    }
}
