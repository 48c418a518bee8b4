//! Rules between configurations of one site, each for one kind of account.

use crate::{
    config::{
        config::Config,
        report::Report,
        token_cookies::{TokenCookies, names},
    },
    cookie::CookieName,
    location::Location,
};

/// The login type and names that another configuration of the same site uses.
#[derive(Debug)]
pub(in crate::config) struct Neighbour {
    login_type: Option<String>,
    /// Each name with its setting. Empty if the configuration reads no cookies.
    names: Vec<(&'static str, CookieName)>,
}

impl From<&Config> for Neighbour {
    fn from(other: &Config) -> Self {
        let reads_cookies = other.settings.token_locations.contains(&Location::Cookies);
        Self {
            login_type: other.login_type().map(str::to_owned),
            names: names(&other.access_cookies, &other.refresh_cookies)
                .into_iter()
                .filter(|_| reads_cookies)
                .map(|(key, name)| (key, name.clone()))
                .collect(),
        }
    }
}

pub(super) fn check(own: Option<&str>, neighbours: &[Neighbour], report: &mut Report) {
    if own == Some("") {
        report.problem(
            KEY,
            own,
            "names no kind of account",
            "Use something like \"admin\"",
        );
    }
    for neighbour in neighbours {
        let reason = match (own, neighbour.login_type.as_deref()) {
            (None, _) => "not set, and there is another configuration",
            (_, None) => "the other configuration has none",
            (Some(own), Some(other)) if own == other => "the other configuration has the same",
            (Some(_), Some(_)) => continue,
        };
        report.problem(KEY, own, reason, "Give each a login type of its own");
    }
}

/// Checks that no two configurations share a cookie name: their cookies would overwrite each other.
pub(super) fn check_names(
    neighbours: &[Neighbour],
    access: &TokenCookies,
    refresh: &TokenCookies,
    report: &mut Report,
) {
    for (key, name) in names(access, refresh) {
        for neighbour in neighbours {
            let taken = neighbour.names.iter().find(|(_, taken)| taken == name);
            if let Some((their_key, _)) = taken {
                let whose = neighbour.login_type.as_deref().unwrap_or("none");
                report.problem(
                    key,
                    Some(name.as_str()),
                    format!("the same name as {their_key} of the login type {whose:?}"),
                    "Give each login type four cookie names of its own",
                );
            }
        }
    }
}

/// The login type has no variable, so problems name the method.
const KEY: &str = "login_type";
