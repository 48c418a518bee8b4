//! Variables by which Kubernetes and Docker tell a program of other services.
//!
//! A Service that is named `handstamp` puts `HANDSTAMP_SERVICE_HOST`, `HANDSTAMP_PORT` and more
//! into each container of its namespace. No one wrote them, and they are no settings.

use std::net::IpAddr;

/// Returns whether the variable has a name and a value of such a link.
pub(super) fn is_one(name: &str, value: &str) -> bool {
    let is_port = |value: &str| value.parse::<u16>().is_ok();
    let is_address = |value: &str| value.parse::<IpAddr>().is_ok();
    let is_url = |value: &str| {
        let rest = value.split_once("://");
        rest.is_some_and(|(scheme, _)| PROTOCOLS.contains(&scheme))
    };
    if name.ends_with("_SERVICE_HOST") {
        return is_address(value);
    }
    if name.ends_with("_SERVICE_PORT") || name.contains("_SERVICE_PORT_") {
        return is_port(value);
    }
    if name.ends_with("_PORT") && is_url(value) {
        return true;
    }
    // `_PORT_80_TCP`, `_PORT_80_TCP_ADDR`, `_PORT_80_TCP_PORT` and `_PORT_80_TCP_PROTO`.
    let Some((_, of_port)) = name.rsplit_once("_PORT_").filter(|(_, rest)| {
        let mut parts = rest.split('_');
        let number = parts.next().is_some_and(is_port);
        let protocol = parts.next().unwrap_or_default().to_ascii_lowercase();
        number && PROTOCOLS.contains(&&*protocol)
    }) else {
        return false;
    };
    match of_port.splitn(3, '_').nth(2) {
        None => is_url(value),
        Some("ADDR") => is_address(value),
        Some("PORT") => is_port(value),
        Some("PROTO") => PROTOCOLS.contains(&value),
        Some(_) => false,
    }
}

const PROTOCOLS: [&str; 3] = ["tcp", "udp", "sctp"];

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn links_are_told_from_settings() {
        for (name, value, is_link) in [
            ("HANDSTAMP_SERVICE_HOST", "10.0.0.1", true),
            ("HANDSTAMP_SERVICE_HOST", "fd00::1", true),
            ("HANDSTAMP_SERVICE_HOST", "true", false),
            ("HANDSTAMP_SERVICE_PORT", "80", true),
            ("HANDSTAMP_SERVICE_PORT_HTTP", "80", true),
            ("HANDSTAMP_PORT", "tcp://10.0.0.1:80", true),
            ("HANDSTAMP_PORT", "8000", false),
            ("HANDSTAMP_AUTH_PORT_80_TCP", "tcp://10.0.0.1:80", true),
            ("HANDSTAMP_PORT_80_TCP_ADDR", "10.0.0.1", true),
            ("HANDSTAMP_PORT_80_TCP_PORT", "80", true),
            ("HANDSTAMP_PORT_80_TCP_PROTO", "tcp", true),
            ("HANDSTAMP_PORT_80_UDP", "udp://10.0.0.1:80", true),
            ("HANDSTAMP_PORT_X_TCP_ADDR", "10.0.0.1", false),
            (
                "HANDSTAMP_TRUSTED_ORIGINZ",
                "https://app.example.com",
                false,
            ),
            ("HANDSTAMP_KEY_IDS", "80", false),
        ] {
            assert_eq!(is_one(name, value), is_link, "{name}={value}");
        }
    }
}
