//! The answers about the tokens of one request, so that no question is asked twice.
//!
//! Only answers that depend on nothing but the token are kept: whether its signature and claims
//! hold, and whether blocklist and store admit it. Where a token was presented, by which CSRF
//! value, and whether it is what a route demands is judged for each demand anew, so a lenient
//! demand never answers for a strict one.

use std::any::Any;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{self, Poll, Wake, Waker, ready};

use ctutils::CtEq as _;

use crate::authenticate::{Choice, verify};
use crate::claims::Claims;
use crate::clock::UnixTime;
use crate::context::Context;
use crate::error::RejectionKind;
use crate::locate::Presented;
use crate::purpose::Purpose;
use crate::purpose::sealed::Kind;
use crate::session;
use crate::store::{Admission, BoxFuture};

/// The answers of one request, for every `Auth` and purpose it was asked by.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<Answers>);

#[derive(Default)]
struct Answers {
    /// Each a `Verification` of one of the purposes.
    verifications: Vec<Box<dyn Any + Send>>,
    questions: Vec<Arc<Question>>,
}

/// The answer of [`verify::verify`] about these bytes.
struct Verification<P> {
    context: Arc<Context>,
    token: Box<[u8]>,
    /// The others of its name, in order: which of several cookies counts depends on all of them.
    others: Vec<Box<[u8]>>,
    outcome: Result<Choice<P>, RejectionKind>,
}

impl TokenCache {
    /// As [`verify::verify`].
    pub(crate) fn verify<P: Purpose>(
        &self,
        context: &Arc<Context>,
        presented: &Presented<'_>,
        now: UnixTime,
    ) -> Result<Choice<P>, RejectionKind> {
        let mut answers = lock(&self.0);
        let known = answers
            .verifications
            .iter()
            .filter_map(|known| known.downcast_ref::<Verification<P>>())
            .find(|known| known.is_of(context, presented));
        let outcome = if let Some(known) = known {
            known.outcome.clone()
        } else {
            let outcome = verify::verify(presented, context.config(), now);
            let mut tokens = presented.tokens().map(Box::from);
            answers.verifications.push(Box::new(Verification {
                context: Arc::clone(context),
                token: tokens.next().unwrap_or_default(),
                others: tokens.collect(),
                outcome: outcome.clone(),
            }));
            outcome
        };
        // The place decides whether a CSRF value is asked for.
        outcome.map(|choice| choice.found_at(presented.location()))
    }

    /// Returns whether blocklist and store admit the token of these claims, or `None` if there is
    /// neither.
    pub(crate) fn question<P: Purpose>(
        &self,
        context: &Arc<Context>,
        claims: &Arc<Claims>,
    ) -> Option<Arc<Question>> {
        if !context.asks_about_tokens() {
            return None;
        }
        let mut answers = lock(&self.0);
        let known = answers
            .questions
            .iter()
            .find(|known| known.is_about(context, claims, P::KIND));
        let question = known.cloned().unwrap_or_else(|| {
            let question = Arc::new(Question::new::<P>(context, claims));
            answers.questions.push(Arc::clone(&question));
            question
        });
        Some(question)
    }
}

impl<P> Verification<P> {
    fn is_of(&self, context: &Arc<Context>, presented: &Presented<'_>) -> bool {
        // In constant time: one may be a token, the other planted to measure it.
        Arc::ptr_eq(&self.context, context)
            && self.others.len() + 1 == presented.tokens().count()
            && std::iter::once(&self.token)
                .chain(&self.others)
                .zip(presented.tokens())
                .all(|(known, token)| known.ct_eq(token).to_bool())
    }
}

/// One question to blocklist and store, asked once, however many wait for the answer. Each of them
/// drives it, as the others may be dropped.
pub(crate) struct Question {
    context: Arc<Context>,
    claims: Arc<Claims>,
    kind: Kind,
    progress: Mutex<Progress>,
    waiting: Arc<Waiting>,
}

enum Progress {
    Asked(BoxFuture<'static, Answer>),
    Answered(Answer),
}

type Answer = Result<Admission, RejectionKind>;

impl Question {
    fn new<P: Purpose>(context: &Arc<Context>, claims: &Arc<Claims>) -> Self {
        let asked = {
            let (context, claims) = (Arc::clone(context), Arc::clone(claims));
            async move { session::admit::<P>(&context, &claims).await }
        };
        Self {
            context: Arc::clone(context),
            claims: Arc::clone(claims),
            kind: P::KIND,
            progress: Mutex::new(Progress::Asked(Box::pin(asked))),
            waiting: Arc::default(),
        }
    }

    /// Everything that blocklist and store are told of a token is in its payload.
    fn is_about(&self, context: &Arc<Context>, claims: &Claims, kind: Kind) -> bool {
        Arc::ptr_eq(&self.context, context)
            && self.kind == kind
            && self
                .claims
                .payload()
                .as_bytes()
                .ct_eq(claims.payload().as_bytes())
                .to_bool()
    }

    pub(crate) fn poll_answer(&self, context: &task::Context<'_>) -> Poll<Answer> {
        let mut progress = lock(&self.progress);
        let asked = match &mut *progress {
            Progress::Answered(answer) => return Poll::Ready(answer.clone()),
            Progress::Asked(asked) => asked,
        };
        // Before it is polled: it may wake at once.
        let alone = self.waiting.add(context.waker());
        let waker = Waker::from(Arc::clone(&self.waiting));
        let answer = ready!(Pin::new(asked).poll(&mut task::Context::from_waker(&waker)));
        *progress = Progress::Answered(answer.clone());
        drop(progress);
        if !alone {
            self.waiting.wake_by_ref();
        }
        Poll::Ready(answer)
    }
}

/// The tasks that wait for one answer. Wakes them all: a future remembers the last waker alone.
#[derive(Default)]
struct Waiting(Mutex<Vec<Waker>>);

impl Waiting {
    /// Returns whether no other task waits.
    fn add(&self, waker: &Waker) -> bool {
        let mut waiting = lock(&self.0);
        let alone = waiting.is_empty();
        if !waiting.iter().any(|known| known.will_wake(waker)) {
            waiting.push(waker.clone());
        }
        alone
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let waiting = std::mem::take(&mut *lock(&self.0));
        waiting.into_iter().for_each(Waker::wake);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
