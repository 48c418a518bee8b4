//! Tests which token is trusted at which time, and which of several cookies counts.

use std::time::Duration;

use serde_json::{Value, json};

use crate::Require;
use crate::clock::UnixTime;
use crate::testing::{Head, NOW, auth, auth_and_clock, builder, claims, outcome, sign, token};

/// Returns the outcome of a token with these claims, in a header, on an access route.
fn asked(config: crate::config::ConfigBuilder, changes: &Value) -> String {
    let auth = auth(config.token_locations([crate::Location::Headers]));
    let head = Head::new("GET").bearer(&token(&auth, changes));
    outcome(&auth, &head, &Require::access())
}

#[test]
fn a_token_lives_from_its_making_to_its_end() {
    let leeway = |secs| builder().decode_leeway(Duration::from_secs(secs));
    #[rustfmt::skip]
    let rows = vec![
        ("a second before the end", leeway(0), json!({"exp": NOW + 1}), "user1"),
        ("at the end", leeway(0), json!({"exp": NOW}), "token_expired"),
        ("after the end", leeway(0), json!({"exp": NOW - 1}), "token_expired"),
        ("the end of time", leeway(0), json!({"exp": 1_u64 << 53}), "user1"),
        ("the beginning of time", leeway(0), json!({"exp": 0}), "token_expired"),
        ("a fraction is no second", leeway(0), json!({"exp": 1_800_000_000.9}), "token_expired"),
        ("within the leeway", leeway(10), json!({"exp": NOW - 9}), "user1"),
        ("at the end of the leeway", leeway(10), json!({"exp": NOW - 10}), "token_expired"),
        ("made now", leeway(0), json!({"iat": NOW}), "user1"),
        ("made by a clock 30 seconds ahead", leeway(0), json!({"iat": NOW + 30}), "user1"),
        ("made by a clock 31 seconds ahead", leeway(0), json!({"iat": NOW + 31}), "invalid_token"),
        ("the leeway is for the end only", leeway(60), json!({"iat": NOW + 31}), "invalid_token"),
        ("made long ago", leeway(0), json!({"iat": 0}), "user1"),
        ("valid from now", leeway(0), json!({"nbf": NOW}), "user1"),
        ("valid in 30 seconds", leeway(0), json!({"nbf": NOW + 30}), "user1"),
        ("valid in 31 seconds", leeway(0), json!({"nbf": NOW + 31}), "invalid_token"),
        ("expired, and made in the future", leeway(0), json!({"iat": NOW + 99, "exp": NOW}), "token_expired"),
    ];
    for (sentence, config, changes, expected) in rows {
        assert_eq!(asked(config, &changes), expected, "{sentence}");
    }
}

#[test]
fn a_clock_before_the_epoch_trusts_nothing_new() {
    let (auth, clock) = auth_and_clock(builder());
    let head = Head::new("GET").access(&token(&auth, &json!({})));
    clock.set(UnixTime::from_secs(0));
    assert_eq!(outcome(&auth, &head, &Require::access()), "invalid_token");
    clock.set(UnixTime::from_secs(u64::MAX));
    assert_eq!(outcome(&auth, &head, &Require::access()), "token_expired");
}

