use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use axum_core::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use handstamp::purpose::{self, Purpose};
use handstamp::{Authenticated, NewToken, Require};
use handstamp_tower::{Head, verified};
use http::request::Parts;

use crate::{Auth, Rejection};

/// The access token of a request. It was verified; for a request from a browser that changes something, its CSRF value
/// too.
///
/// `Option<Access>` is `None` only when the request has no token at all; a bad one is still refused.
///
/// Behind a layer of [`Auth::require`] it is what the layer let in; without one it verifies by itself.
#[derive(Debug, Clone)]
pub struct Access(Arc<Authenticated<purpose::Access>>);

/// The refresh token of a request.
#[derive(Debug, Clone)]
pub struct Refresh(Arc<Authenticated<purpose::Refresh>>);

/// An access token that was made at a log-in, not by a refresh: for changing a password and the like.
#[derive(Debug, Clone)]
pub struct Fresh(Arc<Authenticated<purpose::Access>>);

impl<S> FromRequestParts<S> for Access
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        token(parts, &Auth::from_ref(state), &ACCESS)
            .await
            .map(Self)
    }
}

impl<S> OptionalFromRequestParts<S> for Access
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        match token(parts, &Auth::from_ref(state), &ACCESS).await {
            Ok(token) => Ok(Some(Self(token))),
            Err(rejection) if rejection.is_missing_token() => Ok(None),
            Err(rejection) => Err(rejection),
        }
    }
}

impl<S> FromRequestParts<S> for Refresh
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        token(parts, &Auth::from_ref(state), &REFRESH)
            .await
            .map(Self)
    }
}

impl<S> FromRequestParts<S> for Fresh
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let auth = Auth::from_ref(state);
        let token = token(parts, &auth, &FRESH).await?;
        // A layer may have let in a token that is not fresh.
        auth.require_fresh(&token)?;
        Ok(Self(token))
    }
}

/// What a layer of this `Auth` let in, else what the request itself brings.
async fn token<P: Purpose>(
    parts: &Parts,
    auth: &Auth,
    require: &Require<P>,
) -> Result<Arc<Authenticated<P>>, Rejection> {
    match verified(auth, &parts.extensions) {
        Some(token) => Ok(token),
        None => Ok(Arc::new(
            auth.authenticate(&Head::from(parts), require).await?,
        )),
    }
}

static ACCESS: LazyLock<Require<purpose::Access>> = LazyLock::new(Require::access);
static FRESH: LazyLock<Require<purpose::Access>> = LazyLock::new(|| Require::access().fresh());
static REFRESH: LazyLock<Require<purpose::Refresh>> = LazyLock::new(Require::refresh);

impl Deref for Access {
    type Target = Authenticated<purpose::Access>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Deref for Refresh {
    type Target = Authenticated<purpose::Refresh>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Deref for Fresh {
    type Target = Authenticated<purpose::Access>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<&Access> for NewToken {
    fn from(token: &Access) -> Self {
        Self::from(&**token)
    }
}

impl From<&Refresh> for NewToken {
    fn from(token: &Refresh) -> Self {
        Self::from(&**token)
    }
}

impl From<&Fresh> for NewToken {
    fn from(token: &Fresh) -> Self {
        Self::from(&**token)
    }
}
