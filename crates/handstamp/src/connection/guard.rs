//! A connection together with the watch of its token, for the sockets of adapters.

use std::fmt;
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use futures_timer::Delay;

use super::{CloseReason, TokenWatch};

/// A connection that ends with its token. An adapter says how it receives, sends and closes.
///
/// ```
/// use handstamp::connection::{CloseReason, Guard};
///
/// # struct Socket;
/// # impl Socket {
/// #     async fn recv(&mut self) -> Option<String> { None }
/// #     fn close(self, _code: u16) {}
/// # }
/// async fn recv(socket: &mut Guard<Socket>) -> Option<String> {
///     let close = |socket: Socket, ended: CloseReason| socket.close(ended.close_code());
///     let message = socket.unless_ended(async |socket: &mut Socket| socket.recv().await, close);
///     message.await.ok()?
/// }
/// ```
#[must_use = "a connection that is dropped is closed"]
pub struct Guard<C> {
    connection: Result<C, CloseReason>,
    watch: TokenWatch,
}

impl<C> Guard<C> {
    /// Guards a connection by the watch of its token: [`Auth::watch`](crate::Auth::watch).
    pub fn new(connection: C, watch: TokenWatch) -> Self {
        Self {
            connection: Ok(connection),
            watch,
        }
    }

    /// Sets how soon it ends after another process has revoked its token:
    /// [`TokenWatch::ask_every`].
    pub fn ask_every(self, interval: Duration) -> Self {
        let watch = self.watch.ask_every(interval);
        Self { watch, ..self }
    }

    /// Returns why the token ended, if it did.
    #[must_use]
    pub fn ended(&self) -> Option<CloseReason> {
        self.connection.as_ref().err().copied()
    }

    /// Resolves to the output of `act`, unless the token ends before. Then the connection goes to
    /// `close`, once.
    ///
    /// # Errors
    /// Why the token ended, now or earlier.
    pub async fn unless_ended<T>(
        &mut self,
        act: impl AsyncFnOnce(&mut C) -> T,
        close: impl FnOnce(C, CloseReason),
    ) -> Result<T, CloseReason> {
        let connection = self.connection.as_mut().map_err(|ended| *ended)?;
        let answer = unless(&mut self.watch, act(connection)).await;
        if let Err(ended) = answer
            && let Ok(connection) = mem::replace(&mut self.connection, Err(ended))
        {
            close(connection, ended);
        }
        answer
    }
}

/// Shows why it ended, and nothing of the connection.
impl<C> fmt::Debug for Guard<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("ended", &self.ended())
            .field("watch", &self.watch)
            .finish_non_exhaustive()
    }
}

/// Resolves to the output of a future, unless the token ends before.
async fn unless<T>(
    watch: &mut TokenWatch,
    future: impl Future<Output = T>,
) -> Result<T, CloseReason> {
    let mut future = pin!(future);
    poll_fn(|context| {
        if let Poll::Ready(ended) = Pin::new(&mut *watch).poll(context) {
            return Poll::Ready(Err(ended));
        }
        future.as_mut().poll(context).map(Ok)
    })
    .await
}

/// Runs the closing handshake of a connection, which the peer may not take part in: it has five
/// seconds to read what it was sent and to answer.
pub async fn within_patience(handshake: impl Future<Output = ()>) {
    let mut patience = Delay::new(PATIENCE);
    let mut handshake = pin!(handshake);
    poll_fn(|context| match handshake.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(()),
        Poll::Pending => Pin::new(&mut patience).poll(context),
    })
    .await;
}

const PATIENCE: Duration = Duration::from_secs(5);
