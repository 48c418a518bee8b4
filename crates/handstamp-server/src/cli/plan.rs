//! How the service is to run, by arguments, environment and kept key alone.
//!
//! It opens neither database nor port, so that `handstamp config check` makes the same plan as a
//! start, and finds the same mistakes.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use handstamp_axum::purpose::Refresh;
use handstamp_axum::{Config, Location};

use super::arguments::ServeArguments;
use super::environment::{Environment, METRICS, OTLP};
use super::failure::Failure;
use super::listen::Listen;
use super::settings::{DEFAULT_PORT, Exposure, Settings, SigningKey};
use crate::accounts::throttle::Key;
use crate::http::client_address::is_private;
use crate::monitoring::Collector;
use crate::storage::database_url::DatabaseUrl;
use crate::storage::secret_file::{SecretFileError, SecretSource};

/// The address to listen on, and the settings, which are complete but not checked.
pub(super) struct Plan {
    pub(super) address: SocketAddr,
    /// Where the metrics are served, if they are.
    pub(super) metrics: Option<SocketAddr>,
    pub(super) exposure: Exposure,
    pub(super) settings: Settings,
    /// The key of the counts of log-ins.
    pub(super) throttle_key: Key,
    /// The file of the signing key, if the settings have none, and whether it was made just now.
    pub(super) kept_key: Option<(PathBuf, bool)>,
}

impl Plan {
    /// Makes the plan. Without a key in the settings, `keep` gives the one of a file.
    pub(super) async fn new(
        arguments: &ServeArguments,
        environment: Environment,
        url: &DatabaseUrl,
        keep: fn(&Path) -> Result<SecretSource, SecretFileError>,
    ) -> Result<Self, Failure> {
        let address = match &arguments.listen {
            Some(listen) => listen.clone().resolve("--listen").await?,
            None => (Ipv4Addr::LOCALHOST, port(&environment)?).into(),
        };
        let metrics = match metrics(arguments, &environment)? {
            Some(listen) => Some(listen.resolve("--metrics").await?),
            None => None,
        };
        let settings = Settings::new(environment, arguments.public_origin.as_deref())?;
        let exposure = settings.exposure(address, &arguments.trusted_proxy);
        let (key, throttle_key, kept_key) = if settings.has_key() {
            let throttle_key = settings.throttle_key().map_err(Failure::new)?;
            let is_kept = |path: PathBuf| settings.have_key_of(&path);
            let key = if url.secret_file().is_some_and(is_kept) {
                SigningKey::KeptAndGiven
            } else {
                SigningKey::Given
            };
            (key, throttle_key, None)
        } else {
            let path = url.secret_file().ok_or_else(|| Failure::usage(NO_KEY))?;
            let (secret, is_new) = match keep(&path).map_err(Failure::usage)? {
                SecretSource::Existing(secret) => (secret, false),
                SecretSource::Created(secret) => (secret, true),
            };
            let throttle_key = Key::derive(&secret);
            (SigningKey::Kept(secret), throttle_key, Some((path, is_new)))
        };
        Ok(Self {
            address,
            metrics,
            exposure,
            settings: settings.complete(exposure, address.port(), key),
            throttle_key,
            kept_key,
        })
    }
}

/// Checks all settings together. Returns also the warnings that the library does not know.
pub(super) fn check(
    settings: Settings,
    exposure: Exposure,
    metrics: Option<SocketAddr>,
    kept_key: Option<&Path>,
) -> Result<(Config, Vec<String>), Failure> {
    let mut warnings = settings.warnings(exposure);
    if let Some(address) = metrics.filter(|address| !is_private(address.ip())) {
        warnings.push(format!(
            "--metrics {address}: everyone who can connect to it reads the metrics, which tell how many users log in and \
             which attacks fail. Use an address of this host or of a private network"
        ));
    }
    let config = settings.build().map_err(|error| {
        let mut problems = error.problems().iter();
        let is_of_key = problems.any(|problem| problem.key() == "JWT_SECRET_KEY");
        match kept_key.filter(|_| is_of_key) {
            Some(path) => Failure::usage(format!(
                "{error}\nThe key is the one in {}. Remove the file: a new key is created, and all users have to log in \
                 again",
                path.display()
            )),
            None => Failure::usage(error),
        }
    })?;
    if !config.token_locations().contains(&Location::Cookies) {
        return Err(Failure::usage(NO_COOKIES));
    }
    warnings.extend(warnings_of_the_refresh_path(&config));
    Ok((config, warnings))
}

