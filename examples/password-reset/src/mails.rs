//! Mails, on their way to the service that sends them.

use tokio::sync::mpsc::{Receiver, Sender, channel};

pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) link: String,
}

/// Takes mails without a wait, so that no answer is later because one is sent.
#[derive(Clone)]
pub(crate) struct Mails(Sender<Mail>);

impl Mails {
    pub(crate) fn new() -> (Self, Receiver<Mail>) {
        let (sender, outbox) = channel(WAITING);
        (Self(sender), outbox)
    }

    /// A mail for which there is no room is lost, and its user asks again.
    pub(crate) fn send(&self, mail: Mail) {
        if self.0.try_send(mail).is_err() {
            eprintln!("a mail was not sent: the outbox is full or closed");
        }
    }
}

const WAITING: usize = 1_000;
