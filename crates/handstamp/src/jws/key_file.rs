//! Identifies the content of a PEM before the crypto library parses it, so that errors name the
//! remedy.

use std::fmt;

use super::{
    Algorithm, PemError,
    der::{self, Reader},
    pem,
};

/// A key in DER, of the requested kind.
pub(super) struct KeyFile {
    pub(super) layout: Layout,
    pub(super) der: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// RFC 5280, section 4.1: any public key.
    Spki,
    /// RFC 8017, appendix A.1.1.
    Pkcs1Public,
    /// RFC 5958: any private key.
    Pkcs8,
    /// RFC 8017, appendix A.1.2.
    Pkcs1Private,
    /// RFC 5915.
    Sec1,
}

impl KeyFile {
    pub(super) fn public(
        algorithm: Algorithm,
        need: KeyKind,
        pem: &[u8],
    ) -> Result<Self, PemError> {
        let file = Self::read(pem)?;
        match file.layout {
            Layout::Spki | Layout::Pkcs1Public => file.of_kind(algorithm, need),
            Layout::Pkcs8 | Layout::Pkcs1Private | Layout::Sec1 => Err(PemError::PrivateForPublic),
        }
    }

    pub(super) fn private(
        algorithm: Algorithm,
        need: KeyKind,
        pem: &[u8],
    ) -> Result<Self, PemError> {
        let file = Self::read(pem)?;
        match file.layout {
            Layout::Pkcs8 | Layout::Pkcs1Private | Layout::Sec1 => file.of_kind(algorithm, need),
            Layout::Spki | Layout::Pkcs1Public => Err(PemError::PublicForPrivate),
        }
    }

    /// Returns modulus and public exponent, big-endian without leading zeros, of an RSA key in any
    /// layout.
    pub(super) fn rsa_numbers(&self) -> Option<(&[u8], &[u8])> {
        let mut fields = Reader::whole_sequence(&self.der)?;
        let mut numbers = match self.layout {
            Layout::Pkcs1Public | Layout::Pkcs1Private => fields,
            Layout::Spki => {
                fields.read(der::SEQUENCE)?;
                // The first byte is the number of unused bits.
                Reader::whole_sequence(fields.read(BIT_STRING)?.strip_prefix(&[0])?)?
            }
            Layout::Pkcs8 => {
                fields.read(der::INTEGER)?;
                fields.read(der::SEQUENCE)?;
                Reader::whole_sequence(fields.read(OCTET_STRING)?)?
            }
            Layout::Sec1 => return None,
        };
        if matches!(self.layout, Layout::Pkcs8 | Layout::Pkcs1Private) {
            numbers.read(der::INTEGER)?; // version
        }
        Some((numbers.positive_integer()?, numbers.positive_integer()?))
    }

    fn read(pem: &[u8]) -> Result<Self, PemError> {
        let block = pem::first_block(pem)?;
        let layout = match block.label {
            "PUBLIC KEY" => Layout::Spki,
            "RSA PUBLIC KEY" => Layout::Pkcs1Public,
            "PRIVATE KEY" => Layout::Pkcs8,
            "RSA PRIVATE KEY" => Layout::Pkcs1Private,
            "EC PRIVATE KEY" => Layout::Sec1,
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                return Err(PemError::Certificate);
            }
            "ENCRYPTED PRIVATE KEY" => return Err(PemError::Encrypted),
            "OPENSSH PRIVATE KEY" => return Err(PemError::OpenSsh),
            _ => return Err(PemError::UnknownLabel),
        };
        Ok(Self {
            layout,
            der: block.der,
        })
    }

    fn of_kind(self, algorithm: Algorithm, need: KeyKind) -> Result<Self, PemError> {
        let found = self.kind().ok_or(PemError::Damaged)?;
        if found != need {
            return Err(PemError::WrongKind {
                algorithm,
                need,
                found,
            });
        }
        Ok(self)
    }

    fn kind(&self) -> Option<KeyKind> {
        let mut fields = Reader::whole_sequence(&self.der)?;
        match self.layout {
            Layout::Spki => KeyKind::of_identifier(fields.read(der::SEQUENCE)?),
            Layout::Pkcs8 => {
                fields.read(der::INTEGER)?;
                KeyKind::of_identifier(fields.read(der::SEQUENCE)?)
            }
            Layout::Pkcs1Public | Layout::Pkcs1Private => Some(KeyKind::Rsa),
            Layout::Sec1 => {
                fields.read(der::INTEGER)?;
                fields.read(OCTET_STRING)?;
                KeyKind::of_curve(Reader::over(fields.read(CONTEXT_0)?))
            }
        }
    }
}

/// The kind of a key, which decides the algorithms it fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Rsa,
    RsaPss,
    P256,
    P384,
    P521,
    Secp256k1,
    Ed25519,
    Other,
}

impl KeyKind {
    /// Returns the kind by the content of an `AlgorithmIdentifier` (RFC 5280, section 4.1.1.2).
    fn of_identifier(identifier: &[u8]) -> Option<Self> {
        let mut fields = Reader::over(identifier);
        Some(match fields.read(OBJECT_ID)? {
            b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01" => Self::Rsa,
            b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a" => Self::RsaPss,
            b"\x2a\x86\x48\xce\x3d\x02\x01" => return Self::of_curve(fields),
            b"\x2b\x65\x70" => Self::Ed25519,
            _ => Self::Other,
        })
    }

    /// Returns the kind by `ECParameters` (RFC 5480, section 2.1.1). Explicit parameters instead of
    /// a named curve are another kind: they could be any curve (CVE-2020-0601).
    fn of_curve(mut parameters: Reader<'_>) -> Option<Self> {
        Some(match parameters.next()? {
            (OBJECT_ID, b"\x2a\x86\x48\xce\x3d\x03\x01\x07") => Self::P256,
            (OBJECT_ID, b"\x2b\x81\x04\x00\x22") => Self::P384,
            (OBJECT_ID, b"\x2b\x81\x04\x00\x23") => Self::P521,
            (OBJECT_ID, b"\x2b\x81\x04\x00\x0a") => Self::Secp256k1,
            _ => Self::Other,
        })
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa => "an RSA key",
            Self::RsaPss => "an RSA key bound to PSS (id-RSASSA-PSS)",
            Self::P256 => "an EC key on P-256",
            Self::P384 => "an EC key on P-384",
            Self::P521 => "an EC key on P-521",
            Self::Secp256k1 => "an EC key on secp256k1",
            Self::Ed25519 => "an Ed25519 key",
            Self::Other => "a key of another kind or on another curve",
        })
    }
}

const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
/// Context tag 0, constructed.
const CONTEXT_0: u8 = 0xa0;
