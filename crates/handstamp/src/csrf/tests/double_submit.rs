//! Double submit, as requests of browsers and of others try it.

use serde_json::json;

use crate::config::danger::Danger;
use crate::testing::{CSRF, Head, ask, auth, builder, outcome, token};
use crate::{Location, Require};

#[test]
fn a_request_with_a_cookie_repeats_the_value() {
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
        ("POST with it", sent("POST", value), "user1"),
        ("PUT with it", sent("PUT", value), "user1"),
        ("blanks around it", sent("POST", b" \tvalue-of-csrf "), "user1"),
        ("twice the same", sent("POST", value).csrf(value), "user1"),
        ("an empty one beside it", sent("POST", b"").csrf(value), "user1"),
        ("POST without", none("POST"), "missing_csrf_token"),
        ("PUT without", none("PUT"), "missing_csrf_token"),
        ("PATCH without", none("PATCH"), "missing_csrf_token"),
        ("DELETE without", none("DELETE"), "missing_csrf_token"),
        ("post in small letters", none("post"), "missing_csrf_token"),
        ("patch, as fetch sends it", none("patch"), "missing_csrf_token"),
        ("an empty value", sent("POST", b""), "missing_csrf_token"),
        ("blanks", sent("POST", b"  "), "missing_csrf_token"),
        ("GET without", none("GET"), "user1"),
        ("HEAD without", none("HEAD"), "user1"),
        ("OPTIONS without", none("OPTIONS"), "user1"),
        ("GET with a wrong one", sent("GET", b"wrong"), "user1"),
        ("a wrong one", sent("POST", b"wrong"), "csrf_mismatch"),
        ("part of it", sent("POST", b"value-of"), "csrf_mismatch"),
        ("more than it", sent("POST", b"value-of-csrf2"), "csrf_mismatch"),
        ("another case", sent("POST", b"Value-Of-Csrf"), "csrf_mismatch"),
        ("two that differ", sent("POST", value).csrf("wrong"), "csrf_mismatch"),
        ("two that differ, the other way round", sent("POST", b"wrong").csrf(value), "csrf_mismatch"),
        ("both in one line", sent("POST", b"value-of-csrf, value-of-csrf"), "csrf_mismatch"),
        ("every byte there is", sent("POST", &every_byte), "csrf_mismatch"),
        ("the word undefined, as the page's script sends it", sent("POST", b"undefined"), "csrf_mismatch"),
        ("the CSRF cookie alone", none("POST").cookie("csrf_access_token", CSRF), "missing_csrf_token"),
        ("a planted CSRF cookie and its value", sent("POST", b"planted").cookie("csrf_access_token", "planted"), "csrf_mismatch"),
        ("an empty claim and an empty value", claim("").csrf(""), "missing_csrf_token"),
        ("an empty claim and a value", claim("").csrf("x"), "csrf_mismatch"),
        ("no claim and a value", Head::new("POST").access(&token(&auth, &json!({"csrf": null}))).csrf("null"), "csrf_mismatch"),
        ("the value alone is no login", Head::new("POST").csrf(value), "missing_token"),
        ("a form's media type changes nothing", none("POST").header("content-type", "text/plain"), "missing_csrf_token"),
        ("nor does no media type", none("POST").header("content-length", "0"), "missing_csrf_token"),
        ("a token in a header needs none", Head::new("POST").bearer(&usual), "user1"),
        ("also beside a cookie", none("POST").bearer(&usual), "user1"),
        ("a token in the query needs none", Head::new("POST").query(&format!("token={usual}")), "user1"),
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
fn a_refresh_from_a_cookie_repeats_its_own_value_whatever_the_method() {
    let auth = auth(builder().refresh_csrf_header_name("X-Refresh-CSRF"));
    let refresh = token(&auth, &json!({"type": "refresh", "csrf": "of-refresh"}));
    let access = token(&auth, &json!({"csrf": "of-access"}));
    for method in ["GET", "HEAD", "OPTIONS", "POST", "PURGE", ""] {
        let head = || Head::new(method).access(&access).refresh(&refresh);
        #[rustfmt::skip]
        let rows = [
            ("without", head(), "missing_csrf_token"),
            ("in the header of access tokens", head().csrf("of-refresh"), "missing_csrf_token"),
            ("the access token's", head().header("x-refresh-csrf", "of-access"), "csrf_mismatch"),
            ("its own", head().header("x-refresh-csrf", "of-refresh"), "user1"),
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
fn it_can_be_switched_off() {
    let on = auth(builder());
    let off = auth(builder().cookie_csrf_protect(false).danger(Danger::NoCsrf));
    let fewer = auth(builder().csrf_methods(["post"]));
    let no_cookies = builder().token_locations([Location::Headers]);
    let no_cookies = auth(no_cookies.cookie_csrf_protect(false).csrf_methods(["GET"]));
    let from_cookies = || Require::access().from([Location::Cookies]);
    let get = Head::new("GET").access(&token(&on, &json!({})));
    let post = Head::new("POST").access(&token(&on, &json!({})));
    let delete = Head::new("DELETE").access(&token(&on, &json!({})));
    let refresh = Head::new("POST").refresh(&token(&on, &json!({"type": "refresh"})));
    #[rustfmt::skip]
    let rows = [
        ("on", outcome(&on, &post, &Require::access()), "missing_csrf_token"),
        ("off for this route", outcome(&on, &post, &Require::access().without_csrf()), "user1"),
        ("off for this route, with a wrong value", outcome(&on, &post.clone().csrf("wrong"), &Require::access().without_csrf()), "user1"),
        ("off for this route, refresh", outcome(&on, &refresh, &Require::refresh().without_csrf()), "user1"),
        ("off everywhere", outcome(&off, &post, &Require::access()), "user1"),
        ("off everywhere, refresh", outcome(&off, &refresh, &Require::refresh()), "user1"),
        ("off where no cookies are configured, on a route that reads them", outcome(&no_cookies, &post, &from_cookies()), "missing_csrf_token"),
        ("the same with DELETE, which no setting lists", outcome(&no_cookies, &delete, &from_cookies()), "missing_csrf_token"),
        ("the same with GET", outcome(&no_cookies, &get, &from_cookies()), "user1"),
        ("the same, off for this route", outcome(&no_cookies, &post, &from_cookies().without_csrf()), "user1"),
        ("on for POST only: POST", outcome(&fewer, &post, &Require::access()), "missing_csrf_token"),
        ("on for POST only: DELETE", outcome(&fewer, &delete, &Require::access()), "user1"),
    ];
    for (sentence, outcome, expected) in rows {
        assert_eq!(outcome, expected, "{sentence}");
    }
}

#[test]
fn who_forgot_it_is_told_where_it_is() {
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
