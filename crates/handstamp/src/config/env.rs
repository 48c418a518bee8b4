//! Reads the settings `JWT_…` and `HANDSTAMP_…` from the environment, and secrets from files.

use std::{collections::BTreeMap, ffi::OsString, fs::File, io, path::Path};

use super::{
    parse::nearest::nearest,
    report::Report,
    service_link,
    setting_info::SettingSource,
    settings::{Apply, Setting, Settings},
};
use crate::{error::shown, secret::Secret};

/// Sets every setting from its variable, in the order of the table, then reports unknown names.
pub(super) fn apply(
    settings: &mut Settings,
    report: &mut Report,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) {
    let mut variables = collect(report, variables);
    for setting in Settings::ALL {
        let value = variables.remove(setting.name);
        match setting.apply {
            Apply::Text(apply) => {
                let Some(value) = value else {
                    continue;
                };
                if let Some(text) = utf8(report, setting, value) {
                    apply(settings, report, &text);
                }
                report.found(setting.name, SettingSource::Environment);
            }
            Apply::Secret(apply) => {
                let file = variables.remove(&file_name(setting));
                let source = match (&value, &file) {
                    (None, None) => continue,
                    (Some(_), _) => SettingSource::Environment,
                    (None, Some(_)) => SettingSource::File,
                };
                if let Some(secret) = secret(report, setting, value, file) {
                    apply(settings, report, secret);
                }
                report.found(setting.name, source);
            }
        }
    }
    for (name, value) in variables {
        if !service_link::is_one(&name, &value.to_string_lossy()) {
            unknown(report, &name);
        }
    }
}

/// Collects the variables with our prefixes, by their names in capitals.
fn collect(
    report: &mut Report,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> BTreeMap<String, OsString> {
    let mut collected: BTreeMap<String, Vec<OsString>> = BTreeMap::new();
    for (name, value) in variables {
        // A name that is not UTF-8 is not ours; if it begins like one of ours, it is reported as
        // unknown.
        let name = name.to_string_lossy().to_ascii_uppercase();
        if name.starts_with("JWT_") || name.starts_with("HANDSTAMP_") {
            collected.entry(name).or_default().push(value);
        }
    }
    collected
        .into_iter()
        .filter_map(|(name, mut values)| {
            let value = values.pop();
            if values.is_empty() {
                return value.map(|value| (name, value));
            }
            let reason = "set more than once: names count without case";
            report.problem(&name, None, reason, "Keep one of them");
            None
        })
        .collect()
}

fn utf8(report: &mut Report, setting: &Setting, value: OsString) -> Option<String> {
    let text = value.into_string().ok();
    if text.is_none() {
        report.problem(setting.name, None, "not UTF-8", "Write the value in UTF-8");
    }
    text
}

/// Returns the secret itself, or the content of its file.
fn secret(
    report: &mut Report,
    setting: &Setting,
    value: Option<OsString>,
    file: Option<OsString>,
) -> Option<Secret> {
    let file_name = file_name(setting);
    let path = match (value, file) {
        (None, None) => return None,
        (Some(value), None) => return utf8(report, setting, value).map(Secret::from),
        (Some(_), Some(_)) => {
            let reason = format!("{file_name} is set as well");
            report.problem(setting.name, None, reason, "Remove one of the two");
            return None;
        }
        (None, Some(path)) => path,
    };
    let path = Path::new(&path);
    match read_file(path) {
        Ok(secret) => Some(secret),
        Err(reason) => {
            // The value may be the secret itself, by mistake, so only what is certainly a path is
            // shown. A base64 secret may begin with a slash, and then its folder does not exist.
            let folder_exists = path
                .parent()
                .is_some_and(|folder| folder.components().count() > 1 && folder.is_dir());
            let is_path =
                path.starts_with(".") || path.starts_with("..") || path.exists() || folder_exists;
            let shown = path.to_string_lossy();
            let help = "Give the path of a readable file that holds the key and nothing else";
            report.problem(&file_name, is_path.then_some(&*shown), reason, help);
            None
        }
    }
}

fn read_file(path: &Path) -> Result<Secret, String> {
    let secret = File::open(path).and_then(Secret::read);
    secret.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => error.to_string(),
        _ => format!("cannot read the file: {error}"),
    })
}

/// Reports a name that is not a setting, probably a typo. `HANDSTAMP_` is our prefix alone; other
/// programs use `JWT_` as well.
fn unknown(report: &mut Report, name: &str) {
    let files: Vec<String> = Settings::ALL
        .iter()
        .filter(|setting| setting.is_secret())
        .map(file_name)
        .collect();
    let names = || {
        Settings::ALL
            .iter()
            .map(|setting| setting.name)
            .chain(files.iter().map(String::as_str))
    };
    let after_prefix = |name: &str| name.split_once('_').map(|(_, rest)| rest.to_owned());
    let of_other_prefix = names().find(|known| after_prefix(known) == after_prefix(name));
    let Some((nearest, edits)) = nearest(name, names()) else {
        return;
    };
    if name.starts_with("HANDSTAMP_") || edits <= 2 {
        let meant = of_other_prefix.unwrap_or(nearest);
        report.problem(
            name,
            None,
            "no such setting",
            format!("Did you mean {meant}?"),
        );
    } else {
        let meant =
            of_other_prefix.map_or(String::new(), |meant| format!(". Did you mean {meant}?"));
        report.warn(format!(
            "{} is no setting and is ignored{meant}",
            shown(name)
        ));
    }
}

fn file_name(setting: &Setting) -> String {
    format!("{}_FILE", setting.name)
}
