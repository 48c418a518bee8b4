use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Responder, ResponseError};
use handstamp::adapter::merge_cookies;

handstamp::adapter::set_cookies! {
    /// The `Set-Cookie` lines of a response. They are added to a responder by [`on`](Self::on); by
    /// themselves they are an empty response.
    pub struct SetCookies;
}

impl SetCookies {
    /// Adds cookies after these. For one cookie the last line counts.
    ///
    /// ```
    /// # use actix_web::Responder;
    /// # use handstamp_actix::{Auth, Error};
    /// async fn login(auth: Auth) -> Result<impl Responder, Error> {
    ///     let access = auth.create_access_token("user1")?;
    ///     let refresh = auth.create_refresh_token("user1")?;
    ///     let cookies = auth.set_access_cookies(&access)?;
    ///     let cookies = cookies.and(auth.set_refresh_cookies(&refresh)?);
    ///     Ok(cookies.on("welcome"))
    /// }
    /// ```
    pub fn and(self, then: Self) -> Self {
        Self(self.0.and(then.0))
    }

    /// Adds these cookies to a responder: `"bye"`, `web::Json(…)`, an `HttpResponse` or its
    /// builder. An error with cookies is an error.
    ///
    /// ```
    /// # use actix_web::{HttpResponse, Responder};
    /// # use handstamp_actix::Auth;
    /// async fn gone(auth: Auth) -> impl Responder {
    ///     auth.unset_cookies().on(HttpResponse::Gone())
    /// }
    /// # use actix_web::error::ErrorForbidden;
    ///
    /// async fn banned(auth: Auth) -> actix_web::Result<String> {
    ///     Err(auth.unset_cookies().on(ErrorForbidden("banned")).into())
    /// }
    /// ```
    pub fn on<A>(self, answer: A) -> WithCookies<A> {
        WithCookies {
            cookies: self,
            answer,
        }
    }
}

impl Responder for SetCookies {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        self.on(HttpResponse::Ok()).respond_to(request)
    }
}

/// Extension of builders of responses, which sets cookies.
///
/// ```
/// # use actix_web::HttpResponse;
/// use handstamp_actix::{Auth, ResponseCookies as _};
///
/// async fn logout(auth: Auth) -> HttpResponse {
///     HttpResponse::Ok().cookies(auth.unset_cookies()).body("bye")
/// }
/// ```
pub trait ResponseCookies {
    /// Adds these cookies, and `Cache-Control: no-store`. Combine several by [`SetCookies::and`]:
    /// browsers are sent every line, and for one cookie the last counts.
    fn cookies(&mut self, cookies: SetCookies) -> &mut Self;
}

impl ResponseCookies for HttpResponseBuilder {
    fn cookies(&mut self, cookies: SetCookies) -> &mut Self {
        for line in cookies.0.lines() {
            self.append_header((SET_COOKIE, line.to_header_value()));
        }
        self.insert_header((CACHE_CONTROL, "no-store"))
    }
}

/// A responder, or an error, with cookies: see [`SetCookies::on`].
#[derive(Debug, Clone)]
#[must_use = "cookies that are not part of the response are not set: the user is not logged in, or not out"]
pub struct WithCookies<A> {
    cookies: SetCookies,
    answer: A,
}

impl<A: Responder> Responder for WithCookies<A> {
    type Body = A::Body;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<Self::Body> {
        let mut response = self.answer.respond_to(request);
        append_cookies(self.cookies, response.headers_mut());
        response
    }
}

impl<A: Into<actix_web::Error>> From<WithCookies<A>> for actix_web::Error {
    fn from(with_cookies: WithCookies<A>) -> Self {
        let WithCookies { cookies, answer } = with_cookies;
        ErrorWithCookies(cookies, answer.into()).into()
    }
}

/// Adds the `Set-Cookie` lines to a response, and `Cache-Control: no-store`, so that no cache
/// delivers them to another client. A line replaces an earlier one for the same cookie:
/// [`SetCookie::replaces`](handstamp::SetCookie::replaces). It is for middleware; handlers have
/// [`SetCookies::on`].
///
/// ```
/// # use actix_web::HttpResponse;
/// # use handstamp_actix::{Auth, Config};
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let mut response = HttpResponse::Ok().finish();
/// handstamp_actix::append_cookies(auth.unset_cookies(), response.headers_mut());
/// assert_eq!(response.headers().get_all("set-cookie").count(), 4);
/// assert_eq!(response.headers().get("cache-control").unwrap(), "no-store");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn append_cookies(cookies: SetCookies, headers: &mut HeaderMap) {
    let earlier: Vec<HeaderValue> = headers.remove(SET_COOKIE).collect();
    for line in merge_cookies(earlier, cookies.0) {
        headers.append(SET_COOKIE, line);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// An error with cookies. A response mapper of `actix_web::Error` would do, but actix-web does not
/// call it when a handler returns the error.
#[derive(Debug)]
struct ErrorWithCookies(SetCookies, actix_web::Error);

impl ResponseError for ErrorWithCookies {
    fn status_code(&self) -> StatusCode {
        self.1.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.1.error_response();
        append_cookies(self.0.clone(), response.headers_mut());
        response
    }
}

impl fmt::Display for ErrorWithCookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.1.fmt(f)
    }
}
