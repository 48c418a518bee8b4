use actix_web::HttpRequest;
use handstamp::adapter::{RequestState, optional};
use handstamp::error;

use crate::auth::find;
use crate::verified::with_state;
use crate::{Error, Head, Rejection};

handstamp::adapter::tokens! {
    /// The verified access token of a request. For an unsafe method with cookies, the CSRF value
    /// was checked too.
    ///
    /// Behind a middleware of [`Auth::require`](crate::Auth::require) it is the token that the
    /// middleware admitted; without one the extractor verifies it.
    ///
    /// A page that is shown with and without a token takes [`Optional<Access>`](Optional), a public
    /// page takes a [`Visitor`](crate::Visitor), and a log-out takes [`LogOut`](crate::LogOut). A
    /// page that is shown even with an invalid token takes `actix_web::Result<Access>`.
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
    /// Do not take `Option<Access>`: actix-web makes `None` of every error, so that a token that is
    /// forged or revoked, a request that another site made, and a store that is down all look like
    /// a visitor without a token.
    pub struct Access;

    /// The verified refresh token of a request.
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
    pub struct Refresh;

    /// An access token that was issued at a log-in, not by a refresh, for routes such as the change
    /// of a password. Tokens of [`Auth::log_in`](crate::Auth::log_in) are fresh, and so are those
    /// that are issued with [`NewToken::fresh`](handstamp::NewToken::fresh) after a password was
    /// checked.
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
    pub struct Fresh;

    /// The visitor of a page that is open to everyone: the access token of the request, if it is
    /// valid.
    ///
    /// A visitor without a token is anonymous, and one with a dead token too: malformed, forged,
    /// expired, revoked, signed by a former key, or of several users. A cookie that a browser keeps
    /// from long ago must not close a public page. [`rejection`](Self::rejection) returns the
    /// reason, so that a page can start a refresh. A good token is still rejected without the CSRF
    /// value of a request that changes something, and a store that does not answer is 503.
    ///
    /// [`Optional<Access>`](Optional) rejects a dead token, so that the client refreshes first.
    ///
    /// ```
    /// # use actix_web::{App, test, web};
    /// # use handstamp_actix::{Auth, Config, Visitor};
    /// # actix_web::rt::System::new().block_on(async {
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// async fn front_page(visitor: Visitor) -> String {
    ///     match visitor.token() {
    ///         Some(token) => format!("welcome back, {}", token.subject()),
    ///         None => "welcome, please log in".to_owned(),
    ///     }
    /// }
    ///
    /// let app = App::new().app_data(auth).route("/", web::get().to(front_page));
    /// let app = test::init_service(app).await;
    /// let request = test::TestRequest::get()
    ///     .insert_header(("cookie", "access_token_cookie=of-last-year"))
    ///     .to_request();
    /// assert_eq!(test::call_and_read_body(&app, request).await, "welcome, please log in");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Visitor;
}

/// An access token if there is one: `None` only when the request has no token at all. An expired or
/// otherwise invalid token is rejected with 401, where actix-web's `Option` would hide it.
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
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
pub struct Optional<T>(pub Option<T>);

/// Implements `FromRequest` for extractors, from async blocks that have the request, and the
/// payload if the extractor takes the body. A block fails with an `actix_web::Error`.
macro_rules! extractors {
    ($(
        $extractor:ty $(where [$($generics:tt)+])?, $request:ident $(, $payload:ident)? =>
        $extract:expr;
    )+) => {$(
        impl $(<$($generics)+>)? actix_web::FromRequest for $extractor {
            type Error = actix_web::Error;
            type Future = std::pin::Pin<Box<dyn Future<Output = actix_web::Result<Self>>>>;

            #[allow(unused_variables, reason = "most extractors leave the body")]
            fn from_request(
                request: &actix_web::HttpRequest,
                payload: &mut actix_web::dev::Payload,
            ) -> Self::Future {
                let $request = request.clone();
                $(let mut $payload = payload.take();)?
                Box::pin(async move { $extract })
            }
        }
    )+};
}

pub(crate) use extractors;

extractors! {
    Access, request =>
    judge(&request, RequestState::access, |token| token.map(Self)).await;

    Refresh, request =>
    judge(&request, RequestState::refresh, |token| token.map(Self)).await;

    Fresh, request =>
    judge(&request, RequestState::fresh, |token| token.map(Self)).await;

    Optional<Access>, request =>
    judge(&request, RequestState::access, |token| Ok(Self(optional(token)?.map(Access)))).await;

    Visitor, request => {
        let judged = judge(&request, RequestState::visitor, |judged| judged).await?;
        Ok(Self(judged.map(Access::from).map_err(Rejection::from)))
    };
}

/// Judges the token of a request. `finish` decides which rejections mean that there is none.
pub(crate) async fn judge<'r, J: Future, T>(
    request: &'r HttpRequest,
    ask: impl FnOnce(&RequestState, &handstamp::Auth, &Head<'r>) -> J,
    finish: impl FnOnce(J::Output) -> Result<T, error::Rejection>,
) -> actix_web::Result<T> {
    let auth = find(request)?;
    let judging = with_state(request, |state| ask(state, auth, &Head::from(request)));
    Ok(finish(judging.await).map_err(Rejection::from)?)
}
