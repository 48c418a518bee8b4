//! The command `handstamp config check`: every setting with its source and value, and every
//! warning.
//!
//! It makes the same plan as a start, and stops before anything is created or opened.

use std::fmt::Write as _;

use handstamp_axum::handstamp::config::{SettingInfo, SettingSource};
use handstamp_axum::purpose::{Access, Refresh};

use super::arguments::{ConfigCommand, ServeArguments, StorageArguments};
use super::environment::Environment;
use super::failure::Failure;
use super::output::print;
use super::plan::{self, Plan};
use super::settings::{PUBLIC_ORIGIN, Settings};
use super::storage::Source;
use crate::audit::AuditFile;
use crate::storage::secret_file;

pub(super) async fn execute(
    command: ConfigCommand,
    storage: &StorageArguments,
) -> Result<(), Failure> {
    let ConfigCommand::Check { serve } = command;
    let environment = Environment::of_this_process();
    let mut rows = Vec::new();
    let checked = Box::pin(check(&serve, storage, &environment, &mut rows)).await;
    // What was found before a mistake is printed all the same.
    print(&table(&rows))?;
    print(&checked?)
}

fn collector(serve: &ServeArguments, environment: &Environment) -> Result<Row, Failure> {
    let collector = plan::collector(serve, environment)?;
    let source = Source::of(serve.otlp.is_some(), collector.is_some());
    let shown = collector.map_or_else(none, |collector| collector.to_string());
    Ok(Row::of_option("--otlp", source, shown))
}

/// Collects the rows, and returns what is said after them.
async fn check(
    serve: &ServeArguments,
    storage: &StorageArguments,
    environment: &Environment,
    rows: &mut Vec<Row>,
) -> Result<String, Failure> {
    let (url, source) = storage.database(environment)?;
    rows.push(Row::of_option("--database", source, url.to_string()));
    let redis = storage.redis(environment)?;
    let source = Source::of(storage.redis.is_some(), redis.is_some());
    let redis = redis.map(|redis| redis.to_string());
    rows.push(Row::of_option(
        "--redis",
        source,
        redis.unwrap_or_else(none),
    ));
    let audit_log = storage.audit_log(environment);
    let source = Source::of(storage.audit_log.is_some(), audit_log.is_some());
    let shown = audit_log.as_ref().map(|path| path.display().to_string());
    rows.push(Row::of_option(
        "--audit-log",
        source,
        shown.unwrap_or_else(none),
    ));
    let metrics = plan::metrics(serve, environment)?;
    let source = Source::of(serve.metrics.is_some(), metrics.is_some());
    let shown = metrics.as_ref().map(ToString::to_string);
    rows.push(Row::of_option(
        "--metrics",
        source,
        shown.unwrap_or_else(none),
    ));
    rows.push(collector(serve, environment)?);
    let proxies: Vec<String> = serve
        .trusted_proxy
        .iter()
        .map(ToString::to_string)
        .collect();
    let source = Source::of(!proxies.is_empty(), false);
    let proxies = if proxies.is_empty() {
        none()
    } else {
        proxies.join(",")
    };
    rows.push(Row::of_option("--trusted-proxy", source, proxies));
    let source = Source::of(serve.no_demo, false);
    rows.push(Row::of_option(
        "--no-demo",
        source,
        serve.no_demo.to_string(),
    ));

    let keep = secret_file::read_or_imagine;
    let plan = match Plan::new(serve, environment.clone(), &url, keep).await {
        Ok(plan) => plan,
        Err(failure) => {
            let settings = Settings::new(environment.clone(), serve.public_origin.as_deref())?;
            rows.extend(settings.all().map(Row::from));
            return Err(failure);
        }
    };
    let source = Source::of(serve.listen.is_some(), environment.get("PORT").is_some());
    rows.insert(
        0,
        Row::of_option("--listen", source, plan.address.to_string()),
    );
    rows.extend(plan.settings.all().map(Row::from));
    let mut said = String::from("\n");
    if let Some((path, is_new)) = &plan.kept_key {
        let key = if *is_new {
            "a start makes a random one in"
        } else {
            "that in"
        };
        let _ = writeln!(said, "key: {key} {}", path.display());
    }
    let kept_key = plan.kept_key.as_ref().map(|(path, _)| path.as_path());
    let (config, warnings) = plan::check(plan.settings, plan.exposure, plan.metrics, kept_key)?;
    let (access, refresh) = (config.names::<Access>(), config.names::<Refresh>());
    let _ = writeln!(
        said,
        "cookies: {}, {}, {}, {}",
        access.cookie, access.csrf_cookie, refresh.cookie, refresh.csrf_cookie
    );
    if let Some(path) = &audit_log {
        let is_there = AuditFile::check(path).map_err(Failure::usage)?;
        let log = if is_there {
            "goes on in"
        } else {
            "a start creates"
        };
        let _ = writeln!(said, "audit log: {log} {}", path.display());
    }
    for warning in warnings.iter().chain(config.warnings()) {
        let _ = writeln!(said, "warning: {warning}");
    }
    said.push_str("a service starts with these settings\n");
    Ok(said)
}

/// One line: the name, the source and the value, which may have blanks.
struct Row {
    name: &'static str,
    source: &'static str,
    value: String,
}

impl Row {
    fn of_option(name: &'static str, source: Source, value: String) -> Self {
        let source = match source {
            Source::Argument => "argument",
            Source::Environment => "environment",
            Source::Default => "default",
        };
        Self {
            name,
            source,
            value,
        }
    }
}

impl From<SettingInfo> for Row {
    fn from(setting: SettingInfo) -> Self {
        let source = match setting.source {
            SettingSource::Default => "default",
            SettingSource::Environment => "environment",
            SettingSource::File => "file",
            // No other setting has an option.
            _ if setting.name == PUBLIC_ORIGIN => "argument",
            _ => "handstamp",
        };
        Self {
            name: setting.name,
            source,
            value: setting.value.to_string(),
        }
    }
}

fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    let mut table = String::new();
    for Row {
        name,
        source,
        value,
    } in rows
    {
        let _ = writeln!(table, "{name:width$}  {source:11}  {value}");
    }
    table
}

fn none() -> String {
    "(not set)".to_owned()
}
