//! Builder of a configuration. It takes settings from code and from the environment, and
//! [`build`](ConfigBuilder::build) checks all of them together.

use std::{ffi::OsString, time::Duration};

use super::{
    check_sessions::CheckSessions,
    config::Config,
    cookie_prefix::CookiePrefix,
    danger::Danger,
    env,
    former_cookie::FormerCookie,
    log_in_page::LogInPage,
    origin_check::OriginCheck,
    parse::text::{CookieSuffix, HeaderName, Method, Scheme},
    report::Report,
    route::Route,
    rules::{self, Checked, Neighbour},
    setting_info::{SettingInfo, SettingValue},
    settings::{Settings, for_every_setting},
};
use crate::{
    cookie::{CookieDomain, CookieName, CookiePath, SameSite},
    error::{ConfigError, Problem, style::ErrorStyle},
    jws::{Algorithm, KeyId},
    location::Location,
    origin::Origin,
    secret::Secret,
};

/// Builder for [`Config`]: one method per setting, and the environment.
///
/// The last of several values for one setting counts, so [`ConfigBuilder::env`] divides the calls:
/// values set before it are defaults that the environment may replace, values set after it are
/// fixed. No method fails; [`ConfigBuilder::build`] reports every problem at once.
///
/// ```
/// use handstamp::{Config, Location, minutes};
///
/// let config = Config::builder()
///     .access_token_expires(minutes(5))
///     .env_from([
///         ("JWT_ACCESS_TOKEN_EXPIRES".into(), "10m".into()),
///         ("JWT_SECRET_KEY".into(), "a secret of thirty-two bytes or more".into()),
///     ])
///     .token_locations([Location::Cookies])
///     .build()?;
/// # Ok::<(), handstamp::error::ConfigError>(())
/// ```
#[derive(Debug, Default)]
#[must_use = "nothing is checked before `build()`"]
pub struct ConfigBuilder {
    settings: Settings,
    login_type: Option<String>,
    neighbours: Vec<Neighbour>,
    report: Report,
}

impl Config {
    /// Creates a builder with the default of every setting. Only a key has no default.
    ///
    /// ```
    /// let error = handstamp::Config::builder().build().unwrap_err();
    /// assert_eq!(
    ///     error.problems()[0].to_string(),
    ///     "JWT_SECRET_KEY: not set, and HS256 needs it. Make one with `openssl rand -base64 64`"
    /// );
    /// ```
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// Creates a builder with the settings recommended for an application whose pages have one
    /// origin: cookies that no other host can plant (`HANDSTAMP_COOKIE_PREFIX=host`), a refresh
    /// cookie that browsers send with same-site requests only, rejection of cross-site requests by
    /// their stated origin, and required sessions, which need a store.
    ///
    /// ```
    /// use handstamp::store::MemoryStore;
    /// use handstamp::{Auth, Config};
    ///
    /// let config = Config::hardened("https://app.example.com")
    ///     .secret_key("a secret of at least thirty-two bytes")
    ///     .build()?;
    /// let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    /// let access = auth.create_access_token("user1")?;
    /// let cookies = auth.set_access_cookies(&access)?;
    /// let name = cookies.lines().next().map(|line| line.name().to_owned());
    /// assert_eq!(name.as_deref(), Some("__Host-Http-access_token_cookie"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hardened(public_origin: impl AsRef<str>) -> ConfigBuilder {
        Self::builder()
            .public_origin(public_origin)
            .cookie_prefix(CookiePrefix::Host)
            .cookie_secure(true)
            .refresh_cookie_samesite(SameSite::Strict)
            .session_tracking(true)
    }

    /// Creates a configuration from the variables `JWT_…` and `HANDSTAMP_…` of the environment.
    ///
    /// ```
    /// use handstamp::Config;
    ///
    /// match Config::from_env() {
    ///     Ok(config) => config.warnings().iter().for_each(|warning| eprintln!("{warning}")),
    ///     Err(error) => eprintln!("{error}"),
    /// }
    /// ```
    ///
    /// # Errors
    /// Returns every problem that was found, each with its remedy.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::builder().env().build()
    }
}

impl ConfigBuilder {
    /// Reads the variables `JWT_…` and `HANDSTAMP_…` of this process. They replace values that were
    /// set before this call.
    ///
    /// ```
    /// use handstamp::Config;
    ///
    /// let config = Config::builder()
    ///     .env()
    ///     .secret_key("a secret of thirty-two bytes or more")
    ///     .build()?;
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    pub fn env(self) -> Self {
        self.env_from(std::env::vars_os())
    }

