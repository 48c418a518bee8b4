//! The CSRF value in a form, and under a mask.

use serde_json::json;

use crate::csrf::masked;
use crate::random::SystemRandom;
use crate::testing::{CSRF, Head, ask, auth, builder, outcome, token};
use crate::{Location, RequestHead, Require};

#[test]
fn a_form_field_counts_where_forms_are_checked() {
    let forms = || builder().csrf_check_form(true);
    let auth_of_forms = auth(forms().token_locations([Location::Cookies, Location::Headers]));
    let usual = token(&auth_of_forms, &json!({}));
    let post = || Head::new("POST").access(&usual);
    let urlencoded = |head: Head| head.header("content-type", "application/x-www-form-urlencoded");
    let parts = |head: Head| head.header("content-type", "multipart/form-data; boundary=b");
    let part = |disposition: &str| {
        format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{CSRF}\r\n--b--\r\n")
    };
    #[rustfmt::skip]
    let rows: Vec<(&str, Head, String, &str)> = vec![
        ("in a field", urlencoded(post()), format!("a=1&csrf_token={CSRF}"), "user1"),
        ("in a part", parts(post()), part("name=\"csrf_token\""), "user1"),
        ("two equal fields", urlencoded(post()), format!("csrf_token={CSRF}&csrf_token={CSRF}"), "user1"),
        ("an empty header and the field", urlencoded(post().csrf("")), format!("csrf_token={CSRF}"), "user1"),
        ("the right header and a wrong field", urlencoded(post().csrf(CSRF)), "csrf_token=x".into(), "user1"),
        ("the right header and a malformed form", parts(post().csrf(CSRF)), "--b".into(), "user1"),
        ("a wrong header and the right field", urlencoded(post().csrf("x")), format!("csrf_token={CSRF}"), "csrf_mismatch"),
        ("two fields that differ", urlencoded(post()), format!("csrf_token={CSRF}&csrf_token=x"), "csrf_mismatch"),
        ("two fields that differ, in the other order", urlencoded(post()), format!("csrf_token=x&csrf_token={CSRF}"), "csrf_mismatch"),
        ("a wrong field", urlencoded(post()), "csrf_token=x".into(), "csrf_mismatch"),
        ("a field that is not ASCII", urlencoded(post()), "csrf_token=%C3%A9".into(), "csrf_mismatch"),
        ("a field that is not UTF-8", urlencoded(post()), "csrf_token=%E9".into(), "csrf_mismatch"),
        ("whitespace around the value", urlencoded(post()), format!("csrf_token=+{CSRF}"), "csrf_mismatch"),
        ("an empty field", urlencoded(post()), "csrf_token=".into(), "missing_csrf_token"),
        ("no field", urlencoded(post()), "a=1".into(), "missing_csrf_token"),
        ("another field", urlencoded(post()), format!("csrf={CSRF}"), "missing_csrf_token"),
        ("a part that is a file", parts(post()), part("name=\"csrf_token\"; filename=\"f\""), "missing_csrf_token"),
        ("a truncated form", parts(post()), part("name=\"csrf_token\"").replace("--b--", ""), "missing_csrf_token"),
        ("a form with the media type text/plain", post().header("content-type", "text/plain"), format!("csrf_token={CSRF}"), "missing_csrf_token"),
        ("a form without a media type", post(), format!("csrf_token={CSRF}"), "missing_csrf_token"),
        ("JSON", post().header("content-type", "application/json"), json!({"csrf_token": CSRF}).to_string(), "missing_csrf_token"),
        ("the query", urlencoded(post().query(&format!("csrf_token={CSRF}"))), String::new(), "missing_csrf_token"),
        ("a token in a header needs no value", urlencoded(Head::new("POST").bearer(&usual)), "a=1".into(), "user1"),
        ("the field without a token", urlencoded(Head::new("POST")), format!("csrf_token={CSRF}"), "missing_token"),
    ];
    for (sentence, head, body, expected) in rows {
        let request = head.with_body(body.as_bytes());
        let require = Require::access().from([Location::Cookies, Location::Headers]);
        assert_eq!(
            outcome(&auth_of_forms, &request, &require),
            expected,
            "{sentence}"
        );
    }

    let form = format!("csrf_token={CSRF}&mine={CSRF}");
    let says = |config, head: Head| {
        let auth = auth(config);
        let request = urlencoded(head.access(&token(&auth, &json!({})))).with_body(form.as_bytes());
        outcome(&auth, &request, &Require::access())
    };
    let head = || Head::new("POST");
    #[rustfmt::skip]
    let rows = [
        ("forms are not checked", says(builder(), head()), "missing_csrf_token"),
        ("a configured field name", says(forms().access_csrf_field_name("mine"), head()), "user1"),
        ("a configured field name that the form lacks", says(forms().access_csrf_field_name("other"), head()), "missing_csrf_token"),
    ];
    for (sentence, outcome, expected) in rows {
        assert_eq!(outcome, expected, "{sentence}");
    }

    let auth = auth(forms().refresh_csrf_field_name("mine"));
    let refresh = token(&auth, &json!({"type": "refresh"}));
    let request = urlencoded(Head::new("GET").refresh(&refresh)).with_body(b"mine=value-of-csrf");
    assert_eq!(outcome(&auth, &request, &Require::refresh()), "user1");
}

