//! Authentication for one demand, as a future that borrows nothing.

use std::fmt;
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll, ready};

use super::ImplicitRefresh;
use super::request_state::renew;
use super::shared::Shared;
use super::token_cache::Question;
use crate::authenticate::{self, Authenticated, CsrfCleared, Require};
use crate::clock::UnixTime;
use crate::context::Context;
use crate::error::{Rejection, RejectionKind};
use crate::location::Location;
use crate::purpose::Purpose;
use crate::request::RequestHead;
use crate::store::Admission;

/// Future of the methods of [`RequestState`](super::RequestState): resolves to the token that is
/// demanded, or to a rejection, once blocklist and store have answered. It borrows neither request
/// nor state, and may be dropped at any time.
#[must_use = "futures do nothing unless polled"]
pub struct Authenticating<P> {
    context: Arc<Context>,
    step: Step<P>,
    renewals: Vec<ImplicitRefresh>,
    /// For a request that is not counted yet.
    counts: Option<Arc<Shared>>,
}

enum Step<P> {
    Asking {
        cleared: CsrfCleared<P>,
        question: Arc<Question>,
        require: Arc<Require<P>>,
        shared: Arc<Shared>,
    },
    Known(Result<Arc<Authenticated<P>>, RejectionKind>),
    Done,
}

impl<P: Purpose> Authenticating<P> {
    pub(super) fn begin(
        context: &Arc<Context>,
        now: UnixTime,
        head: &impl RequestHead,
        require: &Arc<Require<P>>,
        shared: &Arc<Shared>,
    ) -> Self {
        let locations = require.locations(context.config());
        if locations.contains(&Location::Cookies) {
            shared.cookies.look_for_cookie();
        }
        let mut location = None;
        let cleared = authenticate::clear(head, context.config(), now, require, |presented| {
            location = Some(presented.location());
            shared.tokens.verify(context, presented, now)
        });
        if location == Some(Location::Cookies)
            && let Err(reason) = &cleared
        {
            context.warn_of_neighbour(head, reason);
        }
        Self::cleared(context, cleared, require, shared)
    }

    /// Begins after the checks that need the request.
    pub(super) fn cleared(
        context: &Arc<Context>,
        cleared: Result<CsrfCleared<P>, RejectionKind>,
        require: &Arc<Require<P>>,
        shared: &Arc<Shared>,
    ) -> Self {
        let judged = cleared.map(|cleared| {
            let question = shared.tokens.question::<P>(context, cleared.claims());
            (cleared, question)
        });
        match judged {
            Ok((cleared, Some(question))) => Self {
                context: Arc::clone(context),
                step: Step::Asking {
                    cleared,
                    question,
                    require: Arc::clone(require),
                    shared: Arc::clone(shared),
                },
                renewals: Vec::new(),
                counts: Some(Arc::clone(shared)),
            },
            // Nothing needs to be asked.
            Ok((cleared, None)) => Self {
                counts: Some(Arc::clone(shared)),
                ..Self::known(
                    context,
                    finish(cleared, Admission::Admitted, require, shared),
                )
            },
            Err(reason) => Self::known(context, Err(reason)),
        }
    }

    /// Returns why the request does not prove that no other site sent it, if that is the reason to
    /// reject it.
    pub(super) fn cross_site(&self) -> Option<&RejectionKind> {
        self.reason().filter(|reason| reason.is_cross_site())
    }

    /// Returns whether the request has no token where it was looked for.
    pub(super) fn is_without_token(&self) -> bool {
        matches!(self.reason(), Some(RejectionKind::MissingToken { .. }))
    }

    fn reason(&self) -> Option<&RejectionKind> {
        match &self.step {
            Step::Known(Err(reason)) => Some(reason),
            _ => None,
        }
    }

    /// For what was admitted before, and counted then.
    pub(super) fn known(
        context: &Arc<Context>,
        answer: Result<Arc<Authenticated<P>>, RejectionKind>,
    ) -> Self {
        Self {
            context: Arc::clone(context),
            step: Step::Known(answer),
            renewals: Vec::new(),
            counts: None,
        }
    }

    /// Tells these of the token, if it is admitted.
    pub(super) fn renewing(self, renewals: &[ImplicitRefresh]) -> Self {
        Self {
            renewals: renewals.to_vec(),
            ..self
        }
    }

    /// Judges as the future does, and leaves it to the caller whether the request is rejected or
    /// counted.
    pub(super) async fn judged(mut self) -> Result<Arc<Authenticated<P>>, RejectionKind> {
        poll_fn(|task| self.poll_judged(task)).await
    }

    pub(super) fn poll_judged(
        &mut self,
        task: &mut task::Context<'_>,
    ) -> Poll<Result<Arc<Authenticated<P>>, RejectionKind>> {
        let Self {
            context,
            step,
            renewals,
            ..
        } = self;
        let admission = match step {
            Step::Asking { question, .. } => ready!(question.poll_answer(task)),
            _ => Ok(Admission::Admitted),
        };
        let answer = match mem::replace(step, Step::Done) {
            Step::Asking {
                cleared,
                require,
                shared,
                ..
            } => admission.and_then(|admission| finish(cleared, admission, &require, &shared)),
            Step::Known(answer) => answer,
            // Polled after completion.
            Step::Done => return Poll::Pending,
        };
        if let Ok(token) = &answer {
            renew(renewals, context, token);
        }
        Poll::Ready(answer)
    }

    /// Counts the request as admitted, unless it was counted before.
    pub(super) fn count_admitted(&self) {
        if let Some(shared) = &self.counts {
            shared.count_admitted(&self.context);
        }
    }
}

impl<P: Purpose> Future for Authenticating<P> {
    type Output = Result<Arc<Authenticated<P>>, Rejection>;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        Poll::Ready(match ready!(this.poll_judged(task)) {
            Ok(token) => {
                this.count_admitted();
                Ok(token)
            }
            Err(reason) => Err(this.context.reject(reason)),
        })
    }
}

fn finish<P: Purpose>(
    cleared: CsrfCleared<P>,
    admission: Admission,
    require: &Require<P>,
    shared: &Shared,
) -> Result<Arc<Authenticated<P>>, RejectionKind> {
    let token = authenticate::finish(cleared, admission, require)?;
    if token.location() == Location::Cookies {
        shared.cookies.admit_cookie();
    }
    Ok(Arc::new(token))
}

/// Nothing in it is pinned.
impl<P> Unpin for Authenticating<P> {}

impl<P> fmt::Debug for Authenticating<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticating").finish_non_exhaustive()
    }
}
