//! Cases of links: a browser that opens a page without being logged in is sent to the log-in page,
//! and programs still get the rejection.

use handstamp::NewToken;

use super::suite::{Suite, access_cookie, csrf, get, post};
use super::{App, REJECTION};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    links(suite).await;
    other_requests(suite).await;
    styles(suite).await;
}

/// Every kind of guard, behind every layer.
async fn links<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(PAGE);
    let old = app.access("user1");
    app.advance(15 * 60);
    let token = app.access("user1");
    let revoked = app.access("user1");
    app.revoke(revoked.id());
    let ended = app.log_in("user3");
    app.end_sessions("user3");
    let two = [access_cookie(&token), access_cookie(&app.access("user2"))];
    for target in ["/layered", "/no-store/access", "/implicit/access"] {
        for (row, cookies, code) in [
            ("without a token", vec![], "missing_token"),
            (
                "with an expired one",
                vec![access_cookie(&old)],
                "token_expired",
            ),
            (
                "with a revoked one",
                vec![access_cookie(&revoked)],
                "token_revoked",
            ),
            (
                "of a session that has ended",
                vec![access_cookie(ended.access())],
                "session_ended",
            ),
            (
                "with junk",
                vec!["access_token_cookie=junk".to_owned()],
                "invalid_token",
            ),
            ("with tokens of two users", two.to_vec(), "ambiguous_cookie"),
        ] {
            let row = format!("a link to {target} {row} leads to the log-in page");
            let request = navigate(get(target)).cookies(cookies);
            let location = format!("/log-in?next={target}&reason={code}");
            redirects(suite, &row, &app, &request, Some((&location, code))).await;
        }
        let row = format!("a link to {target} with a good token leads there");
        let request = navigate(get(target)).cookies([access_cookie(&token)]);
        let reply = suite.send(&app, &request).await;
        suite.equal(&row, "answer", (reply.status, &*reply.body), (200, "user1"));
    }
    let row = "a page that asks for a recent log-in leads to it";
    let request = navigate(get("/layered-fresh")).cookies([access_cookie(&token)]);
    let location = "/log-in?next=/layered-fresh&reason=fresh_token_required";
    redirects(
        suite,
        row,
        &app,
        &request,
        Some((location, "fresh_token_required")),
    )
    .await;
}

async fn other_requests<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(PAGE);
    let token = app.access("user1");
    let back = |next: &str| Some(format!("/log-in?next={next}&reason=missing_token"));
    let log_in = || Some("/log-in?reason=missing_token".to_owned());
    let page = || get("/layered");
    let mode = |mode| page().header("sec-fetch-mode", mode);
    let accept = |accept| page().header("accept", accept);
    let long = format!("/layered?{}", "a".repeat(3000));
    for (row, request, expected) in [
        (
            "the query comes along",
            navigate(get("/layered?a=1&b=%20%26")),
            back("/layered%3Fa%3D1%26b%3D%2520%2526"),
        ),
        (
            "an address that is too long does not",
            navigate(get(&long)),
            log_in(),
        ),
        (
            "a link in a frame",
            mode("navigate").header("sec-fetch-dest", "iframe"),
            back("/layered"),
        ),
        (
            "HEAD for a page",
            navigate(Request::new("HEAD", "/layered")),
            back("/layered"),
        ),
        (
            "a form, which cannot be sent again",
            navigate(post("/layered")),
            log_in(),
        ),
        ("fetch by a page", mode("cors").header("accept", HTML), None),
        (
            "fetch by a page of the same origin",
            mode("same-origin").header("accept", HTML),
            None,
        ),
        ("an image", mode("no-cors"), None),
        ("a WebSocket", mode("websocket"), None),
        (
            "a header that is there twice",
            mode("navigate").header("sec-fetch-mode", "navigate"),
            None,
        ),
        ("a program", page(), None),
        ("a program that takes anything", accept("*/*"), None),
        (
            "a program that takes JSON",
            accept("application/json, text/plain, */*"),
            None,
        ),
        (
            "a program that takes JSON before HTML",
            accept("application/json, text/html"),
            None,
        ),
        (
            "a program that prefers JSON",
            accept("text/html;q=0.8, application/json"),
            None,
        ),
        (
            "a program that does not take HTML",
            accept("text/html;q=0, */*"),
            None,
        ),
        (
            "a browser that sends no Sec-Fetch-Mode",
            accept(HTML),
            back("/layered"),
        ),
        (
            "a browser that takes pages in capitals",
            accept("Text/HTML; Charset=utf-8, */*;q=0.1"),
            back("/layered"),
        ),
    ] {
        let row = format!("without a token: {row}");
        let location = expected.as_deref();
        redirects(
            suite,
            &row,
            &app,
            &request,
            location.map(|location| (location, "missing_token")),
        )
        .await;
    }
    let with = |request: Request| navigate(request).cookies([access_cookie(&token)]);
    for (row, request, status, code) in [
        (
            "a form without its CSRF value",
            with(post("/layered")),
            403,
            "missing_csrf_token",
        ),
        (
            "a page that demands a scope",
            with(get("/scopes-all")),
            403,
            "insufficient_scope",
        ),
    ] {
        let row = format!("no log-in helps: {row}");
        let reply = suite.send(&app, &request).await;
        suite.equal(&row, "status", reply.status, status);
        suite.equal(&row, "code", reply.header(REJECTION), Some(code));
    }
    app.take_the_blocklist_down();
    let row = "no log-in helps: a store that does not answer";
    let reply = suite.send(&app, &with(page())).await;
    suite.equal(row, "status", reply.status, 503);
    let row = "a log-in page that demands a token itself is not redirected to itself";
    let app = App::new(&[("HANDSTAMP_LOG_IN_PAGE", "/layered")]);
    redirects(
        suite,
        row,
        &app,
        &navigate(get("/layered?reason=missing_token")),
        None,
    )
    .await;
    let row = "without a log-in page a link shows the rejection";
    redirects(suite, row, &App::new(&[]), &navigate(page()), None).await;
    let row = "a token in the address does not come along";
    let app = App::new(&[
        ("HANDSTAMP_LOG_IN_PAGE", "/log-in"),
        ("JWT_TOKEN_LOCATION", "query"),
    ]);
    let request = navigate(get("/layered?page=2&token=junk&tok%65n=junk"));
    let location = "/log-in?next=/layered%3Fpage%3D2&reason=invalid_token";
    redirects(
        suite,
        row,
        &app,
        &request,
        Some((location, "invalid_token")),
    )
    .await;
}

