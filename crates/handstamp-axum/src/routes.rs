use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use handstamp::adapter::{RequestState, Route};
use handstamp_tower::Head;
use http::HeaderValue;
use http::header::HeaderName;

use crate::{Auth, Error, SetCookies};

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
    /// use axum::extract::State;
    /// use axum::response::IntoResponse;
    /// use axum::routing::post;
    /// use axum::{Json, Router};
    /// use handstamp_axum::handstamp::store::MemoryStore;
    /// use handstamp_axum::{Auth, ClientInfo, Config, Error, routes};
    /// use serde_json::json;
    ///
    /// async fn login(
    ///     State(auth): State<Auth>,
    ///     client: ClientInfo,
    /// ) -> Result<impl IntoResponse, Error> {
    ///     // Check the password first.
    ///     let tokens = auth.log_in("user1", client).await?;
    ///     let body = json!({
    ///         "username": "user1",
    ///         "csrf": tokens.csrf(),
    ///         "refresh_csrf": tokens.refresh().csrf(),
    ///         "expires_in": tokens.access().expires_in().as_secs(),
    ///     });
    ///     Ok((auth.set_cookies(&tokens)?, Json(body)))
    /// }
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth: Auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    /// let app: Router = Router::new()
    ///     .route("/login", post(login).layer(auth.same_origin()))
    ///     .merge(routes(&auth))
    ///     .with_state(auth);
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
    /// `Router::new().nest("/auth", routes(&auth).into())` puts all of them below `/auth`. Cookies
    /// have the path `/` by default, and other settings of paths must include it: with
    /// `JWT_REFRESH_COOKIE_PATH=/auth/refresh` the browser sends no refresh token to
    /// `/auth/logout`, which then ends the session by the access token alone.
    pub fn routes;

    /// Routes of an [`Auth`], made by [`routes`]: a router, by `merge`, or by `into` for `nest`.
    ///
    /// ```
    /// # use axum::Router;
    /// # use handstamp_axum::{Auth, Config, Route, routes};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let routes = routes(&auth).without(Route::Refresh).without(Route::Names);
    /// let app: Router = Router::new().nest("/auth", routes.into());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Routes;
}

#[cfg(feature = "utoipa")]
impl Routes {
    /// Returns the description of the routes, for `OpenApi::merge`, or below a prefix for `nest`.
    ///
    /// ```
    /// # use handstamp_axum::{Auth, Config, routes};
    /// use utoipa_axum::router::OpenApiRouter;
    ///
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let ready = routes(&auth);
    /// let (app, mut api) = OpenApiRouter::<()>::new().split_for_parts();
    /// api = api.nest("/auth", ready.describe());
    /// let app = app.nest("/auth", ready.into());
    /// auth.describe(&mut api);
    /// assert!(api.paths.get_path_item("/auth/refresh").is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn describe(&self) -> handstamp::openapi::utoipa::openapi::OpenApi {
        self.auth.describe_routes(&self.routes)
    }
}

impl<S: Clone + Send + Sync + 'static> From<Routes> for Router<S> {
    fn from(Routes { auth, routes }: Routes) -> Self {
        routes.into_iter().fold(Self::new(), |router, route| {
            let auth = auth.clone();
            let handler = async move |parameters: Parameters, request: Request| {
                answer(&auth, route, parameters, request).await
            };
            router.route(route.path(), on(method(route), handler))
        })
    }
}

/// Those of the path. They cannot be read where they are no UTF-8.
type Parameters = Result<RawPathParams, RawPathParamsRejection>;

async fn answer(
    auth: &handstamp::Auth,
    route: Route,
    parameters: Parameters,
    request: Request,
) -> Result<Response, Error> {
    let (mut parts, _) = request.into_parts();
    let session = parameters.as_ref().ok().and_then(|parameters| {
        let mut parameters = parameters.iter();
        parameters.find_map(|(name, value)| (name == Route::PARAMETER).then_some(value))
    });
    let state = parts
        .extensions
        .get_or_insert_with(RequestState::default)
        .clone();
    let answering = state.answer(
        auth,
        route,
        session.unwrap_or_default(),
        &Head::from(&parts),
    );
    let answer = answering.await?;
    let headers = answer.headers();
    let cookies = answer.cookies().cloned().map(SetCookies::from);
    let mut response = answer.into_body().into_response();
    for (name, value) in headers {
        let (name, value) = (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        response.headers_mut().insert(name, value);
    }
    Ok((cookies, response).into_response())
}

fn method(route: Route) -> MethodFilter {
    match route.method() {
        "DELETE" => MethodFilter::DELETE,
        "POST" => MethodFilter::POST,
        _ => MethodFilter::GET,
    }
}
