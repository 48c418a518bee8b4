//! The state that the layers and extractors of one request share. It keeps answers and asks
//! questions once; the rules are in `authenticate` and `session`.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, LazyLock, Once};

use super::shared::Shared;
use super::token_cache::TokenCache;
use super::{Authenticating, AwaitsBody, Caching, ImplicitRefresh, JudgingHead, JudgingVisitor};
use crate::authenticate::{self, Authenticated, Require};
use crate::authorize::{self, Authorize};
use crate::clock::UnixTime;
use crate::context::Context;
use crate::error::{Rejection, RejectionKind};
use crate::locate;
use crate::purpose::{Access, Purpose, Refresh};
use crate::request::RequestHead;
use crate::session::SessionInfo;
use crate::store::BoxFuture;

/// The state that the layers and extractors of one request share: the tokens that layers admitted,
/// what is known of each token, and the implicit refreshes under way.
///
/// An adapter keeps one among the extensions of each request, and puts it there when it is absent.
/// Signature, blocklist and store are then asked once for each token, `Auth` and purpose, however
/// many layers and extractors a route has, and also when these run at the same time.
///
/// A clone shares what is known of tokens. A token that a layer admits afterwards is recorded in
/// one of the two only, so that a request that is created by cloning the extensions of another is
/// not admitted by it.
///
/// ```
/// use std::sync::Arc;
///
/// use handstamp::adapter::RequestState;
/// # use handstamp::{Auth, Config, RequestHead, Require};
///
/// # struct Get(String);
/// # impl RequestHead for Get {
/// #     fn method(&self) -> &str { "GET" }
/// #     fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
/// #         name.eq_ignore_ascii_case("cookie").then_some(self.0.as_bytes()).into_iter()
/// #     }
/// #     fn query(&self) -> Option<&str> { None }
/// # }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// # let access = auth.create_access_token("user1")?;
/// # let request = Get(format!("access_token_cookie={}", access.as_str()));
/// let mut state = RequestState::default();
///
/// // A layer:
/// let require = Arc::new(Require::access());
/// let token = state.authenticate(&auth, &request, &require).await?;
/// state.record(&auth, &token)?;
///
/// // An extractor behind it:
/// assert_eq!(state.access(&auth, &request).await?.subject(), "user1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct RequestState {
    admitted: Vec<Admitted>,
    renewals: Vec<ImplicitRefresh>,
    shared: Arc<Shared>,
}

/// An `Authenticated` of one of the purposes.
#[derive(Clone)]
struct Admitted {
    by: Arc<Context>,
    token: Arc<dyn Any + Send + Sync>,
}

impl RequestState {
    /// Returns what the answer must say to caches, for a layer that will add it.
    #[must_use]
    pub fn caching(&self) -> Caching {
        Caching::observe(&self.shared)
    }

    /// A preflight never has a token. That one arrives here says that the layer stands outside of
    /// the one for CORS.
    pub(crate) fn judge_for_a_layer<P: Purpose>(
        &self,
        context: &Arc<Context>,
        now: UnixTime,
        head: &impl RequestHead,
        require: &Arc<Require<P>>,
    ) -> Authenticating<P> {
        let judging = self.judge(context, now, head, require);
        if judging.is_without_token() && is_preflight(head) {
            context.warn_of_preflight();
        }
        judging
    }

    /// What a layer outside admitted is not judged again: its demands may be others.
    pub(crate) fn authorize_for_a_layer<Q, A>(
        &self,
        context: &Arc<Context>,
        now: UnixTime,
        head: &impl RequestHead,
        by: Arc<A>,
        question: Q,
    ) -> BoxFuture<'static, Result<Arc<Authenticated<Access>>, Rejection>>
    where
        Q: Send + Sync + 'static,
        A: Authorize<Q> + Send + Sync + 'static,
    {
        let judging = match self.admitted(context) {
            Some(token) => Authenticating::known(context, Ok(token)),
            None => self.judge_for_a_layer(context, now, head, &ACCESS),
        };
        let context = Arc::clone(context);
        Box::pin(async move {
            let token = judging.await?;
            authorize::require_permission(&context, &token, &*by, &question)
                .await
                .map_err(|reason| context.reject(reason))?;
            Ok(token)
        })
    }

    /// Each of several demands is judged in full.
    pub(crate) fn judge<P: Purpose>(
        &self,
        context: &Arc<Context>,
        now: UnixTime,
        head: &impl RequestHead,
        require: &Arc<Require<P>>,
    ) -> Authenticating<P> {
        Authenticating::begin(context, now, head, require, &self.shared)
    }

    /// The demands of several layers apply to one token.
    pub(crate) fn admit<P: Purpose>(
        &mut self,
        context: &Arc<Context>,
        token: &Arc<Authenticated<P>>,
    ) -> Result<(), Rejection> {
        if let Some(outer) = self.admitted(context) {
            return authenticate::require_same(&outer, token)
                .map_err(|reason| context.reject(reason));
        }
        renew(&self.renewals, context, token);
        self.admitted.push(Admitted {
            by: Arc::clone(context),
            token: Arc::<Authenticated<P>>::clone(token),
        });
        Ok(())
    }

    pub(super) fn tokens(&self) -> &TokenCache {
        &self.shared.tokens
    }

    pub(crate) fn admitted<P: Purpose>(
        &self,
        context: &Arc<Context>,
    ) -> Option<Arc<Authenticated<P>>> {
        self.admitted
            .iter()
            .filter(|admitted| Arc::ptr_eq(&admitted.by, context))
            .find_map(|admitted| Arc::clone(&admitted.token).downcast().ok())
    }

