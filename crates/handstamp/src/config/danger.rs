//! Every way to make a service weaker than handstamp allows by itself.
//!
//! Each has a name here and a variable `HANDSTAMP_DANGER_…`, so that one search finds every use, and each use is reported when the
//! service starts.

use super::{
    ConfigBuilder,
    setting::{Apply, Setting},
};

/// A weakening that has to be asked for by name, with [`ConfigBuilder::danger`].
///
/// ```
/// use handstamp::{Config, config::danger::Danger};
///
/// let config = Config::builder()
///     .secret_key("shared with an old service")
///     .danger(Danger::ShortSecret)
///     .build()?;
/// assert!(config.warnings()[0].contains("HANDSTAMP_DANGER_SHORT_SECRET"));
/// # Ok::<(), handstamp::error::ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Danger {
    /// HMAC secrets shorter than the hash ([RFC 7518, section 3.2](https://www.rfc-editor.org/rfc/rfc7518#section-3.2)) are taken.
    ///
    /// # Security
    /// Who holds one token can try short secrets at home, billions a second, and then sign tokens for any user.
    ShortSecret,
    /// `JWT_COOKIE_HTTP_ONLY=false` is taken.
    ///
    /// # Security
    /// Any script on the page, also an injected one, can read the tokens and send them elsewhere.
    ScriptReadableCookies,
    /// `JWT_COOKIE_CSRF_PROTECT=false`, and `JWT_CSRF_METHODS` without POST, are taken also where `HANDSTAMP_PUBLIC_ORIGIN`
    /// does not guard instead.
    ///
    /// # Security
    /// Other sites can make a visitor's browser post to yours with the visitor's cookies.
    NoCsrf,
}

impl Danger {
    const ALL: [Self; 3] = [Self::ShortSecret, Self::ScriptReadableCookies, Self::NoCsrf];

    const fn key(self) -> &'static str {
        match self {
            Self::ShortSecret => "HANDSTAMP_DANGER_SHORT_SECRET",
            Self::ScriptReadableCookies => "HANDSTAMP_DANGER_SCRIPT_READABLE_COOKIES",
            Self::NoCsrf => "HANDSTAMP_DANGER_NO_CSRF",
        }
    }

    const fn consequence(self) -> &'static str {
        match self {
            Self::ShortSecret => "short secrets can be guessed from a single token",
            Self::ScriptReadableCookies => "any script on the page can take the tokens away",
            Self::NoCsrf => "other sites can send requests with your visitors' cookies",
        }
    }
}

impl ConfigBuilder {
    /// Allows one weakening, by name.
    ///
    /// # Security
    /// See each of [`Danger`]. Nothing in handstamp needs one.
    pub fn danger(mut self, danger: Danger) -> Self {
        self.report.begin(danger.key());
        self.dangers.0.push(danger);
        self
    }

    fn read_danger(&mut self, danger: Danger, text: &str) {
        if let Some(allowed) = self.report.read(danger.key(), text) {
            self.dangers.0.retain(|other| *other != danger);
            self.dangers.0.extend(Some(danger).filter(|_| allowed));
        }
    }
}

/// The weakenings that were asked for.
#[derive(Debug, Default)]
pub(super) struct Dangers(Vec<Danger>);

impl Dangers {
    pub(super) fn allow(&self, danger: Danger) -> bool {
        self.0.contains(&danger)
    }

    pub(super) fn warnings(&self) -> impl Iterator<Item = String> {
        let allowed = Danger::ALL.into_iter().filter(|danger| self.allow(*danger));
        allowed.map(|danger| format!("{} is on: {}", danger.key(), danger.consequence()))
    }
}

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: Danger::ShortSecret.key(),
        apply: Apply::Text(|builder, text| {
            builder.read_danger(Danger::ShortSecret, text);
        }),
    },
    Setting {
        name: Danger::ScriptReadableCookies.key(),
        apply: Apply::Text(|builder, text| {
            builder.read_danger(Danger::ScriptReadableCookies, text);
        }),
    },
    Setting {
        name: Danger::NoCsrf.key(),
        apply: Apply::Text(|builder, text| {
            builder.read_danger(Danger::NoCsrf, text);
        }),
    },
];
