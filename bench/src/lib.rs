//! The same jobs in three implementations: handstamp, bare HMAC-SHA256, and axum-extra's cookie jar
//! with jsonwebtoken.

pub mod bare;
pub mod jar;
pub mod numbered;
pub mod ours;
pub mod poll;
pub mod refreshing;
pub mod request;
pub mod rows;

/// The claims that the service requires of a token, or puts into one.
pub mod facts {
    pub const SECRET: &[u8; 32] = b"thirty-two bytes that I made up!";
    pub const ISSUER: &str = "https://login.example.com";
    pub const AUDIENCE: &str = "https://api.example.com";
    pub const SUBJECT: &str = "0b51c2f4-6d0e-4a53-9a7e-2f1c8d9e4b60";
    pub const SCOPES: [&str; 2] = ["posts:read", "posts:write"];
    pub const ACCESS_COOKIE: &str = "access_token_cookie";
    pub const CSRF_COOKIE: &str = "csrf_access_token";
    pub const REFRESH_COOKIE: &str = "refresh_token_cookie";
    pub const REFRESH_CSRF_COOKIE: &str = "csrf_refresh_token";
    pub const ORIGIN: &str = "https://www.example.com";
}
