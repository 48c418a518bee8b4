//! Tests of names, files and precedence, and that no environment causes a panic.

use std::{ffi::OsString, fs, path::PathBuf, time::Duration};

use proptest::prelude::*;

use super::{OTHER, Row, SECRET, from, problems, with};
use crate::{Config, config::settings::Settings, minutes};

#[test]
fn names() {
    for (name, variables, expected) in NAMES {
        assert_eq!(problems(from(variables)), *expected, "{name}");
    }
    let config = with(&[("JWT_LIFETIME_OF_TOKENS", "1"), ("JWT_KEY_ID", "1")]).unwrap();
    assert_eq!(
        config.warnings(),
        [
            "JWT_KEY_ID is no setting and is ignored. Did you mean HANDSTAMP_KEY_ID?",
            "JWT_LIFETIME_OF_TOKENS is no setting and is ignored",
        ]
    );
}

#[test]
fn the_environment_wins_over_what_was_set_before_it_and_loses_to_what_comes_after() {
    let variables = || {
        [(
            OsString::from("JWT_ACCESS_TOKEN_EXPIRES"),
            OsString::from("2m"),
        )]
    };
    let before = Config::builder()
        .secret_key(SECRET)
        .access_token_expires(minutes(1))
        .env_from(variables());
    assert_eq!(
        before.build().unwrap().settings.access_token_expires,
        minutes(2)
    );
    let after = Config::builder()
        .secret_key(SECRET)
        .env_from(variables())
        .access_token_expires(minutes(3));
    assert_eq!(
        after.build().unwrap().settings.access_token_expires,
        minutes(3)
    );
    let mended = Config::builder()
        .secret_key(SECRET)
        .env_from([
            ("JWT_ACCESS_TOKEN_EXPIRES".into(), "soon".into()),
            ("JWT_SECRET_KEY_FILE".into(), "/none".into()),
        ])
        .access_token_expires(Duration::from_secs(4))
        .secret_key(SECRET);
    assert_eq!(
        mended.build().unwrap().settings.access_token_expires,
        Duration::from_secs(4)
    );
}

#[test]
fn a_builder_knows_what_was_given() {
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], [bool; 3]);
    let rows: [Row<'_>; 11] = [
        ("nothing", &[], [false, false, false]),
        (
            "another setting",
            &[("JWT_PREVIOUS_SECRET_KEY", OTHER)],
            [false, false, false],
        ),
        (
            "a secret",
            &[("JWT_SECRET_KEY", SECRET)],
            [true, false, false],
        ),
        (
            "a secret that is too short",
            &[("jwt_secret_key", "x")],
            [true, false, false],
        ),
        (
            "a secret in a file that is not there",
            &[("JWT_SECRET_KEY_FILE", "/none")],
            [true, false, false],
        ),
        (
            "a private key that is none",
            &[("JWT_PRIVATE_KEY", "x")],
            [true, false, false],
        ),
        (
            "a public key in a file that is not there",
            &[("JWT_PUBLIC_KEY_FILE", "/none")],
            [true, false, false],
        ),
        (
            "implicit refresh",
            &[("JWT_IMPLICIT_REFRESH_DELTATIME", "1m")],
            [false, true, false],
        ),
        (
            "implicit refresh with a wrong value",
            &[("JWT_IMPLICIT_REFRESH_METHOD_EXCLUDE", "a b")],
            [false, true, false],
        ),
        (
            "an origin",
            &[("HANDSTAMP_PUBLIC_ORIGIN", "https://example.com")],
            [false, false, true],
        ),
        (
            "an origin without a value",
            &[("HANDSTAMP_PUBLIC_ORIGIN", "")],
            [false, false, true],
        ),
    ];
    for (name, variables, expected) in rows {
        let variables = variables
            .iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let builder = Config::builder().env_from(variables);
        let given = [
            builder.has_key(),
            builder.has_implicit_refresh(),
            builder.is_given("HANDSTAMP_PUBLIC_ORIGIN"),
        ];
        assert_eq!(given, expected, "{name}");
    }
}

