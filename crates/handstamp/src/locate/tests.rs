//! Tests of the locations, and of their order.

use serde_json::json;

use crate::testing::{Head, ask, auth, builder, outcome, token};
use crate::{Location, RequestHead, Require};

#[test]
fn the_first_place_that_has_a_token_is_the_place() {
    use Location::{Cookies, Headers, Json, Query};
    let auth = auth(builder());
    let of = |subject: &str| token(&auth, &json!({"sub": subject}));
    let head = || Head::new("GET");
    let (cookie, header, query) = (
        of("cookie"),
        of("header"),
        format!("a=1&token={}", of("query")),
    );
    let all = || head().access(&cookie).bearer(&header).query(&query);
    let basic = || head().header("authorization", "Basic dXNlcjpwYXNz");
    let two = || head().bearer(&header).bearer(&cookie);
    #[rustfmt::skip]
    let rows: Vec<(&str, Head, &[Location], &str)> = vec![
        ("header first", all(), &[Headers, Cookies, Query], "header"),
        ("cookie first", all(), &[Cookies, Headers, Query], "cookie"),
        ("query first", all(), &[Query, Cookies], "query"),
        ("only the first is there", all(), &[Headers], "header"),
        ("a place that is not listed", head().bearer(&header), &[Cookies, Query], "missing_token"),
        ("no place is listed", all(), &[], "missing_token"),
        ("bodies are not read here", all(), &[Json], "missing_token"),
        ("the same place twice", all(), &[Cookies, Cookies], "cookie"),
        ("another scheme is not here", basic().access(&cookie), &[Headers, Cookies], "cookie"),
        ("another scheme next to ours", basic().bearer(&header), &[Headers], "header"),
        ("a scheme without a token is not here", head().header("authorization", "Bearer ").access(&cookie), &[Headers, Cookies], "cookie"),
        ("an empty cookie is not here", head().access("").bearer(&header), &[Cookies, Headers], "header"),
        ("an empty cookie is not here, and nothing else is", head().access(""), &[Cookies], "missing_token"),
        ("a bad token in the first place ends the search", head().bearer("bad").access(&cookie), &[Headers, Cookies], "invalid_token"),
        ("so does a bad cookie", head().access("bad").bearer(&header), &[Cookies, Headers], "invalid_token"),
        ("an empty parameter is a bad token", head().query("token=").access(&cookie), &[Query, Cookies], "invalid_token"),
        ("a parameter without a value, too", head().query("token").access(&cookie), &[Query, Cookies], "invalid_token"),
        ("two headers that differ", two(), &[Headers], "invalid_token"),
        ("two headers that are the same", head().bearer(&header).bearer(&header), &[Headers], "header"),
        ("two parameters that differ", head().query(&format!("{query}&token=x")), &[Query], "invalid_token"),
        ("two parameters that are the same", head().query(&format!("{query}&{query}")), &[Query], "query"),
        ("a parameter spelled with escapes", head().query(&query.replace("token", "%74oken")), &[Query], "query"),
        ("another parameter", head().query(&query.replace("token", "Token")), &[Query], "missing_token"),
        ("no UTF-8 in the parameter", head().query("token=%ff%fe"), &[Query], "invalid_token"),
        ("two tokens in one header", head().bearer(&format!("{header}, {cookie}")), &[Headers], "invalid_token"),
        ("the refresh token's cookie", head().refresh(&cookie), &[Cookies], "missing_token"),
        ("the cookie's name in another case", head().cookie("Access_Token_Cookie", &cookie), &[Cookies], "missing_token"),
    ];
    for (sentence, head, places, expected) in rows {
        let require = Require::access().from(places.iter().copied());
        assert_eq!(outcome(&auth, &head, &require), expected, "{sentence}");
    }
}

