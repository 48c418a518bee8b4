//! Which sites are ours.

use super::{
    ConfigBuilder,
    report::Report,
    setting::{Apply, Effect, Setting, settings},
};
use crate::csrf::Origin;

settings! {
    /// Exact origins.
    Origins in origins {
        /// The origin under which browsers see this service, as in `https://app.example.com`.
        Later "HANDSTAMP_PUBLIC_ORIGIN" public_origin(text Origin): Option<Origin> = None;
        /// Other origins whose pages may send requests with cookies.
        Later "HANDSTAMP_TRUSTED_ORIGINS" trusted_origins(texts Origin): Vec<Origin> = Vec::new();
    }
}

impl Origins {
    pub(super) fn check(&self, cookie_secure: bool, report: &mut Report) {
        if let Some(origin) = &self.public_origin
            && cookie_secure
            && !origin.is_https()
            && !origin.is_loopback()
        {
            report.warn(format!(
                "HANDSTAMP_PUBLIC_ORIGIN: browsers at {origin} take no Secure cookies"
            ));
        }
    }
}