#[test]
fn a_masked_value_is_as_good_as_the_value() {
    let auth = auth(builder().csrf_check_form(true));
    let usual = token(&auth, &json!({}));
    let without = token(&auth, &json!({"csrf": ""}));
    let dotted = token(&auth, &json!({"csrf": "masked.AAAA"}));
    let mask = |value: &str| masked::mask(value, &SystemRandom).unwrap();
    let masked = mask(CSRF);
    let mut changed = masked.clone().into_bytes();
    changed[20] = if changed[20] == b'A' { b'B' } else { b'A' };
    #[rustfmt::skip]
    let rows: Vec<(&str, &str, Vec<u8>, &str)> = vec![
        ("the plain value", &usual, CSRF.into(), "user1"),
        ("the value under a mask", &usual, masked.clone().into(), "user1"),
        ("the value under another mask", &usual, mask(CSRF).into(), "user1"),
        ("the value under two masks", &usual, mask(&masked).into(), "csrf_mismatch"),
        ("another value under a mask", &usual, mask("value-of-cSrf").into(), "csrf_mismatch"),
        ("a changed byte", &usual, changed, "csrf_mismatch"),
        ("a missing byte", &usual, masked[..masked.len() - 1].into(), "csrf_mismatch"),
        ("padding", &usual, format!("{masked}=").into(), "csrf_mismatch"),
        ("another prefix", &usual, masked.replace("masked", "Masked").into(), "csrf_mismatch"),
        ("an empty mask", &usual, "masked.".into(), "csrf_mismatch"),
        ("an empty claim and an empty mask", &without, "masked.".into(), "csrf_mismatch"),
        ("an empty claim and the empty value under a mask", &without, mask("").into(), "csrf_mismatch"),
        ("a claim that looks like a mask", &dotted, "masked.AAAA".into(), "user1"),
    ];
    for (sentence, token, value, expected) in rows {
        let head = Head::new("POST").access(token);
        let in_header = outcome(&auth, &head.clone().csrf(value.clone()), &Require::access());
        assert_eq!(in_header, expected, "{sentence}, in the header");
        let body = [b"csrf_token=", value.as_slice()].concat();
        let head = head.header("content-type", "application/x-www-form-urlencoded");
        let in_form = outcome(&auth, &head.with_body(&body), &Require::access());
        assert_eq!(in_form, expected, "{sentence}, in a form");
    }

    let token = ask(&auth, &Head::new("GET").access(&usual), &Require::access()).unwrap();
    let [one, other] = [(); 2].map(|()| auth.masked_csrf(&token).unwrap());
    assert_ne!(one, other);
    let head = Head::new("POST").access(&usual);
    assert_eq!(
        outcome(&auth, &head.clone().csrf(one), &Require::access()),
        "user1"
    );
    assert_eq!(
        outcome(&auth, &head.csrf(other), &Require::access()),
        "user1"
    );
    let token = ask(
        &auth,
        &Head::new("GET").access(&without),
        &Require::access(),
    )
    .unwrap();
    assert_eq!(auth.masked_csrf(&token).unwrap(), "");
}

#[test]
fn a_refusal_without_the_value_names_the_field_where_forms_are_read() {
    let auth = auth(builder().csrf_check_form(true));
    let head = || Head::new("POST").access(&token(&auth, &json!({})));
    let says = |rejection: crate::error::Rejection| rejection.to_string();
    assert_eq!(
        says(ask(&auth, &head().with_body(b""), &Require::access()).unwrap_err()),
        "Missing CSRF token: send the header X-CSRF-TOKEN or the form field csrf_token with the value of the cookie csrf_access_token"
    );
    assert_eq!(
        says(ask(&auth, &head(), &Require::access()).unwrap_err()),
        "Missing CSRF token: send the header X-CSRF-TOKEN with the value of the cookie csrf_access_token",
        "the body was not read"
    );
    let auth = crate::testing::auth(builder());
    let head = Head::new("POST").access(&token(&auth, &json!({})));
    assert_eq!(
        says(ask(&auth, &head.with_body(b""), &Require::access()).unwrap_err()),
        "Missing CSRF token: send the header X-CSRF-TOKEN with the value of the cookie csrf_access_token",
        "forms are not checked"
    );
}
