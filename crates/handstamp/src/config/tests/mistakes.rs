//! Every setting, and what a file of variables, a copied line or a slip does to its value: each is
//! refused with what to do about it, warned about, or right.
//!
//! No setting has a time at which it expires; a lifetime of zero is what comes nearest, and keys
//! without a key in them, such as certificates, are in `pem.rs`.

use super::values::{Variables, good};
use super::{from, problems, with};
use crate::config::{Config, settings::Settings};
use crate::error::ConfigError;

use Outcome::{Refused, Right, Warned};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Outcome {
    /// The problem names the setting, and says what to do.
    Refused,
    /// The warning begins with the name of the setting.
    Warned,
    /// It has no problem and no warning of its own: the value is meant, or does no harm.
    Right,
}

/// Empty; in quotes; with a carriage return; white space alone; huge; zero.
type Outcomes = [Outcome; 6];

/// Texts and names: 0 is one like any other.
const TEXT: Outcomes = [Refused, Refused, Refused, Refused, Refused, Right];
/// What is one of a few words, or has a form that none of these is.
const FORM: Outcomes = [Refused; 6];
/// 0 is false.
const SWITCH: Outcomes = [Refused, Refused, Refused, Refused, Refused, Right];
/// Lists: white space around an item and quotes around all of them are none of it.
const TEXTS: Outcomes = [Refused, Right, Right, Refused, Refused, Right];
/// Lists of what has a form.
const FORMS: Outcomes = [Refused, Right, Right, Refused, Refused, Refused];
/// Any bytes are a secret, if there are enough.
const SECRET: Outcomes = [Refused, Warned, Warned, Refused, Right, Refused];
/// What stands around a PEM block does not count.
const PEM: Outcomes = [Refused, Right, Right, Refused, Refused, Refused];
/// Lifetimes, which are never zero.
const LIFE: Outcomes = [Refused; 6];
/// Numbers, which are never zero.
const NUMBER: Outcomes = [Refused; 6];
/// Spans that may be zero.
const SPAN: Outcomes = [Refused, Refused, Refused, Refused, Refused, Right];

