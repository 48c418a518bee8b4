//! Cases of two `Auth`s in one router, which never accept each other's tokens, in any order of
//! layers.

use super::App;
use super::app::access;
use super::suite::{Suite, access_cookie, get};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let ours = access_cookie(&app.access("ours"));
    let theirs = access_cookie(&access(app.other(), "theirs"));
    let (none, one, other): (&[&str], &[&str], &[&str]) = (&[], &[&ours], &[&theirs]);
    // Each of the two drops the token that the other has signed, as forged.
    let both: &[&str] = &[&ours, &theirs];
    let reversed: &[&str] = &[&theirs, &ours];
    let forged = Err("invalid_signature");
    let missing = Err("missing_token");
    for (row, target, cookies, expected) in [
        ("its own token", "/access", one, Ok("ours")),
        ("the other's token", "/access", other, forged),
        (
            "the other's token at the other",
            "/other/access",
            other,
            Ok("theirs"),
        ),
        ("our token at the other", "/other/access", one, forged),
        ("both tokens at ours", "/access", both, Ok("ours")),
        (
            "both tokens at the other",
            "/other/access",
            both,
            Ok("theirs"),
        ),
        (
            "a layer of the other accepts no token here",
            "/other-layered",
            other,
            forged,
        ),
        (
            "our token does not pass the other's layer",
            "/other-layered",
            one,
            forged,
        ),
        ("no token", "/other-layered", none, missing),
        (
            "both tokens: the handler asks for ours",
            "/other-layered",
            both,
            Ok("ours"),
        ),
        (
            "both tokens, the other way round",
            "/other-layered",
            reversed,
            Ok("ours"),
        ),
        ("nested layers, our token alone", "/both", one, forged),
        ("nested layers, their token alone", "/both", other, forged),
        ("nested layers, no token", "/both", none, missing),
        (
            "nested layers, both tokens",
            "/both",
            both,
            Ok("ours theirs"),
        ),
        (
            "nested layers, both tokens reversed",
            "/both",
            reversed,
            Ok("ours theirs"),
        ),
    ] {
        let request = get(target).cookies(cookies);
        suite.check(row, &app, request, expected).await;
    }

    let token = access(app.other(), "ours");
    app.revoke(token.id());
    let request = get("/other/access").cookies([access_cookie(&token)]);
    let row = "the other does not ask our blocklist";
    suite.check(row, &app, request, Ok("ours")).await;
}
