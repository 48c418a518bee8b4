//! The source of unpredictable bytes, an argument of the library.

use std::{error::Error, fmt};

/// A source of unpredictable bytes. The default is [`SystemRandom`].
///
/// ```
/// use handstamp::random::{RandomError, RandomSource};
/// use handstamp::{Auth, Config};
///
/// #[derive(Debug)]
/// struct Zeros;
/// impl RandomSource for Zeros {
///     fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
///         bytes.fill(0);
///         Ok(())
///     }
/// }
///
/// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
/// let auth = Auth::builder(config).with_random_source(Zeros).build()?;
/// assert_eq!(auth.create_access_token("user1")?.id(), "AAAAAAAAAAAAAAAAAAAAAA");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// Token ids and CSRF values are only as unpredictable as this source.
pub trait RandomSource: fmt::Debug + Send + Sync {
    /// Fills all of `bytes`.
    ///
    /// # Errors
    /// Returns [`RandomError`] if the source has no bytes; no token is issued then.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError>;
}

/// The random bytes of the operating system, by `getrandom`.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct SystemRandom;

impl RandomSource for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(bytes).map_err(|_| RandomError)
    }
}

/// The random source returned no bytes.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "made by sources of the application's own; it says all there is"
)]
pub struct RandomError;

impl fmt::Display for RandomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the system's random source failed")
    }
}

impl Error for RandomError {}