const ROWS: &[(&str, Outcomes)] = &[
    ("JWT_SECRET_KEY", SECRET),
    ("JWT_PREVIOUS_SECRET_KEY", SECRET),
    ("JWT_PRIVATE_KEY", PEM),
    ("JWT_PUBLIC_KEY", PEM),
    ("JWT_PREVIOUS_PUBLIC_KEY", PEM),
    ("HANDSTAMP_KEY_ID", TEXT),
    ("HANDSTAMP_PREVIOUS_KEY_ID", TEXT),
    ("JWT_ALGORITHM", FORM),
    ("JWT_DECODE_ALGORITHMS", FORMS),
    ("HANDSTAMP_SIGNATURE_CACHE", SWITCH),
    ("JWT_ACCESS_TOKEN_EXPIRES", LIFE),
    ("JWT_REFRESH_TOKEN_EXPIRES", LIFE),
    ("JWT_DECODE_LEEWAY", SPAN),
    ("JWT_ENCODE_NBF", SWITCH),
    ("JWT_ENCODE_AUDIENCE", TEXTS),
    ("JWT_DECODE_AUDIENCE", TEXTS),
    ("JWT_ENCODE_ISSUER", TEXT),
    ("JWT_DECODE_ISSUER", TEXT),
    ("JWT_IDENTITY_CLAIM", TEXT),
    ("JWT_ERROR_MESSAGE_KEY", TEXT),
    ("HANDSTAMP_ERROR_STYLE", FORM),
    ("HANDSTAMP_LOG_IN_PAGE", FORM),
    ("JWT_TOKEN_LOCATION", FORMS),
    ("JWT_HEADER_NAME", TEXT),
    // Empty: the whole header is the token.
    (
        "JWT_HEADER_TYPE",
        [Right, Refused, Refused, Refused, Refused, Right],
    ),
    ("JWT_QUERY_STRING_NAME", TEXT),
    ("JWT_JSON_KEY", TEXT),
    ("JWT_REFRESH_JSON_KEY", TEXT),
    ("JWT_ACCESS_COOKIE_NAME", TEXT),
    ("JWT_REFRESH_COOKIE_NAME", TEXT),
    ("JWT_ACCESS_COOKIE_PATH", FORM),
    ("JWT_REFRESH_COOKIE_PATH", FORM),
    ("JWT_COOKIE_DOMAIN", FORM),
    ("JWT_COOKIE_SECURE", SWITCH),
    ("JWT_COOKIE_HTTP_ONLY", SWITCH),
    ("JWT_COOKIE_SAMESITE", FORM),
    ("HANDSTAMP_REFRESH_COOKIE_SAMESITE", FORM),
    // Zero: a cookie that is deleted when it is set, so that no user stays logged in.
    (
        "JWT_COOKIE_MAX_AGE",
        [Refused, Refused, Refused, Refused, Refused, Warned],
    ),
    ("JWT_SESSION_COOKIE", SWITCH),
    ("HANDSTAMP_COOKIE_PARTITIONED", SWITCH),
    ("HANDSTAMP_FORMER_COOKIES", TEXTS),
    ("HANDSTAMP_COOKIE_PREFIX", FORM),
    (
        // Nothing, and 0, are ends of a name like any other.
        "HANDSTAMP_COOKIE_SUFFIX",
        [Right, Refused, Refused, Refused, Refused, Right],
    ),
    ("JWT_COOKIE_CSRF_PROTECT", SWITCH),
    ("JWT_CSRF_IN_COOKIES", SWITCH),
    ("JWT_CSRF_METHODS", FORMS),
    ("JWT_CSRF_CHECK_FORM", SWITCH),
    ("JWT_ACCESS_CSRF_COOKIE_NAME", TEXT),
    ("JWT_REFRESH_CSRF_COOKIE_NAME", TEXT),
    ("JWT_ACCESS_CSRF_COOKIE_PATH", FORM),
    ("JWT_REFRESH_CSRF_COOKIE_PATH", FORM),
    ("JWT_ACCESS_CSRF_HEADER_NAME", TEXT),
    ("JWT_REFRESH_CSRF_HEADER_NAME", TEXT),
    ("JWT_ACCESS_CSRF_FIELD_NAME", TEXT),
    ("JWT_REFRESH_CSRF_FIELD_NAME", TEXT),
    ("JWT_SESSION_TRACKING", SWITCH),
    ("JWT_SESSION_UPDATE_LAST_ACTIVE", SWITCH),
    ("HANDSTAMP_SESSION_IDLE", LIFE),
    ("HANDSTAMP_SESSION_ABSOLUTE", LIFE),
    ("HANDSTAMP_SESSIONS_PER_USER", NUMBER),
    ("HANDSTAMP_REFRESH_GRACE", SPAN),
    ("HANDSTAMP_CHECK_SESSIONS", FORM),
    ("HANDSTAMP_STORE_TIMEOUT", LIFE),
    ("JWT_IMPLICIT_REFRESH_DELTATIME", LIFE),
    ("JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE", FORMS),
    ("JWT_IMPLICIT_REFRESH_ROUTE_EXCLUDE", FORMS),
    ("JWT_IMPLICIT_REFRESH_METHOD_INCLUDE", TEXTS),
    ("JWT_IMPLICIT_REFRESH_METHOD_EXCLUDE", TEXTS),
    ("HANDSTAMP_PUBLIC_ORIGIN", FORM),
    ("HANDSTAMP_TRUSTED_ORIGINS", FORMS),
    ("HANDSTAMP_ORIGIN_CHECK", FORM),
    ("HANDSTAMP_LOG_SUBJECTS", SWITCH),
    ("HANDSTAMP_DANGER_SHORT_SECRET", SWITCH),
    ("HANDSTAMP_DANGER_SCRIPT_READABLE_COOKIES", SWITCH),
    ("HANDSTAMP_DANGER_NO_CSRF", SWITCH),
    ("HANDSTAMP_DANGER_PLAIN_HTTP", SWITCH),
];

