//! Double submit: requests by the CSRF value in their header.

use serde_json::json;

use crate::config::danger::Danger;
use crate::testing::{CSRF, Head, ask, auth, builder, outcome, token};
use crate::{Location, Require};

#[test]
fn a_request_with_a_token_cookie_repeats_its_value() {
    let auth =
        auth(builder().token_locations([Location::Headers, Location::Cookies, Location::Query]));
    let usual = token(&auth, &json!({}));
    let sent = |method: &str, value: &[u8]| Head::new(method).access(&usual).csrf(value);
    let none = |method: &str| Head::new(method).access(&usual);
    let claim = |csrf| Head::new("POST").access(&token(&auth, &json!({"csrf": csrf})));
    let value = CSRF.as_bytes();
    let every_byte: Vec<u8> = (0..=255).collect();
    #[rustfmt::skip]
    let rows: Vec<(&str, Head, &str)> = vec![
        ("POST with the value", sent("POST", value), "user1"),
        ("PUT with the value", sent("PUT", value), "user1"),
        ("whitespace around the value", sent("POST", b" \tvalue-of-csrf "), "user1"),
        ("two equal headers", sent("POST", value).csrf(value), "user1"),
        ("an empty header and the value", sent("POST", b"").csrf(value), "user1"),
        ("POST without the value", none("POST"), "missing_csrf_token"),
        ("PUT without the value", none("PUT"), "missing_csrf_token"),
        ("PATCH without the value", none("PATCH"), "missing_csrf_token"),
        ("DELETE without the value", none("DELETE"), "missing_csrf_token"),
        ("POST in lower case", none("post"), "missing_csrf_token"),
        ("PATCH in lower case, as fetch sends it", none("patch"), "missing_csrf_token"),
        ("an empty value", sent("POST", b""), "missing_csrf_token"),
        ("only whitespace", sent("POST", b"  "), "missing_csrf_token"),
        ("GET without the value", none("GET"), "user1"),
        ("HEAD without the value", none("HEAD"), "user1"),
        ("OPTIONS without the value", none("OPTIONS"), "user1"),
        ("GET with a wrong value", sent("GET", b"wrong"), "user1"),
        ("a wrong value", sent("POST", b"wrong"), "csrf_mismatch"),
        ("a prefix of the value", sent("POST", b"value-of"), "csrf_mismatch"),
        ("the value with a suffix", sent("POST", b"value-of-csrf2"), "csrf_mismatch"),
        ("the value in another case", sent("POST", b"Value-Of-Csrf"), "csrf_mismatch"),
        ("two headers that differ", sent("POST", value).csrf("wrong"), "csrf_mismatch"),
        ("two headers that differ, in the other order", sent("POST", b"wrong").csrf(value), "csrf_mismatch"),
        ("the value twice in one header", sent("POST", b"value-of-csrf, value-of-csrf"), "csrf_mismatch"),
        ("all byte values", sent("POST", &every_byte), "csrf_mismatch"),
        ("the word undefined, as a script with a bug sends it", sent("POST", b"undefined"), "csrf_mismatch"),
        ("the CSRF cookie alone", none("POST").cookie("csrf_access_token", CSRF), "missing_csrf_token"),
        ("a planted CSRF cookie and its value", sent("POST", b"planted").cookie("csrf_access_token", "planted"), "csrf_mismatch"),
        ("an empty claim and an empty value", claim("").csrf(""), "missing_csrf_token"),
        ("an empty claim and a value", claim("").csrf("x"), "csrf_mismatch"),
        ("no claim and a value", Head::new("POST").access(&token(&auth, &json!({"csrf": null}))).csrf("null"), "csrf_mismatch"),
        ("the value without a token", Head::new("POST").csrf(value), "missing_token"),
        ("the media type of a form, without the value", none("POST").header("content-type", "text/plain"), "missing_csrf_token"),
        ("no media type, without the value", none("POST").header("content-length", "0"), "missing_csrf_token"),
        ("a token in a header needs no value", Head::new("POST").bearer(&usual), "user1"),
        ("a token in a header with another in a cookie", none("POST").bearer(&usual), "user1"),
        ("a token in the query needs no value", Head::new("POST").query(&format!("token={usual}")), "user1"),
    ];
    for (sentence, head, expected) in rows {
        assert_eq!(
            outcome(&auth, &head, &Require::access()),
            expected,
            "{sentence}"
        );
    }
}

