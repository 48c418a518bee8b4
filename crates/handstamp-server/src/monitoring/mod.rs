//! Metrics: the recorder of the facade `metrics`, and the series that are this program's own.
//!
//! The library makes its series by the same facade. Nothing here opens a port, and nothing imports
//! another room. Without `--metrics` and `--otlp` no recorder is installed, and all counting does
//! nothing.

mod both;
mod collector;
#[cfg_attr(not(feature = "otlp"), path = "without_otlp.rs")]
mod otlp;
mod recorder;
mod series;

pub(crate) use both::Both;
pub(crate) use collector::Collector;
pub(crate) use otlp::Otlp;
pub(crate) use recorder::Registry;
pub(crate) use series::{InQueue, LogInResult, LogIns, PasswordQueue, record_version};
