//! An implementation without handstamp: axum-extra's cookie jar and jsonwebtoken, each used as its
//! documentation recommends and as fast as possible: keys and `Validation` prepared, the claims a
//! typed struct.

use std::time::{SystemTime, UNIX_EPOCH};

use axum_core::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use jsonwebtoken::crypto::CryptoProvider;
use jsonwebtoken::errors::Error;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use crate::facts::{ACCESS_COOKIE, AUDIENCE, CSRF_COOKIE, ISSUER, SCOPES, SECRET, SUBJECT};

pub struct Jar {
    decoding: DecodingKey,
    encoding: EncodingKey,
    validation: Validation,
}

/// The claims that a handler needs. Issuer, audience and `nbf` are left to `Validation`, which
/// parses them anyway.
#[derive(Deserialize)]
pub struct Claims {
    pub sub: String,
    pub jti: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub fresh: bool,
    pub csrf: String,
    pub iat: u64,
    pub exp: u64,
    pub scopes: Vec<String>,
}

#[derive(Debug)]
pub enum Refusal {
    NoCookie,
    Token(Error),
    Claims,
}

pub struct Issued {
    pub token: String,
    pub csrf: String,
}

impl Jar {
    /// # Panics
    /// Never: only an empty secret is refused.
    #[must_use]
    pub fn new() -> Self {
        // A second call changes nothing and returns an error.
        let _installed = PROVIDER.install_default();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.validate_nbf = true;
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "sub", "iss", "aud"]);
        Self {
            decoding: DecodingKey::from_secret(SECRET).unwrap(),
            encoding: EncodingKey::from_secret(SECRET).unwrap(),
            validation,
        }
    }

    /// Makes the checks of handstamp for a GET request with these headers, as far as these
    /// libraries support them.
    ///
    /// # Errors
    /// Returns [`Refusal`] if the token is not valid.
    #[inline(never)]
    pub fn verify(&self, headers: &HeaderMap) -> Result<Claims, Refusal> {
        let jar = CookieJar::from_headers(headers);
        let cookie = jar.get(ACCESS_COOKIE).ok_or(Refusal::NoCookie)?;
        let token = decode::<Claims>(cookie.value(), &self.decoding, &self.validation);
        let claims = token.map_err(Refusal::Token)?.claims;
        let good = claims.kind == "access"
            && !claims.sub.is_empty()
            && !claims.jti.is_empty()
            && claims.iat <= now() + 30;
        if good {
            Ok(claims)
        } else {
            Err(Refusal::Claims)
        }
    }

    /// # Panics
    /// Panics if the token cannot be made.
    #[inline(never)]
    #[must_use]
    pub fn issue(&self) -> Issued {
        #[derive(Serialize)]
        struct Claims<'a> {
            sub: &'a str,
            jti: &'a str,
            r#type: &'a str,
            fresh: bool,
            csrf: &'a str,
            iat: u64,
            nbf: u64,
            exp: u64,
            iss: &'a str,
            aud: &'a str,
            scopes: &'a [&'a str],
        }
        let mut random = [[0; 16]; 2];
        getrandom::fill(random.as_flattened_mut()).unwrap();
        let [jti, csrf] = random.map(|value| URL_SAFE_NO_PAD.encode(value));
        let now = now();
        let claims = Claims {
            sub: SUBJECT,
            jti: &jti,
            r#type: "access",
            fresh: true,
            csrf: &csrf,
            iat: now,
            nbf: now,
            exp: now + 3600,
            iss: ISSUER,
            aud: AUDIENCE,
            scopes: &SCOPES,
        };
        let token = encode(&Header::default(), &claims, &self.encoding).unwrap();
        Issued { token, csrf }
    }

    /// Sets both cookies of a token in a response.
    #[inline(never)]
    #[must_use]
    pub fn set_cookies(&self, token: &Issued) -> Response {
        let cookie = |name, value: &str, http_only| {
            Cookie::build((name, value.to_owned()))
                .http_only(http_only)
                .path("/")
                .same_site(SameSite::Lax)
                .secure(true)
        };
        CookieJar::new()
            .add(cookie(ACCESS_COOKIE, &token.token, true))
            .add(cookie(CSRF_COOKIE, &token.csrf, false))
            .into_response()
    }
}

impl Default for Jar {
    fn default() -> Self {
        Self::new()
    }
}

/// The backend of jsonwebtoken.
pub const BACKEND: &str = if cfg!(feature = "aws-lc") {
    "aws-lc-rs"
} else {
    "RustCrypto"
};

#[cfg(feature = "aws-lc")]
static PROVIDER: &CryptoProvider = &jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
#[cfg(not(feature = "aws-lc"))]
static PROVIDER: &CryptoProvider = &jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
