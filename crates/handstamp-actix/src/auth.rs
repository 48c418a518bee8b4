use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use handstamp::error::ConfigError;
use handstamp::purpose::{self, Purpose};
use handstamp::{AuthBuilder, Authenticated, Config, NewToken, Require, SignedToken, TokenPair};

use crate::error::NoData;
use crate::{
    ClientInfo, Error, ImplicitRefreshMiddleware, LogOut, Refresh, Rejection, RequireMiddleware,
    SameOriginMiddleware, SetCookies,
};

/// [`handstamp::Auth`] for actix-web: put it in the application's data, and take it as an argument
/// of handlers.
///
/// ```
/// use actix_web::{App, Responder, web};
/// use handstamp_actix::{Auth, Config};
///
/// async fn logout(auth: Auth) -> impl Responder {
///     auth.unset_cookies().on("bye")
/// }
///
/// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
/// let auth = Auth::new(config)?; // once; every worker has a clone
/// let app = move || App::new().app_data(auth.clone()).route("/logout", web::post().to(logout));
/// # app();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A scope may have one of its own, which then is the one of its handlers: actix-web takes the
/// nearest. It may be wrapped in `web::Data` as well, if every one of an application is. Without
/// any, and with both kinds, every route that asks for it, or for a token, answers 500 without
/// detail, and the log says why.
///
/// What returns cookies returns [`SetCookies`] here, which go on responders, and its errors are
/// responses; all else is the core's, by `Deref`.
///
/// With a store for sessions:
///
/// ```
/// use handstamp_actix::handstamp::store::MemoryStore;
/// use handstamp_actix::{Auth, Config};
///
/// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
/// let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Auth(handstamp::Auth);

