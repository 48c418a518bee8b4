//! Who sends a request, as an adapter tells it.

use std::fmt;
use std::net::IpAddr;

use crate::authenticate::Authenticated;
use crate::purpose::Access;

/// Who sends a request: what limits are counted by.
#[derive(Clone, Copy)]
pub struct Caller<'r> {
    method: &'r str,
    path: &'r str,
    address: Option<IpAddr>,
    token: Option<&'r Authenticated<Access>>,
    header: Option<&'r Header<'r>>,
}

/// Finds the first value of a header field.
type Header<'r> = dyn Fn(&str) -> Option<&'r [u8]> + 'r;

impl<'r> Caller<'r> {
    /// Creates the caller of a request with this method and path, of whom no more is known.
    #[must_use]
    pub fn new(method: &'r str, path: &'r str) -> Self {
        Self {
            method,
            path,
            address: None,
            token: None,
            header: None,
        }
    }

    /// Sets the address of the client.
    ///
    /// # Security
    /// Behind a proxy, the address of the connection is that of the proxy, for all clients alike;
    /// and a header that a client can send proves nothing. Adapters read `X-Forwarded-For` and
    /// `Forwarded` of trusted proxies only.
    #[must_use]
    pub fn address(mut self, address: IpAddr) -> Self {
        self.address = Some(address.to_canonical());
        self
    }

    /// Sets the token of the request, which was verified.
    #[must_use]
    pub fn token(mut self, token: &'r Authenticated<Access>) -> Self {
        self.token = Some(token);
        self
    }

    /// Sets how to find the first value of a header field.
    #[must_use]
    pub fn headers(mut self, header: &'r (dyn Fn(&str) -> Option<&'r [u8]> + 'r)) -> Self {
        self.header = Some(header);
        self
    }

    /// Returns the method of the request.
    #[must_use]
    pub fn method(&self) -> &'r str {
        self.method
    }

    /// Returns the path of the request.
    #[must_use]
    pub fn path(&self) -> &'r str {
        self.path
    }

    /// Returns the address of the client, if it is known.
    #[must_use]
    pub fn client_address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Returns the verified access token of the request, if it has one.
    #[must_use]
    pub fn access(&self) -> Option<&'r Authenticated<Access>> {
        self.token
    }

    /// Returns the first value of this header field. Names are in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'r [u8]> {
        self.header?(name)
    }
}

/// Without the path, which may contain a token.
impl fmt::Debug for Caller<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("method", &self.method)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
