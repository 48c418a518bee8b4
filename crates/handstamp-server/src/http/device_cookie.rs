//! The cookie by which a device is known that has logged in before.
//!
//! A log-out leaves it: it logs no one in. It has no `Path`, so that it goes to what lies next to
//! the log-in route, also below a prefix that a proxy adds and only the browser knows
//! ([RFC 6265, section 5.1.4](https://www.rfc-editor.org/rfc/rfc6265#section-5.1.4)).

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::response::AppendHeaders;
use handstamp_axum::Auth;
use handstamp_axum::purpose::Access;

use super::cookies;
use crate::accounts::known_devices::{Devices, LIFE_SECONDS, UserAgent};

/// The devices that the client is, as an extractor. Without the cookie there are none.
#[derive(Debug)]
pub(super) struct DeviceCookie {
    pub(super) devices: Devices,
    /// What a new one of them would be.
    pub(super) user_agent: UserAgent,
}

impl<S: Send + Sync> FromRequestParts<S> for DeviceCookie
where
    Auth: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let wanted = name(&Auth::from_ref(state));
        let values = cookies::values(&parts.headers, &wanted);
        let user_agent = parts.headers.get(USER_AGENT);
        Ok(Self {
            devices: Devices::read(values),
            user_agent: UserAgent::new(user_agent.map_or(&[], |value| value.as_bytes())),
        })
    }
}

/// Returns the header that makes the client these devices. The cookie is sent wherever that of the
/// access token is, frames of other sites among them.
pub(super) fn set(
    auth: &Auth,
    devices: &Devices,
) -> AppendHeaders<[(axum::http::HeaderName, String); 1]> {
    let name = name(auth);
    let names = auth.config().names::<Access>();
    let same_site = names.same_site.name();
    let secure = if names.secure { "; Secure" } else { "" };
    let partitioned = if names.partitioned {
        "; Partitioned"
    } else {
        ""
    };
    let line = format!(
        "{name}={devices}; Max-Age={LIFE_SECONDS}; HttpOnly; SameSite={same_site}{secure}{partitioned}"
    );
    AppendHeaders([(SET_COOKIE, line)])
}

/// Applications on other ports of the host have other names of cookies, and so another device.
fn name(auth: &Auth) -> String {
    format!("device_{}", auth.config().names::<Access>().cookie)
}
