//! The style of rejections.

/// The style of rejections: their statuses and bodies.
///
/// ```
/// use handstamp::{Config, config::ErrorStyle};
///
/// let builder = Config::builder().error_style(ErrorStyle::AuthX);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorStyle {
    /// Problem details (RFC 9457), and 401 for every invalid token.
    Standard,
    /// The statuses and bodies of AuthX, for clients that depend on them.
    AuthX,
}
