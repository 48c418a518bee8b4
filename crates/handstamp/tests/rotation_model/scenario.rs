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
    /// How many refreshes may be under way at once.
    pub(crate) exchanges: usize,
    /// How often the store may lose its last writes, up to [`HISTORY`](crate::state::HISTORY) at a
    /// time.
    pub(crate) losses: u8,
    /// Whether somebody may steal the refresh token.
    pub(crate) thief: bool,
    /// What has to hold.
    pub(crate) checked: &'static [Property],
}