    /// Reads settings from the given variables instead of the environment of this process, for a
    /// test or for a program that has removed its own variables.
    ///
    /// Names are compared without regard to case, as in AuthX. Variables that begin neither with
    /// `JWT_` nor with `HANDSTAMP_` are ignored.
    ///
    /// ```
    /// use handstamp::Config;
    ///
    /// let error = Config::builder()
    ///     .env_from([("HANDSTAMP_PUBLIC_ORIGEN".into(), "https://example.com".into())])
    ///     .secret_key("a secret of thirty-two bytes or more")
    ///     .build()
    ///     .unwrap_err();
    /// assert_eq!(error.problems()[0].help(), "Did you mean HANDSTAMP_PUBLIC_ORIGIN?");
    /// ```
    pub fn env_from(mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        env::apply(&mut self.settings, &mut self.report, variables);
        self
    }

    /// Sets the kind of account that this configuration is for, such as `admin`: every issued token
    /// states it in its claim `login_type`, and tokens without it are rejected. Users of another
    /// kind have a separate configuration and a separate [`Auth`](crate::Auth), built
    /// [alongside](Self::alongside) this one.
    ///
    /// ```
    /// use handstamp::{Auth, Config, NewToken};
    ///
    /// let secret = "a secret of thirty-two bytes or more"; // one for both, if you like
    /// let users = Config::builder().secret_key(secret).login_type("user").build()?;
    /// let admins = Config::builder()
    ///     .secret_key(secret)
    ///     .login_type("admin")
    ///     .access_cookie_name("admin_access_token")
    ///     .access_csrf_cookie_name("admin_csrf_access_token")
    ///     .refresh_cookie_name("admin_refresh_token")
    ///     .refresh_csrf_cookie_name("admin_csrf_refresh_token")
    ///     .alongside(&users)
    ///     .build()?;
    /// let (users, admins) = (Auth::new(users)?, Auth::new(admins)?);
    ///
    /// let token = admins.create_access_token("1")?; // says that it is an admin's
    /// let mistake = users.create_access_token(NewToken::for_subject("1").login_type("admin"));
    /// assert!(mistake.is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn login_type(mut self, login_type: impl Into<String>) -> Self {
        self.login_type = Some(login_type.into());
        self
    }

    /// Checks that this configuration does not collide with another one, for another kind of
    /// account of the same site: the two must have different [login types](Self::login_type) and
    /// different cookie names. One user may be logged in as both.
    pub fn alongside(mut self, other: &Config) -> Self {
        self.neighbours.push(other.into());
        self
    }

    /// Allows one weakening of the defaults, by name.
    ///
    /// # Security
    /// See each variant of [`Danger`]. Nothing in handstamp needs one.
    pub fn danger(mut self, danger: Danger) -> Self {
        let (name, allowed) = danger.setting(&mut self.settings);
        *allowed = true;
        self.report.begin(name);
        self
    }

    /// Returns whether a setting was given so far, in code or by the environment, even with an
    /// invalid value. It is for a program whose own defaults depend on another setting.
    ///
    /// `key` is the name of the variable, in capitals.
    ///
    /// ```
    /// use handstamp::Config;
    ///
    /// let mut builder = Config::builder().env();
    /// if !builder.is_given("JWT_COOKIE_SECURE") {
    ///     builder = builder.cookie_secure(false); // this program listens on localhost only
    /// }
    /// assert!(builder.is_given("JWT_COOKIE_SECURE"));
    /// ```
    #[must_use]
    pub fn is_given(&self, key: &str) -> bool {
        // A value that could not be read at all, such as a missing file, left a problem behind.
        self.report.is_given(key) || !self.report.is_sound(key)
    }

    /// Returns every setting with its value so far, in the order of
    /// [`defaults`](crate::_documentation::defaults). It is for a program that prints them.
    ///
    /// A default that depends on other settings, such as the name of a cookie, is
    /// [`SettingValue::Unset`]. See [`SettingInfo`] for an example.
    ///
    /// # Security
    /// No value is that of a secret, nor of a variable that cannot be read, which may hold one by
    /// mistake.
    pub fn settings(&self) -> impl Iterator<Item = SettingInfo> {
        Settings::ALL.iter().map(|setting| SettingInfo {
            name: setting.name,
            value: if self.report.is_sound(setting.name) {
                (setting.show)(&self.settings)
            } else {
                SettingValue::Invalid
            },
            source: self.report.source(setting.name),
        })
    }

    /// Returns whether a key that signs or verifies was given so far, even an invalid one. It is
    /// for a program that can supply a key if there is none.
    ///
    /// ```
    /// use handstamp::Config;
    ///
    /// let builder = Config::builder();
    /// assert!(!builder.has_key());
    /// assert!(builder.secret_key("a secret of thirty-two bytes or more").has_key());
    /// ```
    #[must_use]
    pub fn has_key(&self) -> bool {
        let keys = ["JWT_SECRET_KEY", "JWT_PRIVATE_KEY", "JWT_PUBLIC_KEY"];
        keys.into_iter().any(|key| self.is_given(key))
    }

    /// Returns the secret that signs, as given so far: `JWT_SECRET_KEY`, or the text of
    /// `JWT_PRIVATE_KEY` if the algorithm so far is an asymmetric one. It is for a program that
    /// derives a key of another purpose from it, which all its nodes then have.
    ///
    /// ```
    /// use handstamp::Config;
    ///
    /// let builder = Config::builder().secret_key("a secret of thirty-two bytes or more");
    /// assert!(builder.signing_secret().is_some());
    /// assert!(Config::builder().signing_secret().is_none());
    /// ```
    ///
    /// # Security
    /// Derive a key with a label of the purpose, by HMAC ([RFC 2104]) or HKDF ([RFC 5869]), and use
    /// that: with the secret itself, a MAC of a text that a stranger chooses may be a token.
    ///
    /// [RFC 2104]: https://www.rfc-editor.org/rfc/rfc2104#section-2
    /// [RFC 5869]: https://www.rfc-editor.org/rfc/rfc5869#section-3.2
    #[must_use]
    pub fn signing_secret(&self) -> Option<&Secret> {
        if self.settings.algorithm.is_hmac() {
            self.settings.secret_key.as_ref()
        } else {
            self.settings.private_key.as_ref()
        }
    }

    /// Returns whether any setting of implicit refresh was given so far. It is for a program that
    /// adds the layer for it only on demand.
    ///
    /// ```
    /// use handstamp::{Config, minutes};
    ///
    /// let builder = Config::builder();
    /// assert!(!builder.has_implicit_refresh());
    /// assert!(builder.implicit_refresh_deltatime(minutes(5)).has_implicit_refresh());
    /// ```
    #[must_use]
    pub fn has_implicit_refresh(&self) -> bool {
        let names = Settings::ALL.iter().map(|setting| setting.name);
        let mut names = names.filter(|name| name.starts_with("JWT_IMPLICIT_REFRESH_"));
        names.any(|name| self.is_given(name))
    }

    /// Checks all settings together, and builds the configuration.
    ///
    /// # Errors
    /// Returns every problem that was found, each with its remedy.
    pub fn build(self) -> Result<Config, ConfigError> {
        let Self {
            mut settings,
            login_type,
            neighbours,
            mut report,
        } = self;
        let checked = rules::check(&settings, login_type.as_deref(), &neighbours, &mut report);
        let warnings = report.finish()?;
        let Some(checked) = checked else {
            // Never reached: a missing part has left a problem. If a rule has a bug and leaves
            // none, the service still does not start.
            let bug = Problem::new(
                "JWT_*",
                None,
                "a rule refused a setting without a reason",
                "Report this to handstamp",
            );
            return Err(ConfigError::new(vec![bug]));
        };
        let Checked {
            keys,
            access_cookies,
            refresh_cookies,
        } = checked;
        settings.forget_secrets();
        Ok(Config {
            settings,
            login_type,
            keys,
            access_cookies,
            refresh_cookies,
            warnings,
        })
    }
}

