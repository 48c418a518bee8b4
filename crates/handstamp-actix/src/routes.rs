use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use handstamp::adapter::Route;

use crate::verified::with_state;
use crate::{Auth, Error, Head, append_cookies};

handstamp::adapter::routes! {
    /// Returns the routes that every application with sessions needs, ready to be added: all but
    /// the log-in, for which the application checks a password or whatever it takes instead.
    ///
    /// | route | answers |
    /// |---|---|
    /// | `POST /refresh` | exchanges the refresh token; `csrf`, `refresh_csrf` and `expires_in` of the new tokens |
    /// | `POST /logout` | ends the session, and deletes the cookies |
    /// | `GET /session` | who is logged in: [`SessionInfo`](handstamp::session::SessionInfo) |
    /// | `GET /sessions` | the user's sessions: [`SessionList`](handstamp::session::SessionList) |
    /// | `DELETE /sessions/{session_id}` | ends one of them. One of another user is 404 with `no_such_session`, as one that does not exist |
    /// | `POST /sessions/revoke-others` | ends all of them but this one; `revoked` says how many |
    /// | `GET /names` | the names of cookies and headers: `access` and `refresh`, each with `cookie`, `csrf_cookie` and `csrf_header` |
    ///
    /// Bodies are JSON. What is refused is answered as everywhere else, by a
    /// [`Rejection`](crate::Rejection), and nothing of it all is kept in caches. Without a store
    /// there are no sessions, and the three routes below `/sessions` answer 503: leave them
    /// [out](Routes::without).
    ///
    /// ```
    /// use actix_web::{App, Responder, web};
    /// use handstamp_actix::handstamp::store::MemoryStore;
    /// use handstamp_actix::{Auth, ClientInfo, Config, Error, routes};
    /// use serde_json::json;
    ///
    /// async fn login(auth: Auth, client: ClientInfo) -> Result<impl Responder, Error> {
    ///     // Check the password first.
    ///     let tokens = auth.log_in("user1", client).await?;
    ///     let body = json!({
    ///         "username": "user1",
    ///         "csrf": tokens.csrf(),
    ///         "refresh_csrf": tokens.refresh().csrf(),
    ///         "expires_in": tokens.access().expires_in().as_secs(),
    ///     });
    ///     Ok(auth.set_cookies(&tokens)?.on(web::Json(body)))
    /// }
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth: Auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    /// let app = move || {
    ///     let log_in = web::resource("/login").wrap(auth.same_origin()).post(login);
    ///     App::new().app_data(auth.clone()).service(log_in).service(routes(&auth))
    /// };
    /// # app(); // for `HttpServer::new`
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # The log-in
    /// The client for browsers works with these routes and a `POST /login` as above: it answers
    /// with the user's name as `username`, and with `csrf`, `refresh_csrf` and `expires_in`, which
    /// pages on another host cannot read of the cookies. A refusal of it has a code, as
    /// [`Auth::invalid_credentials`](handstamp::Auth::invalid_credentials) gives one to a wrong
    /// password. It demands no token, so it stands behind [`Auth::same_origin`]: otherwise another
    /// site can log its visitors in as another user.
    ///
    /// # Prefixes
    /// `web::scope("/auth").service(routes(&auth))` puts all of them below `/auth`. Cookies have
    /// the path `/` by default, and other settings of paths must include it: with
    /// `JWT_REFRESH_COOKIE_PATH=/auth/refresh` the browser sends no refresh token to
    /// `/auth/logout`, which then ends the session by the access token alone.
    pub fn routes;

    /// Routes of an [`Auth`], made by [`routes`]: a service of an `App` or a scope. They need no
    /// `app_data`.
    ///
    /// ```
    /// # use actix_web::{App, web};
    /// # use handstamp_actix::{Auth, Config, Route, routes};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let routes = routes(&auth).without(Route::Refresh).without(Route::Names);
    /// let app = App::new().service(web::scope("/auth").service(routes));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Routes;
}

#[cfg(feature = "utoipa")]
impl Routes {
    /// Returns the description of the routes, for `OpenApi::merge`, or below a prefix for `nest`.
    ///
    /// ```
    /// # use handstamp_actix::{Auth, Config, routes};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let api = routes(&auth).describe();
    /// assert!(api.paths.get_path_item("/refresh").is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn describe(&self) -> handstamp::openapi::utoipa::openapi::OpenApi {
        self.auth.describe_routes(&self.routes)
    }
}

impl HttpServiceFactory for Routes {
    fn register(self, config: &mut AppService) {
        for route in self.routes {
            let auth = self.auth.clone();
            let handler = move |request| answer(auth.clone(), route, request);
            web::resource(route.path())
                .route(web::method(method(route)).to(handler))
                .register(config);
        }
    }
}

async fn answer(
    auth: handstamp::Auth,
    route: Route,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let session = request.match_info().query(Route::PARAMETER);
    let head = Head::from(&request);
    let answering = with_state(&request, |state| state.answer(&auth, route, session, &head));
    let answer = answering.await?;
    let mut response = HttpResponse::Ok();
    for header in answer.headers() {
        response.insert_header(header);
    }
    let cookies = answer.cookies().cloned();
    let mut response = response.body(answer.into_body());
    if let Some(cookies) = cookies {
        append_cookies(cookies.into(), response.headers_mut());
    }
    Ok(response)
}

fn method(route: Route) -> Method {
    match route.method() {
        "DELETE" => Method::DELETE,
        "POST" => Method::POST,
        _ => Method::GET,
    }
}
