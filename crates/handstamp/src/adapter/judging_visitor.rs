//! Authentication on a route that is open to everyone, as a future that borrows nothing.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{self, Poll, ready};

use super::{Authenticating, RequestState};
use crate::authenticate::{Authenticated, Require};
use crate::clock::UnixTime;
use crate::context::Context;
use crate::error::{Rejection, RejectionKind};
use crate::purpose::Access;
use crate::request::RequestHead;

/// The judgment of a [`RequestState::visitor`]. It yields the token, or the rejection of a request
/// whose token is missing or dead.
///
/// # Errors
/// The rejection of a request that must not be taken for that of an anonymous visitor.
#[must_use = "futures do nothing unless polled"]
pub struct JudgingVisitor {
    context: Arc<Context>,
    judging: Authenticating<Access>,
    /// Why the request is rejected if its token admits.
    cross_site: Option<RejectionKind>,
}

impl JudgingVisitor {
    pub(super) fn begin(
        state: &RequestState,
        context: &Arc<Context>,
        now: UnixTime,
        head: &impl RequestHead,
    ) -> Self {
        static WITHOUT_CSRF: LazyLock<Arc<Require<Access>>> =
            LazyLock::new(|| Arc::new(Require::access().without_csrf()));
        let judging = state.extract_access(context, now, head);
        // The proof that no other site sent the request is asked of a token that would otherwise
        // admit, and of no other.
        let cross_site = judging.cross_site().cloned();
        let judging = match cross_site {
            None => judging,
            Some(_) => state.judge(context, now, head, &WITHOUT_CSRF),
        };
        Self {
            context: Arc::clone(context),
            judging,
            cross_site,
        }
    }
}

impl Future for JudgingVisitor {
    type Output = Result<Result<Arc<Authenticated<Access>>, Rejection>, Rejection>;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let context = &this.context;
        Poll::Ready(match ready!(this.judging.poll_judged(task)) {
            Ok(token) => {
                if let Some(reason) = this.cross_site.take() {
                    Err(context.reject(reason))
                } else {
                    this.judging.count_admitted();
                    Ok(Ok(token))
                }
            }
            Err(reason) if reason.is_of_a_dead_token() => Ok(Err(context.pass_by(reason))),
            Err(reason) => Err(context.reject(reason)),
        })
    }
}

impl fmt::Debug for JudgingVisitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JudgingVisitor").finish_non_exhaustive()
    }
}
