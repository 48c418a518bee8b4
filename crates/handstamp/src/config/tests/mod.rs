//! Tests in rows. Every text for an operator is asserted in full.

mod environment;
mod login_type;
mod mistakes;
#[cfg(feature = "asymmetric")]
mod pem;
mod rules;
mod shown;
mod table;
mod values;

use std::ffi::OsString;

use super::Config;
use crate::error::ConfigError;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";

/// The subject, the environment, and every problem or warning.
type Row = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

/// A configuration from these variables and nothing else.
fn from(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables = variables
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Config::builder().env_from(variables).build()
}

/// The same with a valid secret, which the variables may replace.
fn with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables = variables
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Config::builder()
        .secret_key(SECRET)
        .env_from(variables)
        .build()
}

fn problems<T>(result: Result<T, ConfigError>) -> Vec<String> {
    match result {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(ToString::to_string).collect(),
    }
}