#[test]
fn audience_and_issuer_are_those_that_are_asked_for() {
    let none = builder;
    let ours = || builder().decode_audience(["web", "app"]);
    let issued = || builder().decode_issuer("https://us.example");
    #[rustfmt::skip]
    let rows = vec![
        ("none is demanded", none(), json!({}), "user1"),
        ("for another party, and none is demanded", none(), json!({"aud": "web"}), "invalid_audience"),
        ("an empty list, and none is demanded", none(), json!({"aud": []}), "invalid_audience"),
        ("asked and not there", ours(), json!({}), "invalid_token"),
        ("one text", ours(), json!({"aud": "app"}), "user1"),
        ("one among several", ours(), json!({"aud": ["other", "web"]}), "user1"),
        ("another", ours(), json!({"aud": "other"}), "invalid_audience"),
        ("part of ours", ours(), json!({"aud": "we"}), "invalid_audience"),
        ("more than ours", ours(), json!({"aud": "web2"}), "invalid_audience"),
        ("another case", ours(), json!({"aud": "Web"}), "invalid_audience"),
        ("both in one text", ours(), json!({"aud": "web app"}), "invalid_audience"),
        ("empty text", ours(), json!({"aud": ""}), "invalid_audience"),
        ("empty list", ours(), json!({"aud": []}), "invalid_audience"),
        ("list in a list", ours(), json!({"aud": [["web"]]}), "invalid_token"),
        ("object", ours(), json!({"aud": {"web": true}}), "invalid_token"),
        ("an issuer, and none is demanded", none(), json!({"iss": "https://any.example"}), "user1"),
        ("asked for an issuer, and none there", issued(), json!({}), "invalid_token"),
        ("ours", issued(), json!({"iss": "https://us.example"}), "user1"),
        ("another issuer", issued(), json!({"iss": "https://them.example"}), "invalid_issuer"),
        ("part of our issuer", issued(), json!({"iss": "https://us"}), "invalid_issuer"),
        ("one letter of our issuer", issued(), json!({"iss": "h"}), "invalid_issuer"),
        ("more than our issuer", issued(), json!({"iss": "https://us.example.evil.example"}), "invalid_issuer"),
        ("our issuer with a slash", issued(), json!({"iss": "https://us.example/"}), "invalid_issuer"),
        ("an empty issuer", issued(), json!({"iss": ""}), "invalid_issuer"),
        ("our issuer in a list", issued(), json!({"iss": ["https://us.example", "x"]}), "invalid_token"),
    ];
    for (sentence, config, changes, expected) in rows {
        assert_eq!(asked(config, &changes), expected, "{sentence}");
    }
}

#[test]
fn a_token_is_for_what_it_says() {
    let auth = auth(builder());
    #[rustfmt::skip]
    let rows = [
        ("access", "user1", "refresh_token_required"),
        ("refresh", "access_token_required", "user1"),
        ("Access", "access_token_required", "refresh_token_required"),
        ("id", "access_token_required", "refresh_token_required"),
        ("access refresh", "access_token_required", "refresh_token_required"),
    ];
    for (kind, as_access, as_refresh) in rows {
        let token = token(&auth, &json!({"type": kind}));
        // The other purpose's cookie may carry it too: names of cookies prove nothing.
        let head = Head::new("GET")
            .access(&token)
            .refresh(&token)
            .csrf(crate::testing::CSRF);
        assert_eq!(
            outcome(&auth, &head, &Require::access()),
            as_access,
            "{kind}"
        );
        assert_eq!(
            outcome(&auth, &head, &Require::refresh()),
            as_refresh,
            "{kind}"
        );
    }
}

