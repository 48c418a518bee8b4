//! The rows that every HTTP adapter must pass, run in this process: no connection, no sleep. Those
//! of WebSockets over real connections are a suite of their own, [`sockets`], and so are those of
//! ready routes, [`ready_routes`].
//!
//! A test of an adapter serves the small app below, written as one of its users would write it, and
//! gives [`run`] one async function that answers a [`Request`] with it. The function puts the code
//! of the rejection that it finds in the response's extensions in the header [`REJECTION`], so that
//! the rows see it too.
//!
//! # The app
//! Everything is made with [`App::auth`], unless [`App::other`] is named: another `Auth` with
//! another key. A guard is an extractor, or whatever the adapter has for handlers that verify by
//! themselves, or a layer; it takes every method. A guarded route answers with the token's subject.
//!
//! | route | guard |
//! |---|---|
//! | `/access`, `/refresh`, `/fresh` | the token of that name; `/refresh` also sets the cookies of an access token made from the refresh token |
//! | `/optional` | an access token if there is one, else the answer is `anonymous` |
//! | `/visitor` | an access token that has not expired, if there is one, else the answer is `nobody` |
//! | `/current` | an access token whose user is known: [`user`] is who finds users, and gives the name to answer with |
//! | `/other/access` | an access token of `other` |
//!
//! | route | layers, the outermost first; then a handler that asks for |
//! |---|---|
//! | `/layered` | an access token; the access token |
//! | `/layered-fresh` | an access token; the fresh access token |
//! | `/layered-refresh` | an access token; the refresh token. Answers with the latter's subject |
//! | `/visitor-layered` | an access token; as `/visitor` |
//! | `/current-layered` | an access token; as `/current` |
//! | `/without-csrf` | an access token without CSRF; the access token |
//! | `/strict-outside` | an access token, then one without CSRF; the access token |
//! | `/strict-inside` | an access token without CSRF, then one with; the access token |
//! | `/headers-only` | an access token from the headers; the access token |
//! | `/headers-inside` | an access token, then one from the headers; the access token |
//! | `/headers-outside` | an access token from the headers, then an access token; the access token |
//! | `/scopes-all`, `/scopes-any` | all, or one, of the scopes `users:read` and `users:delete`; the access token |
//! | `/scopes-none` | any scope of an empty list; the access token |
//! | `/admins` | an access token of login type `admin`; the access token |
//! | `/permitted` | what [`Rules`] permit by the method; the access token |
//! | `/permitted-inside` | an access token without CSRF, then what the rules permit; the access token |
//! | `/permitted-outside` | what the rules permit, then an access token from the headers; the access token |
//! | `/permission` | none; the access token, and asks the rules by hand |
//! | `/other-layered` | an access token of `other`; the access token |
//! | `/both` | an access token, then one of `other`; both. Answers with both subjects, `a b` |
//! | `/provenance/bypass/`, `/provenance/only/{foo}` | no guard; answers `welcome` |
//! | whatever else is below `/provenance/` | no token, behind the layer that refuses other sites' requests; answers `welcome` |
//! | `/without-csrf-token` | an access token without a CSRF value; the access token |
//!
//! | `/no-store/access`, `/no-store/visitor`, `/no-store/optional` | as without `/no-store`, behind the layer that keeps responses out of caches |
//! | `/no-store/own` | behind the same layer, an access token; the access token, with `Cache-Control: private, max-age=60` |
//!
//! A handler that asks for what a layer of the same `Auth` let in reads that; else it verifies by
//! itself.
//!
//! These ask more than once, and answer with the subject. A handler that answers with a refusal
//! takes it as it is.
//!
//! | route | layers, the outermost first; then a handler that asks for |
//! |---|---|
//! | `/often` | the access token, the fresh one, an access token if there is one, and one that has not expired, if there is one |
//! | `/often-layered` | an access token, twice; as `/often` |
//! | `/often-layered-without-csrf` | an access token without CSRF; as `/often` |
//! | `/implicit/often` | implicit refresh; as `/often` |
//! | `/twice` | the access token, twice; answers with two subjects, or codes of refusals: `user1 token_revoked` |
//!
//! | route | answers without a guard |
//! |---|---|
//! | `/login` | the cookies of a fresh access token and a refresh token for `user1` |
//! | `/remember` | the same, persistent for 30 days |
//! | `/login-twice` | access cookies for `user1`, then access cookies for `user2` |
//! | `/login-among-others` | `Set-Cookie: theme=dark` and `Cache-Control: public, max-age=600`, then access cookies for `user1` |
//! | `/logout`, `/logout-access`, `/logout-refresh` | deletes all cookies, or those of one token |
//! | `/failed` | status 400, and deletes all cookies |
//! | `/rate-limited`, `/busy` | with the rejection of [`Auth::rate_limited`](handstamp::Auth::rate_limited) for 59,001 ms, or of [`Auth::busy`](handstamp::Auth::busy) |
//! | `/invalid-credentials` | with the rejection of [`Auth::invalid_credentials`](handstamp::Auth::invalid_credentials) |
//! | `/limited/address`, `/limited/both`, `/limited/closed` and so on | behind the layer with [`App::limits`] of that name and [`limits::proxies`]; [`limits::PEER`] is the peer of every request. `subject`, `session` and `both` as `/access`, `refresh` as `/session/refresh`, the others answer `welcome` |
//! | `/refused` | with the rejection of [`Auth::refuse`](handstamp::Auth::refuse) for 404, `no_such_session`, `No such session` |
//! | `/one-time` | the subject of the one-time token in the header [`ONE_TIME`], for [`ACTION`], bound to `value`, when it is redeemed |
//!
//! Sessions have routes of their own. Those without a guard take POST, the others every method.
//!
//! | route | guard | does, with the calls of the adapter |
//! |---|---|---|
//! | `/session/log-in` | none | logs `user1` in with what the request tells of the client, and sets all four cookies |
//! | `/session/remember` | none | the same, persistent for 30 days |
//! | `/session/refresh` | a refresh token | exchanges it, and sets all four cookies |
//! | `/session/log-out` | a request that may log out | logs out, and sets the cookies that this gives |
//! | `/session/this` | an access token | answers with the user agent of the token's session |
//! | `/session/list` | an access token | answers with the user agents of the user's sessions in their order, the current one marked: `phone, laptop*` |
//! | `/session/info`, `/other/session/info` | if a cookie of the `Auth` came, an access token: the second of `other`; behind the layer that keeps responses out of caches | answers with [`SessionInfo`](handstamp::session::SessionInfo) as JSON |
//!
//! An error of these calls is the whole response.
//!
//! Guards that take the body stand on these; they read 64 KiB of it and answer what is larger
//! with 413. What is wrong with a body is answered with the rejection of
//! [`Auth::refuse_body`](handstamp::Auth::refuse_body).
//!
//! | route | guard | answers with |
//! |---|---|---|
//! | `/json`, `/json-layered` | an access token, with a JSON body that has a text `title`; the second behind a layer that asks for an access token | subject and title: `user1 Hello` |
//! | `/form`, `/form-layered` | the same, with a form that has a field `title` and perhaps fields `tag` | the same, and all tags and files: `user1 Hello #rust picture/a.png/image/png/6` (field, name, media type, bytes) |
//! | `/refresh-json` | a refresh token, with a JSON body of any shape or none | subject |
//! | `/session/log-out-body` | a request that may log out, its body read | as `/session/log-out` |
//!
//! All routes below `/implicit` are behind implicit refresh of `auth`, unless the table names
//! others, and take every method.
//!
//! | route | layers, the outermost first | a handler that asks for | and answers with |
//! |---|---|---|---|
//! | `/implicit/access`, `/implicit/poll` | | the access token | its subject |
//! | `/implicit/fresh` | | the fresh access token | its subject |
//! | `/implicit/layered` | implicit refresh, an access token | the access token | its subject |
//! | `/implicit/inside` | an access token, implicit refresh | the access token | its subject |
//! | `/implicit/twice` | implicit refresh, twice | the access token | its subject |
//! | `/implicit/headers` | implicit refresh, an access token from the headers | the access token | its subject |
//! | `/implicit/without-csrf` | implicit refresh, an access token without CSRF | the access token | its subject |
//! | `/implicit/of-other` | implicit refresh of `other` | the access token of `auth` | its subject |
//! | `/implicit/both` | implicit refresh of `auth`, then of `other`; an access token, then one of `other` | both | both subjects, `a b` |
//! | `/implicit/public` | | nothing | nothing |
//! | `/implicit/redirect`, `/implicit/not-modified`, `/implicit/missing`, `/implicit/failed` | | the access token | status 303, 304, 404, 500 |
//! | `/implicit/cached` | | the access token | `Set-Cookie: theme=dark` and `Cache-Control: public, max-age=600` |
//! | `/implicit/clears` | | the access token | `Clear-Site-Data: "cookies"` |
//! | `/implicit/login` | | the access token | access cookies for `user2` |
//! | `/implicit/logout` | | the access token | deletes all cookies |
//! | `/implicit/log-out` | | a request that may log out | the cookies that logging out gives |
//! | `/implicit/revoking` | | the access token | its subject, when all sessions of the user are revoked |

