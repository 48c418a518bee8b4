//! Cases of the locations of tokens: the scheme of the header, the order, the query.

use handstamp::SignedToken;
use handstamp::purpose::Access;

use super::App;
use super::suite::{Suite, access_cookie, bearer, csrf, get, post};
use crate::{Reply, Request, Signature, forge};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    header(suite).await;
    order(suite).await;
    query(suite).await;
    purposes(suite).await;
}

async fn header<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "headers,cookies")]);
    let (token, other) = (app.access("user1"), app.access("user2"));
    let t = token.as_str();
    let unsigned = forge(r#"{"alg":"none","typ":"JWT"}"#, "{}", Signature::None);
    let rows: [(&str, &[String], Result<&str, &str>); 19] = [
        ("the usual form", &[format!("Bearer {t}")], Ok("user1")),
        (
            "a scheme has no case",
            &[format!("bEARER {t}")],
            Ok("user1"),
        ),
        ("several spaces", &[format!("  Bearer   {t} ")], Ok("user1")),
        (
            "the same line twice",
            &[bearer(&token), bearer(&token)],
            Ok("user1"),
        ),
        (
            "two tokens",
            &[bearer(&token), bearer(&other)],
            Err("invalid_token"),
        ),
        (
            "another scheme in a line of its own",
            &["Basic dXNlcjpwdw==".into(), bearer(&token)],
            Ok("user1"),
        ),
        (
            "the scheme twice",
            &[format!("Bearer Bearer {t}")],
            Err("invalid_token"),
        ),
        (
            "junk after the scheme",
            &["Bearer junk".into()],
            Err("invalid_token"),
        ),
        (
            "a token that says it needs no signature",
            &[format!("Bearer {unsigned}")],
            Err("invalid_token"),
        ),
        (
            "two tokens in one line",
            &[format!("Bearer {t}, Bearer {t}")],
            Err("invalid_token"),
        ),
        (
            "padding after the token",
            &[format!("Bearer {t}=")],
            Err("invalid_token"),
        ),
        (
            "another scheme is not here",
            &["Basic dXNlcjpwdw==".into()],
            Ok("cookie"),
        ),
        ("a bare token is not here", &[t.to_owned()], Ok("cookie")),
        (
            "a scheme that begins alike is not here",
            &[format!("Bearertoken {t}")],
            Ok("cookie"),
        ),
        (
            "a tab does not separate",
            &[format!("Bearer\t{t}")],
            Ok("cookie"),
        ),
        (
            "an empty header is not here",
            &[String::new()],
            Ok("cookie"),
        ),
        (
            "a bare scheme is not here",
            &["Bearer".into()],
            Ok("cookie"),
        ),
        (
            "a scheme and a space is not here",
            &["Bearer ".into()],
            Ok("cookie"),
        ),
        ("no header", &[], Ok("cookie")),
    ];
    let cookie = access_cookie(&app.access("cookie"));
    for (row, lines, expected) in rows {
        let mut request = get("/access").cookies([&cookie]);
        for line in lines {
            request = request.header("Authorization", line);
        }
        suite.check(row, &app, request, expected).await;
    }
    let request = get("/access").header("authorization", b"Bearer \xff\xfe");
    suite
        .check(
            "bytes that are not UTF-8",
            &app,
            request,
            Err("invalid_token"),
        )
        .await;

    let refresh = app.refresh("user1");
    let request = get("/refresh").header("authorization", format!("Bearer {}", refresh.as_str()));
    suite
        .check("a refresh token in the header", &app, request, Ok("user1"))
        .await;

    let app = App::new(&[
        ("JWT_TOKEN_LOCATION", "headers"),
        ("JWT_HEADER_NAME", "X-Token"),
        ("JWT_HEADER_TYPE", ""),
    ]);
    let token = app.access("user1");
    let request = get("/access").header("x-token", token.as_str());
    suite
        .check(
            "a header of one's own, without a scheme",
            &app,
            request,
            Ok("user1"),
        )
        .await;
    let request = get("/access").header("authorization", bearer(&token));
    suite
        .check(
            "then Authorization is not read",
            &app,
            request,
            Err("missing_token"),
        )
        .await;
    let request = get("/access").cookies([access_cookie(&token)]);
    suite
        .check(
            "cookies are not read where headers are configured",
            &app,
            request,
            Err("missing_token"),
        )
        .await;
}

