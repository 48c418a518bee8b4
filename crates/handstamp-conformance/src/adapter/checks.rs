//! Counts the checks of a suite, and keeps what went wrong.

use std::fmt::Debug;
use std::io::{self, Write as _};

#[derive(Debug, Default)]
pub(super) struct Checks {
    passed: usize,
    failures: Vec<String>,
}

impl Checks {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "rows hand over what they have just made"
    )]
    pub(super) fn equal<T: PartialEq<U> + Debug, U: Debug>(
        &mut self,
        row: &str,
        what: &str,
        got: T,
        expected: U,
    ) {
        if got == expected {
            self.passed += 1;
        } else {
            self.failures.push(format!(
                "{row}\n    {what}:   {got:?}\n    expected: {expected:?}"
            ));
        }
    }

    /// Takes over the checks of rows that ran at the same time as others.
    pub(super) fn add(&mut self, others: Self) {
        self.passed += others.passed;
        self.failures.extend(others.failures);
    }

    /// Prints `suite: N checks passed`.
    ///
    /// # Panics
    /// When a check failed: with all that failed. And when there was none.
    pub(super) fn finish(self, suite: &str) {
        let Self { passed, failures } = self;
        let failed = failures.len();
        assert!(
            failures.is_empty(),
            "{passed} checks passed, {failed} failed:\n{}",
            failures.join("\n")
        );
        assert!(passed > 0, "no check ran");
        // Not by `println!`, which `cargo test` hides when a test passes. It leaves the line open.
        let line = format!("\n{suite}: {passed} checks passed\n");
        io::stdout()
            .write_all(line.as_bytes())
            .expect("standard output is open");
    }
}
