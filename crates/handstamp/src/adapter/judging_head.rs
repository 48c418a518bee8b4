//! Authentication of a request whose body is read only if its head does not get it rejected.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll, ready};

use super::shared::Shared;
use super::token_cache::Question;
use super::{Authenticating, ImplicitRefresh};
use crate::authenticate::{self, Authenticated, ByHead, Require};
use crate::claims::Claims;
use crate::clock::UnixTime;
use crate::context::Context;
use crate::error::Rejection;
use crate::location::Location;
use crate::purpose::Purpose;
use crate::request::RequestHead;
use crate::request::body::WithBody;
use crate::store::Admission;

/// Future of [`RequestState::access_before_body`](super::RequestState::access_before_body):
/// resolves to what waits for the body, or to the rejection of a request that no body can save.
/// Blocklist and store were asked, where the head names the token.
#[must_use = "futures do nothing unless polled"]
pub struct JudgingHead<P> {
    step: Step<P>,
    /// Taken when the head is judged.
    waits: Option<AwaitsBody<P>>,
}

enum Step<P> {
    Judging(Authenticating<P>),
    Asking {
        claims: Arc<Claims>,
        /// `None` if nothing needs to be asked.
        question: Option<Arc<Question>>,
    },
    AwaitsToken,
}

/// A request whose head was judged, and which waits for its body. Only
/// [`with_body`](Self::with_body) yields the token.
#[must_use = "the token is not authenticated yet"]
pub struct AwaitsBody<P> {
    pub(crate) context: Arc<Context>,
    require: Arc<Require<P>>,
    renewals: Vec<ImplicitRefresh>,
    shared: Arc<Shared>,
    /// If the body can add nothing.
    token: Option<Arc<Authenticated<P>>>,
}

impl<P: Purpose> JudgingHead<P> {
    pub(super) fn begin(now: UnixTime, head: impl RequestHead, waits: AwaitsBody<P>) -> Self {
        let AwaitsBody {
            context,
            require,
            shared,
            ..
        } = &waits;
        let config = context.config();
        if require.locations(config).contains(&Location::Cookies) {
            shared.cookies.look_for_cookie();
        }
        let head = WithBody::expected(head);
        let judged = authenticate::clear_by_head(&head, config, now, require, |presented| {
            shared.tokens.verify(context, presented, now)
        });
        let authenticating = |cleared| {
            Authenticating::cleared(context, cleared, require, shared).renewing(&waits.renewals)
        };
        let step = match judged {
            Ok(ByHead::Cleared(cleared)) => Step::Judging(authenticating(Ok(cleared))),
            Ok(ByHead::AwaitsCsrf(claims)) => Step::Asking {
                question: shared.tokens.question::<P>(context, &claims),
                claims,
            },
            Ok(ByHead::AwaitsToken) => Step::AwaitsToken,
            Err(reason) => Step::Judging(authenticating(Err(reason))),
        };
        Self {
            step,
            waits: Some(waits),
        }
    }

    /// For a token that a layer admitted: the body adds nothing to it.
    pub(super) fn known(token: Arc<Authenticated<P>>, waits: AwaitsBody<P>) -> Self {
        Self {
            step: Step::Judging(Authenticating::known(&waits.context, Ok(token))),
            waits: Some(waits),
        }
    }
}

impl<P: Purpose> Future for JudgingHead<P> {
    type Output = Result<AwaitsBody<P>, Rejection>;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        let Self { step, waits } = self.get_mut();
        let answer = match step {
            Step::Judging(judging) => ready!(Pin::new(judging).poll(task)).map(Some),
            Step::Asking { claims, question } => {
                let admission = match question {
                    Some(question) => ready!(question.poll_answer(task)),
                    None => Ok(Admission::Admitted),
                };
                let Some(AwaitsBody {
                    context, require, ..
                }) = waits
                else {
                    return Poll::Pending;
                };
                admission
                    .and_then(|admission| authenticate::check_admission(claims, admission, require))
                    .map(|()| None)
                    .map_err(|reason| context.reject(reason))
            }
            Step::AwaitsToken => Ok(None),
        };
        // Without one: polled after completion.
        let Some(waits) = waits.take() else {
            return Poll::Pending;
        };
        Poll::Ready(answer.map(|token| AwaitsBody { token, ..waits }))
    }
}

impl<P: Purpose> AwaitsBody<P> {
    pub(super) fn new(
        context: &Arc<Context>,
        require: &Arc<Require<P>>,
        renewals: &[ImplicitRefresh],
        shared: &Arc<Shared>,
    ) -> Self {
        Self {
            context: Arc::clone(context),
            require: Arc::clone(require),
            renewals: renewals.to_vec(),
            shared: Arc::clone(shared),
            token: None,
        }
    }

    /// Judges the whole request, whose head must be the one that was judged. What is known of its
    /// token is not asked again.
    pub(crate) fn judge_body(self, now: UnixTime, request: &impl RequestHead) -> Authenticating<P> {
        let Self {
            context,
            require,
            renewals,
            shared,
            token,
        } = self;
        match token {
            Some(token) => Authenticating::known(&context, Ok(token)),
            None => {
                Authenticating::begin(&context, now, request, &require, &shared).renewing(&renewals)
            }
        }
    }
}

/// Nothing in it is pinned.
impl<P> Unpin for JudgingHead<P> {}

impl<P> fmt::Debug for JudgingHead<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JudgingHead").finish_non_exhaustive()
    }
}

/// Tokens stay out of logs.
impl<P> fmt::Debug for AwaitsBody<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwaitsBody").finish_non_exhaustive()
    }
}