impl Auth {
    /// Makes one with the system's clock and random source, and without a store: see
    /// [`handstamp::Auth::new`], and [`Auth`] for the way with a store.
    ///
    /// # Errors
    /// [`ConfigError`] where `JWT_SESSION_TRACKING=true`, because sessions need a store.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        handstamp::Auth::new(config).map(Self)
    }

    /// To bring a store, a blocklist, or a clock and random source of one's own.
    ///
    /// ```
    /// use handstamp_actix::handstamp::store::MemoryStore;
    /// use handstamp_actix::{Auth, Config};
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth: Auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder(config: Config) -> AuthBuilder<Self> {
        AuthBuilder::new(config)
    }

    /// A middleware that lets requests through only with the token `require` demands. Extractors
    /// behind it read what it verified instead of verifying again.
    ///
    /// ```
    /// # use actix_web::{App, web};
    /// # use handstamp_actix::{Access, Auth, Config, Require};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let app = App::new().app_data(auth.clone()).service(
    ///     web::resource("/drafts")
    ///         .wrap(auth.require(Require::access().any_scope(["posts:write"])))
    ///         .to(async |token: Access| token.subject().to_owned()),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn require<P: Purpose>(&self, require: Require<P>) -> RequireMiddleware<P> {
        RequireMiddleware::new(self.0.clone(), require)
    }

    /// A middleware that renews the access token of a browser that is active, shortly before it
    /// ends. Around a whole application: only requests that a middleware of
    /// [`require`](Self::require) or an extractor let in renew anything.
    ///
    /// ```
    /// # use actix_web::{App, web};
    /// # use handstamp_actix::{Access, Auth, Config};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let app = App::new()
    ///     .wrap(auth.implicit_refresh())
    ///     .app_data(auth)
    ///     .route("/", web::get().to(async || "everybody may see this, and it renews nothing"))
    ///     .route("/me", web::get().to(async |token: Access| token.subject().to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn implicit_refresh(&self) -> ImplicitRefreshMiddleware {
        ImplicitRefreshMiddleware::new(self.0.clone())
    }

    /// A middleware for routes that ask for no token, such as a log-in: refuses what other sites
    /// make a browser send.
    ///
    /// ```
    /// # use actix_web::{App, web};
    /// # use handstamp_actix::{Auth, Config};
    /// # let config = Config::builder().secret_key([7; 32].as_slice());
    /// let auth = Auth::new(config.public_origin("https://app.example.com").build()?)?;
    /// let login = web::resource("/login").wrap(auth.same_origin()).post(async || "welcome");
    /// # App::new().service(login);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn same_origin(&self) -> SameOriginMiddleware {
        SameOriginMiddleware::new(self.0.clone())
    }

    /// As [`handstamp::Auth::create_access_token`].
    ///
    /// # Errors
    /// A mistake of the program, such as a custom claim with a registered name.
    pub fn create_access_token(
        &self,
        token: impl Into<NewToken>,
    ) -> Result<SignedToken<purpose::Access>, Error> {
        Ok(self.0.create_access_token(token)?)
    }

    /// As [`handstamp::Auth::create_refresh_token`].
    ///
    /// # Errors
    /// As [`create_access_token`](Self::create_access_token).
    pub fn create_refresh_token(
        &self,
        token: impl Into<NewToken>,
    ) -> Result<SignedToken<purpose::Refresh>, Error> {
        Ok(self.0.create_refresh_token(token)?)
    }

    /// As [`handstamp::Auth::create_token_pair`].
    ///
    /// # Errors
    /// As [`create_access_token`](Self::create_access_token).
    pub fn create_token_pair(&self, token: impl Into<NewToken>) -> Result<TokenPair, Error> {
        Ok(self.0.create_token_pair(token)?)
    }

    /// As [`handstamp::Auth::set_access_cookies`].
    ///
    /// # Errors
    /// When the token is too long for a cookie.
    pub fn set_access_cookies(
        &self,
        token: &SignedToken<purpose::Access>,
    ) -> Result<SetCookies, Error> {
        Ok(SetCookies(self.0.set_access_cookies(token)?))
    }

    /// As [`handstamp::Auth::set_refresh_cookies`].
    ///
    /// # Errors
    /// When the token is too long for a cookie.
    pub fn set_refresh_cookies(
        &self,
        token: &SignedToken<purpose::Refresh>,
    ) -> Result<SetCookies, Error> {
        Ok(SetCookies(self.0.set_refresh_cookies(token)?))
    }

    /// All four cookies of a log-in or refresh.
    ///
    /// # Errors
    /// As [`set_access_cookies`](Self::set_access_cookies).
    pub fn set_cookies(&self, tokens: &TokenPair) -> Result<SetCookies, Error> {
        Ok(SetCookies(self.0.set_cookies(tokens)?))
    }

    /// As [`handstamp::Auth::log_in`].
    ///
    /// ```
    /// # use actix_web::Responder;
    /// use handstamp_actix::{Auth, Error, ClientInfo};
    /// async fn login(auth: Auth, client: ClientInfo) -> Result<impl Responder, Error> {
    ///     // Check the password first.
    ///     let tokens = auth.log_in("user1", client).await?;
    ///     Ok(auth.set_cookies(&tokens)?.on("welcome"))
    /// }
    /// ```
    ///
    /// # Errors
    /// When the store does not answer, or for a mistake of the program.
    pub async fn log_in(
        &self,
        token: impl Into<NewToken>,
        client: ClientInfo,
    ) -> Result<TokenPair, Error> {
        Ok(self.0.log_in(token, client.into()).await?)
    }

    /// As [`handstamp::Auth::refresh`].
    ///
    /// ```
    /// # use actix_web::Responder;
    /// # use handstamp_actix::{Auth, Error, Refresh};
    /// async fn refresh(auth: Auth, token: Refresh) -> Result<impl Responder, Error> {
    ///     let tokens = auth.refresh(token).await?;
    ///     Ok(auth.set_cookies(&tokens)?.on("refreshed"))
    /// }
    /// ```
    ///
    /// # Errors
    /// When the session has ended, the token had been exchanged, or the store does not answer. No
    /// cookie is deleted.
    pub async fn refresh(&self, token: Refresh) -> Result<TokenPair, Error> {
        Ok(self.0.refresh(&token).await?)
    }

    /// Refreshes as [`handstamp::Auth::refresh_with`] does: `change` decides what the new tokens
    /// say.
    ///
    /// ```
    /// # use actix_web::Responder;
    /// # use handstamp_actix::{Auth, Error, Refresh};
    /// # async fn scopes_of(_: &str) -> Vec<String> { Vec::new() }
    /// async fn refresh(
    ///     auth: Auth,
    ///     token: Refresh,
    /// ) -> Result<impl Responder, Error> {
    ///     let scopes = scopes_of(token.subject()).await; // as your database has them now
    ///     let tokens = auth.refresh_with(token, |new| new.scopes(scopes)).await?;
    ///     Ok(auth.set_cookies(&tokens)?.on("refreshed"))
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh), and when `change` returns a token for another account.
    pub async fn refresh_with(
        &self,
        token: Refresh,
        change: impl FnOnce(NewToken) -> NewToken,
    ) -> Result<TokenPair, Error> {
        Ok(self.0.refresh_with(&token, change).await?)
    }

    /// Records as [`handstamp::Auth::reauthenticate`] does that the user has just given the
    /// password again, and returns a fresh access token. Check the password first.
    ///
    /// ```
    /// # use actix_web::Responder;
    /// # use handstamp_actix::{Access, Auth, Error};
    /// async fn step_up(
    ///     auth: Auth,
    ///     token: Access,
    /// ) -> Result<impl Responder, Error> {
    ///     // Check the password first.
    ///     let fresh = auth.reauthenticate(&token).await?;
    ///     Ok(auth.set_access_cookies(&fresh)?.on("confirmed"))
    /// }
    /// ```
    ///
    /// # Errors
    /// When the session has ended, or the store does not answer, or for a mistake of the program.
    pub async fn reauthenticate(
        &self,
        token: &Authenticated<purpose::Access>,
    ) -> Result<SignedToken<purpose::Access>, Error> {
        Ok(self.0.reauthenticate(token).await?)
    }

    /// As [`handstamp::Auth::log_out`].
    ///
    /// ```
    /// # use actix_web::Responder;
    /// # use handstamp_actix::{Auth, LogOut, Rejection};
    /// async fn logout(auth: Auth, log_out: LogOut) -> Result<impl Responder, Rejection> {
    ///     Ok(auth.log_out(log_out).await?.on("bye"))
    /// }
    /// ```
    ///
    /// # Errors
    /// When the store does not answer. No cookie is deleted then.
    pub async fn log_out(&self, log_out: LogOut) -> Result<SetCookies, Rejection> {
        Ok(SetCookies(self.0.log_out(log_out.into()).await?))
    }

    /// Deletes all four cookies.
    pub fn unset_cookies(&self) -> SetCookies {
        SetCookies(self.0.unset_cookies())
    }

    /// Deletes the access token's cookies.
    pub fn unset_access_cookies(&self) -> SetCookies {
        SetCookies(self.0.unset_access_cookies())
    }

    /// Deletes the refresh token's cookies.
    pub fn unset_refresh_cookies(&self) -> SetCookies {
        SetCookies(self.0.unset_refresh_cookies())
    }
}

