//! The requests that a contender is sent, as bytes.

use std::sync::Arc;

use handstamp_bench::request::{cookie_line, with_headers};
use http::header::{CONTENT_LENGTH, ORIGIN};
use http::{HeaderMap, HeaderValue, Method, Request};

/// Of a browser, with ten cookies.
#[derive(Clone)]
pub struct Requests {
    pub get: Arc<[u8]>,
    pub post: Arc<[u8]>,
    /// Without the cookie of the login.
    pub stranger: Arc<[u8]>,
    /// Without the CSRF value.
    pub forged: Arc<[u8]>,
}

impl Requests {
    /// `cookie` is the one that a login sets, `csrf` the value that belongs to it.
    pub fn new(cookie: &str, csrf: &str) -> Self {
        let mut forged = with_cookie(cookie);
        // Without a body: to read one would make what a login adds look smaller.
        forged.headers_mut().extend(of_a_post());
        let mut post = forged.clone();
        let csrf = HeaderValue::from_str(csrf).expect("a CSRF value is visible ASCII");
        post.headers_mut().insert("x-csrf-token", csrf);
        Self {
            get: bytes(&Method::GET, "/me", &with_cookie(cookie)),
            post: bytes(&Method::POST, "/notes", &post),
            stranger: bytes(&Method::GET, "/me", &with_cookie("other=1")),
            forged: bytes(&Method::POST, "/notes", &forged),
        }
    }
}

/// The request to log in, without any password.
pub fn log_in() -> Arc<[u8]> {
    let mut request = with_cookie("other=1");
    request.headers_mut().extend(of_a_post());
    bytes(&Method::POST, "/login", &request)
}

/// What a browser sends with a POST in addition.
fn of_a_post() -> HeaderMap {
    HeaderMap::from_iter([
        (ORIGIN, HeaderValue::from_static("https://www.example.com")),
        (CONTENT_LENGTH, HeaderValue::from_static("0")),
    ])
}

/// A request with this cookie in the middle of as many as usual.
fn with_cookie(pair: &str) -> Request<()> {
    let pair = pair.split_once('=').expect("a name and a value");
    with_headers(Method::GET, &cookie_line(&[pair], COOKIES))
}

fn bytes(method: &Method, path: &str, request: &Request<()>) -> Arc<[u8]> {
    let mut bytes = format!("{method} {path} HTTP/1.1\r\n").into_bytes();
    for (name, value) in request.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    bytes.into()
}

const COOKIES: usize = 10;
