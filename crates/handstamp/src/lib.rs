//! Login with cookies and JWTs.

pub mod clock;
pub mod config;
pub mod cookie;
pub mod csrf;
pub mod error;
pub mod jws;
mod keys;
mod locate;
pub mod purpose;
pub mod random;
pub mod secret;

pub use config::{Config, days, minutes};
pub use error::ConfigError;
pub use locate::Location;
