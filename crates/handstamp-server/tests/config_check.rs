//! `handstamp config check` and `handstamp completions`.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::fs;
use std::process::{Command, Output};

use crate::service::{Home, PROGRAM, stderr};

const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";

fn check(home: &Home, arguments: &[&str], settings: &[(&str, &str)]) -> (Output, String) {
    let arguments = [&["config", "check"], arguments].concat();
    let output = home.run_with(&arguments, settings, "");
    let printed = String::from_utf8(output.stdout.clone()).unwrap();
    for text in [&printed, &stderr(&output)] {
        assert!(
            !text.contains(SECRET) && !text.contains("swordfish"),
            "{text}"
        );
    }
    assert_eq!(
        fs::read_dir(home.path()).unwrap().count(),
        0,
        "nothing is made"
    );
    (output, printed)
}

/// Returns the source and the value of a line, or all that was printed.
fn line<'p>(printed: &'p str, name: &str) -> (&'p str, &'p str) {
    let mut lines = printed.lines();
    let line = lines.find(|line| line.split(' ').next() == Some(name));
    let rest = line.and_then(|line| line.strip_prefix(name)?.trim_start().split_once(' '));
    rest.map_or((printed, ""), |(source, value)| {
        (source, value.trim_start())
    })
}

#[test]
fn every_setting_has_a_source_and_a_value() {
    let home = Home::new();
    let database = format!("sqlite://{}", home.database().display());
    let (output, printed) = check(&home, &[], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for (name, expected) in [
        ("--listen", ("default", "127.0.0.1:8000")),
        ("--database", ("default", database.as_str())),
        ("--redis", ("default", "(not set)")),
        ("--trusted-proxy", ("default", "(not set)")),
        ("--no-demo", ("default", "false")),
        ("JWT_SECRET_KEY", ("handstamp", "[redacted]")),
        ("JWT_COOKIE_SECURE", ("handstamp", "false")),
        ("JWT_ACCESS_TOKEN_EXPIRES", ("default", "15m")),
        ("HANDSTAMP_COOKIE_SUFFIX", ("default", "(empty)")),
        ("HANDSTAMP_PUBLIC_ORIGIN", ("default", "(not set)")),
    ] {
        assert_eq!(line(&printed, name), expected, "{name}");
    }
    let key = format!(
        "key: a start makes a random one in {}\n",
        home.secret().display()
    );
    assert!(printed.contains(&key), "{printed}");
    assert!(
        printed.contains("cookies: access_token_cookie, csrf_access_token, "),
        "{printed}"
    );

    let settings = [
        ("JWT_SECRET_KEY", SECRET),
        ("DATABASE_URL", "postgres://u:swordfish@db/auth"),
        ("REDIS_URL", "redis://u:swordfish@cache"),
        ("PORT", "9000"),
        ("jwt_access_token_expires", "300"),
        ("JWT_KEY_ID", "1"),
    ];
    let origin = "https://app.example.com";
    let arguments = ["--public-origin", origin, "--trusted-proxy", "10.0.0.0/8"];
    let (output, printed) = check(&home, &arguments, &settings);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for (name, expected) in [
        ("--listen", ("environment", "127.0.0.1:9000")),
        ("--database", ("environment", "postgres://db:5432/auth")),
        ("--redis", ("environment", "redis://cache:6379/0")),
        ("--trusted-proxy", ("argument", "10.0.0.0/8")),
        ("JWT_SECRET_KEY", ("environment", "[redacted]")),
        ("JWT_COOKIE_SECURE", ("default", "true")),
        ("JWT_ACCESS_TOKEN_EXPIRES", ("environment", "5m")),
        ("HANDSTAMP_PUBLIC_ORIGIN", ("argument", origin)),
    ] {
        assert_eq!(line(&printed, name), expected, "{name}");
    }
    let warning =
        "warning: JWT_KEY_ID is no setting and is ignored. Did you mean HANDSTAMP_KEY_ID?";
    assert!(printed.contains(warning), "{printed}");
}

#[test]
fn what_keeps_the_service_from_starting_is_said_after_the_settings() {
    let secret = ("JWT_SECRET_KEY", SECRET);
    let origin = ("HANDSTAMP_PUBLIC_ORIGIN", "https://app.example.com");
    for (name, arguments, settings, said) in [
        (
            "two problems",
            &[][..],
            &[
                secret,
                ("JWT_ENCODE_NBF", "nein"),
                ("JWT_CSRF_METHOD", "GET"),
            ][..],
            "2 problems in the configuration",
        ),
        (
            "a port",
            &[],
            &[("PORT", "http")],
            "PORT=\"http\": not a number",
        ),
        (
            "no key for PostgreSQL",
            &["--database", "postgres://db/auth"],
            &[],
            "JWT_SECRET_KEY is not set",
        ),
        (
            "no cookies",
            &[],
            &[secret, ("JWT_TOKEN_LOCATION", "headers")],
            "Add cookies",
        ),
        (
            "two origins",
            &["--public-origin", "https://other.example.com"],
            &[secret, origin],
            "HANDSTAMP_PUBLIC_ORIGIN is set as well, to https://app.example.com. Leave one of them out",
        ),
        (
            "an origin that is none",
            &["--public-origin", "app.example.com"],
            &[secret],
            "HANDSTAMP_PUBLIC_ORIGIN=\"app.example.com\"",
        ),
    ] {
        let home = Home::new();
        let (output, printed) = check(&home, arguments, settings);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(
            stderr(&output).contains(said),
            "{name}: {}",
            stderr(&output)
        );
        assert!(!printed.contains("a service starts"), "{name}: {printed}");
        let refusal = home.start(arguments, settings).unwrap_err();
        assert_eq!(refusal.status, Some(2), "{name}: a start says the same");
        assert!(refusal.stderr.contains(said), "{name}: {}", refusal.stderr);
    }
}

/// A warning of a start that the check does not know would surprise.
#[test]
fn every_warning_of_a_start_is_said() {
    for (name, arguments, settings, said) in [
        (
            "no public origin",
            &["--listen", "0.0.0.0:0"][..],
            &[][..],
            "over plain HTTP from another host browsers keep none",
        ),
        (
            "a path without the routes",
            &[],
            &[("JWT_REFRESH_COOKIE_PATH", "/refresh")],
            "browsers do not send the refresh cookie to /logout",
        ),
        (
            "a danger",
            &[],
            &[("HANDSTAMP_DANGER_SHORT_SECRET", "true")],
            "HANDSTAMP_DANGER_SHORT_SECRET is on",
        ),
    ] {
        let home = Home::new();
        let (output, printed) = check(&home, arguments, settings);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", stderr(&output));
        let mut warnings = printed.lines().filter(|line| line.starts_with("warning: "));
        assert!(
            warnings.any(|line| line.contains(said)),
            "{name}: {printed}"
        );
        let mut arguments = arguments.to_vec();
        if arguments.is_empty() {
            arguments.extend(["--listen", "127.0.0.1:0"]);
        }
        let server = home.start(&arguments, settings).unwrap();
        assert!(server.says(said), "{name}: {}", server.stderr());
    }
}

#[test]
fn the_key_that_a_start_has_made_is_checked() {
    let home = Home::new();
    fs::create_dir(home.path().join("handstamp")).unwrap();
    fs::write(home.secret(), "a key that others can read").unwrap();
    let output = home.run(&["config", "check"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("chmod 600"), "{}", stderr(&output));
}

#[test]
fn a_shell_completes_commands_and_options() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = home.run(&["completions", shell], "");
        assert!(output.status.success(), "{shell}: {}", stderr(&output));
        let script = String::from_utf8(output.stdout).unwrap();
        for word in ["public-origin", "passwd", "remove", "config"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let script = format!(
        "source <({PROGRAM} completions bash); COMP_WORDS=(handstamp user rem); COMP_CWORD=2; _handstamp handstamp rem user; \
         echo \"${{COMPREPLY[@]}}\""
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "remove\n",
        "{}",
        stderr(&output)
    );
    let output = home.run(&["completions", "csh"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("possible values: bash"),
        "{}",
        stderr(&output)
    );
}
