//! Cases of implicit refresh: which responses renew the token of their request, and what the new
//! one contains.

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

/// After this time an access token of the defaults has nine minutes left: less than ten.
const DUE: u64 = 6 * 60;
/// After this time it has eleven minutes left.
const NOT_DUE: u64 = 4 * 60;

/// A request as a page of the app sends it.
fn from_page(method: &str, target: &str, token: &SignedToken<Access>) -> Request {
    Request::new(method, target)
        .cookies([access_cookie(token)])
        .header("x-csrf-token", csrf(token))
}

/// Returns the claims of the new token if the response renews, with both cookies, which no shared
/// cache may store.
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