/// AuthX answers 401 to what a log-in does not cure, and 422 to what it does.
async fn styles<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[
        ("HANDSTAMP_LOG_IN_PAGE", "/log-in"),
        ("HANDSTAMP_ERROR_STYLE", "authx"),
    ]);
    let old = app.access("user1");
    app.advance(15 * 60);
    let row = "in AuthX's style: an expired token leads to the log-in page";
    let request = navigate(get("/layered")).cookies([access_cookie(&old)]);
    let location = "/log-in?next=/layered&reason=token_expired";
    redirects(
        suite,
        row,
        &app,
        &request,
        Some((location, "token_expired")),
    )
    .await;
    let row = "in AuthX's style: a form with a wrong CSRF value does not";
    let token = app.access(NewToken::for_subject("user1"));
    let wrong = csrf(&token).to_lowercase() + "x";
    let request = navigate(post("/layered")).cookies([access_cookie(&token)]);
    let reply = suite
        .send(&app, &request.header("x-csrf-token", wrong))
        .await;
    suite.equal(row, "status", reply.status, 401);
}

/// Without a location, the rejection `missing_token` is expected as programs get it.
async fn redirects<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    row: &str,
    app: &App,
    request: &Request,
    expected: Option<(&str, &str)>,
) {
    let reply = suite.send(app, request).await;
    let (status, code) = expected.map_or((401, "missing_token"), |(_, code)| (303, code));
    suite.equal(row, "status", reply.status, status);
    suite.equal(
        row,
        "location",
        reply.header("location"),
        expected.map(|(location, _)| location),
    );
    suite.equal(row, "rejection", reply.header(REJECTION), Some(code));
    suite.equal(
        row,
        "cache-control",
        reply.header("cache-control"),
        Some("no-store"),
    );
    let challenges = reply.all("www-authenticate").count();
    suite.equal(
        row,
        "challenges",
        challenges,
        usize::from(expected.is_none()),
    );
    let vary = expected.is_some().then_some("Sec-Fetch-Mode, Accept");
    suite.equal(row, "vary", reply.header("vary"), vary);
    suite.equal(row, "cookies", reply.all("set-cookie").count(), 0);
}

fn navigate(request: Request) -> Request {
    request
        .header("sec-fetch-mode", "navigate")
        .header("accept", HTML)
}

const PAGE: &[(&str, &str)] = &[("HANDSTAMP_LOG_IN_PAGE", "/log-in")];

const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
