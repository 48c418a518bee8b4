//! The answer to one demand, as a future that borrows nothing.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::ImplicitRefresh;
use super::request_state::renew;
use crate::admission::Admission;
use crate::auth::Auth;
use crate::authenticate::{self, Question, TokenCache};
use crate::authenticated::Authenticated;
use crate::csrf::CsrfCleared;
use crate::error::{Rejection, RejectionKind};
use crate::purpose::Purpose;
use crate::request::RequestHead;
use crate::require::Require;

/// Whether a request brings the token that is demanded of it, once blocklist and store have answered. Of
/// [`RequestState`](super::RequestState). It borrows neither request nor state, and may be dropped at any time.
#[must_use = "futures do nothing unless polled"]
pub struct Authenticating<P> {
    auth: Auth,
    step: Step<P>,
    renewals: Vec<ImplicitRefresh>,
}

enum Step<P> {
    Cleared {
        cleared: Result<CsrfCleared<P>, RejectionKind>,
        /// `None` if nothing needs to be asked.
        question: Option<Arc<Question>>,
        require: Arc<Require<P>>,
    },
    Known(Result<Arc<Authenticated<P>>, Rejection>),
    Done,
}

impl<P: Purpose> Authenticating<P> {
    pub(super) fn begin(
        auth: &Auth,
        head: &impl RequestHead,
        require: &Arc<Require<P>>,
        cache: &TokenCache,
    ) -> Self {
        let cleared = authenticate::clear(auth, head, require, |presented| {
            cache.verify(auth, presented)
        });
        let question = match &cleared {
            Ok(cleared) => cache.question(auth, &cleared.verified().claims, P::KIND),
            Err(_) => None,
        };
        Self {
            auth: auth.clone(),
            step: Step::Cleared {
                cleared,
                question,
                require: Arc::clone(require),
            },
            renewals: Vec::new(),
        }
    }

    pub(super) fn known(auth: &Auth, answer: Result<Arc<Authenticated<P>>, Rejection>) -> Self {
        Self {
            auth: auth.clone(),
            step: Step::Known(answer),
            renewals: Vec::new(),
        }
    }

    /// Tells these of the token, if it is admitted.
    pub(super) fn renewing(self, renewals: &[ImplicitRefresh]) -> Self {
        Self {
            renewals: renewals.to_vec(),
            ..self
        }
    }
}

impl<P: Purpose> Future for Authenticating<P> {
    type Output = Result<Arc<Authenticated<P>>, Rejection>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self {
            auth,
            step,
            renewals,
        } = self.get_mut();
        let admission = match step {
            Step::Cleared {
                question: Some(question),
                ..
            } => ready!(question.poll_answer(context)),
            _ => Ok(Admission::Admitted),
        };
        let answer = match mem::replace(step, Step::Done) {
            Step::Cleared {
                cleared, require, ..
            } => {
                let finished =
                    cleared.and_then(|cleared| authenticate::finish(cleared, admission?, &require));
                finished.map(Arc::new).map_err(|reason| auth.reject(reason))
            }
            Step::Known(answer) => answer,
            // It was polled after it was ready.
            Step::Done => return Poll::Pending,
        };
        if let Ok(token) = &answer {
            renew(renewals, auth, token);
        }
        Poll::Ready(answer)
    }
}

/// Nothing in it is pinned.
impl<P> Unpin for Authenticating<P> {}

impl<P> fmt::Debug for Authenticating<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticating").finish_non_exhaustive()
    }
}