#[test]
fn a_refresh_token_in_a_cookie_needs_its_own_value_whatever_the_method() {
    let auth = auth(builder().refresh_csrf_header_name("X-Refresh-CSRF"));
    let refresh = token(&auth, &json!({"type": "refresh", "csrf": "of-refresh"}));
    let access = token(&auth, &json!({"csrf": "of-access"}));
    for method in ["GET", "HEAD", "OPTIONS", "POST", "PURGE", ""] {
        let head = || Head::new(method).access(&access).refresh(&refresh);
        #[rustfmt::skip]
        let rows = [
            ("no value", head(), "missing_csrf_token"),
            ("its value in the header for access tokens", head().csrf("of-refresh"), "missing_csrf_token"),
            ("the value of the access token", head().header("x-refresh-csrf", "of-access"), "csrf_mismatch"),
            ("its own value", head().header("x-refresh-csrf", "of-refresh"), "user1"),
        ];
        for (sentence, head, expected) in rows {
            assert_eq!(
                outcome(&auth, &head, &Require::refresh()),
                expected,
                "{method}: {sentence}"
            );
        }
    }
}

#[test]
fn the_value_is_not_required_where_protection_is_off() {
    let on = auth(builder());
    let off = auth(builder().cookie_csrf_protect(false).danger(Danger::NoCsrf));
    let fewer = auth(builder().csrf_methods(["post"]));
    let more = auth(builder().csrf_methods(["GET", "POST"]));
    let head_alone = auth(builder().csrf_methods(["HEAD", "POST"]));
    let no_cookies = builder().token_locations([Location::Headers]);
    let no_cookies = auth(no_cookies.cookie_csrf_protect(false).csrf_methods(["GET"]));
    let from_cookies = || Require::access().from([Location::Cookies]);
    let get = Head::new("GET").access(&token(&on, &json!({})));
    let head = Head::new("HEAD").access(&token(&on, &json!({})));
    let post = Head::new("POST").access(&token(&on, &json!({})));
    let delete = Head::new("DELETE").access(&token(&on, &json!({})));
    let refresh = Head::new("POST").refresh(&token(&on, &json!({"type": "refresh"})));
    #[rustfmt::skip]
    let rows = [
        ("protection is on", outcome(&on, &post, &Require::access()), "missing_csrf_token"),
        ("off for the route", outcome(&on, &post, &Require::access().without_csrf()), "user1"),
        ("off for the route, with a wrong value", outcome(&on, &post.clone().csrf("wrong"), &Require::access().without_csrf()), "user1"),
        ("off for the route, a refresh", outcome(&on, &refresh, &Require::refresh().without_csrf()), "user1"),
        ("off everywhere", outcome(&off, &post, &Require::access()), "user1"),
        ("off everywhere, a refresh", outcome(&off, &refresh, &Require::refresh()), "user1"),
        ("off where no cookies are configured, on a route that reads them", outcome(&no_cookies, &post, &from_cookies()), "missing_csrf_token"),
        ("the same with DELETE, which is not listed", outcome(&no_cookies, &delete, &from_cookies()), "missing_csrf_token"),
        ("the same with GET, which is listed", outcome(&no_cookies, &get, &from_cookies()), "missing_csrf_token"),
        ("the same, off for the route", outcome(&no_cookies, &post, &from_cookies().without_csrf()), "user1"),
        ("on for GET as well: GET", outcome(&more, &get, &Require::access()), "missing_csrf_token"),
        ("on for GET as well: HEAD, which runs the handler of GET", outcome(&more, &head, &Require::access()), "missing_csrf_token"),
        ("on for HEAD alone: HEAD", outcome(&head_alone, &head, &Require::access()), "missing_csrf_token"),
        ("on for HEAD alone: GET", outcome(&head_alone, &get, &Require::access()), "user1"),
        ("on for POST only: POST", outcome(&fewer, &post, &Require::access()), "missing_csrf_token"),
        ("on for POST only: DELETE", outcome(&fewer, &delete, &Require::access()), "user1"),
    ];
    for (sentence, outcome, expected) in rows {
        assert_eq!(outcome, expected, "{sentence}");
    }
}

#[test]
fn a_refusal_without_the_value_names_the_header_and_the_cookie() {
    let says = |config| {
        let auth = auth(config);
        let head = Head::new("POST").access(&token(&auth, &json!({})));
        ask(&auth, &head, &Require::access())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        says(builder()),
        "Missing CSRF token: send the header X-CSRF-TOKEN with the value of the cookie csrf_access_token"
    );
    assert_eq!(
        says(
            builder()
                .csrf_in_cookies(false)
                .access_csrf_header_name("X-My")
        ),
        "Missing CSRF token: send the header X-My with the CSRF value that came with the token"
    );
}