#[test]
fn headers_without_a_scheme() {
    let locations = [Location::Headers, Location::Cookies];
    let auth = auth(
        builder()
            .token_locations(locations)
            .header_name("X-Token")
            .header_type(""),
    );
    let own = token(&auth, &json!({}));
    let head = |value: &str| Head::new("GET").header("x-token", value);
    #[rustfmt::skip]
    let rows = [
        ("the whole value", head(&own), "user1"),
        ("with a scheme all the same", head(&format!("Bearer {own}")), "invalid_token"),
        ("blanks around", head(&format!(" {own} ")), "user1"),
        ("nothing", head("").access(&own), "user1"),
        ("the usual header is another one", Head::new("GET").bearer(&own), "missing_token"),
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
fn a_token_in_a_json_body() {
    use Location::{Cookies, Headers, Json};
    let auth = auth(builder().token_locations([Json, Cookies]));
    let of = |subject: &str| token(&auth, &json!({"sub": subject}));
    let (mine, cookie) = (of("json"), of("cookie"));
    let json = || Head::new("POST").header("content-type", "application/json; charset=utf-8");
    let body = |token: &str| json!({"access_token": token, "title": "Hello"}).to_string();
    #[rustfmt::skip]
    let rows: Vec<(&str, Head, String, &[Location], &str)> = vec![
        ("a token needs no CSRF value", json(), body(&mine), &[Json], "json"),
        ("also by GET", Head::new("GET").header("content-type", "application/JSON"), body(&mine), &[Json], "json"),
        ("body first", json().access(&cookie), body(&mine), &[Json, Cookies], "json"),
        ("cookie first", json().access(&cookie).csrf("value-of-csrf"), body(&mine), &[Cookies, Json], "cookie"),
        ("a body without one", json().access(&cookie).csrf("value-of-csrf"), "{}".into(), &[Json, Cookies], "cookie"),
        ("a body without one, and nothing else", json(), "{}".into(), &[Json, Cookies], "missing_token"),
        ("a place that is not listed", json(), body(&mine), &[Cookies, Headers], "missing_token"),
        ("an empty token is a bad one", json().access(&cookie), body(""), &[Json, Cookies], "invalid_token"),
        ("a bad token", json().access(&cookie), body("junk"), &[Json, Cookies], "invalid_token"),
        ("two that differ", json(), format!(r#"{{"access_token": "{mine}", "access_token": "x"}}"#), &[Json], "invalid_token"),
        ("two that are the same", json(), format!(r#"{{"access_token": "{mine}", "access_token": "{mine}"}}"#), &[Json], "json"),
        ("null", json(), r#"{"access_token": null}"#.into(), &[Json], "missing_token"),
        ("a number", json(), r#"{"access_token": 5}"#.into(), &[Json], "missing_token"),
        ("half a character", json(), r#"{"access_token": "\ud800"}"#.into(), &[Json], "missing_token"),
        ("no object", json(), format!("\"{mine}\""), &[Json], "missing_token"),
        ("nothing", json(), String::new(), &[Json], "missing_token"),
        ("JSON that says it is text, which any page can send", Head::new("POST").header("content-type", "text/plain"), body(&mine), &[Json], "missing_token"),
        ("JSON that does not say what it is", Head::new("POST"), body(&mine), &[Json], "missing_token"),
        ("the member of refresh tokens", json(), json!({"refresh_token": mine}).to_string(), &[Json], "missing_token"),
    ];
    for (sentence, head, body, places, expected) in rows {
        let require = Require::access().from(places.iter().copied());
        let request = head.with_body(body.as_bytes());
        assert_eq!(outcome(&auth, &request, &require), expected, "{sentence}");
    }
    let refresh = token(&auth, &json!({"type": "refresh"}));
    let body = json!({"refresh_token": refresh, "access_token": mine}).to_string();
    let request = json().with_body(body.as_bytes());
    assert_eq!(outcome(&auth, &request, &Require::refresh()), "user1");
    let swapped = json!({"refresh_token": mine}).to_string();
    let request = json().with_body(swapped.as_bytes());
    assert_eq!(
        outcome(&auth, &request, &Require::refresh()),
        "refresh_token_required"
    );

    let says = |request: &dyn Fn() -> Result<(), crate::error::Rejection>| {
        request().unwrap_err().to_string()
    };
    let unread = || ask(&auth, &json(), &Require::access().from([Json])).map(drop);
    let empty = || {
        ask(
            &auth,
            &json().with_body(b"{}"),
            &Require::refresh().from([Json]),
        )
        .map(drop)
    };
    assert_eq!(
        says(&unread),
        "Missing JWT in request: looked in a JSON body, which this route does not read"
    );
    assert_eq!(
        says(&empty),
        "Missing JWT in request: looked in the member refresh_token of a JSON body"
    );
}
