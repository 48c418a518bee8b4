//! The configurations under test.

use std::error::Error;
use std::sync::Arc;

use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{Auth, Config, handstamp};

use crate::clock::MovedClock;
use crate::tls::Protocol;

/// Settings as in the environment. `OWN` and `FRIEND` are replaced by the origins.
pub(crate) type Settings = &'static [(&'static str, &'static str)];

/// An application that differs from the others in its settings.
pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) settings: Settings,
    /// The settings after a change of configuration, if tests make one.
    pub(crate) later: Option<Settings>,
    /// Whether it allows every origin by CORS.
    pub(crate) open_to_all: bool,
    pub(crate) transport: Transport,
    /// Whether it renews access tokens by implicit refresh.
    pub(crate) renewing: bool,
    /// Whether its settings begin with `Config::hardened`.
    hardened: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum Transport {
    Tls(Protocol),
    /// Plain HTTP, by the name of a machine in a closed network.
    Plain,
}

impl Service {
    const fn new(name: &'static str, settings: Settings) -> Self {
        Self {
            name,
            settings,
            later: None,
            open_to_all: false,
            transport: Transport::Tls(Protocol::Http1),
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
            transport: Transport::Tls(Protocol::Http2),
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

    const fn plain(self) -> Self {
        Self {
            transport: Transport::Plain,
            ..self
        }
    }

    const fn later(self, settings: Settings) -> Self {
        Self {
            later: Some(settings),
            ..self
        }
    }

    pub(crate) fn origin(&self, port: u16) -> String {
        match self.transport {
            Transport::Tls(_) => format!("https://app.example.test:{port}"),
            Transport::Plain => format!("http://nas.lan:{port}"),
        }
    }

    pub(crate) fn auth(
        &self,
        settings: Settings,
        origin: &str,
        attackers: u16,
        clock: &MovedClock,
        store: &Arc<MemoryStore>,
    ) -> Result<Auth, Box<dyn Error>> {
        let friend = format!("https://friend.example.test:{attackers}");
        let variable = |(name, value): &(&str, &str)| {
            let value = value.replace("OWN", origin).replace("FRIEND", &friend);
            ((*name).into(), value.into())
        };
        let builder = if self.hardened {
            Config::hardened(origin)
        } else {
            Config::builder()
        };
        let config = builder
            .secret_key("known to everybody: nothing but the tests uses it")
            .env_from(settings.iter().map(variable))
            .build()?;
        let auth = handstamp::Auth::builder(config)
            .store(Arc::clone(store))
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
    Service::new("narrow", &[NARROW]),
    Service::new(
        "former-key",
        &[("JWT_SECRET_KEY", "a key that was replaced, of 32 bytes")],
    ),
    Service::new("lan", &[("JWT_COOKIE_SECURE", "false")]).plain(),
    Service::new("partitioned", &[SAME_SITE_NONE, PARTITIONED]),
    Service::new("partition-introduced", &[SAME_SITE_NONE, PERSISTENT]).later(&[
        SAME_SITE_NONE,
        PERSISTENT,
        PARTITIONED,
    ]),
    Service::new("domain-added", &[PERSISTENT]).later(&[PERSISTENT, DOMAIN]),
    Service::new("domain-removed", &[PERSISTENT, DOMAIN]).later(&[
        PERSISTENT,
        (
            FORMER,
            "access_token_cookie; Domain=example.test, csrf_access_token; Domain=example.test, \
             refresh_token_cookie; Domain=example.test, csrf_refresh_token; Domain=example.test",
        ),
    ]),
    Service::new("domain-removed-unlisted", &[PERSISTENT, DOMAIN]).later(&[PERSISTENT]),
    Service::new("path-narrowed", &[PERSISTENT]).later(&[
        PERSISTENT,
        NARROW,
        (FORMER, "refresh_token_cookie"),
    ]),
    Service::new("path-narrowed-unlisted", &[PERSISTENT]).later(&[PERSISTENT, NARROW]),
    Service::new("path-widened", &[PERSISTENT, NARROW])
        .later(&[PERSISTENT, (FORMER, "refresh_token_cookie; Path=/refresh")]),
    Service::new("prefix-introduced", &[PERSISTENT]).later(&[
        PERSISTENT,
        HOST_PREFIX,
        (
            FORMER,
            "access_token_cookie, csrf_access_token, refresh_token_cookie, csrf_refresh_token",
        ),
    ]),
    Service::new("prefix-introduced-unlisted", &[PERSISTENT]).later(&[PERSISTENT, HOST_PREFIX]),
];

const OWN_ORIGIN: (&str, &str) = ("HANDSTAMP_PUBLIC_ORIGIN", "OWN");
const SAME_SITE_NONE: (&str, &str) = ("JWT_COOKIE_SAMESITE", "none");
const HOST_PREFIX: (&str, &str) = ("HANDSTAMP_COOKIE_PREFIX", "host");
const NARROW: (&str, &str) = ("JWT_REFRESH_COOKIE_PATH", "/refresh");
const PERSISTENT: (&str, &str) = ("JWT_SESSION_COOKIE", "false");
const DOMAIN: (&str, &str) = ("JWT_COOKIE_DOMAIN", "example.test");
const PARTITIONED: (&str, &str) = ("HANDSTAMP_COOKIE_PARTITIONED", "true");
const FORMER: &str = "HANDSTAMP_FORMER_COOKIES";
