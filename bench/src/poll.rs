//! Gets the result of what does not wait, without an async runtime.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Polls a future once: without a store, or with one in memory, there is nothing to wait for.
///
/// # Panics
/// Panics if the future waits.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("memory does not wait"),
    }
}
