//! Longer texts.

#[doc = include_str!("../docs/defaults.md")]
pub mod defaults {}

#[doc = include_str!("../docs/incidents.md")]
pub mod incidents {}

#[doc = include_str!("../docs/differences.md")]
pub mod differences {}