#[test]
fn of_several_cookies_the_newest_genuine_one_counts() {
    let auth = auth(builder());
    let own = |changes| token(&auth, &changes);
    let stranger =
        crate::testing::auth(builder().secret_key("another secret, of thirty-two bytes"));
    let forged = token(&stranger, &json!({"sub": "admin"}));
    let of = |id: &str, iat: u64, exp: u64| own(json!({"jti": id, "iat": iat, "exp": exp}));
    let old = of("old", NOW - 100, NOW + 800);
    let new = of("new", NOW - 50, NOW + 850);
    let longer = of("longer", NOW - 50, NOW + 900);
    let ended = of("ended", NOW - 20, NOW - 1);
    let ended_before = of("ended before", NOW - 30, NOW - 2);
    let ended_other = own(json!({"sub": "user2", "iat": NOW - 20, "exp": NOW - 1}));
    let elsewhere = own(json!({"jti": "elsewhere", "aud": "elsewhere"}));
    let refresh = own(json!({"jti": "refresh", "type": "refresh"}));
    let other = own(json!({"sub": "user2"}));
    let admin = own(json!({"login_type": "admin"}));
    let malformed = sign(&auth, &claims(&json!({"exp": "soon"})));
    let garbage = "garbage".to_owned();
    let many: Vec<&String> = [&forged, &garbage, &malformed, &old, &new].into();
    #[rustfmt::skip]
    let rows: Vec<(&str, Vec<&String>, &str)> = vec![
        ("one", vec![&old], "old"),
        ("the same one five times", vec![&old; 5], "old"),
        ("a forged one in front", vec![&forged, &old], "old"),
        ("a forged one behind", vec![&old, &forged], "old"),
        ("garbage and malformed claims", vec![&garbage, &old, &malformed], "old"),
        ("only forged ones", vec![&forged, &garbage], "invalid_signature"),
        ("only garbage", vec![&garbage, &forged], "invalid_token"),
        ("two of one user", vec![&old, &new], "new"),
        ("two of one user, the other way round", vec![&new, &old], "new"),
        ("made in the same second: the longer", vec![&new, &longer], "longer"),
        ("the same, the other way round", vec![&longer, &new], "longer"),
        ("an expired one that is newer", vec![&old, &ended], "old"),
        ("the same, the other way round", vec![&ended, &old], "old"),
        ("two that have expired", vec![&ended, &ended_before], "token_expired"),
        ("an expired one of another user", vec![&old, &ended_other], "ambiguous_cookie"),
        ("a newer one for another service", vec![&old, &elsewhere], "old"),
        ("a newer one of the other purpose", vec![&old, &refresh], "old"),
        ("two users", vec![&old, &other], "ambiguous_cookie"),
        ("two users and a forged one between", vec![&other, &forged, &old], "ambiguous_cookie"),
        ("a user and an administrator with the same id", vec![&old, &admin], "ambiguous_cookie"),
        ("four, one of them ours", vec![&forged, &garbage, &malformed, &old], "old"),
        ("five", many, "ambiguous_cookie"),
    ];
    for (sentence, cookies, expected) in rows {
        let in_one_line = cookies
            .iter()
            .map(|token| format!("access_token_cookie={token}"));
        let in_one_line = in_one_line.collect::<Vec<_>>().join("; ");
        let lines = cookies
            .iter()
            .fold(Head::new("GET"), |head, token| head.access(token));
        for head in [Head::new("GET").header("cookie", in_one_line), lines] {
            let found = crate::testing::ask(&auth, &head, &Require::access());
            let found = match &found {
                Ok(token) => token.id(),
                Err(rejection) => rejection.code(),
            };
            assert_eq!(found, expected, "{sentence}");
        }
    }
}

/// A change of a cookie's domain or path leaves the old pair behind, and a page reads the CSRF
/// cookie of one of them.
#[test]
fn of_an_old_and_a_new_pair_the_csrf_value_decides() {
    type Row<'r> = (
        &'r str,
        Vec<&'r String>,
        &'r str,
        Require<crate::purpose::Access>,
        &'r str,
    );
    let auth = auth(builder());
    let of = |id: &str, iat: u64, exp: u64, scope: &str| {
        token(
            &auth,
            &json!({"jti": id, "csrf": format!("value of {id}"), "iat": iat, "exp": exp, "scopes": [scope]}),
        )
    };
    let old = of("old", NOW - 100, NOW + 800, "a");
    let new = of("new", NOW - 50, NOW + 850, "b");
    let ended = of("ended", NOW - 20, NOW - 1, "c");
    let other = token(
        &auth,
        &json!({"jti": "other", "csrf": "value of other", "sub": "user2"}),
    );
    let plain = Require::access;
    #[rustfmt::skip]
    let rows: Vec<Row<'_>> = vec![
        ("the value of the new one", vec![&old, &new], "value of new", plain(), "new"),
        ("the value of the old one", vec![&old, &new], "value of old", plain(), "old"),
        ("the same, the other way round", vec![&new, &old], "value of old", plain(), "old"),
        ("a value of neither", vec![&old, &new], "value of none", plain(), "csrf_mismatch"),
        ("the value of one that has expired", vec![&old, &ended], "value of ended", plain(), "csrf_mismatch"),
        ("the value of one of two users", vec![&old, &other], "value of old", plain(), "ambiguous_cookie"),
        ("what the route demands is judged of the one that counts", vec![&old, &new], "value of old", plain().any_scope(["b"]), "insufficient_scope"),
    ];
    for (sentence, cookies, value, require, expected) in rows {
        let head = cookies
            .iter()
            .fold(Head::new("POST"), |head, token| head.access(token));
        let found = crate::testing::ask(&auth, &head.csrf(value), &require);
        let found = match &found {
            Ok(token) => token.id(),
            Err(rejection) => rejection.code(),
        };
        assert_eq!(found, expected, "{sentence}");
    }
}

