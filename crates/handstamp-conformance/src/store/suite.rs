//! Runs cases concurrently, and collects their failures.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use handstamp::store::Store;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{error::Elapsed, sleep, timeout};

use super::row::{Failure, Outcome, Row};

pub(super) struct Suite {
    nodes: [Arc<dyn Store>; 2],
    running: Vec<Running>,
    purging: Running,
    is_over: Arc<AtomicBool>,
    tally: Tally,
}

impl Suite {
    pub(super) fn new<S: Store>(nodes: [Arc<S>; 2]) -> Self {
        let nodes = nodes.map(|node| node as Arc<dyn Store>);
        let is_over = Arc::<AtomicBool>::default();
        let row = Row::new(nodes.clone());
        Self {
            nodes,
            running: Vec::new(),
            purging: Running::start(
                "purge, all the time while the other cases run",
                row.clone(),
                Duration::MAX,
                purge_until(row, Arc::clone(&is_over)),
            ),
            is_over,
            tally: Tally::default(),
        }
    }

    /// Starts a case.
    pub(super) fn row<F>(&mut self, sentence: &'static str, checks: impl FnOnce(Row) -> F)
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let row = Row::new(self.nodes.clone());
        let checks = checks(row.clone());
        self.running
            .push(Running::start(sentence, row, FAR_TOO_LONG, checks));
    }

    /// Waits for the cases that were started.
    pub(super) async fn settle(&mut self) {
        for running in self.running.drain(..) {
            self.tally.count(running).await;
        }
    }

    #[expect(clippy::print_stdout, reason = "for the developer who runs the cases")]
    pub(super) async fn finish(mut self) {
        self.settle().await;
        self.is_over.store(true, Ordering::Relaxed);
        self.tally.count(self.purging).await;
        let Tally {
            rows,
            passed,
            failures,
        } = self.tally;
        assert!(
            failures.is_empty(),
            "{rows} cases: {passed} checks passed, {} failed:\n{}",
            failures.len(),
            failures.join("\n")
        );
        println!("{rows} cases: {passed} checks passed");
    }
}

/// A case that runs in a task of its own.
struct Running {
    sentence: &'static str,
    row: Row,
    task: JoinHandle<Result<Outcome, Elapsed>>,
}

impl Running {
    fn start(
        sentence: &'static str,
        row: Row,
        at_most: Duration,
        checks: impl Future<Output = Outcome> + Send + 'static,
    ) -> Self {
        Self {
            sentence,
            row,
            task: tokio::spawn(timeout(at_most, checks)),
        }
    }
}

#[derive(Default)]
struct Tally {
    rows: usize,
    passed: usize,
    failures: Vec<String>,
}

impl Tally {
    async fn count(&mut self, running: Running) {
        let stopped = match running.task.await {
            Ok(Ok(Ok(()))) => None,
            Ok(Ok(Err(Failure(words)))) => Some(words),
            Ok(Err(_)) => Some(format!("did not end within {FAR_TOO_LONG:?}")),
            Err(error) => Some(panic_message(error)),
        };
        let (passed, mut failures) = running.row.take_checks();
        failures.extend(stopped);
        if passed == 0 && failures.is_empty() {
            failures.push("no check ran".to_owned());
        }
        self.rows += 1;
        self.passed += passed;
        let sentence = running.sentence;
        self.failures.extend(
            failures
                .iter()
                .map(|failure| format!("{sentence}\n    {failure}")),
        );
    }
}

fn panic_message(error: JoinError) -> String {
    let Ok(payload) = error.try_into_panic() else {
        return "the runtime was shut down".to_owned();
    };
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    format!("panicked: {}", text.unwrap_or_default())
}

/// Like the task of an application, only more often.
async fn purge_until(row: Row, is_over: Arc<AtomicBool>) -> Outcome {
    while !is_over.load(Ordering::Relaxed) {
        let purged = timeout(FAR_TOO_LONG, row.store().purge()).await;
        let purged = purged.map_err(|_| Failure(format!("not done within {FAR_TOO_LONG:?}")))?;
        row.holds("it was answered", purged?, |_| true);
        sleep(BETWEEN_PURGES).await;
    }
    Ok(())
}

/// A case that takes longer hangs, however slow the machine is.
const FAR_TOO_LONG: Duration = Duration::from_secs(180);
const BETWEEN_PURGES: Duration = Duration::from_millis(50);
