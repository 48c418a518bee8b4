//! What can go wrong, one type per reader.

mod config;

pub(crate) use config::shown;
pub use config::{ConfigError, Problem};