/// The nearest one of the application's data, bare or as `web::Data`. Where there are both kinds,
/// actix-web does not tell which is nearer, and the wrong one would admit requests that the other
/// refuses.
pub(crate) fn find(request: &HttpRequest) -> Result<&Auth, NoData> {
    let bare = request.app_data::<Auth>();
    let data = request.app_data::<web::Data<Auth>>();
    match (bare, data) {
        (Some(auth), None) => Ok(auth),
        (None, Some(data)) => Ok(data),
        (None, None) => {
            let help = "add `.app_data(auth.clone())` to the App";
            tracing::error!(
                path = request.path(),
                help,
                "the application's data has no Auth"
            );
            Err(NoData)
        }
        (Some(_), Some(_)) => {
            let help = "add every Auth bare, or every one as `web::Data`";
            tracing::error!(
                path = request.path(),
                help,
                "the application's data has two kinds of Auth"
            );
            Err(NoData)
        }
    }
}

impl FromRequest for Auth {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(find(request).cloned().map_err(Into::into))
    }
}

impl From<handstamp::Auth> for Auth {
    fn from(auth: handstamp::Auth) -> Self {
        Self(auth)
    }
}

impl Deref for Auth {
    type Target = handstamp::Auth;

    fn deref(&self) -> &handstamp::Auth {
        &self.0
    }
}