/// Makes a builder method of every setting.
macro_rules! setters {
    ($(
        $(#[$doc:meta])*
        $key:literal
        $name:ident($form:ident $Argument:ty): $Type:ty = $default:expr;
    )*) => {
        impl ConfigBuilder {
            $(setter! { $form $key $name $Argument; $(#[$doc])* })*
        }
    };
}

/// Makes the method of one setting: for a typed value, a text that is parsed into one, or a list of
/// either.
macro_rules! setter {
    (value $key:literal $name:ident $Argument:ty; $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[doc = concat!("\n\n`", $key, "`")]
        pub fn $name(mut self, value: $Argument) -> Self {
            self.report.begin($key);
            self.settings.$name = value.into();
            self
        }
    };
    (text $key:literal $name:ident $Argument:ty; $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[doc = concat!("\n\n`", $key, "`")]
        pub fn $name(mut self, value: impl AsRef<str>) -> Self {
            if let Some(value) = self.report.read::<$Argument>($key, value.as_ref()) {
                self.settings.$name = value.into();
            }
            self
        }
    };
    (values $key:literal $name:ident $Argument:ty; $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[doc = concat!("\n\n`", $key, "`")]
        pub fn $name(mut self, values: impl IntoIterator<Item = $Argument>) -> Self {
            self.report.begin($key);
            self.settings.$name = values.into_iter().collect();
            self
        }
    };
    (texts $key:literal $name:ident $Argument:ty; $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[doc = concat!("\n\n`", $key, "`")]
        pub fn $name(mut self, values: impl IntoIterator<Item: AsRef<str>>) -> Self {
            if let Some(values) = self.report.read_each::<$Argument>($key, values) {
                self.settings.$name = values.into_iter().map(Into::into).collect();
            }
            self
        }
    };
    (secret $key:literal $name:ident $Argument:ty; $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[doc = concat!("\n\n`", $key, "`, or the content of the file that `", $key, "_FILE` names")]
        pub fn $name(mut self, secret: impl Into<$Argument>) -> Self {
            self.report.begin($key);
            self.settings.$name = Some(secret.into());
            self
        }
    };
    // `ConfigBuilder::danger` is the method.
    (danger $key:literal $name:ident $Argument:ty; $(#[$doc:meta])*) => {};
}

for_every_setting!(setters);
