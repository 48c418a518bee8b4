//! Every rule between settings, one file per subject. A rule reads all settings and reports
//! problems; it changes nothing.

mod cookie_room;
mod cookies;
mod csrf;
mod dangers;
mod errors;
mod implicit_refresh;
mod keys;
mod lifetime;
mod locations;
mod login_type;
mod origins;
mod sessions;
mod token_cookies;
mod tokens;

pub use lifetime::LONGEST_LIFE;
pub(super) use login_type::Neighbour;

use super::{report::Report, settings::Settings, token_cookies::TokenCookies};
use crate::{jws::KeySet, location::Location, purpose::sealed::Kind};

/// Values that the rules derive from the settings.
pub(super) struct Checked {
    pub(super) keys: KeySet,
    pub(super) access_cookies: TokenCookies,
    pub(super) refresh_cookies: TokenCookies,
}

/// Runs all rules before it returns, so that one run reports every problem. Returns `None` if a
/// value could not be derived; the report then contains the reason.
pub(super) fn check(
    settings: &Settings,
    login_type: Option<&str>,
    neighbours: &[Neighbour],
    report: &mut Report,
) -> Option<Checked> {
    dangers::check(settings, report);
    let keys = keys::check(settings, report);
    tokens::check(settings, report);
    errors::check(settings, report);
    locations::check(settings, report);
    login_type::check(login_type, neighbours, report);
    cookies::check(settings, report);
    csrf::check(settings, report);
    token_cookies::check_prefix(settings, report);
    let access = token_cookies::derive(Kind::Access, settings, report);
    let refresh = token_cookies::derive(Kind::Refresh, settings, report);
    if let (Some(access), Some(refresh)) = (&access, &refresh) {
        token_cookies::check_distinct(access, refresh, report);
        token_cookies::check_former(access, refresh, report);
        if settings.token_locations.contains(&Location::Cookies) {
            login_type::check_names(neighbours, access, refresh, report);
        }
        if let Ok(keys) = &keys {
            cookie_room::check(settings, keys, access, refresh, report);
        }
    }
    sessions::check(settings, report);
    implicit_refresh::check(settings, report);
    origins::check(settings, report);
    Some(Checked {
        keys: keys.ok()?,
        access_cookies: access?,
        refresh_cookies: refresh?,
    })
}
