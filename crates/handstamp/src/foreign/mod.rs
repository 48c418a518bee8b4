//! Access tokens that another issuer signed: those of an identity provider, for services that trust
//! it ([RFC 9068](https://www.rfc-editor.org/rfc/rfc9068)).
//!
//! Takes the head of a request and gives a [`ForeignToken`], which is no token of this service: it
//! has no session and no CSRF value, no log-out ends it, and no extractor of this service's own
//! tokens accepts it. Tokens are read from `Authorization: Bearer` alone, never from cookies, which
//! browsers send by themselves. Nothing is fetched: keys are given at start-up, as PEM or as a JWK
//! Set.
//!
//! ```
//! use handstamp::config::Algorithm;
//! use handstamp::foreign::ForeignIssuer;
//! use handstamp::{Auth, Config, RequestHead};
//!
//! # struct Get;
//! # impl RequestHead for Get {
//! #     fn method(&self) -> &str { "GET" }
//! #     fn header_values(&self, _: &str) -> impl Iterator<Item = &[u8]> { std::iter::empty() }
//! #     fn query(&self) -> Option<&str> { None }
//! # }
//! # let pem = "-----BEGIN PUBLIC KEY-----\n\
//! #     MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
//! #     -----END PUBLIC KEY-----\n";
//! let issuer = ForeignIssuer::builder("https://issuer.example.com", "https://api.example.com")
//!     .public_key(Algorithm::EdDsa, pem)
//!     .build()?; // reports every mistake at once
//! # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
//! let rejection = auth.authenticate_foreign(&issuer, &Get).unwrap_err();
//! assert_eq!((rejection.status(), rejection.code()), (401, "missing_token"));
//! # Ok::<(), handstamp::error::ConfigError>(())
//! ```
//!
//! # What passes
//! A compact JWS with the `typ` `at+jwt`, signed by a configured key with the algorithm of that
//! key, with all claims that [RFC 9068, section
//! 2.2](https://www.rfc-editor.org/rfc/rfc9068#section-2.2) requires: `iss`, exactly as configured;
//! `aud`, one of which is the configured one; `exp`, `iat`, `sub`, `client_id` and `jti`. An ID
//! token has another `typ` and never passes, and neither does a token of this service, even under
//! the same key.

mod issuer;
#[cfg(test)]
mod tests;
mod token;

use std::time::Duration;

pub use issuer::{ForeignIssuer, ForeignIssuerBuilder};
pub use token::ForeignToken;

use crate::claims::foreign::ForeignClaims;
use crate::clock::UnixTime;
use crate::error::RejectionKind;
use crate::jws::Compact;
use crate::locate;
use crate::request::RequestHead;

/// Verifies the token of a request by the keys of the issuer that it names.
pub(crate) fn verify(
    issuers: &[ForeignIssuer],
    head: &impl RequestHead,
    now: UnixTime,
    leeway: Duration,
) -> Result<ForeignToken, RejectionKind> {
    let token = locate::bearer(head)?;
    if let [issuer] = issuers {
        return issuer.verify(token, now, leeway);
    }
    // Lenient: `iss` is read before a signature is verified. Risk: a forger chooses the keys.
    // Covered: only among those of configured issuers, and each accepts its own `iss` alone.
    let named = ForeignClaims::unverified_issuer(Compact::unverified_payload(token)?)?;
    let mut refused = None;
    for issuer in issuers.iter().filter(|issuer| issuer.issuer() == named) {
        match issuer.verify(token, now, leeway) {
            Ok(token) => return Ok(token),
            Err(reason) => refused = refused.or(Some(reason)),
        }
    }
    Err(refused.unwrap_or(RejectionKind::InvalidIssuer))
}
