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
use crate::error::Rejection;
use crate::purpose::Access;
use crate::request::RequestHead;

/// The judgment of a [`RequestState::visitor`]. It yields the token, or the rejection of a request
/// whose token is missing or dead.
///
/// # Errors
/// The rejection of a request that must not be taken for that of an anonymous visitor.
#[must_use = "futures do nothing unless polled"]
pub struct JudgingVisitor {
    judging: Authenticating<Access>,
    /// Why the request is rejected if its token admits.
    cross_site: Option<Rejection>,
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
        match judging.cross_site() {
            None => Self {
                judging,
                cross_site: None,
            },
            Some(reason) => Self {
                cross_site: Some(context.reject(reason.clone())),
                judging: state.judge(context, now, head, &WITHOUT_CSRF),
            },
        }
    }
}

impl Future for JudgingVisitor {
    type Output = Result<Result<Arc<Authenticated<Access>>, Rejection>, Rejection>;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let answer = match ready!(Pin::new(&mut this.judging).poll(task)) {
            Ok(token) => this.cross_site.take().map_or(Ok(Ok(token)), Err),
            Err(rejection) if rejection.is_of_a_dead_token() => Ok(Err(rejection)),
            Err(rejection) => Err(rejection),
        };
        Poll::Ready(answer)
    }
}

impl fmt::Debug for JudgingVisitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JudgingVisitor").finish_non_exhaustive()
    }
}
