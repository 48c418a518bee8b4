use std::ops::Deref;
use std::sync::Arc;

use axum_core::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use handstamp::purpose;
use handstamp::session::Owner;
use handstamp::{Authenticated, NewToken};
use http::request::Parts;

use crate::{Auth, Rejection};

/// The verified access token of a request. For an unsafe method with cookies, the CSRF value was
/// checked too.
///
/// `Option<Access>` is `None` only when the request has no token at all; an expired or otherwise
/// invalid token is rejected with 401. A public page takes a [`Visitor`](crate::Visitor), and a
/// log-out takes [`LogOut`](crate::LogOut).
///
/// Behind a layer of [`Auth::require`] it is the token that the layer admitted; without one the
/// extractor verifies it.
///
/// ```
/// # use axum::{Router, body::Body, extract::Request, routing::get};
/// # use handstamp_axum::{Access, Auth, Config};
/// # use tower::ServiceExt as _;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// async fn greet(token: Access) -> String {
///     format!("hello {}", token.subject())
/// }
///
/// let app = Router::new().route("/", get(greet)).with_state(auth.clone());
///
/// let token = auth.create_access_token("user1")?;
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// let request = Request::get("/").header("cookie", cookie).body(Body::empty())?;
/// assert_eq!(app.clone().oneshot(request).await?.status(), 200);
/// assert_eq!(app.oneshot(Request::new(Body::empty())).await?.status(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Access(pub(crate) Arc<Authenticated<purpose::Access>>);

/// The verified refresh token of a request.
///
/// ```
/// # use axum::extract::{Request, State};
/// # use axum::{Router, body::Body, response::IntoResponse, routing::post};
/// # use handstamp_axum::{Auth, Config, Error, Refresh};
/// # use tower::ServiceExt as _;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, Error> {
///     let access = auth.create_access_token(&token)?;
///     Ok((auth.set_access_cookies(&access)?, "refreshed"))
/// }
///
/// let app = Router::new().route("/refresh", post(refresh)).with_state(auth.clone());
///
/// let token = auth.create_refresh_token("user1")?;
/// let request = Request::post("/refresh")
///     .header("cookie", format!("refresh_token_cookie={}", token.as_str()))
///     .header("x-csrf-token", token.csrf().unwrap_or_default())
///     .body(Body::empty())?;
/// assert_eq!(app.oneshot(request).await?.status(), 200);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Refresh(Arc<Authenticated<purpose::Refresh>>);

/// An access token that was issued at a log-in, not by a refresh, for routes such as the change of
/// a password. Tokens of [`Auth::log_in`] are fresh, and so are those that are issued with
/// [`NewToken::fresh`] after a password was checked.
///
/// ```
/// # use axum::{Router, body::Body, extract::Request, routing::get};
/// # use handstamp_axum::{Auth, Config, Fresh, NewToken};
/// # use tower::ServiceExt as _;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let app = Router::new()
///     .route("/account", get(async |token: Fresh| token.subject().to_owned()))
///     .with_state(auth.clone());
///
/// let at_log_in = auth.create_access_token(NewToken::for_subject("user1").fresh())?;
/// let by_refresh = auth.create_access_token("user1")?;
/// for (token, status) in [(at_log_in, 200), (by_refresh, 401)] {
///     let cookie = format!("access_token_cookie={}", token.as_str());
///     let request = Request::get("/account").header("cookie", cookie).body(Body::empty())?;
///     assert_eq!(app.clone().oneshot(request).await?.status(), status);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Fresh(Arc<Authenticated<purpose::Access>>);

macro_rules! tokens {
    ($($token:ident: $purpose:ty, $judge:path;)+) => {$(
        impl<S> FromRequestParts<S> for $token
        where
            Auth: FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = Rejection;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
                Ok(Self($judge(&Auth::from_ref(state), parts).await?))
            }
        }

        impl Deref for $token {
            type Target = Authenticated<$purpose>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl From<&$token> for NewToken {
            fn from(token: &$token) -> Self {
                Self::from(&**token)
            }
        }

        impl From<&$token> for Owner {
            fn from(token: &$token) -> Self {
                Self::from(&**token)
            }
        }
    )+};
}

tokens! {
    Access: purpose::Access, handstamp_tower::access;
    Refresh: purpose::Refresh, handstamp_tower::refresh;
    Fresh: purpose::Access, handstamp_tower::fresh;
}

impl<S> OptionalFromRequestParts<S> for Access
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        match handstamp_tower::access(&Auth::from_ref(state), parts).await {
            Ok(token) => Ok(Some(Self(token))),
            Err(rejection) if rejection.is_missing_token() => Ok(None),
            Err(rejection) => Err(rejection.into()),
        }
    }
}

/// Converts the token of a request that no extractor has read, as
/// [`access_with_body`](handstamp_tower::access_with_body) returns it.
impl From<Arc<Authenticated<purpose::Access>>> for Access {
    fn from(token: Arc<Authenticated<purpose::Access>>) -> Self {
        Self(token)
    }
}

/// Converts the token of a request that no extractor has read.
impl From<Arc<Authenticated<purpose::Refresh>>> for Refresh {
    fn from(token: Arc<Authenticated<purpose::Refresh>>) -> Self {
        Self(token)
    }
}
