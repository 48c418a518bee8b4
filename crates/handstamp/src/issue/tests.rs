//! Tests of the written tokens and cookies, to the byte.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::config::ConfigBuilder;
use crate::config::danger::Danger;
use crate::testing::{Counting, Dry, Head, NOW, ask, builder, clock_at};
use crate::{Auth, Location, NewToken, Require, SetCookies, SignedToken, days, minutes};

/// An `Auth` with a fixed clock and fixed random values.
fn auth(config: ConfigBuilder) -> Auth {
    let clock = clock_at(NOW);
    Auth::builder(config.build().unwrap())
        .with_clock(clock)
        .with_random_source(Counting)
        .build()
        .unwrap()
}

fn payload<P: crate::purpose::Purpose>(token: &SignedToken<P>) -> String {
    let segment = token.as_str().split('.').nth(1).unwrap();
    String::from_utf8(URL_SAFE_NO_PAD.decode(segment).unwrap()).unwrap()
}

#[test]
fn claims_in_the_order_of_the_wire() {
    let user = || NewToken::for_subject("user1");
    let plain = builder;
    #[rustfmt::skip]
    let rows = [
        ("a subject", plain(), user(),
            r#"{"sub":"user1","jti":"AAECAwQFBgcICQoLDA0ODw","type":"access","fresh":false,"csrf":"EBESExQVFhcYGRobHB0eHw","iat":1800000000,"nbf":1800000000,"exp":1800000900}"#),
        ("everything", plain().encode_audience(["web", "app"]).encode_issuer("us").identity_claim("email"),
            user().fresh().scopes(["a:read", "b:*"]).login_type("admin").claim("a", json!([1, null])).claim("b", "ü\"").expires_in(Duration::from_millis(60_999)),
            r#"{"sub":"user1","jti":"AAECAwQFBgcICQoLDA0ODw","type":"access","fresh":true,"csrf":"EBESExQVFhcYGRobHB0eHw","iat":1800000000,"nbf":1800000000,"exp":1800000060,"iss":"us","aud":["web","app"],"scopes":["a:read","b:*"],"login_type":"admin","email":"user1","a":[1,null],"b":"ü\""}"#),
        ("one audience is a text", plain().encode_audience(["web"]), user(),
            r#"{"sub":"user1","jti":"AAECAwQFBgcICQoLDA0ODw","type":"access","fresh":false,"csrf":"EBESExQVFhcYGRobHB0eHw","iat":1800000000,"nbf":1800000000,"exp":1800000900,"aud":"web"}"#),
        ("an audience of its own", plain().encode_audience(["web"]), user().audience(["x", "y"]),
            r#"{"sub":"user1","jti":"AAECAwQFBgcICQoLDA0ODw","type":"access","fresh":false,"csrf":"EBESExQVFhcYGRobHB0eHw","iat":1800000000,"nbf":1800000000,"exp":1800000900,"aud":["x","y"]}"#),
        ("without nbf", plain().encode_nbf(false), user(),
            r#"{"sub":"user1","jti":"AAECAwQFBgcICQoLDA0ODw","type":"access","fresh":false,"csrf":"EBESExQVFhcYGRobHB0eHw","iat":1800000000,"exp":1800000900}"#),
        ("without cookies among the locations", plain().token_locations([Location::Headers]), user(),
            r#"{"sub":"user1","jti":"AAECAwQFBgcICQoLDA0ODw","type":"access","fresh":false,"csrf":"","iat":1800000000,"nbf":1800000000,"exp":1800000900}"#),
        ("without CSRF", plain().cookie_csrf_protect(false).danger(Danger::NoCsrf), user().scopes([""; 0]),
            r#"{"sub":"user1","jti":"AAECAwQFBgcICQoLDA0ODw","type":"access","fresh":false,"csrf":"","iat":1800000000,"nbf":1800000000,"exp":1800000900,"scopes":[]}"#),
    ];
    for (sentence, config, new, expected) in rows {
        let token = auth(config).create_access_token(new).unwrap();
        assert_eq!(payload(&token), expected, "{sentence}");
        assert_eq!(token.id(), "AAECAwQFBgcICQoLDA0ODw");
        let csrf = expected
            .contains("EBES")
            .then_some("EBESExQVFhcYGRobHB0eHw");
        assert_eq!(token.csrf(), csrf, "{sentence}");
        assert!(expected.contains(&format!("\"exp\":{}", token.expires_at().as_secs())));
    }
    let refresh = auth(plain()).create_refresh_token(user().fresh()).unwrap();
    assert_eq!(
        payload(&refresh),
        r#"{"sub":"user1","jti":"AAECAwQFBgcICQoLDA0ODw","type":"refresh","csrf":"EBESExQVFhcYGRobHB0eHw","iat":1800000000,"nbf":1800000000,"exp":1801728000}"#,
    );
    let whole = auth(plain()).create_access_token("user1").unwrap();
    assert!(
        whole
            .as_str()
            .starts_with("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIi")
    );
}

#[test]
fn what_cannot_be_issued() {
    let user = || NewToken::for_subject("user1");
    let says = |config: ConfigBuilder, new: NewToken| {
        let access = auth(config).create_access_token(new);
        access
            .err()
            .map_or("nothing".to_owned(), |error| error.to_string())
    };
    let reserved = |name: &str| {
        format!("the claim {name:?} has a meaning of its own; give the custom claim another name")
    };
    for name in crate::claims::registered::REGISTERED {
        assert_eq!(says(builder(), user().claim(name, "user1")), reserved(name));
    }
    let email = reserved("email");
    let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let long = |days| user().expires_in(crate::days(days));
    let lifetime = "a token lives from one second to ten years";
    #[rustfmt::skip]
    let rows = vec![
        ("a name that only looks registered", builder(), user().claim("Sub", 1), "nothing"),
        ("the identity claim with another value", builder().identity_claim("email"), user().claim("email", "b"), &email),
        ("the identity claim with the same value", builder().identity_claim("email"), user().claim("email", "user1"), "nothing"),
        ("no subject", builder(), NewToken::for_subject(""), "the subject is empty; give the user's id"),
        ("a map with keys that are no texts", builder(), user().claim("map", std::collections::BTreeMap::from([((1, 2), 3)])), "the claim \"map\" cannot be written as JSON: key must be a string"),
        ("the same, and a good one of the name later", builder(), user().claim("m", std::collections::BTreeMap::from([((1, 2), 3)])).claim("m", 1), "the claim \"m\" cannot be written as JSON: key must be a string"),
        ("126 levels", builder(), user().claim("deep", nested(126)), "nothing"),
        ("127 levels", builder(), user().claim("deep", nested(127)), "the claim \"deep\" cannot be written as JSON: nested deeper than 126 levels"),
        ("no time", builder(), user().expires_in(Duration::ZERO), lifetime),
        ("less than a second", builder(), user().expires_in(Duration::from_millis(999)), lifetime),
        ("a second", builder(), user().expires_in(Duration::from_secs(1)), "nothing"),
        ("ten years", builder(), long(3650), "nothing"),
        ("a day more", builder(), long(3651), lifetime),
        ("for ever", builder(), user().expires_in(Duration::MAX), lifetime),
        ("longer than anybody reads", builder(), user().claim("big", "x".repeat(6000)), "the token has more than 8192 bytes; keep large data in your database"),
        ("a megabyte", builder(), user().claim("big", "x".repeat(1 << 20)), "the token has more than 8192 bytes; keep large data in your database"),
    ];
    for (sentence, config, new, expected) in rows {
        assert_eq!(says(config, new), expected, "{sentence}");
    }

    let dry = Auth::builder(builder().build().unwrap())
        .with_random_source(Dry)
        .build()
        .unwrap();
    let error = dry.create_access_token("user1").unwrap_err();
    assert_eq!(error.to_string(), "the system gave no random bytes");
    assert!(dry.create_token_pair("user1").is_err());
}

#[cfg(feature = "asymmetric")]
#[test]
fn a_service_with_a_public_key_only_verifies() {
    let public = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/p256.public.pem");
    let config = crate::Config::builder()
        .algorithm(crate::jws::Algorithm::Es256)
        .public_key(std::fs::read(public).unwrap());
    let error = auth(config).create_access_token("user1").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no key to sign with; set JWT_PRIVATE_KEY, or issue tokens in the service that has it"
    );
}

#[test]
fn a_token_that_no_browser_keeps_is_not_set() {
    let auth = auth(builder());
    let sized = |claim: usize| {
        let token =
            auth.create_access_token(NewToken::for_subject("u").claim("c", "x".repeat(claim)));
        token.unwrap()
    };
    let (fits, large) = (sized(2820), sized(2900));
    assert!(fits.as_str().len() + "access_token_cookie".len() <= 4096);
    assert!(auth.set_access_cookies(&fits).is_ok());
    let error = auth.set_access_cookies(&large).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cookie access_token_cookie has {} bytes with its name, and browsers drop a cookie of more than 4096: \
             put less into the token",
            large.as_str().len() + "access_token_cookie".len()
        )
    );
}

#[test]
fn a_token_made_from_a_verified_one_says_the_same_and_is_not_fresh() {
    let auth = auth(builder().encode_audience(["web"]).identity_claim("email"));
    let first = NewToken::for_subject("user1")
        .fresh()
        .scopes(["a", "b:*"])
        .audience(["web", "app"])
        .login_type("admin")
        .claim("tenant", json!({"id": 7, "share": 0.1}))
        .expires_in(minutes(1));
    let access = auth.create_access_token(first).unwrap();
    let head = Head::new("GET").access(access.as_str());
    let verified = ask(&auth, &head, &Require::access()).unwrap();
    assert!(verified.is_fresh());
    let again = auth.create_access_token(&verified).unwrap();
    assert_eq!(
        payload(&again),
        payload(&access)
            .replace(r#""fresh":true"#, r#""fresh":false"#)
            .replace("1800000060", "1800000900")
    );
    // And for each further refresh.
    let head = Head::new("GET").access(again.as_str());
    let verified = ask(&auth, &head, &Require::access()).unwrap();
    let third = auth.create_access_token(&verified).unwrap();
    assert_eq!(payload(&third), payload(&again));
    assert_eq!(verified.subject(), "user1");
}

#[test]
fn a_pair_is_two_tokens_of_one_log_in() {
    let auth = auth(builder());
    let new = NewToken::for_subject("user1")
        .fresh()
        .scopes(["a"])
        .expires_in(minutes(1));
    let pair = auth.create_token_pair(new).unwrap();
    assert_eq!(pair.access().expires_at().as_secs(), NOW + 60);
    assert_eq!(pair.refresh().expires_at().as_secs(), NOW + 20 * 86_400);
    assert!(payload(pair.access()).contains(r#""fresh":true"#));
    assert!(payload(pair.refresh()).contains(r#""scopes":["a"]"#));
    let (access, refresh) = (pair.access().as_str(), pair.refresh().as_str());
    assert_eq!(
        serde_json::to_string(&pair).unwrap(),
        format!(
            r#"{{"access_token":"{access}","refresh_token":"{refresh}","token_type":"bearer"}}"#
        )
    );
}

#[test]
fn cookies_live_as_long_as_they_are_told() {
    let lines = |cookies: SetCookies| -> Vec<String> {
        cookies
            .lines()
            .map(crate::cookie::SetCookie::to_header_value)
            .collect()
    };
    let max_age = |cookies: SetCookies| {
        let lines = lines(cookies);
        let ages = lines.iter().map(|line| {
            let age = line
                .split("; ")
                .find_map(|part| part.strip_prefix("Max-Age="));
            age.map(str::to_owned)
        });
        let ages: Vec<_> = ages.collect();
        assert_eq!(ages.len(), 2);
        assert_eq!(ages[0], ages[1]);
        ages[0].clone()
    };
    let set = |config, new: NewToken| {
        let auth = auth(config);
        auth.set_access_cookies(&auth.create_access_token(new).unwrap())
            .unwrap()
    };
    let user = || NewToken::for_subject("user1");
    let session = builder;
    let as_refresh_token = || builder().session_cookie(false);
    let fixed = |secs| builder().cookie_max_age(Duration::from_secs(secs));
    #[rustfmt::skip]
    let rows = [
        ("until the browser closes", set(session(), user()), None),
        ("as long as a refresh token", set(as_refresh_token(), user()), Some("1728000")),
        ("the same for a token that lives shorter", set(as_refresh_token(), user().expires_in(minutes(1))), Some("1728000")),
        ("as long as configured", set(fixed(5), user()), Some("5")),
        ("no time at all", set(fixed(0), user()), Some("0")),
        ("remembered", set(session(), user()).persistent(days(30)), Some("2592000")),
        ("remembered for no time at all", set(fixed(5), user()).persistent(Duration::ZERO), Some("0")),
        ("remembered longer than browsers do", set(session(), user()).persistent(Duration::MAX), Some("34560000")),
        ("remembered, then not", set(fixed(5), user()).persistent(days(30)).session(), None),
        ("a deletion stays a deletion", auth(session()).unset_access_cookies().persistent(days(30)), Some("0")),
        ("also of session cookies", auth(session()).unset_access_cookies().session(), Some("0")),
    ];
    for (sentence, cookies, expected) in rows {
        assert_eq!(max_age(cookies).as_deref(), expected, "{sentence}");
    }

    let names = |cookies: SetCookies| -> Vec<String> {
        lines(cookies)
            .iter()
            .map(|line| line.split('=').next().unwrap().to_owned())
            .collect()
    };
    let all = [
        "access_token_cookie",
        "csrf_access_token",
        "refresh_token_cookie",
        "csrf_refresh_token",
    ];
    assert_eq!(names(auth(session()).unset_cookies()), all);
    assert_eq!(names(auth(session()).unset_refresh_cookies()), all[2..]);
    let hidden = || builder().csrf_in_cookies(false);
    // A page would send the value of a cookie from before.
    assert_eq!(names(set(hidden(), user())), [all[1], all[0]]);
    assert!(lines(set(hidden(), user()))[0].contains("Max-Age=0"));
    assert_eq!(names(auth(hidden()).unset_cookies()), all);
}

#[test]
fn every_token_has_values_of_its_own() {
    // With the random source of the system, and in the same second.
    let auth = crate::testing::auth(builder());
    let pair = auth.create_token_pair("user1").unwrap();
    let again = auth.create_access_token("user1").unwrap();
    let head = Head::new("GET").access(again.as_str());
    let verified = ask(&auth, &head, &Require::access()).unwrap();
    let refreshed = auth.create_access_token(&verified).unwrap();
    let mut values = Vec::new();
    for token in [pair.access(), &again, &refreshed] {
        values.extend([token.id(), token.csrf().unwrap()]);
    }
    values.extend([pair.refresh().id(), pair.refresh().csrf().unwrap()]);
    for value in &values {
        // 128 bits.
        assert_eq!(URL_SAFE_NO_PAD.decode(value).unwrap().len(), 16);
    }
    values.sort_unstable();
    values.dedup();
    assert_eq!(values.len(), 8);
}

/// A change of the settings leaves cookies behind that a browser keeps in addition to the new ones.
#[test]
fn what_earlier_settings_have_set_is_deleted() {
    type Row = (
        &'static str,
        fn(ConfigBuilder) -> ConfigBuilder,
        &'static [&'static str],
        &'static [&'static str],
    );
    let rows: [Row; 5] = [
        ("nothing by default", |config| config, &[], &[]),
        (
            "the cookies of the host alone, where a domain is configured",
            |config| config.cookie_domain("example.com"),
            &["access_token_cookie", "csrf_access_token"],
            &["refresh_token_cookie", "csrf_refresh_token"],
        ),
        (
            "what was not partitioned",
            |config| config.cookie_partitioned(true),
            &["access_token_cookie", "csrf_access_token"],
            &["refresh_token_cookie", "csrf_refresh_token"],
        ),
        (
            "what is listed, at log-in and log-out",
            |config| config.former_cookies(["session; Domain=example.com; Path=/app", "jwt"]),
            &[],
            &["session", "jwt"],
        ),
        (
            "all of it",
            |config| {
                config
                    .cookie_domain("example.com")
                    .cookie_partitioned(true)
                    .former_cookies(["session"])
            },
            &[
                "access_token_cookie",
                "access_token_cookie",
                "csrf_access_token",
                "csrf_access_token",
            ],
            &[
                "refresh_token_cookie",
                "refresh_token_cookie",
                "csrf_refresh_token",
                "csrf_refresh_token",
                "session",
            ],
        ),
    ];
    for (row, change, of_access, of_refresh) in rows {
        let auth = auth(change(builder()));
        let names = |cookies: &SetCookies| -> Vec<String> {
            let lines: Vec<_> = cookies.lines().collect();
            for (i, line) in lines.iter().enumerate() {
                let others = lines.iter().enumerate().filter(|(j, _)| *j != i);
                for (_, other) in others {
                    assert!(
                        !line.replaces(&other.to_header_value()),
                        "{row}: one cookie twice"
                    );
                }
            }
            let former = lines.iter().take(lines.len() - 2);
            let former = former.inspect(|line| {
                assert!(line.to_header_value().contains("Max-Age=0;"), "{row}");
            });
            former.map(|line| line.name().to_owned()).collect()
        };
        let access = auth.create_access_token("user1").unwrap();
        let refresh = auth.create_refresh_token("user1").unwrap();
        assert_eq!(
            names(&auth.set_access_cookies(&access).unwrap()),
            of_access,
            "{row}"
        );
        assert_eq!(names(&auth.unset_access_cookies()), of_access, "{row}");
        assert_eq!(
            names(&auth.set_refresh_cookies(&refresh).unwrap()),
            of_refresh,
            "{row}"
        );
        assert_eq!(names(&auth.unset_refresh_cookies()), of_refresh, "{row}");
    }
}

/// nginx takes 4 KiB of a response's head by default.
#[test]
fn all_deletions_fit_into_what_proxies_buffer() {
    let many = |count: usize| {
        let former = (0..count)
            .map(|n| format!("former_cookie_{n}; Domain=app.example.com; Path=/application"));
        let config = builder()
            .cookie_domain("example.com")
            .cookie_partitioned(true)
            .refresh_cookie_path("/application/session/refresh");
        config.former_cookies(former.collect::<Vec<_>>())
    };
    let most = (0..40)
        .take_while(|count| many(*count).build().is_ok())
        .count()
        - 1;
    let lines = auth(many(most)).unset_cookies();
    let bytes: usize = lines
        .lines()
        .map(|line| "set-cookie: \r\n".len() + line.to_header_value().len())
        .sum();
    assert!(bytes <= 3 * 1024, "{bytes} bytes");
    assert!(most >= 5, "{most} of them");
    let refused = many(most + 1).build().unwrap_err().to_string();
    assert!(refused.contains("HANDSTAMP_FORMER_COOKIES"), "{refused}");
    assert!(refused.contains("proxies take 3072"), "{refused}");
}