/// A page that reads the CSRF cookie of a former domain shows the value of a session that may have
/// ended.
#[test]
fn from_an_own_page_the_newest_counts_with_the_value_of_any() {
    let auth = auth(builder());
    let of = |changes| token(&auth, &changes);
    let times = |iat: u64, exp: u64| json!({"iat": iat, "exp": exp});
    let with = |id: &str, mut claims: serde_json::Value| {
        claims["jti"] = json!(id);
        claims["csrf"] = json!(format!("value of {id}"));
        of(claims)
    };
    let old = with("old", times(NOW - 100, NOW + 800));
    let new = with("new", times(NOW - 50, NOW + 850));
    let expired = with("expired", times(NOW - 1000, NOW - 100));
    let other = of(json!({"jti": "other", "csrf": "value of other", "sub": "user2"}));
    let stranger =
        crate::testing::auth(builder().secret_key("another secret, of thirty-two bytes"));
    let forged = token(&stranger, &json!({"csrf": "value of forged"}));
    let (own, neither, program) = (Some("same-origin"), Some("none"), None);
    #[rustfmt::skip]
    let rows = [
        ("the value of the old one", vec![&old, &new], own, "value of old", "new"),
        ("the same, the other way round", vec![&new, &old], own, "value of old", "new"),
        ("the value of one that has expired", vec![&expired, &new], own, "value of expired", "new"),
        ("a value of none", vec![&old, &new], own, "value of none", "csrf_mismatch"),
        ("the value of a forged one", vec![&forged, &new], own, "value of forged", "csrf_mismatch"),
        ("the value of another user's", vec![&other, &new], own, "value of other", "ambiguous_cookie"),
        ("no page of ours: the one it belongs to", vec![&old, &new], neither, "value of old", "old"),
        ("a program: the one it belongs to", vec![&old, &new], program, "value of old", "old"),
        ("no page of ours, an expired one's", vec![&expired, &new], neither, "value of expired", "csrf_mismatch"),
    ];
    for (sentence, cookies, site, value, expected) in rows {
        let head = cookies
            .iter()
            .fold(Head::new("POST").csrf(value), |head, token| {
                head.access(token)
            });
        let head = match site {
            Some(site) => head.header("sec-fetch-site", site),
            None => head,
        };
        let found = crate::testing::ask(&auth, &head, &Require::access());
        let found = match &found {
            Ok(token) => token.id(),
            Err(rejection) => rejection.code(),
        };
        assert_eq!(found, expected, "{sentence}");
    }
}

#[test]
fn a_previous_secret_still_reads() {
    let previous = "the secret of last month, thirty-two";
    let old = auth(builder().secret_key(previous));
    let new = auth(builder().previous_secret_key(previous));
    let head = |changes| Head::new("GET").access(&token(&old, &changes));
    assert_eq!(outcome(&new, &head(json!({})), &Require::access()), "user1");
    let ended = head(json!({"exp": NOW}));
    assert_eq!(outcome(&new, &ended, &Require::access()), "token_expired");
    // An expired token of the current secret is expired, not forged.
    let ended = Head::new("GET").access(&token(&new, &json!({"exp": NOW})));
    assert_eq!(outcome(&new, &ended, &Require::access()), "token_expired");
}

#[test]
fn a_forged_token_is_never_called_expired() {
    let auth = auth(builder());
    let stranger =
        crate::testing::auth(builder().secret_key("another secret, of thirty-two bytes"));
    let ended = Head::new("POST").access(&token(&stranger, &json!({"exp": NOW - 1})));
    assert_eq!(
        outcome(&auth, &ended, &Require::access()),
        "invalid_signature"
    );
}