async fn order<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for (locations, expected) in [
        ("headers,cookies,query", "header"),
        ("cookies,query,headers", "cookie"),
        ("query,headers,cookies", "query"),
    ] {
        let app = App::new(&[("JWT_TOKEN_LOCATION", locations)]);
        let request = everywhere(
            &app.access("header"),
            &app.access("cookie"),
            &app.access("query"),
        );
        let row = format!("of {locations} the first that has a token wins");
        suite.check(&row, &app, request, Ok(expected)).await;
    }

    let app = App::new(&[("JWT_TOKEN_LOCATION", "headers,cookies")]);
    let token = app.access("user1");
    let good = get("/access").cookies([access_cookie(&token)]);
    let request = good.clone().header("authorization", "Bearer junk");
    let row = "a bad token in the first place is not made good by the second";
    suite.check(row, &app, request, Err("invalid_token")).await;
    let request = good.to("/headers-only");
    let row = "a layer that reads only headers finds no cookie";
    suite.check(row, &app, request, Err("missing_token")).await;
    let request = post("/headers-only").header("authorization", bearer(&token));
    let row = "a layer that reads only headers finds a header";
    suite.check(row, &app, request, Ok("user1")).await;

    let app = App::new(&[]);
    let token = app.access("user1");
    let request = post("/headers-only").header("authorization", bearer(&token));
    let row = "a layer reads headers also where only cookies are configured, and so does what stands behind";
    suite.check(row, &app, request, Ok("user1")).await;
}

fn everywhere(
    header: &SignedToken<Access>,
    cookie: &SignedToken<Access>,
    query: &SignedToken<Access>,
) -> Request {
    get(&format!("/access?token={}", query.as_str()))
        .header("authorization", bearer(header))
        .cookies([access_cookie(cookie)])
}

async fn query<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[
        ("JWT_TOKEN_LOCATION", "query"),
        ("JWT_QUERY_STRING_NAME", "the token"),
    ]);
    let (token, other) = (app.access("user1"), app.access("user2"));
    let (t, o) = (token.as_str(), other.as_str());
    let encoded = t.replace('e', "%65").replace('.', "%2E");
    let rows: [(&str, String, Result<&str, &str>); 12] = [
        (
            "a name with a space, as a plus",
            format!("the+token={t}"),
            Ok("user1"),
        ),
        (
            "a name with a space, percent-encoded",
            format!("the%20token={t}"),
            Ok("user1"),
        ),
        (
            "a percent-encoded value",
            format!("the+token={encoded}"),
            Ok("user1"),
        ),
        ("among others", format!("a=b&the+token={t}&c"), Ok("user1")),
        (
            "twice the same",
            format!("the+token={t}&the+token={t}"),
            Ok("user1"),
        ),
        (
            "twice the same, once encoded",
            format!("the+token={t}&the%20token={encoded}"),
            Ok("user1"),
        ),
        (
            "two tokens",
            format!("the+token={t}&the+token={o}"),
            Err("invalid_token"),
        ),
        (
            "a token and an empty one",
            format!("the+token={t}&the+token="),
            Err("invalid_token"),
        ),
        ("an empty one", "the+token=".into(), Err("invalid_token")),
        (
            "bytes that are not UTF-8",
            "the+token=%ff%fe".into(),
            Err("invalid_token"),
        ),
        (
            "another name",
            format!("The+Token={t}"),
            Err("missing_token"),
        ),
        ("an empty query", String::new(), Err("missing_token")),
    ];
    for (row, query, expected) in rows {
        let request = get(&format!("/access?{query}"));
        suite
            .check(&format!("query: {row}"), &app, request, expected)
            .await;
    }
    let app = App::new(&[]);
    let request = get(&format!("/access?token={}", app.access("user1").as_str()));
    suite
        .check(
            "the query is off unless it is listed",
            &app,
            request,
            Err("missing_token"),
        )
        .await;
}

/// A token is asked what it is for wherever it is found.
async fn purposes<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for location in ["headers", "query", "cookies"] {
        let app = App::new(&[("JWT_TOKEN_LOCATION", location)]);
        let (access, refresh) = (app.access("user1"), app.refresh("user1"));
        let in_it = |target: &str, token: &str, value: &str| match location {
            "headers" => get(target).header("authorization", format!("Bearer {token}")),
            "query" => get(&format!("{target}?token={token}")),
            _ => get(target)
                .cookies(["access", "refresh"].map(|of| format!("{of}_token_cookie={token}")))
                .header("x-csrf-token", value),
        };
        let of_access = |target| in_it(target, access.as_str(), csrf(&access));
        let of_refresh = |target| in_it(target, refresh.as_str(), csrf(&refresh));
        for (row, request, expected) in [
            ("an access token as one", of_access("/access"), Ok("user1")),
            (
                "a refresh token as an access token",
                of_refresh("/access"),
                Err("access_token_required"),
            ),
            (
                "a refresh token as one",
                of_refresh("/refresh"),
                Ok("user1"),
            ),
            (
                "an access token as a refresh token",
                of_access("/refresh"),
                Err("refresh_token_required"),
            ),
        ] {
            let row = format!("{row}, from {location}");
            suite.check(&row, &app, request, expected).await;
        }
    }
}
