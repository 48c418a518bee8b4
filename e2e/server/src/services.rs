//! The configurations under test.

use std::error::Error;

use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{Auth, Config, handstamp};

use crate::clock::MovedClock;
use crate::tls::Protocol;

/// An application that differs from the others in its settings.
pub(crate) struct Service {
    pub(crate) name: &'static str,
    /// Settings as in the environment. `OWN` and `FRIEND` are replaced by the origins.
    settings: &'static [(&'static str, &'static str)],
    /// Whether it allows every origin by CORS.
    pub(crate) open_to_all: bool,
    pub(crate) protocol: Protocol,
    /// Whether it renews access tokens by implicit refresh.
    pub(crate) renewing: bool,
    /// Whether its settings begin with `Config::hardened`.
    hardened: bool,
}

impl Service {
    const fn new(name: &'static str, settings: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            name,
            settings,
            open_to_all: false,
            protocol: Protocol::Http1,
            renewing: false,
            hardened: false,
        }
    }

    const fn open_to_all(self) -> Self {
        Self {
            open_to_all: true,
            ..self
        }
    }

    const fn http2(self) -> Self {
        Self {
            protocol: Protocol::Http2,
            ..self
        }
    }

    const fn renewing(self) -> Self {
        Self {
            renewing: true,
            ..self
        }
    }

    const fn hardened(self) -> Self {
        Self {
            hardened: true,
            ..self
        }
    }

    pub(crate) fn auth(
        &self,
        port: u16,
        attackers: u16,
        clock: &MovedClock,
    ) -> Result<Auth, Box<dyn Error>> {
        let origin = format!("https://app.example.test:{port}");
        let friend = format!("https://friend.example.test:{attackers}");
        let variable = |(name, value): &(&str, &str)| {
            let value = value.replace("OWN", &origin).replace("FRIEND", &friend);
            ((*name).into(), value.into())
        };
        let builder = if self.hardened {
            Config::hardened(&origin)
        } else {
            Config::builder()
        };
        let config = builder
            .secret_key("known to everybody: nothing but the tests uses it")
            .env_from(self.settings.iter().map(variable))
            .build()?;
        let auth = handstamp::Auth::builder(config)
            .store(MemoryStore::with_clock(clock.clone()))
            .with_clock(clock.clone())
            .build()?;
        Ok(auth.into())
    }
}

pub(crate) const SERVICES: &[Service] = &[
    Service::new("lax", &[]),
    Service::new("none", &[SAME_SITE_NONE]),
    // Another site can send a custom header only if the application allows it.
    Service::new("open", &[SAME_SITE_NONE]).open_to_all(),
    Service::new(
        "secure",
        &[
            SAME_SITE_NONE,
            ("JWT_ACCESS_COOKIE_NAME", "__Secure-access"),
            ("JWT_REFRESH_COOKIE_NAME", "__Secure-refresh"),
            ("JWT_ACCESS_CSRF_COOKIE_NAME", "__Secure-csrf_access"),
            ("JWT_REFRESH_CSRF_COOKIE_NAME", "__Secure-csrf_refresh"),
        ],
    ),
    Service::new("host", &[HOST_PREFIX]),
    Service::new("host-none", &[HOST_PREFIX, SAME_SITE_NONE]),
    Service::new("origin", &[OWN_ORIGIN]),
    Service::new("http2", &[OWN_ORIGIN]).http2(),
    Service::new(
        "trusting",
        &[
            OWN_ORIGIN,
            ("HANDSTAMP_TRUSTED_ORIGINS", "FRIEND"),
            SAME_SITE_NONE,
        ],
    )
    .open_to_all(),
    Service::new("hardened", &[]).hardened().http2(),
    Service::new("forms", &[("JWT_CSRF_CHECK_FORM", "true")]),
    Service::new("renewing", &[]).renewing(),
    Service::new("short", &[OWN_ORIGIN, ("JWT_ACCESS_TOKEN_EXPIRES", "2s")]),
];

const OWN_ORIGIN: (&str, &str) = ("HANDSTAMP_PUBLIC_ORIGIN", "OWN");
const SAME_SITE_NONE: (&str, &str) = ("JWT_COOKIE_SAMESITE", "none");
const HOST_PREFIX: (&str, &str) = ("HANDSTAMP_COOKIE_PREFIX", "host");
