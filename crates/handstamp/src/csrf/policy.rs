//! The CSRF policy, one table: how a request must prove that no other site made a browser send it.
//!
//! It takes the kind of a request and the configuration, and returns what must be proven. It reads
//! no request and rejects none; [`check`](super::check) does, by this table.

use super::method::{Method, Transport};
use crate::config::Config;
use crate::location::Location;
use crate::purpose::sealed::Kind;

/// Returns what a request must prove. Each row of the table states it for HTTP with a public
/// origin, for HTTP without one, and for a WebSocket.
#[rustfmt::skip]
pub(super) fn required(case: Case, configured: Configured) -> Required {
    use CsrfDemand::{Check, Skip, SkipToken};
    use Kind::{Access, Refresh};
    use Method::{ListedSafe, ListedUnsafe, Safe, Unsafe};
    use OriginRule::{Handshake, Stated, StatedOrProgram, StatedOrToken};
    use Protection::{Off, On, Unchecked};
    use PublicOrigin::{Set, Unset};
    use Required::{Nothing, Origin, OriginAndToken, Token};

    let Configured { protection, public_origin } = configured;
    match case {
        // Lenient: a token that browsers do not send by themselves.
        // Risk: `JWT_HEADER_NAME` names a header that browsers fill, or a link with `?token=` makes
        // a visitor act as its sender. Covered: such names do not build
        // (config/rules/locations.rs), and tokens in queries are read only where they are listed,
        // which is a warning at start-up.
        Case::Token { location: Location::Headers | Location::Query | Location::Json, .. } => Nothing,

        Case::Token { location: Location::Cookies, demand, purpose, method, transport } => {
            let row = |with_origin, without_origin, web_socket| match (transport, public_origin) {
                (Transport::Http, Set) => with_origin,
                (Transport::Http, Unset) => without_origin,
                (Transport::WebSocket, Set | Unset) => web_socket,
            };
            match (demand, purpose, method, protection) {
                // Lenient: the route asked for no protection at all, WebSockets included.
                // Risk: any site can send the request with a visitor's cookies. Covered: by the
                // route alone, as `Require::without_csrf` says under `# Security`.
                (Skip, _, _, _) => row(Nothing, Nothing, Nothing),

                // Lenient: a request that only reads (RFC 9110, section 9.2.1).
                // Risk: a handler of GET changes something. Covered: another site cannot read the
                // answer (CORS), and such a method can be listed in `JWT_CSRF_METHODS`.
                (Check | SkipToken, Access, Safe, _) => row(Nothing, Nothing, Origin(Handshake)),

                // Lenient: the route asked for no CSRF value, as a webhook does, and a request that
                // names no origin passes.
                // Risk: a browser that sends neither header. Covered: browsers send `Origin` with
                // every method but GET and HEAD (Fetch, section 3.2). Without a public origin: by
                // the route alone, as `Require::without_csrf_token` says under `# Security`.
                (SkipToken, Refresh, _, _)
                | (SkipToken, Access, ListedSafe | Unsafe | ListedUnsafe, _)
                    => row(Origin(StatedOrProgram), Nothing, Origin(Handshake)),

                // Without a public origin the value decides alone.
                // Risk: a sibling subdomain plants a CSRF cookie and repeats its value. Covered:
                // the value is compared with the claim of the signed token, never with the cookie.
                (Check, Refresh, _, On | Unchecked)
                | (Check, Access, ListedSafe | ListedUnsafe, On)
                | (Check, Access, ListedSafe | Unsafe | ListedUnsafe, Unchecked)
                    => row(OriginAndToken(StatedOrToken), Token, OriginAndToken(Handshake)),

                // Lenient: no value is required, by the settings.
                // Risk: without a public origin any site can send the request. Covered: with one,
                // a request that does not state its origin is refused. Without one, protection
                // that is off or leaves out POST builds only with `Danger::NoCsrf`
                // (config/rules/csrf.rs), and a browser asks first before it sends another site's
                // request with a method other than GET, HEAD and POST (Fetch, "CORS-safelisted
                // method").
                (Check, Refresh, _, Off)
                | (Check, Access, ListedSafe | Unsafe | ListedUnsafe, Off)
                | (Check, Access, Unsafe, On)
                    => row(Origin(Stated), Nothing, Origin(Handshake)),
            }
        }

        // As a token on a route with `Check`, but whatever the method, for a log-out by GET ends a
        // session as well. No handshake: a log-out opens no WebSocket, whatever `Upgrade` says.
        // `Unchecked` does not arise: a log-out reads cookies only where they are configured.
        Case::LogOut => match (protection, public_origin) {
            (On | Unchecked, Set) => OriginAndToken(StatedOrToken),
            (On | Unchecked, Unset) => Token,
            (Off, Set) => Origin(Stated),
            // Lenient: protection is off.
            // Risk: another site logs visitors out. Covered: builds only with `Danger::NoCsrf`.
            (Off, Unset) => Nothing,
        },

        // There is no CSRF value before a log-in, so the origin decides, with or without a public
        // origin: browsers state `Sec-Fetch-Site` over HTTPS and to localhost.
        Case::Tokenless { method, transport } => match (transport, method) {
            (Transport::WebSocket, _) => Origin(Handshake),
            // Lenient: a request that only reads, listed or not.
            // Risk: an application logs in by GET, and a link logs a visitor in to the account of
            // another. Covered: by the application alone, as `Auth::require_same_origin` says.
            (Transport::Http, Safe | ListedSafe) => Nothing,
            // Lenient: a program passes.
            // Risk: a browser that sends neither header logs its user in to the account of another
            // (login CSRF). Covered: browsers send `Origin` with every such method, as above.
            (Transport::Http, Unsafe | ListedUnsafe) => Origin(StatedOrProgram),
        },
    }
}

