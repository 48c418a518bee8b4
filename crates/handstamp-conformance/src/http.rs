//! A client that sends requests which well-behaved clients cannot, over a plain socket.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use handstamp::RequestHead;
use serde_json::Value;

/// One HTTP/1.1 request, header values and body as bytes.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    /// Creates a request without a body.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.into(),
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Adds one header line.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.into(), value.as_ref().into()));
        self
    }

    /// Sets a JSON body, with its media type.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// Sets the body alone.
    #[must_use]
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().into();
        self
    }

    /// Puts these cookies, each `name=value`, in one `Cookie` line.
    #[must_use]
    pub fn cookies<C: AsRef<str>>(self, cookies: impl IntoIterator<Item = C>) -> Self {
        let cookies: Vec<C> = cookies.into_iter().collect();
        let cookies: Vec<&str> = cookies.iter().map(AsRef::as_ref).collect();
        self.header("cookie", cookies.join("; "))
    }

    /// Returns the same request for another target.
    #[must_use]
    pub fn to(mut self, target: &str) -> Self {
        self.target = target.into();
        self
    }

    /// Returns the method, for adapters that run in this process.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns path and query.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Returns the header lines, in order.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// The body.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.body
    }

    /// Sends it on its own connection and reads the whole response.
    ///
    /// # Errors
    /// Returns an error if the server closes the connection without a response, or does not respond
    /// within ten seconds.
    pub fn send(&self, address: SocketAddr) -> io::Result<Reply> {
        exchange(address, &Vec::from(self.clone()), Sending::GoesOn)
    }
}

/// For cases that call the core directly.
impl RequestHead for Request {
    fn method(&self) -> &str {
        &self.method
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.lines()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}

/// Returns the bytes to send, `Connection: close` among them, and a `Host` if neither the request
/// nor its target names one.
impl From<Request> for Vec<u8> {
    fn from(request: Request) -> Self {
        let Request {
            method,
            target,
            headers,
            body,
        } = request;
        let mut bytes = format!("{method} {target} HTTP/1.1\r\nconnection: close\r\n").into_bytes();
        let is_host = |(name, _): &(String, Vec<u8>)| name.eq_ignore_ascii_case("host");
        if target.starts_with('/') && !headers.iter().any(is_host) {
            bytes.extend(b"host: localhost\r\n");
        }
        if !body.is_empty() || method != "GET" {
            bytes.extend(format!("content-length: {}\r\n", body.len()).bytes());
        }
        for (name, value) in headers {
            bytes.extend([name.as_bytes(), b": ", &value, b"\r\n"].concat());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&body);
        bytes
    }
}

/// Whether the client may send more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    GoesOn,
    Ends,
}

/// Sends these bytes and reads the whole response.
pub(crate) fn exchange(address: SocketAddr, bytes: &[u8], sending: Sending) -> io::Result<Reply> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    // A server may respond, and close the connection, before it has read all of a request that is
    // too large.
    let mut sent = stream.write_all(bytes);
    if sending == Sending::Ends {
        // A server that sees the end before it has responded may assume that the client has gone.
        thread::sleep(Duration::from_millis(1));
        sent = sent.and(stream.shutdown(Shutdown::Write));
    }
    let mut answer = Vec::new();
    let received = stream.read_to_end(&mut answer);
    Reply::parse(&answer).ok_or_else(|| {
        let failed = sent.and(received.map(drop));
        failed
            .err()
            .unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into())
    })
}

/// A response.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Reply {
    /// Creates the response of an adapter that runs in this process. Header names in lower case.
    #[must_use]
    pub fn new(status: u16, headers: Vec<(String, String)>, body: String) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }

    /// Reads the bytes of a response that ends with the connection. Returns `None` if they are no
    /// response.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Some(Self {
            status,
            headers,
            body: body.to_owned(),
        })
    }

    /// Returns the first header line of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Returns all header lines of this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(move |(have, _)| have == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the body as JSON; `Null` if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Keeps cookies as a browser does, as far as tests need it: by name, until they are deleted. It
/// also sends `Secure` ones.
#[derive(Debug, Clone, Default)]
pub struct Jar(BTreeMap<String, String>);

impl Jar {
    /// Applies the cookies that a response sets and deletes.
    pub fn store(&mut self, reply: &Reply) {
        for line in reply.all("set-cookie") {
            let pair = line.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if line.contains("; Max-Age=0;") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Returns the value of a cookie.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Returns all cookies, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the value of a `Cookie` header.
    #[must_use]
    pub fn header(&self) -> String {
        let pairs: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }
}
