//! Metrics: the recorder of the facade `metrics`, and the series that are this program's own.
//!
//! The library makes its series by the same facade. Nothing here opens a port, and nothing imports
//! another room. Without `--metrics` no recorder is installed, and all counting does nothing.

mod recorder;
mod series;

pub(crate) use recorder::Registry;
pub(crate) use series::{InQueue, LogInResult, LogIns, PasswordQueue, record_version};
