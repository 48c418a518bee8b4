//! The method of a request: whether it may change state, and whether it opens a WebSocket.

use crate::config::Config;
use crate::request::RequestHead;

/// A method, by what it may change and by what the settings say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// It only reads ([RFC 9110, section 9.2.1]), and `JWT_CSRF_METHODS` does not list it.
    ///
    /// [RFC 9110, section 9.2.1]: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1
    Safe,
    /// It only reads, and is listed all the same.
    ListedSafe,
    /// It may change something, and is not listed.
    Unsafe,
    ListedUnsafe,
}

impl Method {
    pub(super) fn of(head: &impl RequestHead, config: &Config) -> Self {
        Self::named(head.method(), config)
    }

    pub(super) fn named(method: &str, config: &Config) -> Self {
        match (
            is_safe(method),
            is_listed(method, &config.settings.csrf_methods),
        ) {
            (true, false) => Self::Safe,
            (true, true) => Self::ListedSafe,
            (false, false) => Self::Unsafe,
            (false, true) => Self::ListedUnsafe,
        }
    }
}

/// Methods are case-sensitive (RFC 9110, section 9.1): what `get` does is up to the handler.
fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS")
}

/// Without regard to case: `fetch` sends `patch` as it is written, and an application may be less
/// exact and run it as PATCH. A value asked of a method that has no handler does no harm.
///
/// HEAD is listed where GET is: frameworks run the handler of GET for it.
fn is_listed(method: &str, listed: &[String]) -> bool {
    let is_in = |method: &str| {
        let mut listed = listed.iter();
        listed.any(|listed| listed.eq_ignore_ascii_case(method))
    };
    is_in(method) || method == "HEAD" && is_in("GET")
}

/// Whether the request opens a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    Http,
    WebSocket,
}

impl Transport {
    /// A WebSocket is asked for by `Upgrade`
    /// ([RFC 6455, section 4.1](https://www.rfc-editor.org/rfc/rfc6455#section-4.1)) or by CONNECT
    /// ([RFC 8441, section 4](https://www.rfc-editor.org/rfc/rfc8441#section-4)). Any value that
    /// contains the protocol's name counts, whatever its case: servers differ in how they read it,
    /// and the stricter rule applies.
    pub(super) fn of(head: &impl RequestHead) -> Self {
        let names_it = |value: &[u8]| {
            let mut windows = value.windows(WEBSOCKET.len());
            windows.any(|window| window.eq_ignore_ascii_case(WEBSOCKET))
        };
        if head.method() == "CONNECT" || head.header_values("upgrade").any(names_it) {
            Self::WebSocket
        } else {
            Self::Http
        }
    }
}

const WEBSOCKET: &[u8] = b"websocket";
