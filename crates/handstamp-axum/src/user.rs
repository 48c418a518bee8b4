use axum_core::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use handstamp::adapter::optional;
use handstamp::error;
use handstamp::subject::LoadSubject;
use http::request::Parts;

use crate::{Auth, Rejection};

/// The user of the request's access token, loaded by the router's state, which implements
/// [`LoadSubject`] for the type of its users. A token whose user no longer exists is rejected with
/// 401, `unknown_subject`.
///
/// ```
/// use axum::extract::FromRef;
/// use axum::{Router, routing::get};
/// use handstamp_axum::handstamp::{Authenticated, error::StoreError, purpose};
/// use handstamp_axum::{Auth, Config, Current, LoadSubject};
///
/// struct User { name: String }
///
/// #[derive(Clone)]
/// struct App { auth: Auth }
///
/// impl FromRef<App> for Auth {
///     fn from_ref(app: &App) -> Self { app.auth.clone() }
/// }
///
/// impl LoadSubject<User> for App {
///     async fn load_subject(
///         &self,
///         token: &Authenticated<purpose::Access>,
///     ) -> Result<Option<User>, StoreError> {
///         // From your database.
///         Ok(Some(User { name: token.subject().to_owned() }))
///     }
/// }
///
/// async fn greet(Current(user): Current<User>) -> String {
///     format!("hello {}", user.name)
/// }
///
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let app: Router = Router::new().route("/", get(greet)).with_state(App { auth });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `Option<Current<U>>` is `None` only when the request has no token at all.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
pub struct Current<U>(pub U);

impl<S, U> FromRequestParts<S> for Current<U>
where
    Auth: FromRef<S>,
    S: LoadSubject<U> + Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        Ok(Self(load(parts, state).await?))
    }
}

impl<S, U> OptionalFromRequestParts<S> for Current<U>
where
    Auth: FromRef<S>,
    S: LoadSubject<U> + Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        Ok(optional(load(parts, state).await)?.map(Self))
    }
}

async fn load<S, U>(parts: &mut Parts, state: &S) -> Result<U, error::Rejection>
where
    Auth: FromRef<S>,
    S: LoadSubject<U>,
{
    let Auth(auth) = Auth::from_ref(state);
    let token = handstamp_tower::access(&auth, parts).await?;
    auth.load_subject(&token, state).await
}
