//! Code that the pages of the book show and that stands in no example: a module for each page.

#![expect(clippy::unused_async, reason = "handlers are async functions")]

pub mod behind_a_proxy;
pub mod combine_with;
pub mod coming_from_axum_login;
pub mod coming_from_jsonwebtoken;
pub mod deploying;
pub mod foreign_tokens;
pub mod index;
pub mod mobile_and_desktop;
pub mod monitoring;
pub mod password_reset;
pub mod rate_limits;
pub mod websockets_and_sse_actix;
