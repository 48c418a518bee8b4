//! Cases of one-time tokens: accepted once by their route, and nowhere else.

use handstamp::minutes;
use handstamp::one_time::Action;

use super::App;
use super::suite::{Suite, get, post, refresh_cookie};
use crate::{Reply, Request};

/// The action of the route `/one-time`.
pub const ACTION: Action = Action::new("conformance", minutes(30));

/// The header with the token of the route `/one-time`.
pub const ONE_TIME: &str = "x-one-time";

const INVALID: Result<&str, &str> = Err("invalid_one_time_token");

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    redeemed(suite).await;
    nowhere_else(suite).await;
}

fn token(app: &App, action: Action) -> String {
    let new = action.for_subject("user1").bound_to("value");
    let token = app.auth().create_one_time_token(new);
    token.expect("it is bound").as_str().to_owned()
}

async fn redeemed<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let redeem = |token: &str| post("/one-time").header(ONE_TIME, token);
    let tokens = app.log_in("user1");
    let one = token(&app, ACTION);
    let before = token(&app, ACTION);
    let to_expire = token(&app, ACTION);
    let other = token(&app, Action::new("other", minutes(30)));
    let access = tokens.access().as_str();
    for (row, token, expected) in [
        ("a one-time token", &*one, Ok("user1")),
        ("the same again", &one, INVALID),
        ("one for another action", &other, INVALID),
        ("an access token", access, INVALID),
        ("a refresh token", tokens.refresh().as_str(), INVALID),
        ("no token", "", INVALID),
    ] {
        suite.check(row, &app, redeem(token), expected).await;
    }
    app.take_the_store_down();
    let down = Err("store_unavailable");
    let row = "with a store that is down";
    suite.check(row, &app, redeem(&before), down).await;
    app.bring_the_store_back();
    app.advance(1);
    app.end_sessions("user1");
    let row = "one from before a log-out from everywhere";
    suite.check(row, &app, redeem(&before), INVALID).await;
    app.advance(1);
    let after = token(&app, ACTION);
    let row = "one from after it";
    suite.check(row, &app, redeem(&after), Ok("user1")).await;
    app.advance(30 * 60);
    let row = "one that has expired";
    suite.check(row, &app, redeem(&to_expire), INVALID).await;
}

async fn nowhere_else<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let everywhere = [("JWT_TOKEN_LOCATION", "headers,cookies,query,json")];
    for (settings, whose) in [
        (&everywhere[..], "by default"),
        (
            &[
                everywhere[0],
                ("JWT_ENCODE_AUDIENCE", "handstamp:one-time:conformance"),
            ],
            "with its audience",
        ),
    ] {
        let app = App::new(settings);
        let token = token(&app, ACTION);
        let refused = Err("invalid_token");
        for target in ["/access", "/fresh", "/optional", "/current", "/refresh"] {
            for (place, request) in [
                (
                    "the header",
                    get(target).header("authorization", format!("Bearer {token}")),
                ),
                ("the query", get(&format!("{target}?token={token}"))),
                (
                    "both cookies",
                    get(target).cookies([
                        format!("access_token_cookie={token}"),
                        format!("refresh_token_cookie={token}"),
                    ]),
                ),
            ] {
                let row = format!("{whose}, in {place}");
                suite.check(&row, &app, request, refused).await;
            }
        }
        let body = format!(r#"{{"access_token":"{token}","refresh_token":"{token}","title":"a"}}"#);
        for target in ["/json", "/refresh-json"] {
            let request = post(target)
                .body(&body)
                .header("content-type", "application/json");
            let row = format!("{whose}, in JSON");
            suite.check(&row, &app, request, refused).await;
        }
        let visitor = get("/visitor").header("authorization", format!("Bearer {token}"));
        let nobody = Ok("nobody: invalid_token");
        suite.check("a visitor", &app, visitor, nobody).await;

        // A log-out by it ends no session, and clears what cannot be read.
        let tokens = app.log_in("user1");
        for request in [
            post("/session/log-out").header("authorization", format!("Bearer {token}")),
            post("/session/log-out").cookies([format!("refresh_token_cookie={token}")]),
        ] {
            suite.send(&app, &request).await;
            suite.equal("a log-out", "session ended", app.has_ended(&tokens), false);
        }
        let cookies = [refresh_cookie(tokens.refresh())];
        let by_itself = post("/session/refresh")
            .cookies(cookies)
            .header("x-csrf-token", &token);
        let row = "instead of a CSRF value";
        let mismatch = Err("csrf_mismatch");
        suite.check(row, &app, by_itself, mismatch).await;
    }
}
