use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use actix_web::rt;
use actix_ws::{CloseCode, CloseReason, Closed, Message, MessageStream, Session};
use futures_core::Stream;
use handstamp::Authenticated;
use handstamp::connection::{self, Guard, within_patience};
use handstamp::purpose;

use crate::Auth;

impl Auth {
    /// Wraps a WebSocket that ends with its token: when it expires, at a log-out, when it is
    /// revoked. It takes both halves that `actix_ws::handle` returns; the messages may be
    /// aggregated before.
    ///
    /// The request that opens it is authenticated by the same extractors as any other; with a
    /// cookie it must have an `Origin` that is `HANDSTAMP_PUBLIC_ORIGIN` or among
    /// `HANDSTAMP_TRUSTED_ORIGINS`. Without a public origin each is refused with
    /// `origin_not_allowed`, also one of your own page, because browsers state nothing else that
    /// could guard it; the first is a warning in the log. A token in another place, such as a
    /// header, needs none.
    ///
    /// ```
    /// use actix_web::{App, HttpRequest, HttpResponse, rt, web};
    /// use actix_ws::Message;
    /// use handstamp_actix::{Access, Auth, Config};
    ///
    /// async fn echo(
    ///     auth: Auth,
    ///     token: Access,
    ///     request: HttpRequest,
    ///     body: web::Payload,
    /// ) -> actix_web::Result<HttpResponse> {
    ///     let (response, session, messages) = actix_ws::handle(&request, body)?;
    ///     let messages = messages.max_frame_size(4096);
    ///     let mut socket = auth.guard(session, messages, &token);
    ///     rt::spawn(async move {
    ///         while let Some(Ok(message)) = socket.recv().await {
    ///             let answer = match message {
    ///                 Message::Ping(bytes) => Message::Pong(bytes),
    ///                 Message::Close(reason) => Message::Close(reason),
    ///                 message => message,
    ///             };
    ///             if socket.send(answer).await.is_err() {
    ///                 break;
    ///             }
    ///         }
    ///     });
    ///     Ok(response)
    /// }
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let app = App::new()
    ///     .app_data(Auth::new(config)?)
    ///     .route("/socket", web::get().to(echo));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Security
    /// Take the token before the upgrade, as an extractor of the handler: a check after the upgrade
    /// leaves the socket open to any client until then. Keep no clone of `session`, which would
    /// outlive the token.
    ///
    /// Limit frames, as above (64 KiB by default), and where messages are aggregated, those as well
    /// (`max_continuation_size`, 1 MiB). And limit how many sockets a session
    /// ([`session_id`](Authenticated::session_id)) has open: one token opens any number.
    pub fn guard<S>(
        &self,
        session: Session,
        messages: S,
        token: &Authenticated<purpose::Access>,
    ) -> GuardedSocket<S> {
        GuardedSocket {
            guard: Guard::new((session, messages), self.watch(token)),
            stays: PhantomData,
        }
    }
}

/// A WebSocket that ends with its token: see [`Auth::guard`].
///
/// Then the peer gets a Close frame, 4401 with the reason `token_expired` or `token_revoked`, or
/// 1013 when the store did not say; nothing more is received or sent. It is noticed in
/// [`recv`](Self::recv) and [`send`](Self::send), also while they wait: a handler that listens in
/// between to something else does so in a `select!` with `recv`, which loses nothing when it is
/// dropped. actix-web keeps the connection of a peer that reads nothing until that goes away.
#[must_use = "a socket that is dropped is closed"]
pub struct GuardedSocket<S = MessageStream> {
    guard: Guard<(Session, S)>,
    /// It stays on the thread of its handler.
    stays: PhantomData<Rc<()>>,
}

impl<S> GuardedSocket<S> {
    /// Sets how soon it ends after another process has revoked its token:
    /// [`TokenWatch::ask_every`](connection::TokenWatch::ask_every).
    pub fn ask_every(self, interval: Duration) -> Self {
        let guard = self.guard.ask_every(interval);
        Self { guard, ..self }
    }

    /// Returns why the token ended, if it did.
    #[must_use]
    pub fn ended(&self) -> Option<connection::CloseReason> {
        self.guard.ended()
    }
}

impl<S: Stream + Unpin + 'static> GuardedSocket<S> {
    /// Returns the next message, or `None` if the peer has closed the connection or the token has
    /// ended.
    pub async fn recv(&mut self) -> Option<S::Item> {
        let recv = async |(_, messages): &mut (Session, S)| next(messages).await;
        self.guard.unless_ended(recv, close).await.ok()?
    }

    /// Sends a message. A peer that reads nothing blocks it no longer than the token is valid.
    ///
    /// # Errors
    /// [`Closed`] if the connection is closed, or the token has ended: [`ended`](Self::ended)
    /// returns the reason.
    pub async fn send(&mut self, message: Message) -> Result<(), Closed> {
        let send = async |(session, _): &mut (Session, S)| send(session, message).await;
        let answer = self.guard.unless_ended(send, close).await;
        answer.unwrap_or(Err(Closed))
    }
}

impl<S> fmt::Debug for GuardedSocket<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GuardedSocket").field(&self.guard).finish()
    }
}

async fn next<S: Stream + Unpin>(messages: &mut S) -> Option<S::Item> {
    poll_fn(|context| Pin::new(&mut *messages).poll_next(context)).await
}

async fn send(session: &mut Session, message: Message) -> Result<(), Closed> {
    match message {
        Message::Text(text) => session.text(text).await,
        Message::Binary(bytes) => session.binary(bytes).await,
        Message::Continuation(item) => session.continuation(item).await,
        Message::Ping(bytes) => session.ping(&bytes).await,
        Message::Pong(bytes) => session.pong(&bytes).await,
        Message::Close(reason) => session.clone().close(reason).await,
        Message::Nop => Ok(()),
    }
}

/// Closes the connection while its handler continues, on the same thread: there actix-web runs
/// everything in a `LocalSet`.
fn close<S: Stream + Unpin + 'static>(
    (session, messages): (Session, S),
    ended: connection::CloseReason,
) {
    rt::spawn(within_patience(handshake(session, messages, ended)));
}

/// The closing handshake ([RFC 6455, 7.1.2](https://www.rfc-editor.org/rfc/rfc6455#section-7.1.2)),
/// with a peer that may not take part.
async fn handshake<S: Stream + Unpin>(
    session: Session,
    mut messages: S,
    ended: connection::CloseReason,
) {
    let reason = CloseReason {
        code: CloseCode::from(ended.close_code()),
        description: Some(ended.close_reason().to_owned()),
    };
    if session.close(Some(reason)).await.is_ok() {
        // What comes before the answer comes from a client that is no longer admitted.
        while next(&mut messages).await.is_some() {}
    }
}
