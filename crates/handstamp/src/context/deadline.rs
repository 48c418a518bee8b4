//! The timeout of stores and blocklists.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use futures_timer::Delay;

use crate::error::StoreError;

/// Returns the answer, or drops the future and returns an error if it does not arrive in time. An
/// answer that is ready at once costs no timer.
pub(crate) async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let mut answer = pin!(answer);
    let mut delay: Option<Delay> = None;
    poll_fn(|context| {
        if let Poll::Ready(answer) = answer.as_mut().poll(context) {
            return Poll::Ready(answer);
        }
        let delay = delay.get_or_insert_with(|| Delay::new(limit));
        Pin::new(delay)
            .poll(context)
            .map(|()| Err(StoreError::new(TooSlow(limit))))
    })
    .await
}

/// Returns whether this is the error of an answer that did not arrive in time.
#[cfg(feature = "metrics")]
pub(super) fn is_too_slow(error: &StoreError) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<TooSlow>)
}

#[derive(Debug)]
struct TooSlow(Duration);

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer within {:?}", self.0)
    }
}

impl std::error::Error for TooSlow {}

#[cfg(test)]
mod tests {
    use std::future;
    use std::time::{Duration, Instant};

    use super::within;

    #[tokio::test]
    async fn what_never_answers_is_given_up() {
        let start = Instant::now();
        let limit = Duration::from_millis(50);
        let error = within::<()>(limit, future::pending()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the store did not answer: no answer within 50ms"
        );
        assert!(start.elapsed() >= limit);
    }

    #[tokio::test]
    async fn an_answer_in_time_is_given() {
        let slow = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(7)
        };
        assert_eq!(within(Duration::from_secs(60), slow).await.unwrap(), 7);
    }
}