#[test]
fn every_mistake_is_refused_with_help_or_warned_about_or_does_no_harm() {
    let mut wrong = Vec::new();
    for (key, expected) in ROWS {
        let Some((given, value)) = value(key) else {
            // Without the feature `asymmetric` there is no good PEM.
            assert_eq!(*expected, PEM, "{key}");
            continue;
        };
        let usual = said(&with(&[given, &[(*key, value)]].concat()));
        for (mistake, expected) in mistakes(key, value).into_iter().zip(expected) {
            let (name, text) = mistake;
            let mut variables = given.to_vec();
            variables.push((*key, &text));
            let config = with(&variables);
            let outcome = judge(key, &text, &config, &usual);
            if outcome != *expected {
                wrong.push(format!(
                    "{key}, {name}: {outcome:?} and not {expected:?}: {:?}",
                    said(&config)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_setting_has_a_row_in_the_order_of_the_table() {
    let rows: Vec<_> = ROWS.iter().map(|(key, _)| *key).collect();
    let settings: Vec<_> = Settings::ALL.iter().map(|setting| setting.name).collect();
    assert_eq!(rows, settings);
}

/// Returns the mistakes in the order of [`Outcomes`].
fn mistakes(key: &str, value: &str) -> [(&'static str, String); 6] {
    let huge = match value.as_bytes() {
        [b'0'..=b'9', ..] if !key.ends_with("_KEY_ID") => "99999999999".to_owned(),
        [b'/', ..] => format!("/{}", "a".repeat(10_000)),
        _ => "ab".repeat(50_000),
    };
    [
        ("empty", String::new()),
        ("in quotes", format!("\"{value}\"")),
        ("with a carriage return", format!("{value}\r")),
        ("white space alone", " ".repeat(100)),
        ("huge", huge),
        ("zero", "0".to_owned()),
    ]
}

/// `usual`: the warnings of a good value.
fn judge(
    key: &str,
    value: &str,
    config: &Result<Config, ConfigError>,
    usual: &[String],
) -> Outcome {
    let secret = key.ends_with("SECRET_KEY") || key.ends_with("PRIVATE_KEY");
    let texts = said(config);
    assert!(
        !secret || value.trim().len() < 2 || !texts.iter().any(|text| text.contains(value.trim())),
        "{key} is shown: {texts:?}"
    );
    match config {
        Ok(config) => {
            let warns = |warning: &String| {
                warning
                    .strip_prefix(key)
                    .is_some_and(|rest| !rest.starts_with('_'))
                    && !usual.contains(warning)
            };
            if config.warnings().iter().any(warns) {
                Warned
            } else {
                Right
            }
        }
        Err(error) => {
            let of_it = |problem: &&crate::error::Problem| problem.key() == key;
            let found = error.problems().iter().find(of_it);
            let found = found.unwrap_or_else(|| panic!("{key}={value:?} is not named: {error}"));
            assert!(!found.help().is_empty(), "{found}");
            Refused
        }
    }
}

fn said(config: &Result<Config, ConfigError>) -> Vec<String> {
    match config {
        Ok(config) => config.warnings().to_vec(),
        Err(error) => error.problems().iter().map(ToString::to_string).collect(),
    }
}

/// Returns the other settings that one needs, and a good value.
fn value(key: &str) -> Option<(Variables, &'static str)> {
    #[cfg(feature = "asymmetric")]
    if let Some(pem) = super::pem::good(key) {
        return Some(pem);
    }
    good(key)
}

#[test]
fn a_mistake_is_told_in_words() {
    let rows: &[(&str, &str, &str, &[&str])] = &[
        (
            "an issuer in quotes",
            "JWT_DECODE_ISSUER",
            "\"https://login.example\"",
            &[
                r#"JWT_DECODE_ISSUER="\"https://login.example\"": in quotes, which are part of the value. Remove the quotes"#,
            ],
        ),
        (
            "a name in single quotes",
            "JWT_ACCESS_COOKIE_NAME",
            "'session'",
            &[
                "JWT_ACCESS_COOKIE_NAME=\"\\'session\\'\": in quotes, which are part of the value. Remove the quotes",
            ],
        ),
        (
            "an item of a list in single quotes",
            "JWT_DECODE_AUDIENCE",
            "shop, 'app'",
            &[
                "JWT_DECODE_AUDIENCE=\"shop, \\'app\\'\": in quotes, which are part of the value. Remove the quotes",
            ],
        ),
        (
            "a line end of Windows",
            "JWT_COOKIE_SECURE",
            "true\r",
            &[
                r#"JWT_COOKIE_SECURE="true\r": ends with a carriage return. Save the file of variables with the line ends of Unix"#,
            ],
        ),
        (
            "white space",
            "HANDSTAMP_KEY_ID",
            " ",
            &[r#"HANDSTAMP_KEY_ID=" ": begins or ends with white space. Remove the white space"#],
        ),
        (
            "a store that may take a day",
            "HANDSTAMP_STORE_TIMEOUT",
            "1d",
            &[
                r#"HANDSTAMP_STORE_TIMEOUT="1d": while the store is down, each request would wait for longer than a minute. Use 2s"#,
            ],
        ),
        (
            "a placeholder for a secret",
            "JWT_SECRET_KEY",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            &[
                "JWT_SECRET_KEY: the secret is one character over and over. Make one with `openssl rand -base64 64`",
            ],
        ),
        (
            "a placeholder in another script",
            "JWT_PREVIOUS_SECRET_KEY",
            "éééééééééééééééééééé",
            &[
                "JWT_PREVIOUS_SECRET_KEY: the secret is one character over and over. Make one with `openssl rand -base64 64`",
            ],
        ),
        (
            "a blank secret, long enough",
            "JWT_SECRET_KEY",
            "                                        ",
            &[
                "JWT_SECRET_KEY: the secret is white space alone. Make one with `openssl rand -base64 64`",
            ],
        ),
    ];
    for (sentence, key, value, expected) in rows {
        assert_eq!(problems(with(&[(key, value)])), *expected, "{sentence}");
    }
    let long = vec!["a".repeat(1000); 2].join(",");
    assert_eq!(
        problems(with(&[("JWT_ENCODE_AUDIENCE", &long)])),
        [
            "JWT_ENCODE_AUDIENCE: 2000 bytes, which every token would carry, and cookies hold 4096. Use fewer or shorter ones"
        ]
    );
}

#[test]
fn a_service_that_refuses_its_own_tokens_is_warned() {
    const AUDIENCE: &str = "JWT_DECODE_AUDIENCE: this service refuses the tokens that it makes itself, because JWT_ENCODE_AUDIENCE has none of these audiences";
    const ISSUER: &str = "JWT_DECODE_ISSUER: this service refuses the tokens that it makes itself, because JWT_ENCODE_ISSUER is not the same";
    #[rustfmt::skip]
    let rows: &[(&str, Variables, &[&str])] = &[
        ("neither", &[], &[]),
        ("written alone", &[("JWT_ENCODE_AUDIENCE", "a"), ("JWT_ENCODE_ISSUER", "a")], &[]),
        ("the same", &[("JWT_ENCODE_AUDIENCE", "a,b"), ("JWT_DECODE_AUDIENCE", "b,c"), ("JWT_ENCODE_ISSUER", "a"), ("JWT_DECODE_ISSUER", "a")], &[]),
        ("another audience", &[("JWT_ENCODE_AUDIENCE", "a"), ("JWT_DECODE_AUDIENCE", "b")], &[AUDIENCE]),
        ("an audience that is asked for and not written", &[("JWT_DECODE_AUDIENCE", "b")], &[AUDIENCE]),
        ("another issuer", &[("JWT_ENCODE_ISSUER", "a"), ("JWT_DECODE_ISSUER", "a/")], &[ISSUER]),
        ("an issuer that is asked for and not written", &[("JWT_DECODE_ISSUER", "a")], &[ISSUER]),
    ];
    for (sentence, variables, expected) in rows {
        assert_eq!(with(variables).unwrap().warnings(), *expected, "{sentence}");
    }
}

#[test]
fn what_stands_around_a_secret_is_warned_about_and_not_shown() {
    let secret = super::SECRET;
    let rows = [
        ("nothing", secret.to_owned(), vec![]),
        (
            "quotes",
            format!("\"{secret}\""),
            vec![
                "JWT_SECRET_KEY is in quotes, and they are part of the secret: remove them, unless every service that shares it has them",
            ],
        ),
        (
            "single quotes",
            format!("'{secret}'"),
            vec![
                "JWT_SECRET_KEY is in quotes, and they are part of the secret: remove them, unless every service that shares it has them",
            ],
        ),
        ("a quote in front", format!("'{secret}"), vec![]),
        (
            "a carriage return",
            format!("{secret}\r"),
            vec![
                "JWT_SECRET_KEY ends with a carriage return, which is part of the secret: save the file of variables with the line ends of Unix",
            ],
        ),
        (
            "a blank",
            format!("{secret} "),
            vec![
                "JWT_SECRET_KEY begins or ends with white space, which is part of the secret: remove it, unless every service that shares it has it",
            ],
        ),
    ];
    for (sentence, value, expected) in rows {
        let config = from(&[("JWT_SECRET_KEY", &value)]).unwrap();
        assert_eq!(config.warnings(), expected, "{sentence}");
    }
}
