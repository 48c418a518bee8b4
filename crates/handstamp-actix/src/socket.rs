use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::mem;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use actix_web::rt;
use actix_ws::{CloseCode, CloseReason, Closed, Message, MessageStream, Session};
use futures_core::Stream;
use handstamp::Authenticated;
use handstamp::connection::{self, TokenWatch};
use handstamp::purpose;

use crate::Auth;

impl Auth {
    /// A WebSocket that ends when its token does: at its end, at a log-out, when it is revoked.
    /// Made of both halves that `actix_ws::handle` gives; the messages may be aggregated before.
    ///
    /// The request that opens it is checked by the same extractors as any other; of a cookie it
    /// must have an `Origin` that is `HANDSTAMP_PUBLIC_ORIGIN` or among
    /// `HANDSTAMP_TRUSTED_ORIGINS`.
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
    /// Take the token before the upgrade, as an extractor of the handler. What is checked when the
    /// socket is open already was open to everybody until then. Keep no clone of `session`: it
    /// would go on.
    pub fn guard<S>(
        &self,
        session: Session,
        messages: S,
        token: &Authenticated<purpose::Access>,
    ) -> GuardedSocket<S> {
        GuardedSocket {
            socket: Ok((session, messages)),
            watch: self.watch(token),
            stays: PhantomData,
        }
    }
}

/// A WebSocket that ends when its token does: see [`Auth::guard`].
///
/// Then the peer gets a Close frame, 4401 with the reason `token_expired` or `token_revoked`, or
/// 1013 when the store did not say; nothing more is received or sent. It is noticed in
/// [`recv`](Self::recv) and [`send`](Self::send), also while they wait: a handler that listens in
/// between to something else does so in a `select!` with `recv`, which loses nothing when it is
/// dropped. actix-web keeps the connection of a peer that reads nothing until that goes away.
#[must_use = "a socket that is dropped is closed"]
pub struct GuardedSocket<S = MessageStream> {
    socket: Result<(Session, S), connection::CloseReason>,
    watch: TokenWatch,
    /// On the thread of its handler.
    stays: PhantomData<Rc<()>>,
}

impl<S> GuardedSocket<S> {
    /// How soon it ends when another process revokes its token: [`TokenWatch::ask_every`].
    pub fn ask_every(mut self, interval: Duration) -> Self {
        self.watch = self.watch.ask_every(interval);
        self
    }

    /// Why it ended, if its token did.
    #[must_use]
    pub fn ended(&self) -> Option<connection::CloseReason> {
        self.socket.as_ref().err().copied()
    }
}

impl<S: Stream + Unpin + 'static> GuardedSocket<S> {
    /// The next message. `None` when the peer has gone, or the token has ended.
    pub async fn recv(&mut self) -> Option<S::Item> {
        let (_, messages) = self.socket.as_mut().ok()?;
        match unless(&mut self.watch, next(messages)).await {
            Ok(message) => message,
            Err(ended) => {
                self.end(ended);
                None
            }
        }
    }

    /// Sends a message. A peer that reads nothing holds it up no longer than the token is good.
    ///
    /// # Errors
    /// When the connection is gone, or the token has ended: then [`ended`](Self::ended) says why.
    pub async fn send(&mut self, message: Message) -> Result<(), Closed> {
        let Ok((session, _)) = &mut self.socket else {
            return Err(Closed);
        };
        match unless(&mut self.watch, send(session, message)).await {
            Ok(sent) => sent,
            Err(ended) => {
                self.end(ended);
                Err(Closed)
            }
        }
    }

    /// Takes the socket away from the handler, which may go on at once.
    fn end(&mut self, ended: connection::CloseReason) {
        if let Ok((session, messages)) = mem::replace(&mut self.socket, Err(ended)) {
            // It cannot leave its handler's thread, where actix-web runs everything in a
            // `LocalSet`.
            rt::spawn(close(session, messages, ended));
        }
    }
}

impl<S> fmt::Debug for GuardedSocket<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedSocket")
            .field("ended", &self.ended())
            .field("watch", &self.watch)
            .finish_non_exhaustive()
    }
}

/// What a future gives, unless the token ends before.
async fn unless<T>(
    watch: &mut TokenWatch,
    future: impl Future<Output = T>,
) -> Result<T, connection::CloseReason> {
    let mut future = pin!(future);
    poll_fn(|context| {
        if let Poll::Ready(ended) = Pin::new(&mut *watch).poll(context) {
            return Poll::Ready(Err(ended));
        }
        future.as_mut().poll(context).map(Ok)
    })
    .await
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

/// The closing handshake ([RFC 6455, 7.1.2](https://www.rfc-editor.org/rfc/rfc6455#section-7.1.2)),
/// with a peer that may not take part.
async fn close<S: Stream + Unpin>(
    session: Session,
    mut messages: S,
    ended: connection::CloseReason,
) {
    let reason = CloseReason {
        code: CloseCode::from(ended.close_code()),
        description: Some(ended.close_reason().to_owned()),
    };
    let handshake = async {
        if session.close(Some(reason)).await.is_ok() {
            // What comes before the answer comes from a client that is no longer admitted.
            while next(&mut messages).await.is_some() {}
        }
    };
    // A peer that takes longer is left alone.
    let _ = rt::time::timeout(PATIENCE, handshake).await;
}

/// How long a peer has to read what it was sent and to answer the Close frame.
const PATIENCE: Duration = Duration::from_secs(5);
