//! Guides and reference: settings, the log, sessions, the truth table of log-ins and log-outs,
//! HTTP clients, incidents, differences from AuthX, and how to move from it.

#[doc = include_str!("../docs/defaults.md")]
pub mod defaults {}

#[doc = include_str!("../docs/log.md")]
pub mod log {}

#[allow(clippy::doc_markdown, reason = "names of products are no code")]
#[doc = include_str!("../docs/sessions.md")]
pub mod sessions {}

#[allow(clippy::doc_markdown, reason = "codes in cells are words of the table")]
#[doc = include_str!("../docs/truth-table.md")]
pub mod truth_table {}

#[allow(clippy::doc_markdown, reason = "names of products are no code")]
#[doc = include_str!("../docs/clients.md")]
pub mod clients {}

#[allow(clippy::doc_markdown, reason = "names of products are no code")]
#[doc = include_str!("../docs/incidents.md")]
pub mod incidents {}

#[allow(clippy::doc_markdown, reason = "names of products are no code")]
#[doc = include_str!("../docs/differences.md")]
pub mod differences {}

#[allow(clippy::doc_markdown, reason = "names of products are no code")]
#[doc = include_str!("../docs/from-authx.md")]
pub mod from_authx {}
