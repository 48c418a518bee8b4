//! Several configurations side by side, each for one kind of account.

use super::{Config, ConfigBuilder, TokenCookies, report::Report, token_cookies};
use crate::{Location, cookie::CookieName};

/// Which accounts this configuration is for, and what is taken already.
#[derive(Debug, Default)]
pub(super) struct LoginType {
    pub(super) own: Option<String>,
    neighbours: Vec<Neighbour>,
}

/// What another configuration has taken.
#[derive(Debug)]
struct Neighbour {
    login_type: Option<String>,
    /// Each with the setting that named it. None where no cookies are read.
    names: Vec<(&'static str, CookieName)>,
}

impl ConfigBuilder {
    /// This configuration is for one kind of account, such as `admin`: every token that is made says so in its claim
    /// `login_type`, and no other is let in. Users of another kind have a configuration and an [`Auth`](crate::Auth) of their
    /// own, made [beside](Self::beside) this one.
    ///
    /// ```
    /// use handstamp::{Auth, Config, NewToken};
    ///
    /// let secret = "a secret of thirty-two bytes or more"; // one for both, if you like
    /// let users = Config::builder().secret_key(secret).login_type("user").build()?;
    /// let admins = Config::builder()
    ///     .secret_key(secret)
    ///     .login_type("admin")
    ///     .access_cookie_name("admin_access_token")
    ///     .access_csrf_cookie_name("admin_csrf_access_token")
    ///     .refresh_cookie_name("admin_refresh_token")
    ///     .refresh_csrf_cookie_name("admin_csrf_refresh_token")
    ///     .alongside(&users)
    ///     .build()?;
    /// let (users, admins) = (Auth::new(users), Auth::new(admins));
    ///
    /// let token = admins.create_access_token("1")?; // says that it is an admin's
    /// let mistake = users.create_access_token(NewToken::for_subject("1").login_type("admin"));
    /// assert!(mistake.is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn login_type(mut self, login_type: impl Into<String>) -> Self {
        self.login_type.own = Some(login_type.into());
        self
    }

    /// Checks that this configuration and another one, for another kind of account of the same site, get along: that each has
    /// a [login type](Self::login_type) of its own, and cookies of its own names. One user may be logged in as both.
    pub fn alongside(mut self, other: &Config) -> Self {
        let names = token_cookies::names(&other.access_cookies, &other.refresh_cookies);
        let reads_cookies = other.locations().contains(&Location::Cookies);
        self.login_type.neighbours.push(Neighbour {
            login_type: other.login_type().map(str::to_owned),
            names: names
                .into_iter()
                .filter(|_| reads_cookies)
                .map(|(key, name)| (key, name.clone()))
                .collect(),
        });
        self
    }
}

impl LoginType {
    pub(super) fn check(&self, report: &mut Report) {
        let own = self.own.as_deref();
        if own == Some("") {
            report.problem(KEY, own, "names nobody", "Use something like \"admin\"");
        }
        for neighbour in &self.neighbours {
            let reason = match (own, neighbour.login_type.as_deref()) {
                (None, _) => "not set, and there is another configuration beside this one",
                (_, None) => "the configuration beside this one has none",
                (Some(own), Some(other)) if own == other => {
                    "the configuration beside this one has the same"
                }
                (Some(_), Some(_)) => continue,
            };
            report.problem(KEY, own, reason, "Give each a login type of its own");
        }
    }

    /// Two cookies of one name would overwrite each other.
    pub(super) fn check_names(
        &self,
        access: &TokenCookies,
        refresh: &TokenCookies,
        report: &mut Report,
    ) {
        for (key, name) in token_cookies::names(access, refresh) {
            for neighbour in &self.neighbours {
                let taken = neighbour.names.iter().find(|(_, taken)| taken == name);
                if let Some((their_key, _)) = taken {
                    let whose = neighbour.login_type.as_deref().unwrap_or("none");
                    report.problem(
                        key,
                        Some(name.as_str()),
                        format!("the same name as {their_key} of the login type {whose:?}"),
                        "Use four names of its own for each login type",
                    );
                }
            }
        }
    }
}

/// In code only, so it is called as there.
const KEY: &str = "login_type";
