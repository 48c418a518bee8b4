//! Rate limits for a layer: who is counted is read from the request.

use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use super::RequestState;
use super::request_state::is_preflight;
use crate::authenticate::{self, Authenticated, Require};
use crate::clock::UnixTime;
use crate::context::Context;
use crate::error::RejectionKind;
use crate::limit::{self, Allowance, Caller, Limited, RateLimits};
use crate::purpose::Access;
use crate::request::RequestHead;
use crate::store::Admission;

/// Preflights are not counted: a browser sends them by itself, without cookies, and a page cannot
/// wait for them. A request with credentials or a body is none.
pub(crate) async fn check_rate<R: RequestHead>(
    state: &RequestState,
    context: &Arc<Context>,
    now: UnixTime,
    head: &R,
    path: &str,
    address: Option<IpAddr>,
    limits: &RateLimits,
) -> Result<Allowance, Limited> {
    // An empty body has a length too.
    let has = |name| head.header_values(name).any(|value| value != b"0");
    if is_preflight(head) && !MORE_THAN_A_PREFLIGHT.into_iter().any(has) {
        return Ok(Allowance::default());
    }
    let token = if limits.need_token() {
        match bearer(state, context, now, head).await {
            Ok(token) => token,
            Err(reason) => return limit::without_answer(context, now, limits, reason),
        }
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

/// Returns the token by which the request counts, or `None` if it has none that is valid: then the
/// route rejects it. Nothing is logged or recorded, because nothing is decided here.
///
/// Lenient: no CSRF value is asked for, which may be in a body. Risk: another site makes the
/// browser of a user send requests that use up the user's quota. Covered: the origin is checked,
/// and the quota comes back.
///
/// # Errors
/// The blocklist or the store of sessions does not answer.
async fn bearer(
    state: &RequestState,
    context: &Arc<Context>,
    now: UnixTime,
    head: &impl RequestHead,
) -> Result<Option<Arc<Authenticated<Access>>>, RejectionKind> {
    static COUNTED: LazyLock<Require<Access>> =
        LazyLock::new(|| Require::access().without_csrf_token());
    if let Some(token) = state.admitted(context) {
        return Ok(Some(token));
    }
    let tokens = state.tokens();
    let cleared = authenticate::clear(head, context.config(), now, &COUNTED, |presented| {
        tokens.verify(context, presented, now)
    });
    let Ok(cleared) = cleared else {
        return Ok(None);
    };
    let admission = match tokens.question::<Access>(context, cleared.claims()) {
        Some(question) => poll_fn(|task| question.poll_answer(task)).await?,
        None => Admission::Admitted,
    };
    let token = authenticate::finish(cleared, admission, &COUNTED);
    Ok(token.ok().map(Arc::new))
}

const MORE_THAN_A_PREFLIGHT: [&str; 4] = [
    "cookie",
    "authorization",
    "content-length",
    "transfer-encoding",
];
