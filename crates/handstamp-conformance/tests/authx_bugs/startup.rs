//! What a program meets that only loads the library.

use std::env;
use std::ffi::OsString;
use std::process::Command;

use handstamp::{Auth, Config};

/// Bug 42. Nothing is read from the environment before it is asked for, and nobody's logging is set
/// up.
#[test]
fn nothing_happens_before_it_is_asked_for() {
    const CHILD: &str = "AUTHX_BUG_42";
    if env::var_os(CHILD).is_some() {
        // What does not ask for the environment does not see it.
        let config = Config::builder().secret_key(SECRET).build();
        let auth = Auth::new(config.unwrap()).unwrap();
        assert!(auth.create_access_token("user1").is_ok());
        match Config::from_env() {
            Ok(config) => println!("{:?}", config.warnings()),
            Err(error) => println!("{error}"),
        }
        assert!(!tracing::dispatcher::has_been_set());
        return;
    }
    for (name, value, expected) in [
        ("JWT_TOKEN_LOCATION", "cookies", "[]"),
        ("JWT_ACCESS_TOKEN_EXPIRES", "900", "[]"),
        (
            "JWT_TOKEN_LOCATION",
            "cookie",
            "1 problem in the configuration:\n- JWT_TOKEN_LOCATION=\"cookie\": not one of cookies, headers, query, json. Use \"cookies\"",
        ),
        (
            "JWT_ACCESS_TOKEN_EXPIRES",
            "soon",
            "1 problem in the configuration:\n- JWT_ACCESS_TOKEN_EXPIRES=\"soon\": not a duration. Use seconds (900) or a form like 15m, 1h30m, 20d, PT15M, P20D",
        ),
    ] {
        let ours = |name: &OsString| {
            let name = name.to_string_lossy();
            ["JWT_", "HANDSTAMP_"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
        };
        let mut command = Command::new(env::current_exe().unwrap());
        for (name, _) in env::vars_os().filter(|(name, _)| ours(name)) {
            command.env_remove(name);
        }
        let output = command
            .args([
                "startup::nothing_happens_before_it_is_asked_for",
                "--exact",
                "--nocapture",
            ])
            .envs([(CHILD, ""), ("JWT_SECRET_KEY", SECRET), (name, value)])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}={value}: {said}");
        assert!(
            said.contains(&format!("{expected}\n")),
            "{name}={value}: {said}"
        );
    }
}

const SECRET: &str = "the secret of the service that is tested";