#![expect(
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "tables are long and their rows are tuples; a failing row panics"
)]

mod app;
mod auths;
mod bodies;
mod caching;
mod checks;
mod cookies;
mod csrf;
mod fetch_metadata;
mod handlers;
mod implicit;
mod layers;
pub mod limits;
mod locations;
mod navigations;
mod once;
mod one_time;
mod order;
mod permissions;
pub mod ready_routes;
mod refusals;
mod rejections;
mod sessions;
mod set_cookies;
pub mod sockets;
mod suite;
mod upgrades;
pub mod uploads;
mod visitors;

pub use app::App;
pub use one_time::{ACTION, ONE_TIME};
pub use permissions::Rules;
use suite::Suite;
pub use visitors::user;

use crate::{Reply, Request};

/// The header of a reply that names the code of the rejection among the response's extensions.
pub const REJECTION: &str = "x-rejection";

/// Runs every row. `serve` answers one request with the app of this page. Prints how many checks
/// the adapter of this name passed: the number is the same for all adapters.
///
/// # Panics
/// When a row fails: with all that failed.
pub async fn run(adapter: &str, serve: impl AsyncFn(&App, &Request) -> Reply) {
    let mut suite = Suite::new(serve);
    rejections::rows(&mut suite).await;
    order::rows(&mut suite).await;
    csrf::rows(&mut suite).await;
    fetch_metadata::rows(&mut suite).await;
    upgrades::rows(&mut suite).await;
    cookies::rows(&mut suite).await;
    locations::rows(&mut suite).await;
    auths::rows(&mut suite).await;
    layers::rows(&mut suite).await;
    permissions::rows(&mut suite).await;
    set_cookies::rows(&mut suite).await;
    sessions::rows(&mut suite).await;
    bodies::rows(&mut suite).await;
    handlers::rows(&mut suite).await;
    once::rows(&mut suite).await;
    one_time::rows(&mut suite).await;
    visitors::rows(&mut suite).await;
    caching::rows(&mut suite).await;
    navigations::rows(&mut suite).await;
    implicit::rows(&mut suite).await;
    limits::rows(&mut suite).await;
    suite.finish(&format!("adapter suite: {adapter}"));
}
