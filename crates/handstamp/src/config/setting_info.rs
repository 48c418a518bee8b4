//! What is shown of a setting: its name, its value and where that comes from.

use std::fmt;

/// One setting of a [`ConfigBuilder`](super::ConfigBuilder), for a program that prints them all.
///
/// ```
/// use handstamp::Config;
/// use handstamp::config::SettingSource;
///
/// let variables = [("JWT_ACCESS_TOKEN_EXPIRES".into(), "PT5M".into())];
/// let builder = Config::builder()
///     .secret_key("a secret of thirty-two bytes or more")
///     .env_from(variables);
/// let shown = builder.settings().map(|setting| format!("{}={}", setting.name, setting.value));
/// let shown: Vec<_> = shown.collect();
/// assert!(shown.contains(&"JWT_ACCESS_TOKEN_EXPIRES=5m".to_owned()));
/// assert!(shown.contains(&"JWT_SECRET_KEY=[redacted]".to_owned()));
/// assert!(shown.contains(&"JWT_COOKIE_SECURE=true".to_owned()));
/// let mut given = builder.settings().filter(|setting| setting.source != SettingSource::Default);
/// assert_eq!(given.next().map(|setting| setting.source), Some(SettingSource::Code));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingInfo {
    /// The name of the variable: `JWT_…` or `HANDSTAMP_…`.
    pub name: &'static str,
    /// The value so far.
    pub value: SettingValue,
    /// Where the value comes from.
    pub source: SettingSource,
}

/// The value of a setting, as far as it is shown. `Display` writes one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingValue {
    /// A text that sets this value.
    Text(String),
    /// A secret, which is never shown.
    Redacted,
    /// None, and there is no default, or it depends on other settings.
    Unset,
    /// One that cannot be read. [`ConfigBuilder::build`](super::ConfigBuilder::build) reports why.
    Invalid,
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(text) if text.is_empty() => "(empty)",
            Self::Text(text) => text,
            Self::Redacted => "[redacted]",
            Self::Unset => "(not set)",
            Self::Invalid => "(invalid)",
        })
    }
}

/// Where the value of a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingSource {
    /// It was not given.
    Default,
    /// A method of the builder.
    Code,
    /// The variable of its name.
    Environment,
    /// The file that the variable `<NAME>_FILE` names.
    File,
}
