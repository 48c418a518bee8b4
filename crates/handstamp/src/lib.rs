//! Login with cookies and JWTs.

pub mod clock;
pub mod cookie;
pub mod jws;
mod locate;
pub mod purpose;
pub mod random;
pub mod secret;

pub use locate::Location;
