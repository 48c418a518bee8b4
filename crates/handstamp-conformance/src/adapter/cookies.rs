//! Cases of several cookies of one name, and of cookies that are not handstamp's.
//!
//! Up to three forged cookies next to the real one are dropped. A genuine token of another user is
//! rejected, and never chosen. That token, and five different values, still lock the user out: only
//! `__Host-` names prevent it.

use handstamp::NewToken;

use super::App;
use super::app::access;
use super::suite::{Suite, access_cookie, csrf, get, post, refresh_cookie};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    several_of_one_name(suite).await;
    two_people(suite).await;
    neighbours(suite).await;
}

async fn several_of_one_name<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let expired = access_cookie(&app.access("user1"));
    app.advance(20 * 60);
    let valid = access_cookie(&app.access("user1"));
    let user2 = access_cookie(&app.access("user2"));
    let forged = access_cookie(&access(app.other(), "mallory"));
    let refresh = format!("access_token_cookie={}", app.refresh("user1").as_str());
    app.advance(60);
    let newer = access_cookie(&app.access("user1"));
    let [valid, user2, forged, expired, newer, refresh] =
        [&valid, &user2, &forged, &expired, &newer, &refresh].map(String::as_str);
    let planted = ["1", "2", "3", "4", "5"].map(|text| format!("access_token_cookie={text}"));
    let [p1, p2, p3, p4, p5] = planted.each_ref().map(String::as_str);

    let rows: [(&str, &[&str], Result<&str, &str>); 21] = [
        ("one twice counts once", &[valid, valid], Ok("user1")),
        (
            "one nine times counts once",
            &[
                valid, valid, valid, valid, valid, valid, valid, valid, valid,
            ],
            Ok("user1"),
        ),
        (
            "a forged one before a good one",
            &[forged, valid],
            Ok("user1"),
        ),
        (
            "a forged one after a good one",
            &[valid, forged],
            Ok("user1"),
        ),
        ("only a forged one", &[forged], Err("invalid_signature")),
        (
            "two forged ones: the reason of the first",
            &[forged, p1],
            Err("invalid_signature"),
        ),
        (
            "two forged ones the other way round",
            &[p1, forged],
            Err("invalid_token"),
        ),
        (
            "an expired one before a newer one of the same user",
            &[expired, valid],
            Ok("user1"),
        ),
        (
            "an expired one after a newer one of the same user",
            &[valid, expired],
            Ok("user1"),
        ),
        ("two valid ones of one user", &[valid, newer], Ok("user1")),
        (
            "a refresh token planted under the name, older than the access token",
            &[refresh, newer],
            Ok("user1"),
        ),
        ("two users", &[valid, user2], Err("ambiguous_cookie")),
        (
            "two users, the first one twice",
            &[valid, user2, valid],
            Err("ambiguous_cookie"),
        ),
        (
            "an expired one of another user still contradicts",
            &[expired, user2],
            Err("ambiguous_cookie"),
        ),
        (
            "two users and forged ones",
            &[forged, valid, p1, user2],
            Err("ambiguous_cookie"),
        ),
        (
            "three forged ones and a good one",
            &[p1, p2, p3, valid],
            Ok("user1"),
        ),
        (
            "five different ones, a good one first",
            &[valid, p1, p2, p3, p4],
            Err("ambiguous_cookie"),
        ),
        (
            "five different ones, none good",
            &[p1, p2, p3, p4, p5],
            Err("ambiguous_cookie"),
        ),
        (
            "empty ones do not count",
            &["access_token_cookie=", valid, "access_token_cookie= "],
            Ok("user1"),
        ),
        (
            "only an empty one is none",
            &["access_token_cookie="],
            Err("missing_token"),
        ),
        (
            "a name in other letters is another name",
            &["Access_Token_Cookie=a", "access_token_cookie2=b"],
            Err("missing_token"),
        ),
    ];
    for (row, cookies, expected) in rows {
        let request = get("/access").cookies(cookies);
        suite
            .check(&format!("{row}, in one line"), &app, request, expected)
            .await;
        let mut request = get("/access");
        for cookie in cookies {
            request = request.header("cookie", cookie);
        }
        suite
            .check(&format!("{row}, in a line each"), &app, request, expected)
            .await;
    }

    // The CSRF value tells which one is meant.
    let app = App::new(&[]);
    let older = app.access("user1");
    app.advance(1);
    let newer = app.access("user1");
    for (row, cookies) in [
        ("the newest is meant, first", [&newer, &older]),
        ("the newest is meant, last", [&older, &newer]),
    ] {
        for (of, value, expected) in [
            ("its value", csrf(&newer), Ok("user1")),
            (
                "the older value, with the older token",
                csrf(&older),
                Ok("user1"),
            ),
            ("another value", "wrong", Err("csrf_mismatch")),
        ] {
            let request = Request::new("POST", "/access")
                .cookies(cookies.map(access_cookie))
                .header("x-csrf-token", value);
            suite
                .check(&format!("{row}: {of}"), &app, request, expected)
                .await;
        }
    }
}

