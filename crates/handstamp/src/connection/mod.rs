//! Connections that outlive the request that opened them: WebSockets, server-sent events.
//!
//! A request is authenticated once, but the connection that it opens outlives the expiry of its
//! token and a log-out. [`Auth::watch`](crate::Auth::watch) takes a verified token and returns a
//! future that resolves when the token would no longer be accepted. The module never touches the
//! connection itself: the application closes it.
//!
//! ```
//! use handstamp::purpose::Access;
//! use handstamp::{Auth, Authenticated};
//!
//! async fn push(auth: Auth, token: Authenticated<Access>) {
//!     let mut ended = auth.watch(&token);
//!     loop {
//!         tokio::select! {
//!             ended = &mut ended => {
//!                 close(ended.close_code(), ended.close_reason()).await;
//!                 return;
//!             }
//!             news = next() => send(news).await,
//!         }
//!     }
//! }
//! # async fn close(_: u16, _: &str) {}
//! # async fn next() -> u8 { 1 }
//! # async fn send(_: u8) {}
//! ```
//!
//! Ten thousand connections take 13 MB, and with sessions in memory four hundredths of a core.
//!
//! [`Guard`] holds a connection together with such a future, and hands it back to be closed: the
//! sockets of the adapters are made of it.
//!
//! Their number and what each may keep in memory are for the application to limit: one token opens
//! any number of connections, and frames of WebSockets have a limit of their own besides that of
//! messages. The documentation of `Auth::guard` in the adapters shows both.
//!
//! A connection keeps the token with which it was opened. A client that has refreshed opens a new
//! connection.

mod close_reason;
mod guard;
#[cfg(test)]
mod tests;
mod token_watch;

pub use close_reason::CloseReason;
pub use guard::{Guard, within_patience};
pub use token_watch::TokenWatch;
