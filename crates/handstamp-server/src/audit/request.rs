//! The request that is being answered: its client, and the records that its answer waits for.
//!
//! The library reports events of sessions by a function that knows no request. It is called in the
//! task of the request, where this is found.

use std::future::Future;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use handstamp_axum::handstamp::store::SessionId;

use super::log::Receipt;

/// A client, as a record names it.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(super) address: IpAddr,
    pub(super) user_agent: Option<String>,
}

impl Client {
    /// Takes the header `User-Agent` cut off, without characters that could end a line or change
    /// what a terminal shows.
    pub(crate) fn new(address: IpAddr, user_agent: Option<&[u8]>) -> Self {
        let user_agent = user_agent.map(|stated| {
            let text = String::from_utf8_lossy(stated);
            let shown = |character: char| match character {
                ' '..='~' => character,
                _ if character.is_alphanumeric() => character,
                _ => char::REPLACEMENT_CHARACTER,
            };
            text.chars().take(LONGEST).map(shown).collect()
        });
        Self {
            address,
            user_agent,
        }
    }
}

tokio::task_local! {
    static CURRENT: AuditedRequest;
}

/// A request whose records are written before it is answered. Clones are the same request.
#[derive(Debug, Clone)]
pub(crate) struct AuditedRequest(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: Client,
    receipts: Mutex<Vec<Receipt>>,
    undone: OnceLock<SessionId>,
}

impl AuditedRequest {
    pub(crate) fn new(client: Client) -> Self {
        Self(Arc::new(Inner {
            client,
            receipts: Mutex::default(),
            undone: OnceLock::new(),
        }))
    }

    /// Returns the request in whose task this is called, if there is one.
    pub(crate) fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// Answers the request, and waits for its records. What could not be written is counted as
    /// missing by the log, and the answer is the same.
    pub(crate) async fn answer<T>(self, answer: impl Future<Output = T>) -> T {
        let answer = CURRENT.scope(self.clone(), answer).await;
        let receipts = std::mem::take(&mut *self.receipts());
        for receipt in receipts {
            let _ = receipt.written().await;
        }
        answer
    }

    pub(crate) fn client(&self) -> &Client {
        &self.0.client
    }

    /// Keeps the end of a session out of the log whose log-in is refused, and so is not in it.
    pub(crate) fn hide(&self, session: &SessionId) {
        // A request logs in once.
        let _ = self.0.undone.set(session.clone());
    }

    pub(super) fn hides(&self, session: &SessionId) -> bool {
        self.0.undone.get() == Some(session)
    }

    /// Lets the answer wait for a record.
    pub(super) fn wait_for(&self, receipt: Receipt) {
        self.receipts().push(receipt);
    }

    fn receipts(&self) -> MutexGuard<'_, Vec<Receipt>> {
        let receipts = self.0.receipts.lock();
        receipts.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Carries on with the current request in a task of its own.
pub(crate) async fn in_same_request<T>(
    request: Option<AuditedRequest>,
    work: impl Future<Output = T>,
) -> T {
    match request {
        Some(request) => CURRENT.scope(request, work).await,
        None => work.await,
    }
}

/// In characters.
const LONGEST: usize = 256;
