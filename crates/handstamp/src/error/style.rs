//! What refusals look like.

/// Whose statuses and bodies refusals have.
///
/// ```
/// use handstamp::{Config, config::ErrorStyle};
///
/// let builder = Config::builder().error_style(ErrorStyle::AuthX);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorStyle {
    /// Problem details (RFC 9457), and 401 for every token that is not good.
    Standard,
    /// Those of AuthX, for clients that depend on them.
    AuthX,
}
