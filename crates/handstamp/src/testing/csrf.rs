//! Where a page finds the CSRF values, and where it repeats them.

use std::collections::HashMap;

use super::Response;
use crate::Config;
use crate::purpose::{Access, Refresh};

/// What belongs to the access token and what to the refresh token.
#[derive(Debug, Clone)]
pub(super) struct Pair<T> {
    pub(super) access: T,
    pub(super) refresh: T,
}

#[derive(Debug, Clone)]
pub(super) struct CsrfName {
    pub(super) cookie: String,
    pub(super) header: String,
}

impl Pair<CsrfName> {
    pub(super) fn of(config: &Config) -> Self {
        let (access, refresh) = (config.names::<Access>(), config.names::<Refresh>());
        let name = |cookie: &str, header: &str| CsrfName {
            cookie: cookie.to_owned(),
            header: header.to_owned(),
        };
        Self {
            access: name(access.csrf_cookie, access.csrf_header),
            refresh: name(refresh.csrf_cookie, refresh.csrf_header),
        }
    }
}

/// The CSRF values that pages have in memory, by origin.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<String, Pair<String>>);

impl Known {
    pub(super) fn get(&self, origin: &str) -> Option<&Pair<String>> {
        self.0.get(origin)
    }

    /// Remembers the values of a log-in. Without one for the refresh token, that of the access
    /// token is for both, as within a session.
    pub(super) fn remember(&mut self, origin: &str, access: Option<&str>, refresh: Option<&str>) {
        if let Some(access) = access.filter(|value| !value.is_empty()) {
            let values = Pair {
                access: access.to_owned(),
                refresh: refresh.unwrap_or(access).to_owned(),
            };
            self.0.insert(origin.to_owned(), values);
        }
    }

    /// Takes the values of a response's body, or forgets those of a session that is over: as the
    /// client of this project, which reads the bodies of its own routes alone. Here the route of a
    /// log-in may have any path, so that all bodies count.
    pub(super) fn learn(&mut self, origin: &str, path: &str, response: &Response) {
        let is_over = match response.status() {
            200..300 => {
                path.ends_with("/logout")
                    || response
                        .member("subject")
                        .is_some_and(serde_json::Value::is_null)
            }
            401 => path.ends_with("/refresh"),
            _ => return,
        };
        if is_over {
            self.0.remove(origin);
            return;
        }
        let text = |name| response.member(name).and_then(|value| value.as_str());
        self.remember(origin, text("csrf"), text("refresh_csrf"));
    }

    /// Forgets everything, as pages do that are closed or loaded anew.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
