//! The configurations under test.

use std::error::Error;

use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{Auth, Config, handstamp};

/// An application that differs from the others in its settings.
pub(crate) struct Service {
    pub(crate) name: &'static str,
    /// As they would stand in the environment.
    settings: &'static [(&'static str, &'static str)],
    /// It answers any site that asks by CORS.
    pub(crate) open_to_all: bool,
}

impl Service {
    pub(crate) fn auth(&self, port: u16) -> Result<Auth, Box<dyn Error>> {
        let origin = format!("https://app.example.test:{port}");
        let variable = |(name, value): &(&str, &str)| {
            let value = value.replace("ORIGIN", &origin);
            ((*name).into(), value.into())
        };
        let config = Config::builder()
            .secret_key("known to everybody: nothing but the tests uses it")
            .env_from(self.settings.iter().map(variable))
            .build()?;
        let store = MemoryStore::new();
        Ok(handstamp::Auth::builder(config).store(store).build().into())
    }
}

pub(crate) const SERVICES: &[Service] = &[
    Service {
        name: "lax",
        settings: &[],
        open_to_all: false,
    },
    Service {
        name: "none",
        settings: &[SAME_SITE_NONE],
        open_to_all: false,
    },
    // The only way for a header of our choice to come from another site: the application lets it.
    Service {
        name: "open",
        settings: &[SAME_SITE_NONE],
        open_to_all: true,
    },
    Service {
        name: "secure",
        settings: &[
            SAME_SITE_NONE,
            ("JWT_ACCESS_COOKIE_NAME", "__Secure-access"),
            ("JWT_REFRESH_COOKIE_NAME", "__Secure-refresh"),
            ("JWT_ACCESS_CSRF_COOKIE_NAME", "__Secure-csrf_access"),
            ("JWT_REFRESH_CSRF_COOKIE_NAME", "__Secure-csrf_refresh"),
        ],
        open_to_all: false,
    },
    Service {
        name: "short",
        settings: &[("JWT_ACCESS_TOKEN_EXPIRES", "2s")],
        open_to_all: false,
    },
    Service {
        name: "host",
        settings: &[HOST_PREFIX],
        open_to_all: false,
    },
    Service {
        name: "host-none",
        settings: &[HOST_PREFIX, SAME_SITE_NONE],
        open_to_all: false,
    },
];

const SAME_SITE_NONE: (&str, &str) = ("JWT_COOKIE_SAMESITE", "none");
const HOST_PREFIX: (&str, &str) = ("HANDSTAMP_COOKIE_PREFIX", "host");