#[test]
fn secrets_from_files() {
    let rows: &[(&str, &[u8], &[&str])] = &[
        ("as it is", SECRET.as_bytes(), &[]),
        (
            "one line break is not part of it",
            b"0123456789abcdef0123456789abcdef\n",
            &[],
        ),
        (
            "nor is one from Windows",
            b"0123456789abcdef0123456789abcdef\r\n",
            &[],
        ),
        ("any bytes", &[0xff; 32], &[]),
        (
            "only one line break goes",
            b"0123456789abcdef0123456789abcd\n\n",
            &[
                "JWT_SECRET_KEY: the secret has 31 bytes and HS256 needs at least 32 (RFC 7518, section 3.2). Make one with `openssl rand -base64 64`",
            ],
        ),
        (
            "empty",
            b"\n",
            &[
                "JWT_SECRET_KEY_FILE=\"{path}\": the file is empty. Give the path of a readable file that holds the key and nothing else",
            ],
        ),
    ];
    let file = TemporaryFile::new();
    let path = file.0.to_str().unwrap();
    for (name, content, expected) in rows {
        fs::write(&file.0, content).unwrap();
        let expected: Vec<_> = expected
            .iter()
            .map(|text| text.replace("{path}", path))
            .collect();
        let config = from(&[("JWT_SECRET_KEY_FILE", path)]);
        if let Ok(config) = &config {
            let content = content.strip_suffix(b"\n").unwrap_or(content);
            let content = content.strip_suffix(b"\r").unwrap_or(content);
            let token = Config::builder()
                .secret_key(content)
                .build()
                .unwrap()
                .keys()
                .sign(b"{}")
                .unwrap();
            assert!(config.keys().verify(token.as_bytes()).is_ok(), "{name}");
        }
        assert_eq!(problems(config), expected, "{name}");
    }
    fs::write(&file.0, vec![b'a'; 70_000]).unwrap();
    assert_eq!(
        problems(from(&[("JWT_SECRET_KEY_FILE", path)])),
        [format!(
            "JWT_SECRET_KEY_FILE=\"{path}\": the file is too large for a key. Give the path of a readable file that holds the key and nothing else"
        )]
    );
    assert_eq!(
        problems(from(&[
            ("JWT_SECRET_KEY", SECRET),
            ("JWT_SECRET_KEY_FILE", path)
        ])),
        ["JWT_SECRET_KEY: JWT_SECRET_KEY_FILE is set as well. Remove one of the two"]
    );
    assert_eq!(
        problems(from(&[("JWT_SECRET_KEY_FILE", "./no/such/file")])),
        [
            "JWT_SECRET_KEY_FILE=\"./no/such/file\": cannot read the file: No such file or directory (os error 2). Give the path of a readable file that holds the key and nothing else"
        ]
    );
    for secret in [
        "hunter2",
        "/9j4kX0secretsecret+secret=",
        "/9j4kX0/secret+secret=",
    ] {
        assert_eq!(
            problems(from(&[("JWT_SECRET_KEY_FILE", secret)])),
            [
                "JWT_SECRET_KEY_FILE: cannot read the file: No such file or directory (os error 2). Give the path of a readable file that holds the key and nothing else"
            ],
            "perhaps the secret itself"
        );
    }
}

#[test]
fn a_value_is_shown_escaped_and_cut() {
    let long = format!("{}\n", "é\"".repeat(100));
    let error = with(&[("JWT_COOKIE_SAMESITE", &long)]).unwrap_err();
    let value = error.problems()[0].value().unwrap();
    assert_eq!(value, format!("{}…", "é\\\"".repeat(20)));
}

#[test]
#[cfg(unix)]
fn values_that_are_not_utf8_are_problems() {
    use std::os::unix::ffi::OsStringExt;

    for setting in Settings::ALL {
        let variables = [(setting.name.into(), OsString::from_vec(vec![0xff, b'x']))];
        let error = Config::builder().env_from(variables).build().unwrap_err();
        assert_eq!(
            error.problems()[0].to_string(),
            format!("{}: not UTF-8. Write the value in UTF-8", setting.name)
        );
    }
    let variables = [(
        OsString::from_vec(b"HANDSTAMP_\xff".to_vec()),
        OsString::new(),
    )];
    let error = Config::builder()
        .secret_key(SECRET)
        .env_from(variables)
        .build()
        .unwrap_err();
    assert_eq!(error.problems()[0].key(), "HANDSTAMP_\u{fffd}");
}