    pub(crate) fn extract_access(
        &self,
        context: &Arc<Context>,
        now: UnixTime,
        head: &impl RequestHead,
    ) -> Authenticating<Access> {
        self.extract(context, now, head, &ACCESS, |_| Ok(()))
    }

    pub(crate) fn extract_visitor(
        &self,
        context: &Arc<Context>,
        now: UnixTime,
        head: &impl RequestHead,
    ) -> JudgingVisitor {
        JudgingVisitor::begin(self, context, now, head)
    }

    pub(crate) fn describe_session(
        &self,
        context: &Arc<Context>,
        now: UnixTime,
        head: &impl RequestHead,
    ) -> BoxFuture<'static, Result<SessionInfo, Rejection>> {
        self.shared.cookies.keep_out_of_caches();
        let judging = self.extract_access(context, now, head);
        let may_refresh = locate::has_cookie(head, context.config());
        let (context, shared) = (Arc::clone(context), Arc::clone(&self.shared));
        Box::pin(async move {
            match judging.judged().await {
                Ok(token) => {
                    shared.count_admitted(&context);
                    Ok(SessionInfo::of(token, now))
                }
                Err(RejectionKind::MissingToken { .. }) if !may_refresh => {
                    context.count_anonymous();
                    Ok(SessionInfo::anonymous())
                }
                Err(reason) => Err(context.reject(reason)),
            }
        })
    }

    pub(crate) fn extract_fresh(
        &self,
        context: &Arc<Context>,
        now: UnixTime,
        head: &impl RequestHead,
    ) -> Authenticating<Access> {
        static FRESH: LazyLock<Arc<Require<Access>>> =
            LazyLock::new(|| Arc::new(Require::access().fresh()));
        self.extract(context, now, head, &FRESH, |token| {
            authenticate::require_fresh(token, now)
        })
    }

    pub(crate) fn extract_refresh(
        &self,
        context: &Arc<Context>,
        now: UnixTime,
        head: &impl RequestHead,
    ) -> Authenticating<Refresh> {
        self.extract(context, now, head, &REFRESH, |_| Ok(()))
    }

    /// A token that a layer admitted is not judged by `require` again, but by `of_admitted`.
    fn extract<P: Purpose>(
        &self,
        context: &Arc<Context>,
        now: UnixTime,
        head: &impl RequestHead,
        require: &Arc<Require<P>>,
        of_admitted: impl FnOnce(&Authenticated<P>) -> Result<(), RejectionKind>,
    ) -> Authenticating<P> {
        match self.admitted(context) {
            Some(token) => {
                let answer = of_admitted(&token).map(|()| token);
                Authenticating::known(context, answer)
            }
            None => self
                .judge(context, now, head, require)
                .renewing(&self.renewals),
        }
    }

    pub(crate) fn extract_access_before_body(
        &self,
        context: &Arc<Context>,
        now: UnixTime,
        path: &str,
        head: impl RequestHead,
    ) -> JudgingHead<Access> {
        self.extract_before_body(context, now, path, head, &ACCESS)
    }

    pub(crate) fn extract_refresh_before_body(
        &self,
        context: &Arc<Context>,
        now: UnixTime,
        path: &str,
        head: impl RequestHead,
    ) -> JudgingHead<Refresh> {
        self.extract_before_body(context, now, path, head, &REFRESH)
    }

    /// A layer has not seen the body that an extractor behind it collects.
    fn extract_before_body<P: Purpose>(
        &self,
        context: &Arc<Context>,
        now: UnixTime,
        path: &str,
        head: impl RequestHead,
        require: &Arc<Require<P>>,
    ) -> JudgingHead<P> {
        static WARNED: Once = Once::new();
        let waits = AwaitsBody::new(context, require, &self.renewals, &self.shared);
        match self.admitted(context) {
            Some(token) => {
                WARNED.call_once(|| tracing::warn!(%path, "{BEHIND_A_LAYER}"));
                JudgingHead::known(token, waits)
            }
            None => JudgingHead::begin(now, head, waits),
        }
    }

    /// An outer layer may have admitted a token already.
    pub(crate) fn renewed_by(&mut self, context: &Arc<Context>, refresh: &ImplicitRefresh) {
        if let Some(token) = self.admitted::<Access>(context) {
            renew(std::slice::from_ref(refresh), context, &token);
        }
        self.renewals.push(refresh.clone());
    }
}

/// Returns whether this is a CORS preflight ([Fetch, section
/// 4.9](https://fetch.spec.whatwg.org/#cors-preflight-fetch)).
pub(super) fn is_preflight(head: &impl RequestHead) -> bool {
    let has = |name| head.header_values(name).next().is_some();
    head.method() == "OPTIONS" && has("origin") && has("access-control-request-method")
}

/// Tells the implicit refreshes of this context which token was admitted.
pub(super) fn renew<P: Purpose>(
    renewals: &[ImplicitRefresh],
    context: &Arc<Context>,
    token: &Arc<Authenticated<P>>,
) {
    renewals
        .iter()
        .filter(|refresh| refresh.is_of(context))
        .for_each(|refresh| refresh.record(token));
}

/// Tokens stay out of logs.
impl fmt::Debug for RequestState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestState")
            .field("admitted", &self.admitted.len())
            .field("renewals", &self.renewals)
            .finish_non_exhaustive()
    }
}

static ACCESS: LazyLock<Arc<Require<Access>>> = LazyLock::new(|| Arc::new(Require::access()));
static REFRESH: LazyLock<Arc<Require<Refresh>>> = LazyLock::new(|| Arc::new(Require::refresh()));

const BEHIND_A_LAYER: &str = "a handler that takes the body stands behind a layer or middleware that asks for a token, which \
     has not seen the body: neither a token nor a CSRF value in it counted";
