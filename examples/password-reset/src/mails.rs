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

    /// Returns whether there was room for the mail. One that is lost is asked for again.
    pub(crate) fn send(&self, mail: Mail) -> bool {
        let is_sent = self.0.try_send(mail).is_ok();
        if !is_sent {
            eprintln!("a mail was not sent: the outbox is full or closed");
        }
        is_sent
    }
}

const WAITING: usize = 1_000;
