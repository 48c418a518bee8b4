//! Which of the things that go wrong may go wrong.

use crate::properties::Property;

/// What may happen, beside what always may: answers arrive in any order, any time passes while
/// nothing is under way, and somebody logs out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// How many ticks a refresh may take, from the moment a tab reads the jar until the answer
    /// arrives or is lost. `None`: any time.
    pub(crate) delay: Option<u8>,
    /// Whether answers may get lost.
    pub(crate) answers_get_lost: bool,
    /// Of how many generations in a row an answer may get lost before the browser has its token.
    pub(crate) lost_in_a_row: Option<u8>,
    /// How many refreshes may be under way at once.
    pub(crate) exchanges: usize,
    /// How often the store may lose its last writes, up to [`HISTORY`](crate::state::HISTORY) at a
    /// time.
    pub(crate) losses: u8,
    /// Who may steal the refresh token.
    pub(crate) thief: Option<Thief>,
    /// What has to hold.
    pub(crate) checked: &'static [Property],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thief {
    /// One who does anything.
    Any,
    /// One who exchanges each token before the browser does, uses nothing, and leaves the late
    /// answer to the browser.
    KeepsStep,
}
