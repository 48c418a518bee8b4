//! Rate limits for a layer: who is counted is read from the request.

use std::net::IpAddr;
use std::sync::Arc;

use super::RequestState;
use super::request_state::is_preflight;
use crate::clock::UnixTime;
use crate::context::Context;
use crate::limit::{self, Allowance, Caller, Limited, RateLimits};
use crate::request::RequestHead;

/// Preflights are not counted: a browser sends them by itself, without cookies, and a page cannot
/// wait for them. A token that is missing or dead is none: the route rejects it, and the request
/// counts by its address.
pub(crate) async fn check_rate<R: RequestHead>(
    state: &RequestState,
    context: &Arc<Context>,
    now: UnixTime,
    head: &R,
    path: &str,
    address: Option<IpAddr>,
    limits: &RateLimits,
) -> Result<Allowance, Limited> {
    if is_preflight(head) {
        return Ok(Allowance::default());
    }
    let token = if limits.need_token() {
        let judging = state.extract_access(context, now, head);
        judging.await.ok()
    } else {
        None
    };
    let charging = {
        let header = |name: &str| head.header_values(name).next();
        let mut caller = Caller::new(head.method(), path).headers(&header);
        if let Some(address) = address {
            caller = caller.address(address);
        }
        if let Some(token) = &token {
            caller = caller.token(token);
        }
        limit::check(context, now, limits, &caller)
    };
    charging.await
}
