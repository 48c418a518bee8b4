//! Tests of configurations alongside each other.

use super::{SECRET, problems};
use crate::config::ConfigBuilder;
use crate::{Config, Location};

type Change = fn(ConfigBuilder) -> ConfigBuilder;

/// A configuration with four separate names.
fn admins() -> ConfigBuilder {
    Config::builder()
        .secret_key(SECRET)
        .login_type("admin")
        .access_cookie_name("a")
        .access_csrf_cookie_name("b")
        .refresh_cookie_name("c")
        .refresh_csrf_cookie_name("d")
}

#[test]
fn each_has_a_type_and_names_of_its_own() {
    let users: Change = |users| users.login_type("user");
    let rows: [(&str, Change, Change, &[&str]); 10] = [
        ("both of their own", users, |admins| admins, &[]),
        (
            "the same type",
            |users| users.login_type("admin"),
            |admins| admins,
            &[
                "login_type=\"admin\": the other configuration has the same. Give each a login type of its own",
            ],
        ),
        (
            "no type alongside",
            |users| users,
            |admins| admins,
            &[
                "login_type=\"admin\": the other configuration has none. Give each a login type of its own",
            ],
        ),
        (
            "no type here",
            users,
            |_| {
                Config::builder()
                    .secret_key(SECRET)
                    .token_locations([Location::Headers])
            },
            &[
                "login_type: not set, and there is another configuration. Give each a login type of its own",
            ],
        ),
        (
            "an empty type",
            users,
            |admins| admins.login_type(""),
            &["login_type=\"\": names no kind of account. Use something like \"admin\""],
        ),
        (
            "all names by default",
            users,
            |_| Config::builder().secret_key(SECRET).login_type("admin"),
            &[
                "JWT_ACCESS_COOKIE_NAME=\"access_token_cookie\": the same name as JWT_ACCESS_COOKIE_NAME of the login type \"user\". Give each login type four cookie names of its own",
                "JWT_ACCESS_CSRF_COOKIE_NAME=\"csrf_access_token\": the same name as JWT_ACCESS_CSRF_COOKIE_NAME of the login type \"user\". Give each login type four cookie names of its own",
                "JWT_REFRESH_COOKIE_NAME=\"refresh_token_cookie\": the same name as JWT_REFRESH_COOKIE_NAME of the login type \"user\". Give each login type four cookie names of its own",
                "JWT_REFRESH_CSRF_COOKIE_NAME=\"csrf_refresh_token\": the same name as JWT_REFRESH_CSRF_COOKIE_NAME of the login type \"user\". Give each login type four cookie names of its own",
            ],
        ),
        (
            "the name of another cookie",
            users,
            |admins| admins.refresh_cookie_name("access_token_cookie"),
            &[
                "JWT_REFRESH_COOKIE_NAME=\"access_token_cookie\": the same name as JWT_ACCESS_COOKIE_NAME of the login type \"user\". Give each login type four cookie names of its own",
            ],
        ),
        (
            "the same name, and a prefix on one of them",
            |users| users.login_type("user").access_cookie_name("a"),
            |admins| admins.cookie_prefix(crate::config::CookiePrefix::Host),
            &[],
        ),
        (
            "no cookies here",
            users,
            |_| {
                Config::builder()
                    .secret_key(SECRET)
                    .login_type("admin")
                    .token_locations([Location::Headers])
            },
            &[],
        ),
        (
            "no cookies alongside",
            |users| {
                users
                    .login_type("user")
                    .token_locations([Location::Headers])
            },
            |_| Config::builder().secret_key(SECRET).login_type("admin"),
            &[],
        ),
    ];
    for (row, users, changed, expected) in rows {
        let users = users(Config::builder().secret_key(SECRET)).build().unwrap();
        let built = changed(admins()).alongside(&users).build();
        assert_eq!(problems(built), *expected, "{row}");
    }
}

#[test]
fn three_stand_beside_each_other() {
    let users = Config::builder().secret_key(SECRET).login_type("user");
    let users = users.build().unwrap();
    let admins = admins().alongside(&users).build().unwrap();
    let partners = Config::builder()
        .secret_key(SECRET)
        .login_type("partner")
        .access_cookie_name("a");
    let reasons = problems(partners.alongside(&users).alongside(&admins).build());
    let of_whom = |whose: &str| reasons.iter().filter(|text| text.contains(whose)).count();
    assert_eq!(
        (of_whom("\"admin\""), of_whom("\"user\"")),
        (1, 3),
        "{reasons:?}"
    );
}