/// No visitor is logged in as the one who planted a cookie.
async fn two_people<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let ours = access_cookie(&app.access("user1"));
    let admin = access_cookie(&app.access(NewToken::for_subject("user1").login_type("admin")));
    let row = "user 1 and admin 1 are two people";
    let request = get("/access").cookies([&ours, &admin]);
    let ambiguous = Err("ambiguous_cookie");
    suite.check(row, &app, request, ambiguous).await;

    let (refresh, planted) = (app.refresh("user1"), app.refresh("user2"));
    for (row, cookies) in [
        (
            "another user's refresh cookie after the own",
            [&refresh, &planted],
        ),
        (
            "another user's refresh cookie before the own",
            [&planted, &refresh],
        ),
    ] {
        let request = post("/refresh")
            .cookies(cookies.map(refresh_cookie))
            .header("x-csrf-token", csrf(&planted));
        suite.check(row, &app, request, ambiguous).await;
    }

    // A name that no other host can set.
    let app = App::new(&[("HANDSTAMP_COOKIE_PREFIX", "host")]);
    let planted = access_cookie(&app.access("user2"));
    let ours = format!("__Host-Http-{}", access_cookie(&app.access("user1")));
    let row = "under a prefix, another user's cookie without it changes nothing";
    let request = get("/access").cookies([&planted, &ours]);
    suite.check(row, &app, request, Ok("user1")).await;
    let row = "under a prefix, a cookie without it is not read";
    let request = get("/access").cookies([planted]);
    suite.check(row, &app, request, Err("missing_token")).await;
}

async fn neighbours<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let cookie = access_cookie(&app.access("user1"));
    let cookie = cookie.as_bytes();
    let many = b"n=v; ".repeat(2000);
    let rows: [(&str, &[&[u8]]); 11] = [
        ("no space after the semicolon", &[b"a=b;", cookie]),
        ("a neighbour that is not UTF-8", &[b"a=\xff\xfe; ", cookie]),
        (
            "a neighbour's name that is not UTF-8",
            &[b"\xff=a; ", cookie],
        ),
        (
            "a neighbour in quotes that do not close",
            &[b"a=\"b; ", cookie],
        ),
        ("a neighbour of JSON", &[br#"a={"b":"c"}; "#, cookie]),
        ("a neighbour without a name", &[b"=a; ", cookie]),
        ("a neighbour without a value", &[b"a; ", cookie]),
        ("empty items", &[b";; ; ", cookie, b";;"]),
        ("a tab before the name", &[b"a=b;\t", cookie]),
        ("a comma in a neighbour", &[b"a=b, c; ", cookie]),
        ("two thousand neighbours", &[&many, cookie]),
    ];
    for (row, parts) in rows {
        let request = get("/access").header("cookie", parts.concat());
        suite
            .check(&format!("{row}, before"), &app, request, Ok("user1"))
            .await;
        let request = get("/access").header("cookie", [cookie, b"; ", &parts.concat()].concat());
        suite
            .check(&format!("{row}, around"), &app, request, Ok("user1"))
            .await;
        let request = get("/access")
            .header(
                "cookie",
                parts
                    .split_last()
                    .map_or(vec![], |(_, first)| first.concat()),
            )
            .header("Cookie", cookie);
        suite
            .check(
                &format!("{row}, in a line of its own"),
                &app,
                request,
                Ok("user1"),
            )
            .await;
    }

    let token = app.access("user1");
    let hidden: [(&str, String); 5] = [
        (
            "a token in a nameless cookie",
            format!("={}", access_cookie(&token)),
        ),
        (
            "a token in a neighbour's value",
            format!("a={}", access_cookie(&token)),
        ),
        (
            "a token behind a comma",
            format!("a=b, {}", access_cookie(&token)),
        ),
        (
            "a token behind a nested name",
            format!("x.{}", access_cookie(&token)),
        ),
        (
            "a percent-encoded name",
            format!("access%5Ftoken%5Fcookie={}", token.as_str()),
        ),
    ];
    for (row, line) in hidden {
        let request = get("/access").header("cookie", line);
        let row = format!("{row} is not found");
        suite.check(&row, &app, request, Err("missing_token")).await;
    }
    let quoted = format!("access_token_cookie=\"{}\"", token.as_str());
    let request = get("/access").header("cookie", quoted);
    suite
        .check(
            "a token in quotes, as clients by older standards send it",
            &app,
            request,
            Ok("user1"),
        )
        .await;
}
