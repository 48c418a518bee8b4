use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use handstamp::adapter::{Authenticating, RequestState};
use handstamp::purpose::{self, Purpose};
use handstamp::session::Owner;
use handstamp::{Authenticated, NewToken};

use crate::verified::with_state;
use crate::{Head, Rejection, auth};

/// The access token of a request. It was verified; for a request from a browser that changes
/// something, its CSRF value too.
///
/// Behind a middleware of [`Auth::require`](crate::Auth::require) it is what that let in; without
/// one it verifies by itself.
///
/// A page that is for everybody, with or without a token, takes [`Optional<Access>`](Optional); one
/// that even a bad token must not close takes `actix_web::Result<Access>`; and a log-out takes
/// [`LogOut`](crate::LogOut).
///
/// ```
/// # use actix_web::{App, test, web};
/// # use handstamp_actix::{Access, Auth, Config};
/// # actix_web::rt::System::new().block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// async fn greet(token: Access) -> String {
///     format!("hello {}", token.subject())
/// }
///
/// let app = App::new().app_data(auth.clone()).route("/", web::get().to(greet));
/// let app = test::init_service(app).await;
///
/// let token = auth.create_access_token("user1")?;
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// let request = test::TestRequest::get().insert_header(("cookie", cookie)).to_request();
/// assert_eq!(test::call_service(&app, request).await.status(), 200);
/// let request = test::TestRequest::get().to_request();
/// assert_eq!(test::call_service(&app, request).await.status(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// Not `Option<Access>`: actix-web makes `None` of every error, so that a token that is forged or
/// revoked, a request that another site made, and a store that is down all look like a visitor
/// without a token.
#[derive(Debug, Clone)]
pub struct Access(Arc<Authenticated<purpose::Access>>);

/// The refresh token of a request.
///
/// ```
/// # use actix_web::{App, Responder, test, web};
/// # use handstamp_actix::{Auth, Config, Error, Refresh};
/// # actix_web::rt::System::new().block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// async fn refresh(auth: Auth, token: Refresh) -> Result<impl Responder, Error> {
///     let access = auth.create_access_token(&token)?;
///     Ok(auth.set_access_cookies(&access)?.on("refreshed"))
/// }
///
/// let app = App::new().app_data(auth.clone()).route("/refresh", web::post().to(refresh));
/// let app = test::init_service(app).await;
///
/// let token = auth.create_refresh_token("user1")?;
/// let request = test::TestRequest::post()
///     .uri("/refresh")
///     .insert_header(("cookie", format!("refresh_token_cookie={}", token.as_str())))
///     .insert_header(("x-csrf-token", token.csrf().unwrap_or_default()))
///     .to_request();
/// assert_eq!(test::call_service(&app, request).await.status(), 200);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Refresh(Arc<Authenticated<purpose::Refresh>>);

/// An access token that was made at a log-in, not by a refresh: for changing a password and the
/// like. Only those made with
/// [`NewToken::fresh`] are fresh: call it when you have checked a password.
///
/// ```
/// # use actix_web::{App, test, web};
/// # use handstamp_actix::{Auth, Config, Fresh, NewToken};
/// # actix_web::rt::System::new().block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let account = async |token: Fresh| token.subject().to_owned();
/// let app = App::new().app_data(auth.clone()).route("/account", web::get().to(account));
/// let app = test::init_service(app).await;
///
/// let at_log_in = auth.create_access_token(NewToken::for_subject("user1").fresh())?;
/// let by_refresh = auth.create_access_token("user1")?;
/// for (token, status) in [(at_log_in, 200), (by_refresh, 401)] {
///     let cookie = format!("access_token_cookie={}", token.as_str());
///     let request = test::TestRequest::with_uri("/account").insert_header(("cookie", cookie));
///     assert_eq!(test::call_service(&app, request.to_request()).await.status(), status);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Fresh(Arc<Authenticated<purpose::Access>>);

/// An access token if there is one: `None` only when the request has no token at all. One that has
/// expired, or is bad in another way, is refused with 401, where actix-web's `Option` would hide
/// that.
///
/// ```
/// # use actix_web::{App, test, web};
/// # use handstamp_actix::{Access, Auth, Config, Optional};
/// # actix_web::rt::System::new().block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// async fn home(Optional(token): Optional<Access>) -> String {
///     let name = token.as_ref().map_or("stranger", |token| token.subject());
///     format!("hello {name}")
/// }
///
/// let app = App::new().app_data(auth.clone()).route("/", web::get().to(home));
/// let app = test::init_service(app).await;
///
/// let request = test::TestRequest::get().to_request();
/// assert_eq!(test::call_and_read_body(&app, request).await, "hello stranger");
/// let request = test::TestRequest::get().insert_header(("cookie", "access_token_cookie=forged"));
/// assert_eq!(test::call_service(&app, request.to_request()).await.status(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[expect(
    clippy::exhaustive_structs,
    reason = "taken apart in arguments, as web::Json is"
)]
pub struct Optional<T>(pub Option<T>);

impl From<Arc<Authenticated<purpose::Access>>> for Access {
    fn from(token: Arc<Authenticated<purpose::Access>>) -> Self {
        Self(token)
    }
}

impl From<Arc<Authenticated<purpose::Refresh>>> for Refresh {
    fn from(token: Arc<Authenticated<purpose::Refresh>>) -> Self {
        Self(token)
    }
}

/// What an extractor gives that waits.
pub(crate) type Extracted<T> = Pin<Box<dyn Future<Output = actix_web::Result<T>>>>;

/// The request is read at once; blocklist and store are waited for.
pub(crate) fn extract<'r, P: Purpose, T: 'static>(
    request: &'r HttpRequest,
    judge: impl FnOnce(&RequestState, &handstamp::Auth, &Head<'r>) -> Authenticating<P>,
    finish: impl FnOnce(Judged<P>) -> Result<T, handstamp::error::Rejection> + 'static,
) -> Extracted<T> {
    let judging = auth::find(request)
        .map(|auth| with_state(request, |state| judge(state, auth, &Head::from(request))));
    Box::pin(async move { Ok(finish(judging?.await).map_err(Rejection::from)?) })
}

type Judged<P> = Result<Arc<Authenticated<P>>, handstamp::error::Rejection>;

macro_rules! tokens {
    ($($token:ident: $purpose:ty, $judge:expr;)+) => {$(
        impl FromRequest for $token {
            type Error = actix_web::Error;
            type Future = Extracted<Self>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                extract(request, $judge, |token| token.map(Self))
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
    Access: purpose::Access, RequestState::access;
    Refresh: purpose::Refresh, RequestState::refresh;
    Fresh: purpose::Access, RequestState::fresh;
}

impl FromRequest for Optional<Access> {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        extract(request, RequestState::access, |token| match token {
            Ok(token) => Ok(Self(Some(Access(token)))),
            Err(rejection) if rejection.is_missing_token() => Ok(Self(None)),
            Err(rejection) => Err(rejection),
        })
    }
}