/// What a request must prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Required {
    Nothing,
    /// The origin.
    Origin(OriginRule),
    /// The CSRF value of the token that it presents.
    Token,
    OriginAndToken(OriginRule),
}

/// The headers by which a request proves its origin, and the meaning of their absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OriginRule {
    /// `Sec-Fetch-Site`, or `Origin` in its absence. Without either the request is rejected.
    Stated,
    /// As [`Stated`](Self::Stated), but without either header the request is accepted, as that of a
    /// program that is not a browser.
    StatedOrProgram,
    /// As [`Stated`](Self::Stated), but without either header, or if the user initiated it, the
    /// request passes: the CSRF value is judged next.
    StatedOrToken,
    /// `Origin` alone, which must be present.
    Handshake,
}

/// The kind of a request, as far as the policy distinguishes them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Case {
    /// A request for a route that demands a token, which was found in this location.
    Token {
        location: Location,
        demand: CsrfDemand,
        purpose: Kind,
        method: Method,
        transport: Transport,
    },
    /// A log-out with a genuine token in a cookie, whatever its method.
    LogOut,
    /// A request for a route that demands no token.
    Tokenless {
        method: Method,
        transport: Transport,
    },
}

/// The demand of a route on requests whose token is in a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CsrfDemand {
    /// As the settings require.
    Check,
    /// No CSRF value; the origin is still checked.
    SkipToken,
    /// Neither CSRF value nor origin.
    Skip,
}

/// The part of the configuration that the policy needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Configured {
    pub(super) protection: Protection,
    pub(super) public_origin: PublicOrigin,
}

/// `JWT_COOKIE_CSRF_PROTECT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protection {
    On,
    Off,
    /// Cookies are not a configured location, so their settings were not checked at start-up. A
    /// route may still read cookies.
    Unchecked,
}

/// `HANDSTAMP_PUBLIC_ORIGIN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PublicOrigin {
    Set,
    Unset,
}

impl Configured {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            protection: if !config.settings.token_locations.contains(&Location::Cookies) {
                Protection::Unchecked
            } else if config.settings.cookie_csrf_protect {
                Protection::On
            } else {
                Protection::Off
            },
            public_origin: match config.settings.public_origin {
                Some(_) => PublicOrigin::Set,
                None => PublicOrigin::Unset,
            },
        }
    }
}
