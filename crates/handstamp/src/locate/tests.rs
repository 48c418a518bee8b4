//! Places, in their order.

use serde_json::json;

use crate::testing::{Head, auth, builder, outcome, token};
use crate::{Location, Require};

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
        ("another scheme beside ours", basic().bearer(&header), &[Headers], "header"),
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
