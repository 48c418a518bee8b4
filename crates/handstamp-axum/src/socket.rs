use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use handstamp::Authenticated;
use handstamp::connection::{CloseReason, Guard, within_patience};
use handstamp::purpose;
use tokio::runtime::Handle;

use crate::Auth;

impl Auth {
    /// Wraps a WebSocket that ends with its token: when it expires, at a log-out, when it is
    /// revoked.
    ///
    /// The request that opens it is authenticated by the same extractors as any other; with a
    /// cookie it must have an `Origin` that is `HANDSTAMP_PUBLIC_ORIGIN` or among
    /// `HANDSTAMP_TRUSTED_ORIGINS`. Without a public origin each is refused with
    /// `origin_not_allowed`, also one of your own page, because browsers state nothing else that
    /// could guard it; the first is a warning in the log. A token in another place, such as a
    /// header, needs none.
    ///
    /// ```
    /// use axum::Router;
    /// use axum::extract::State;
    /// use axum::extract::ws::WebSocketUpgrade;
    /// use axum::response::Response;
    /// use axum::routing::any;
    /// use handstamp_axum::{Access, Auth, Config};
    ///
    /// async fn echo(
    ///     State(auth): State<Auth>,
    ///     token: Access,
    ///     upgrade: WebSocketUpgrade,
    /// ) -> Response {
    ///     let upgrade = upgrade.max_frame_size(4096).max_message_size(4096);
    ///     upgrade.on_upgrade(async move |socket| {
    ///         let mut socket = auth.guard(socket, &token);
    ///         while let Some(Ok(message)) = socket.recv().await {
    ///             if socket.send(message).await.is_err() {
    ///                 break;
    ///             }
    ///         }
    ///     })
    /// }
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let app: Router = Router::new().route("/socket", any(echo)).with_state(Auth::new(config)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Security
    /// Take the token before the upgrade, as an extractor of the handler: a check after the upgrade
    /// leaves the socket open to any client until then.
    ///
    /// Limit frames as well as messages, as above: by default a client that sends all but the last
    /// byte of a frame makes the server keep 16 MiB for it. And limit how many sockets a session
    /// ([`session_id`](Authenticated::session_id)) has open, as the example `websocket` does: one
    /// token opens any number.
    pub fn guard(
        &self,
        socket: WebSocket,
        token: &Authenticated<purpose::Access>,
    ) -> GuardedSocket {
        GuardedSocket(Guard::new(socket, self.watch(token)))
    }
}

/// A WebSocket that ends with its token: see [`Auth::guard`].
///
/// Then the peer gets a Close frame, 4401 with the reason `token_expired` or `token_revoked`, or
/// 1013 when the store did not say; nothing more is received or sent. It is noticed in
/// [`recv`](Self::recv) and [`send`](Self::send), also while they wait: a handler that listens in
/// between to something else does so in a `select!` with `recv`, which loses nothing when it is
/// dropped.
///
/// ```
/// # use handstamp_axum::GuardedSocket;
/// # use tokio::sync::broadcast;
/// async fn chat(mut socket: GuardedSocket, room: broadcast::Sender<String>) {
///     let mut said = room.subscribe();
///     loop {
///         tokio::select! {
///             message = socket.recv() => {
///                 let Some(Ok(message)) = message else { break };
///                 if let Ok(text) = message.into_text() {
///                     let _ = room.send(text.to_string());
///                 }
///             }
///             text = said.recv() => {
///                 let Ok(text) = text else { break };
///                 if socket.send(text.into()).await.is_err() {
///                     break;
///                 }
///             }
///         }
///     }
/// }
/// ```
#[derive(Debug)]
#[must_use = "a socket that is dropped is closed"]
pub struct GuardedSocket(Guard<WebSocket>);

impl GuardedSocket {
    /// Sets how soon it ends after another process has revoked its token:
    /// [`TokenWatch::ask_every`](handstamp::connection::TokenWatch::ask_every).
    pub fn ask_every(self, interval: Duration) -> Self {
        Self(self.0.ask_every(interval))
    }

    /// Returns the next message, or `None` if the peer has closed the connection or the token has
    /// ended.
    pub async fn recv(&mut self) -> Option<Result<Message, axum::Error>> {
        let recv = async |socket: &mut WebSocket| socket.recv().await;
        self.0.unless_ended(recv, close).await.ok()?
    }

    /// Sends a message. A peer that reads nothing blocks it no longer than the token is valid.
    ///
    /// # Errors
    /// [`axum::Error`] if the connection is closed, or the token has ended: [`ended`](Self::ended)
    /// returns the reason.
    pub async fn send(&mut self, message: Message) -> Result<(), axum::Error> {
        let send = async |socket: &mut WebSocket| socket.send(message).await;
        let answer = self.0.unless_ended(send, close).await;
        answer.unwrap_or_else(|ended| Err(axum::Error::new(ended)))
    }

    /// Returns why the token ended, if it did.
    #[must_use]
    pub fn ended(&self) -> Option<CloseReason> {
        self.0.ended()
    }
}

/// Closes the connection while its handler continues. An upgraded socket has a runtime; without
/// one, the socket is dropped without a Close frame.
fn close(socket: WebSocket, ended: CloseReason) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(within_patience(handshake(socket, ended)));
    }
}

/// The closing handshake ([RFC 6455, 7.1.2](https://www.rfc-editor.org/rfc/rfc6455#section-7.1.2)),
/// with a peer that may not take part.
async fn handshake(mut socket: WebSocket, ended: CloseReason) {
    let frame = CloseFrame {
        code: ended.close_code(),
        reason: ended.close_reason().into(),
    };
    if socket.send(Message::Close(Some(frame))).await.is_ok() {
        // Messages before the answer come from a client that is no longer authenticated.
        while let Some(Ok(_)) = socket.recv().await {}
    }
}
