//! Users and admins, side by side.

use axum::Router;
use axum::routing::get;
use handstamp_axum::handstamp::config::ConfigBuilder;
use handstamp_axum::handstamp::purpose::Access;
use handstamp_axum::{Auth, Config, SignedToken};
use handstamp_conformance::Request;

use crate::app::{SECRET, outcome, send, subject};

/// Two login types have the same four cookies unless somebody thinks of it: a log-in as an admin logs the user out. (The `OpenAPI`
/// half is of a part that is not here.)
#[tokio::test]
async fn bug_44_login_types_that_share_a_cookie_do_not_start() {
    let users = config_of("user", "").build().unwrap();
    let same_names = config_of("admin", "")
        .alongside(&users)
        .build()
        .unwrap_err();
    let names = [
        ("JWT_ACCESS_COOKIE_NAME", "access_token_cookie"),
        ("JWT_ACCESS_CSRF_COOKIE_NAME", "csrf_access_token"),
        ("JWT_REFRESH_COOKIE_NAME", "refresh_token_cookie"),
        ("JWT_REFRESH_CSRF_COOKIE_NAME", "csrf_refresh_token"),
    ];
    let said: Vec<String> = same_names
        .problems()
        .iter()
        .map(ToString::to_string)
        .collect();
    let expected = names.map(|(key, name)| {
        format!(
            "{key}=\"{name}\": the same name as {key} of the login type \"user\". Use four names of its own for each login type"
        )
    });
    assert_eq!(said, expected);
    let same_type = config_of("user", "admin_")
        .alongside(&users)
        .build()
        .unwrap_err();
    assert!(
        same_type
            .to_string()
            .contains("login_type=\"user\": the configuration beside this one has the same")
    );

    // With names of their own one browser is logged in as both, and neither opens a door of the other.
    let admins = config_of("admin", "admin_")
        .alongside(&users)
        .build()
        .unwrap();
    let (users, admins) = (Auth::new(users).unwrap(), Auth::new(admins).unwrap());
    let router = Router::new()
        .route("/user", get(subject).with_state(users.clone()))
        .route("/admin", get(subject).with_state(admins.clone()));
    let user = users.create_access_token("1").unwrap();
    let admin = admins.create_access_token("2").unwrap();
    let cookie = |prefix: &str, token: &SignedToken<Access>| {
        format!("{prefix}access_token_cookie={}", token.as_str())
    };
    let (ours, theirs) = ("200 1", "200 2");
    for (row, cookies, as_user, as_admin) in [
        (
            "both",
            vec![cookie("", &user), cookie("admin_", &admin)],
            ours,
            theirs,
        ),
        ("a user", vec![cookie("", &user)], ours, "401 missing_token"),
        (
            "a user who renames the cookie",
            vec![cookie("admin_", &user)],
            "401 missing_token",
            "401 login_type_mismatch",
        ),
    ] {
        for (path, expected) in [("/user", as_user), ("/admin", as_admin)] {
            let reply = send(router.clone(), Request::new("GET", path).cookies(&cookies)).await;
            assert_eq!(outcome(&reply), expected, "{row}: {path}");
        }
    }
}

/// One key for all; the names of the cookies begin with this.
fn config_of(login_type: &str, prefix: &str) -> ConfigBuilder {
    let name = |name: &str| format!("{prefix}{name}");
    Config::builder()
        .secret_key(SECRET)
        .login_type(login_type)
        .access_cookie_name(name("access_token_cookie"))
        .access_csrf_cookie_name(name("csrf_access_token"))
        .refresh_cookie_name(name("refresh_token_cookie"))
        .refresh_csrf_cookie_name(name("csrf_refresh_token"))
}
