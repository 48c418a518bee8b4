//! Where to listen, as it is written for `--listen`.
//!
//! A text becomes an address at once, or a name that is looked up when the server starts.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use super::failure::Failure;

/// An address and a port, or a name of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Listen {
    Address(SocketAddr),
    Name(String, u16),
}

impl Listen {
    /// Returns the address. Of a name with several ones it is the first of IPv4, else the first:
    /// browsers that try another one first take this one next.
    ///
    /// An error names the option that has the name.
    pub(super) async fn resolve(self, option: &str) -> Result<SocketAddr, Failure> {
        let (name, port) = match self {
            Self::Address(address) => return Ok(address),
            Self::Name(name, port) => (name, port),
        };
        let looked_up = tokio::net::lookup_host((name.as_str(), port)).await;
        let addresses: Vec<SocketAddr> = looked_up
            .map_err(|error| unknown(option, &name, port, &error.to_string()))?
            .collect();
        let of_ipv4 = addresses.iter().find(|address| address.is_ipv4());
        let address = of_ipv4.or(addresses.first());
        address
            .copied()
            .ok_or_else(|| unknown(option, &name, port, "it has none"))
    }
}

fn unknown(option: &str, name: &str, port: u16, problem: &str) -> Failure {
    Failure::new(format!(
        "{option} {name}:{port}: the address of {name} is not found: {problem}. Give an address of this host, such as \
         127.0.0.1:{port}"
    ))
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Name(name, port) => write!(f, "{name}:{port}"),
        }
    }
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            let address = SocketAddr::new(address, 8000);
            return Err(format!("the port is missing: write {address}"));
        }
        let Some((name, port)) = text.rsplit_once(':') else {
            return match number(text) {
                Some(port) => Ok(Self::Address((Ipv4Addr::LOCALHOST, port).into())),
                None if is_host_name(text) => {
                    Err(format!("the port is missing: write {text}:8000"))
                }
                None => Err(FORMS.to_owned()),
            };
        };
        let Some(port) = number(port) else {
            return Err(format!("{port:?} is not a port from 0 to 65535"));
        };
        match name {
            "" | "*" => Err(format!(
                "write {port} for this host alone, or 0.0.0.0:{port} for all of its addresses"
            )),
            // It is that of this host, whatever a server of names says (RFC 6761, section 6.3).
            name if name.eq_ignore_ascii_case("localhost") => {
                Ok(Self::Address((Ipv4Addr::LOCALHOST, port).into()))
            }
            name if is_host_name(name) => Ok(Self::Name(name.to_owned(), port)),
            _ => Err(FORMS.to_owned()),
        }
    }
}

/// Reads a port of digits alone: the standard library takes a plus before them as well.
fn number(text: &str) -> Option<u16> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// Returns whether a text can be the name of a host. One of digits and dots alone is an address
/// with a mistake.
fn is_host_name(text: &str) -> bool {
    let is_in_names = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    text.bytes().all(is_in_names) && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

const FORMS: &str = "neither an address with a port, such as 127.0.0.1:8000 or [::1]:8000, nor a name with a port, such as \
                     localhost:8000, nor a port, such as 8000";

#[cfg(test)]
mod tests {
    use super::Listen;

    #[tokio::test]
    async fn an_address_a_name_or_a_port_is_read() {
        for (name, text, expected) in [
            ("an address", "192.0.2.1:80", Ok("192.0.2.1:80")),
            ("IPv6", "[::1]:8000", Ok("[::1]:8000")),
            ("all addresses", "0.0.0.0:0", Ok("0.0.0.0:0")),
            ("a port", "8000", Ok("127.0.0.1:8000")),
            ("localhost", "localhost:8000", Ok("127.0.0.1:8000")),
            ("in capitals", "LOCALHOST:1", Ok("127.0.0.1:1")),
            ("no port", "127.0.0.1", Err("write 127.0.0.1:8000")),
            ("no port of IPv6", "::1", Err("write [::1]:8000")),
            (
                "no port of a name",
                "localhost",
                Err("write localhost:8000"),
            ),
            (
                "no brackets",
                "fe80::a:b:c:d:8000",
                Err("write [fe80::a:b:c:d:8000]:8000"),
            ),
            ("no address", ":8000", Err("or 0.0.0.0:8000 for all")),
            ("all, as a star", "*:8000", Err("or 0.0.0.0:8000 for all")),
            (
                "a large port",
                "localhost:65536",
                Err("\"65536\" is not a port"),
            ),
            ("a large port alone", "65536", Err("nor a port")),
            ("a sign", "+8000", Err("nor a port")),
            (
                "a word for a port",
                "localhost:http",
                Err("\"http\" is not a port"),
            ),
            ("a URL", "http://localhost:8000", Err("neither an address")),
            (
                "a mistake in an address",
                "127.0.0:80",
                Err("neither an address"),
            ),
            ("nothing", "", Err("neither an address")),
        ] {
            let read = match text.parse::<Listen>() {
                Ok(listen) => Ok(listen.resolve("--listen").await.unwrap().to_string()),
                Err(problem) => Err(problem),
            };
            match (read, expected) {
                (Ok(address), Ok(expected)) => assert_eq!(address, expected, "{name}"),
                (Err(problem), Err(expected)) => {
                    assert!(problem.contains(expected), "{name}: {problem}");
                }
                (read, _) => panic!("{name}: {read:?}"),
            }
        }
    }

    #[tokio::test]
    async fn a_name_without_an_address_is_said() {
        let listen: Listen = "nowhere.invalid:8000".parse().unwrap();
        let failure = listen.resolve("--listen").await.unwrap_err();
        let said = "--listen nowhere.invalid:8000: the address of nowhere.invalid is not found: ";
        assert!(failure.message.starts_with(said), "{}", failure.message);
        assert!(
            failure.message.ends_with("such as 127.0.0.1:8000"),
            "{}",
            failure.message
        );
    }
}