/// Returns the warnings where browsers do not send the refresh cookie to the routes that need it.
fn warnings_of_the_refresh_path(config: &Config) -> Vec<String> {
    let names = config.names::<Refresh>();
    let path = names.path;
    let mut warnings = Vec::new();
    if !names.are_sent_to("/refresh") {
        warnings.push(format!(
            "JWT_REFRESH_COOKIE_PATH={path}: browsers do not send the refresh cookie to /refresh, so no session can be \
             refreshed. Use /"
        ));
    }
    if !names.are_sent_to("/logout") {
        warnings.push(format!(
            "JWT_REFRESH_COOKIE_PATH={path}: browsers do not send the refresh cookie to /logout. A log-out without an access \
             cookie deletes the cookies, and its session lives on in the store. Use /"
        ));
    }
    warnings
}

/// Returns where to serve metrics, by the command line, else by `HANDSTAMP_METRICS`.
pub(super) fn metrics(
    arguments: &ServeArguments,
    environment: &Environment,
) -> Result<Option<Listen>, Failure> {
    if let Some(listen) = &arguments.metrics {
        return Ok(Some(listen.clone()));
    }
    let Some(text) = environment.get(METRICS) else {
        return Ok(None);
    };
    let text = text.to_string_lossy();
    let listen = text.parse().map(Some);
    listen.map_err(|problem: String| Failure::usage(format!("{METRICS}={text:?}: {problem}")))
}

/// Returns the collector of metrics, by the command line, else by `HANDSTAMP_OTLP`.
pub(super) fn collector(
    arguments: &ServeArguments,
    environment: &Environment,
) -> Result<Option<Collector>, Failure> {
    let (name, text) = match (&arguments.otlp, environment.get(OTLP)) {
        (Some(url), _) => ("--otlp", url.as_str().into()),
        (None, Some(url)) => (OTLP, url.to_string_lossy()),
        (None, None) => return Ok(None),
    };
    if cfg!(not(feature = "otlp")) {
        return Err(Failure::usage(format!(
            "{name}: this program was built without the feature `otlp`, and can send no metrics. Build it with --features \
             otlp"
        )));
    }
    if environment
        .get(INTERVAL)
        .is_some_and(|interval| interval == "0")
    {
        return Err(Failure::usage(format!(
            "{INTERVAL}=0: metrics would be sent without a pause. Give milliseconds, such as 60000"
        )));
    }
    // The URL may hold a password, so it is not repeated.
    let collector = text.parse().map(Some);
    collector.map_err(|problem: String| Failure::usage(format!("{name}: {problem}")))
}

/// Read by the SDK of OpenTelemetry.
const INTERVAL: &str = "OTEL_METRIC_EXPORT_INTERVAL";

fn port(environment: &Environment) -> Result<u16, Failure> {
    let Some(port) = environment.get("PORT") else {
        return Ok(DEFAULT_PORT);
    };
    let port = port.to_string_lossy();
    let number = port.parse();
    number.map_err(|_| Failure::usage(format!("PORT={port:?}: not a number from 0 to 65535")))
}

const NO_KEY: &str = "JWT_SECRET_KEY is not set: servers that share a PostgreSQL database need the same key. Set it for \
                      each of them, for example to the output of `openssl rand -hex 32`";

const NO_COOKIES: &str = "JWT_TOKEN_LOCATION: this server gives tokens in cookies alone, so without them no user could log \
                          in. Add cookies";
