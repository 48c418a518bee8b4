//! The command line: arguments, settings, and what each command does.

pub(crate) mod arguments;
pub(crate) mod environment;
pub(crate) mod failure;
mod password_input;
pub(crate) mod serve;
mod settings;
mod storage;
pub(crate) mod user;
