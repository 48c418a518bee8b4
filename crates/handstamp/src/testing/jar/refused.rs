//! Why a browser does not take a cookie.

use std::fmt;

/// Why a browser does not take a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::testing) enum Refused {
    ControlCharacter,
    Empty,
    TooLong(usize),
    PublicSuffix(String),
    ForeignDomain(String),
    SecureWithoutTls,
    CrossSite,
    NoneWithoutSecure,
    PartitionedWithoutSecure,
    OpaquePartition,
    NamelessPrefix,
    Prefix(&'static str),
    ReplacesSecure,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ControlCharacter => "it has a control character",
            Self::Empty => "it has neither name nor value",
            Self::TooLong(bytes) => {
                return write!(f, "name and value have {bytes} bytes, browsers take 4096");
            }
            Self::PublicSuffix(domain) => {
                return write!(f, "Domain={domain} is one below which the public has names");
            }
            Self::ForeignDomain(domain) => {
                return write!(f, "Domain={domain} is neither the host nor above it");
            }
            Self::SecureWithoutTls => {
                "it has Secure, and the origin is not https: Chromium and Firefox take it from \
                 http://localhost, Safari does not"
            }
            Self::CrossSite => "another site fetched the response, and it has not SameSite=None",
            Self::NoneWithoutSecure => "it has SameSite=None and not Secure",
            Self::PartitionedWithoutSecure => "it has Partitioned and not Secure",
            Self::OpaquePartition => "it has Partitioned, and the page has no site",
            Self::NamelessPrefix => "it has no name, and its value begins as a prefix of names",
            Self::Prefix(prefix) => {
                return write!(
                    f,
                    "its name begins with {prefix}, which needs Secure, with `host` Path=/ and no \
                     Domain, with `http` HttpOnly"
                );
            }
            Self::ReplacesSecure => {
                "it would hide a cookie with Secure, and the origin is not https"
            }
        })
    }
}
