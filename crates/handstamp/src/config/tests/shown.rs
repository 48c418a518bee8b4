//! Tests of how settings are shown.

use std::ffi::OsString;

use super::{OTHER, SECRET, values::good};
use crate::{
    Config,
    config::{
        ConfigBuilder, SettingInfo, SettingSource, SettingValue, danger::Danger, settings::Settings,
    },
};

fn builder(variables: &[(&str, &str)]) -> ConfigBuilder {
    let variables = variables
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Config::builder().env_from(variables)
}

fn shown(builder: &ConfigBuilder, key: &str) -> SettingInfo {
    builder
        .settings()
        .find(|setting| setting.name == key)
        .unwrap()
}

#[test]
fn the_text_of_every_setting_sets_the_same_value() {
    for setting in Settings::ALL {
        let name = setting.name;
        let Some((_, text)) = good(name) else {
            assert!(setting.is_secret(), "{name}");
            continue;
        };
        let given = shown(&builder(&[(name, text)]), name);
        assert_eq!(given.source, SettingSource::Environment, "{name}");
        if setting.is_secret() {
            assert_eq!(given.value, SettingValue::Redacted, "{name}");
            continue;
        }
        let unset = shown(&builder(&[]), name);
        assert_ne!(given.value, unset.value, "{name}");
        let SettingValue::Text(text) = &given.value else {
            panic!("{name}: {}", given.value);
        };
        let again = shown(&builder(&[(name, text)]), name);
        assert_eq!(again.value, given.value, "{name}");
    }
}

#[test]
fn lists_and_defaults_are_written_as_they_are_read() {
    for (name, key, text, expected) in [
        (
            "a list",
            "JWT_TOKEN_LOCATION",
            "headers, cookies",
            "headers,cookies",
        ),
        ("one item", "JWT_ENCODE_AUDIENCE", "a", "a"),
        (
            "a comma in an item",
            "JWT_ENCODE_AUDIENCE",
            r#"["a,b"]"#,
            r#"["a,b"]"#,
        ),
        ("a quote", "JWT_ENCODE_AUDIENCE", r#"["\"a"]"#, r#"["\"a"]"#),
        (
            "a cookie",
            "HANDSTAMP_FORMER_COOKIES",
            "session; Domain=example.com",
            "session; Domain=example.com; Path=/",
        ),
        (
            "all paths",
            "JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE",
            "/*",
            "/*",
        ),
        ("nothing", "JWT_HEADER_TYPE", "", "(empty)"),
    ] {
        let value = shown(&builder(&[(key, text)]), key).value;
        assert_eq!(value.to_string(), expected, "{name}");
        if let SettingValue::Text(text) = &value {
            assert_eq!(shown(&builder(&[(key, text)]), key).value, value, "{name}");
        }
    }
    for (key, expected) in [
        ("JWT_ACCESS_TOKEN_EXPIRES", "15m"),
        ("JWT_CSRF_METHODS", "POST,PUT,PATCH,DELETE"),
        ("JWT_SECRET_KEY", "(not set)"),
        ("JWT_ACCESS_COOKIE_NAME", "(not set)"),
        ("HANDSTAMP_DANGER_NO_CSRF", "false"),
    ] {
        let setting = shown(&builder(&[]), key);
        assert_eq!(setting.value.to_string(), expected, "{key}");
        assert_eq!(setting.source, SettingSource::Default, "{key}");
    }
}

#[test]
fn the_source_of_a_value_is_that_of_the_last_one() {
    use SettingSource::{Code, Default, Environment, File};

    type Row<'a> = (
        &'a str,
        &'a [(&'a str, &'a str)],
        &'a str,
        SettingSource,
        &'a str,
    );
    let rows: [Row<'_>; 8] = [
        ("nothing", &[], "JWT_SECRET_KEY", Default, "(not set)"),
        (
            "a secret",
            &[("jwt_secret_key", SECRET)],
            "JWT_SECRET_KEY",
            Environment,
            "[redacted]",
        ),
        (
            "a file that is not there",
            &[("JWT_SECRET_KEY_FILE", "/none")],
            "JWT_SECRET_KEY",
            File,
            "(invalid)",
        ),
        (
            "both",
            &[("JWT_SECRET_KEY_FILE", "/none"), ("JWT_SECRET_KEY", OTHER)],
            "JWT_SECRET_KEY",
            Environment,
            "(invalid)",
        ),
        (
            "a value that cannot be read",
            &[("JWT_ACCESS_TOKEN_EXPIRES", "soon")],
            "JWT_ACCESS_TOKEN_EXPIRES",
            Environment,
            "(invalid)",
        ),
        (
            "a name in two cases",
            &[("JWT_ENCODE_NBF", "no"), ("jwt_encode_nbf", "yes")],
            "JWT_ENCODE_NBF",
            Environment,
            "(invalid)",
        ),
        (
            "an origin with a password",
            &[("HANDSTAMP_PUBLIC_ORIGIN", "https://u:swordfish@example.com")],
            "HANDSTAMP_PUBLIC_ORIGIN",
            Environment,
            "(invalid)",
        ),
        (
            "a danger",
            &[("HANDSTAMP_DANGER_NO_CSRF", "true")],
            "HANDSTAMP_DANGER_NO_CSRF",
            Environment,
            "true",
        ),
    ];
    for (name, variables, key, source, value) in rows {
        let setting = shown(&builder(variables), key);
        assert_eq!(setting.source, source, "{name}");
        assert_eq!(setting.value.to_string(), value, "{name}");
    }
    let in_code = builder(&[("JWT_ENCODE_NBF", "nein")])
        .encode_nbf(false)
        .danger(Danger::NoCsrf);
    for (key, value) in [
        ("JWT_ENCODE_NBF", "false"),
        ("HANDSTAMP_DANGER_NO_CSRF", "true"),
    ] {
        let setting = shown(&in_code, key);
        assert_eq!(
            (setting.source, &*setting.value.to_string()),
            (Code, value),
            "{key}"
        );
    }
    let file = std::env::temp_dir().join(format!("handstamp-shown-{}", std::process::id()));
    std::fs::write(&file, SECRET).unwrap();
    let of_file = builder(&[("JWT_SECRET_KEY_FILE", file.to_str().unwrap())]);
    let setting = shown(&of_file, "JWT_SECRET_KEY");
    std::fs::remove_file(file).unwrap();
    assert_eq!(
        (setting.source, setting.value),
        (File, SettingValue::Redacted)
    );
}
