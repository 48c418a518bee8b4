//! Implicit refresh: which answers renew the token of their request, and what the new one is.

mod answers;
mod lists;
mod sessions;
mod tokens;

use handstamp::SignedToken;
use handstamp::purpose::Access;
use serde_json::Value;

use super::App;
use super::suite::{Suite, access_cookie, csrf};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    answers::rows(suite).await;
    lists::rows(suite).await;
    tokens::rows(suite).await;
    sessions::rows(suite).await;
}

/// With this much time gone, an access token of the defaults has nine minutes left: less than ten.
const DUE: u64 = 6 * 60;
/// And with this, eleven.
const NOT_DUE: u64 = 4 * 60;

/// A request as a page of the app sends it.
fn from_page(method: &str, target: &str, token: &SignedToken<Access>) -> Request {
    Request::new(method, target)
        .cookies([access_cookie(token)])
        .header("x-csrf-token", csrf(token))
}

/// The claims of the new token, if the answer is one that renews: with both cookies, for nobody to keep.
fn renewed(reply: &Reply) -> Option<Value> {
    let values: Vec<&str> = ["access_token_cookie=", "csrf_access_token="]
        .into_iter()
        .filter_map(|name| {
            reply
                .all("set-cookie")
                .find_map(|line| line.strip_prefix(name))
        })
        .filter_map(|line| line.split(';').next())
        .collect();
    let [token, csrf] = values[..] else {
        return None;
    };
    let claims = crate::peek(token);
    let is_whole = claims["csrf"] == csrf && reply.header("cache-control") == Some("no-store");
    is_whole.then_some(claims)
}