fn any_name() -> impl Strategy<Value = String> {
    let known: Vec<_> = Settings::ALL
        .iter()
        .flat_map(|setting| [setting.name.to_owned(), format!("{}_FILE", setting.name)])
        .collect();
    prop_oneof![4 => prop::sample::select(known), 1 => "(JWT|jwt|HANDSTAMP)_[A-Z_]{0,20}", 1 => any::<String>()]
}

fn any_value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9]{1,25}[dhms]?",
        "PT?[0-9]{1,25}[DHMS]",
        r#"[\["a-z,\]]{0,12}"#,
        "https?://[a-z0-9.:@*\\[\\]/-]{0,20}",
        Just(OTHER.to_owned()),
        prop::sample::select(vec![
            "true",
            "false",
            "none",
            "host",
            "cookies",
            "headers,json",
            "HS512",
            "RS256",
            "ES256K",
            "__Host-a",
            "/"
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn no_environment_panics(variables in prop::collection::vec((any_name(), any_value()), 0..12)) {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        match Config::builder().secret_key(SECRET).env_from(variables).build() {
            Ok(config) => {
                let shown = format!("{config:?}");
                prop_assert!(!shown.contains(SECRET));
            }
            Err(error) => {
                prop_assert!(!error.problems().is_empty());
                prop_assert_eq!(error.to_string().lines().count(), error.problems().len() + 1);
                prop_assert!(error.problems().iter().all(|problem| problem.value().is_none_or(|value| value.chars().count() <= 61)));
            }
        }
    }
}

/// A file that is removed when the test ends.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("handstamp-config-{}", std::process::id())))
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

const NAMES: &[Row] = &[
    (
        "another case is the same name",
        &[("jwt_Secret_Key", SECRET)],
        &[],
    ),
    (
        "two cases of one name",
        &[("JWT_SECRET_KEY", SECRET), ("jwt_secret_key", SECRET)],
        &["JWT_SECRET_KEY: set more than once: names count without case. Keep one of them"],
    ),
    (
        "other variables are none of ours",
        &[("JWT_SECRET_KEY", SECRET), ("PATH", "/bin"), ("JWTX", "1")],
        &[],
    ),
    (
        "a slip in our own prefix",
        &[
            ("JWT_SECRET_KEY", SECRET),
            ("HANDSTAMP_COOKIE_PREFX", "host"),
        ],
        &["HANDSTAMP_COOKIE_PREFX: no such setting. Did you mean HANDSTAMP_COOKIE_PREFIX?"],
    ),
    (
        "far from every name, but our own prefix",
        &[
            ("JWT_SECRET_KEY", SECRET),
            ("HANDSTAMP_LISTEN_ON_PORT", "80"),
        ],
        &["HANDSTAMP_LISTEN_ON_PORT: no such setting. Did you mean HANDSTAMP_LOG_IN_PAGE?"],
    ),
    (
        "two edits from a name of AuthX; the value may be a secret and is not shown",
        &[("JWT_SECERT_KEY", "hunter2")],
        &[
            "JWT_SECERT_KEY: no such setting. Did you mean JWT_SECRET_KEY?",
            "JWT_SECRET_KEY: not set, and HS256 needs it. Make one with `openssl rand -base64 64`",
        ],
    ),
    (
        "the other prefix",
        &[("HANDSTAMP_SECRET_KEY", SECRET)],
        &[
            "HANDSTAMP_SECRET_KEY: no such setting. Did you mean JWT_SECRET_KEY?",
            "JWT_SECRET_KEY: not set, and HS256 needs it. Make one with `openssl rand -base64 64`",
        ],
    ),
    (
        "a slip in the name of a file",
        &[("JWT_SECRET_KEY", SECRET), ("JWT_SECRET_KEY_FIL", "/x")],
        &["JWT_SECRET_KEY_FIL: no such setting. Did you mean JWT_SECRET_KEY_FILE?"],
    ),
];
