//! Properties of every token and every request.

use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::testing::{Head, ask, auth, builder, outcome};
use crate::{Auth, Location, NewToken, Require};

proptest! {
    #[test]
    fn what_is_issued_is_read_back(
        subject in text().prop_filter("empty", |subject| !subject.is_empty()),
        scopes in prop::option::of(prop::collection::vec(text(), 0..4)),
        custom in prop::collection::btree_map(text(), json(), 0..4),
        fresh: bool,
        identity in prop::option::of("[a-z]{3,8}"),
    ) {
        let config = builder().token_locations([Location::Headers]);
        let config = match &identity {
            Some(name) => config.identity_claim(name),
            None => config,
        };
        let Ok(config) = config.build() else {
            return Ok(()); // a registered name
        };
        let auth = Auth::new(config).unwrap();
        let mut new = NewToken::for_subject(&subject);
        if fresh {
            new = new.fresh();
        }
        if let Some(scopes) = &scopes {
            new = new.scopes(scopes);
        }
        for (name, value) in &custom {
            new = new.claim(name, value);
        }
        let Ok(token) = auth.create_access_token(new) else {
            return Ok(()); // a registered name, or too long
        };
        let verified = ask(&auth, &Head::new("POST").bearer(token.as_str()), &Require::access()).unwrap();
        prop_assert_eq!(verified.subject(), &subject);
        prop_assert_eq!(verified.id(), token.id());
        prop_assert_eq!(verified.is_fresh(), fresh);
        prop_assert!(verified.scopes().eq(scopes.iter().flatten()));
        let claims: Map<String, Value> = verified.claims().unwrap();
        for (name, value) in &custom {
            prop_assert_eq!(claims.get(name), Some(value));
        }
        // A token converted from it has the same custom claims.
        let again = auth.create_access_token(&verified).unwrap();
        let verified = ask(&auth, &Head::new("POST").bearer(again.as_str()), &Require::access()).unwrap();
        let claims: Map<String, Value> = verified.claims().unwrap();
        for (name, value) in &custom {
            prop_assert_eq!(claims.get(name), Some(value));
        }
        prop_assert_eq!(verified.subject(), &subject);
    }

    #[test]
    fn a_token_with_one_changed_byte_is_refused(at: prop::sample::Index, byte: u8) {
        let auth = auth(builder());
        let token = auth.create_access_token("user1").unwrap();
        let mut changed = token.as_str().as_bytes().to_vec();
        let at = at.index(changed.len());
        prop_assume!(changed[at] != byte);
        changed[at] = byte;
        let as_cookie = [b"access_token_cookie=", &changed[..]].concat();
        let as_bearer = [b"Bearer ", &changed[..]].concat();
        for (head, place) in [
            (Head::new("GET").header("cookie", as_cookie), Location::Cookies),
            (Head::new("GET").header("authorization", as_bearer), Location::Headers),
        ] {
            let refused = ask(&auth, &head, &Require::access().from([place])).is_err();
            prop_assert!(refused);
        }
    }

    #[test]
    fn cookies_that_were_set_let_in_between_any_others(
        subject in "[^\\x00]{1,20}",
        before in junk(),
        after in junk(),
        between in junk(),
    ) {
        let auth = auth(builder());
        let access = auth.create_access_token(&subject).unwrap();
        let set = auth.set_access_cookies(&access).unwrap();
        let sent: Vec<String> = set
            .lines()
            .map(|line| line.to_header_value().split(';').next().unwrap().to_owned())
            .collect();
        let [token, csrf] = &sent[..] else { panic!("two cookies") };
        let line = [&before[..], token.as_bytes(), &between[..], csrf.as_bytes(), &after[..]].join(&b"; "[..]);
        let value = csrf.split_once('=').unwrap().1;
        let head = Head::new("POST").header("cookie", line).csrf(value);
        prop_assert_eq!(outcome(&auth, &head, &Require::access()), subject);
    }

    #[test]
    fn no_request_panics_or_gets_in(
        method in any_text(),
        headers in prop::collection::vec((header_name(), header_value()), 0..8),
        query in prop::option::of(any_text()),
    ) {
        let places = [Location::Headers, Location::Cookies, Location::Query, Location::Json];
        let auth = auth(builder().token_locations(places));
        let mut head = Head::new(&method);
        for (name, value) in headers {
            head = head.header(name, value);
        }
        if let Some(query) = query {
            head = head.query(&query);
        }
        for rejection in [
            ask(&auth, &head, &Require::access()).err(),
            ask(&auth, &head, &Require::access().from(places.into_iter().rev())).err(),
            ask(&auth, &head, &Require::refresh()).err(),
        ] {
            let rejection = rejection.unwrap();
            prop_assert!(rejection.status() == 401, "{:?}", rejection);
            prop_assert!(serde_json::from_str::<Value>(&rejection.body()).is_ok());
        }
    }
}

#[test]
fn huge_and_deep_tokens_are_refused() {
    let auth = auth(builder());
    let header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
    let encode = |text: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
    };
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let tokens = [
        ".".repeat(1 << 16),
        ".".repeat(1 << 20),
        "a".repeat(1 << 20),
        format!("{header}.{}.", "A".repeat(1 << 20)),
        format!("{header}.{}.AAAA", encode(&deep(2900))),
        format!(
            "{}.e30.AAAA",
            encode(&format!(r#"{{"alg":"HS256","x":{}}}"#, deep(2900)))
        ),
        format!("{}.e30.AAAA", encode(&deep(2900))),
        "\\\"".repeat(10_000),
    ];
    for token in tokens {
        for head in [
            Head::new("GET").access(&token),
            Head::new("GET").bearer(&token),
        ] {
            let any = Require::access().from([Location::Headers, Location::Cookies]);
            let outcome = outcome(&auth, &head, &any);
            assert!(
                ["invalid_token", "invalid_signature"].contains(&&*outcome),
                "{outcome}"
            );
        }
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        text(),
        "[a-z=&%+0-9]{0,40}",
        Just("token=".to_owned()),
        Just("POST".to_owned())
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z:*]{0,12}",
        prop::collection::vec(any::<char>(), 0..12).prop_map(|chars| chars.into_iter().collect()),
    ]
}

/// Any JSON value, a few levels deep.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Cookies of other applications: any bytes.
fn junk() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..60)
}

fn header_name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["cookie", "authorization", "x-csrf-token", "origin"])
}

fn header_value() -> impl Strategy<Value = Vec<u8>> {
    let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9[.][A-Za-z0-9_-]{0,40}[.]?[A-Za-z0-9_-]{0,43}";
    let cookie = "(access|refresh)_token_cookie=[A-Za-z0-9_.;= -]{0,80}";
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..120),
        token.prop_map(|token| format!("Bearer {token}").into_bytes()),
        token.prop_map(|token| format!(
            "access_token_cookie={token}; refresh_token_cookie={token}"
        )
        .into_bytes()),
        cookie.prop_map(String::into_bytes),
    ]
}
