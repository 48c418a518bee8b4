//! Cases of every rejection that can be produced.

use handstamp::NewToken;

use super::App;
use super::app::access;
use super::one_time::ONE_TIME;
use super::suite::{access_cookie, bearer, csrf, get, post, refresh_cookie};
use crate::Request;

/// How one code looks on the wire, and a request that gets it.
pub(super) struct Refusal {
    pub(super) row: &'static str,
    pub(super) code: &'static str,
    pub(super) error_type: &'static str,
    /// Status and reason phrase.
    pub(super) standard: (u16, &'static str),
    pub(super) authx: u16,
    pub(super) message: &'static str,
    /// The same in the style of AuthX, where it differs.
    pub(super) message_authx: Option<&'static str>,
    /// Further members of the body, each value as JSON.
    pub(super) members: &'static [(&'static str, &'static str)],
    /// `WWW-Authenticate` in the standard style, and in the style of AuthX.
    pub(super) challenges: [Option<&'static str>; 2],
    pub(super) retry_after: Option<&'static str>,
    pub(super) settings: &'static [(&'static str, &'static str)],
    pub(super) request: fn(&App) -> Request,
}

pub(super) const REFUSALS: [Refusal; 31] = [
    Refusal {
        row: "no token at all",
        code: "missing_token",
        error_type: "MissingTokenError",
        message: "Missing JWT in request: looked in the cookie access_token_cookie",
        message_authx: Some("Token Error"),
        challenges: [Some("Bearer"); 2],
        request: |_| get("/access"),
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a POST without the CSRF header",
        code: "missing_csrf_token",
        error_type: "MissingCSRFTokenError",
        standard: FORBIDDEN,
        message: "Missing CSRF token: send the header X-CSRF-TOKEN with the value of the cookie csrf_access_token",
        challenges: [None, Some("Bearer")],
        request: |app| post("/access").cookies([access_cookie(&app.access("user1"))]),
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a POST with another CSRF value",
        code: "csrf_mismatch",
        error_type: "CSRFError",
        standard: FORBIDDEN,
        message: "CSRF double submit does not match",
        challenges: [None, Some("Bearer")],
        request: |app| {
            post("/access")
                .cookies([access_cookie(&app.access("user1"))])
                .header("x-csrf-token", csrf(&app.access("user1")))
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a POST that another site started",
        code: "cross_site_request",
        error_type: "CSRFError",
        standard: FORBIDDEN,
        message: "Cross-site request refused: Sec-Fetch-Site is cross-site, Origin is absent; HANDSTAMP_PUBLIC_ORIGIN is https://app.example.com",
        message_authx: Some("Cross-site request refused"),
        challenges: [None, Some("Bearer")],
        settings: &[("HANDSTAMP_PUBLIC_ORIGIN", "https://app.example.com")],
        request: |app| {
            post("/access")
                .cookies([access_cookie(&app.access("user1"))])
                .header("sec-fetch-site", "cross-site")
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a POST from the page of another origin",
        code: "origin_not_allowed",
        error_type: "CSRFError",
        standard: FORBIDDEN,
        message: "Cross-site request refused: Origin is https://evil.example; HANDSTAMP_PUBLIC_ORIGIN is https://app.example.com",
        message_authx: Some("Cross-site request refused"),
        challenges: [None, Some("Bearer")],
        settings: &[("HANDSTAMP_PUBLIC_ORIGIN", "https://app.example.com")],
        request: |app| {
            post("/access")
                .cookies([access_cookie(&app.access("user1"))])
                .header("origin", "https://evil.example")
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "genuine cookies of two users",
        code: "ambiguous_cookie",
        error_type: "JWTDecodeError",
        authx: 422,
        message: "Several different cookies named access_token_cookie in request",
        message_authx: Some("Invalid Token"),
        challenges: NOT_IN_AUTHX,
        request: |app| {
            get("/access").cookies(["user1", "user2"].map(|user| access_cookie(&app.access(user))))
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a cookie that is no token",
        code: "invalid_token",
        error_type: "JWTDecodeError",
        authx: 422,
        message: "Invalid Token",
        challenges: NOT_IN_AUTHX,
        request: |_| get("/access").cookies(["access_token_cookie=junk"]),
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a token signed with another key",
        code: "invalid_signature",
        error_type: "TokenInvalidSignatureError",
        authx: 422,
        message: "Signature verification failed",
        challenges: NOT_IN_AUTHX,
        request: |app| get("/access").cookies([access_cookie(&access(app.other(), "user1"))]),
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a token past its end",
        code: "token_expired",
        error_type: "TokenExpiredError",
        authx: 422,
        message: "Token has expired",
        challenges: NOT_IN_AUTHX,
        request: |app| {
            let cookie = access_cookie(&app.access("user1"));
            app.advance(15 * 60);
            get("/access").cookies([cookie])
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a token for another audience",
        code: "invalid_audience",
        error_type: "TokenInvalidAudienceError",
        authx: 422,
        message: "Invalid audience",
        challenges: NOT_IN_AUTHX,
        settings: &[("JWT_DECODE_AUDIENCE", "here")],
        request: |app| {
            let token = app.access(NewToken::for_subject("user1").audience(["there"]));
            get("/access").cookies([access_cookie(&token)])
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a token of another issuer with the same key",
        code: "invalid_issuer",
        error_type: "TokenInvalidIssuerError",
        authx: 422,
        message: "Invalid issuer",
        challenges: NOT_IN_AUTHX,
        settings: &[("JWT_ENCODE_ISSUER", "here")],
        request: |app| {
            let there = app.sibling(&[("JWT_ENCODE_ISSUER", "there")]);
            get("/access").cookies([access_cookie(&access(&there, "user1"))])
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a refresh token where an access token is asked",
        code: "access_token_required",
        error_type: "AccessTokenRequiredError",
        message: "Access token required",
        request: |app| {
            let token = app.refresh("user1");
            get("/access").cookies([format!("access_token_cookie={}", token.as_str())])
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "an access token where a refresh token is asked",
        code: "refresh_token_required",
        error_type: "RefreshTokenRequiredError",
        message: "Refresh token required",
        request: |app| {
            let token = app.access("user1");
            get("/refresh").cookies([format!("refresh_token_cookie={}", token.as_str())])
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a refreshed token where a fresh one is asked",
        code: "fresh_token_required",
        error_type: "FreshTokenRequiredError",
        message: "Fresh token required",
        request: |app| get("/fresh").cookies([access_cookie(&app.access("user1"))]),
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a revoked token",
        code: "token_revoked",
        error_type: "RevokedTokenError",
        message: "Invalid token",
        request: |app| {
            let token = app.refresh("user1");
            app.revoke(token.id());
            post("/refresh")
                .cookies([refresh_cookie(&token)])
                .header("x-csrf-token", csrf(&token))
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a token of a session that was ended",
        code: "session_ended",
        error_type: "RevokedTokenError",
        message: "Invalid token",
        request: |app| {
            let tokens = app.log_in("user1");
            app.end_sessions("user1");
            get("/access").cookies([access_cookie(tokens.access())])
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a refresh token whose successor was exchanged as well",
        code: "refresh_reused",
        error_type: "RevokedTokenError",
        message: "Invalid token",
        request: |app| {
            let first = app.log_in("user1");
            app.advance(60);
            let second = app.exchange(&first);
            // The token is acknowledged, and rotated after its grace window.
            drop(app.exchange(&second));
            app.advance(60);
            drop(app.exchange(&second));
            post("/session/refresh")
                .cookies([refresh_cookie(first.refresh())])
                .header("x-csrf-token", csrf(first.refresh()))
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a token of another login type",
        code: "login_type_mismatch",
        error_type: "LoginTypeMismatchError",
        message: "Token type mismatch: expected 'admin', got 'user'",
        members: &[
            ("expected_type", r#""admin""#),
            ("actual_type", r#""user""#),
        ],
        request: |app| {
            let token = app.access(NewToken::for_subject("user1").login_type("user"));
            get("/admins").cookies([access_cookie(&token)])
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a token of a user who is gone",
        code: "unknown_subject",
        error_type: "MissingTokenError",
        message: "Unknown subject",
        request: |app| get("/current").cookies([access_cookie(&app.access("ghost"))]),
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a token without one of the scopes",
        code: "insufficient_scope",
        error_type: "InsufficientScopeError",
        standard: FORBIDDEN,
        authx: 403,
        message: "Missing required scopes: ['users:read', 'users:delete']. Provided: ['users:read']",
        challenges: [Some(r#"Bearer error="insufficient_scope", scope="users:read users:delete""#);
            2],
        request: |app| {
            let token = app.access(NewToken::for_subject("user1").scopes(["users:read"]));
            get("/scopes-all").cookies([access_cookie(&token)])
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a request that no rule permits",
        code: "policy_denied",
        error_type: "PolicyDeniedError",
        standard: FORBIDDEN,
        authx: 403,
        message: "The policies of this service deny the request",
        challenges: [None; 2],
        request: |app| get("/permitted").cookies([access_cookie(&app.access("user2"))]),
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a request that the application finds too early",
        code: "rate_limited",
        error_type: "RateLimitExceeded",
        standard: (429, "Too Many Requests"),
        authx: 429,
        message: "Rate limit exceeded. Retry after 60 seconds.",
        members: &[("retry_after", "60")],
        challenges: [None; 2],
        retry_after: Some("60"),
        request: |_| post("/rate-limited"),
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a request for which the application has no room",
        code: "busy",
        error_type: "Busy",
        standard: (503, "Service Unavailable"),
        authx: 503,
        message: "Too many requests at once; try again",
        challenges: [None; 2],
        retry_after: Some("1"),
        request: |_| post("/busy"),
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a blocklist that does not answer",
        code: "store_unavailable",
        error_type: "StoreUnavailable",
        standard: (503, "Service Unavailable"),
        authx: 503,
        message: "The session store does not answer; try again",
        challenges: [None; 2],
        retry_after: Some("1"),
        request: |app| {
            app.take_the_blocklist_down();
            get("/access").cookies([access_cookie(&app.access("user1"))])
        },
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a log-in with a wrong password",
        code: "invalid_credentials",
        error_type: "InvalidCredentials",
        message: "Invalid username or password",
        challenges: [Some("Bearer"); 2],
        request: |_| post("/invalid-credentials"),
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a session that does not exist",
        code: "no_such_session",
        error_type: "NoSuchSession",
        standard: (404, "Not Found"),
        authx: 404,
        message: "No such session",
        challenges: [None; 2],
        request: |_| post("/refused"),
        ..UNAUTHORIZED
    },
    Refusal {
        row: "an access token instead of a one-time token",
        code: "invalid_one_time_token",
        error_type: "InvalidOneTimeToken",
        standard: FORBIDDEN,
        authx: 403,
        message: "This one-time token is not valid, or no longer; ask for a new one",
        challenges: [None; 2],
        request: |app| post("/one-time").header(ONE_TIME, app.access("user1").as_str()),
        ..UNAUTHORIZED
    },
    Refusal {
        row: "a body of another media type",
        code: "unsupported_media_type",
        error_type: "UnsupportedMediaType",
        standard: (415, "Unsupported Media Type"),
        authx: 415,
        message: "The request needs Content-Type: application/json",
        request: |app| json(app, "{}").header("content-type", "text/plain"),
        ..OF_A_BODY
    },
    Refusal {
        row: "a body that is no JSON",
        code: "malformed_body",
        error_type: "MalformedBody",
        standard: (400, "Bad Request"),
        authx: 400,
        message: "The body is not JSON: expected value at line 1 column 1",
        request: |app| json(app, "hello").header("content-type", "application/json"),
        ..OF_A_BODY
    },
    Refusal {
        row: "a body without the members that the route reads",
        code: "invalid_body",
        error_type: "InvalidBody",
        standard: (422, "Unprocessable Content"),
        authx: 422,
        message: "The JSON body does not fit: missing field `title` at line 1 column 2",
        request: |app| json(app, "{}").header("content-type", "application/json"),
        ..OF_A_BODY
    },
    Refusal {
        row: "a body over the limit",
        code: "body_too_large",
        error_type: "BodyTooLarge",
        standard: (413, "Content Too Large"),
        authx: 413,
        message: "The body is larger than the route takes",
        request: |app| {
            let body = "x".repeat(65 * 1024);
            json(app, &body).header("content-type", "application/json")
        },
        ..OF_A_BODY
    },
];

fn json(app: &App, body: &str) -> Request {
    let bearer = bearer(&app.access("user1"));
    post("/json").body(body).header("authorization", &bearer)
}

/// What the rejections of a body have in common.
const OF_A_BODY: Refusal = Refusal {
    challenges: [None; 2],
    settings: &[("JWT_TOKEN_LOCATION", "headers")],
    ..UNAUTHORIZED
};

/// What most rejections have in common.
const UNAUTHORIZED: Refusal = Refusal {
    row: "",
    code: "",
    error_type: "",
    standard: (401, "Unauthorized"),
    authx: 401,
    message: "",
    message_authx: None,
    members: &[],
    challenges: [Some(INVALID_TOKEN); 2],
    retry_after: None,
    settings: &[],
    request: |_| get("/"),
};

const FORBIDDEN: (u16, &str) = (403, "Forbidden");

const INVALID_TOKEN: &str = r#"Bearer error="invalid_token""#;

/// The style of AuthX responds with 422, which has no challenge.
const NOT_IN_AUTHX: [Option<&str>; 2] = [Some(INVALID_TOKEN), None];
