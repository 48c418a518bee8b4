//! Code that the pages of the book show and that stands in no example: a module for each page.

pub mod behind_a_proxy;
pub mod deploying;
pub mod mobile_and_desktop;
pub mod websockets_and_sse_actix;
