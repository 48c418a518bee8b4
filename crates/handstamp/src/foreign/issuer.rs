//! An issuer whose access tokens are accepted, with its keys.

use std::fmt;
use std::fs;
use std::path::Path;
use std::slice;
use std::sync::Arc;
use std::time::Duration;

use super::ForeignToken;
use crate::claims::foreign::ForeignClaims;
use crate::clock::UnixTime;
use crate::error::{ConfigError, Problem, RejectionKind};
use crate::jws::jwk::{self, Jwk};
use crate::jws::{Algorithm, KeyError, KeyId, KeySet, VerifyingKey};

/// An issuer whose access tokens are accepted, the audience that they must be for, and the keys
/// that verify them. A clone is cheap.
///
/// [`authenticate_foreign`](crate::Auth::authenticate_foreign) takes one, or several in an array or
/// `Vec`. Keys are never fetched: a key that the issuer replaces is replaced here at the next
/// start, so give the next one beside the current one in time.
///
/// ```
/// use handstamp::foreign::ForeignIssuer;
///
/// let issuer = ForeignIssuer::builder("https://issuer.example.com", "https://api.example.com")
///     .jwks(r#"{"keys": [{
///         "kty": "OKP", "crv": "Ed25519", "kid": "2026-01", "use": "sig",
///         "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
///     }]}"#)
///     .build()?;
/// assert_eq!(issuer.issuer(), "https://issuer.example.com");
///
/// let error = ForeignIssuer::builder("", "api").build().unwrap_err();
/// assert_eq!(error.problems().len(), 2); // no issuer, and no key
/// # Ok::<(), handstamp::error::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct ForeignIssuer(Arc<Inner>);

struct Inner {
    issuer: String,
    audience: String,
    keys: KeySet,
}

impl ForeignIssuer {
    /// Returns a builder. `issuer` is what the claim `iss` of its tokens must be, to the letter;
    /// `audience` is what it calls this service, in the claim `aud`.
    pub fn builder(issuer: impl Into<String>, audience: impl Into<String>) -> ForeignIssuerBuilder {
        ForeignIssuerBuilder {
            issuer: issuer.into(),
            audience: audience.into(),
            keys: Vec::new(),
            ignored: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Returns the issuer, as it was given.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Returns the audience, as it was given.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.0.audience
    }

    /// Verifies the signature, then judges the claims. Nothing of a token is trusted before its
    /// signature is verified.
    pub(super) fn verify(
        &self,
        token: &[u8],
        now: UnixTime,
        leeway: Duration,
    ) -> Result<ForeignToken, RejectionKind> {
        let claims = ForeignClaims::parse(self.0.keys.verify(token)?)?;
        claims.times.check(now, leeway)?;
        if !claims.audience.contains(&self.0.audience) {
            return Err(RejectionKind::InvalidAudience);
        }
        if claims.issuer != self.0.issuer {
            return Err(RejectionKind::InvalidIssuer);
        }
        Ok(ForeignToken::new(claims))
    }
}

/// One issuer is as good as a list of one.
impl AsRef<[ForeignIssuer]> for ForeignIssuer {
    fn as_ref(&self) -> &[ForeignIssuer] {
        slice::from_ref(self)
    }
}

impl fmt::Debug for ForeignIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignIssuer")
            .field("issuer", &self.0.issuer)
            .field("audience", &self.0.audience)
            .finish_non_exhaustive()
    }
}

/// Builder for [`ForeignIssuer`].
///
/// ```
/// use handstamp::config::Algorithm;
/// use handstamp::foreign::ForeignIssuer;
///
/// let error = ForeignIssuer::builder("https://issuer.example.com", "")
///     .public_key(Algorithm::Hs256, "a secret")
///     .build()
///     .unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "2 problems in the configuration:\n\
///      - public key: HS256 signs with a secret, not with a PEM. \
///      Give a secret, or choose the algorithm that belongs to the key\n\
///      - audience: it is empty. Name what the issuer puts into the claim `aud` for this service"
/// );
/// ```
#[must_use = "nothing is accepted before `build`"]
pub struct ForeignIssuerBuilder {
    issuer: String,
    audience: String,
    keys: Vec<(VerifyingKey, Option<KeyId>)>,
    /// The keys of sets that are ignored, and why.
    ignored: Vec<String>,
    problems: Vec<Problem>,
}

impl ForeignIssuerBuilder {
    /// Adds a public key in PEM, which verifies tokens of this algorithm alone. Several may be
    /// given, while the issuer replaces one.
    pub fn public_key(mut self, algorithm: Algorithm, pem: impl AsRef<[u8]>) -> Self {
        match VerifyingKey::from_pem(algorithm, pem.as_ref()) {
            Ok(key) => self.keys.push((key, None)),
            Err(error) => self.key_problem("public key", &error),
        }
        self
    }

    /// Adds the keys of a JWK Set ([RFC 7517, section
    /// 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)): RSA, EC on P-256, P-384, P-521 and
    /// secp256k1, and Ed25519. One without `alg` verifies the algorithm of its curve, or RS256.
    ///
    /// Ignored are keys for something else than signatures (`use`, `key_ops`) and those whose
    /// `kty`, `crv` or `alg` is not known. Symmetric and private keys, weak and damaged ones are
    /// mistakes.
    pub fn jwks(mut self, text: impl AsRef<str>) -> Self {
        self.add_set("JWK Set", text.as_ref());
        self
    }

    /// Adds the keys of a JWK Set in a file, as [`jwks`](Self::jwks) does. The file is read now,
    /// and never again.
    pub fn jwks_file(mut self, path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let shown = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => self.add_set(&format!("JWK Set {shown}"), &text),
            Err(error) => {
                let reason = format!("cannot read the file: {error}");
                let help = "Give the path of a readable file that is a JWK Set";
                self.problem("JWK Set", Some(&shown), reason, help);
            }
        }
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    /// Returns [`ConfigError`] with every mistake.
    pub fn build(mut self) -> Result<ForeignIssuer, ConfigError> {
        for (name, value, help) in [
            ("issuer", self.issuer.clone(), ISSUER_HELP),
            ("audience", self.audience.clone(), AUDIENCE_HELP),
        ] {
            if value.is_empty() {
                self.problem(name, None, "it is empty", help);
            } else if value.trim() != value {
                self.problem(name, Some(&value), "it has spaces around it", help);
            }
        }
        // A key that is wrong is a problem already.
        if self.keys.is_empty() && self.problems.iter().all(|problem| !is_about_key(problem)) {
            let reason = match self.ignored.as_slice() {
                [] => "there is none".to_owned(),
                ignored => format!("none can be used: {}", ignored.join("; ")),
            };
            let help = "Give a public key of the issuer by `public_key`, `jwks` or `jwks_file`";
            self.problem(KEYS, None, reason, help);
        }
        let keys = KeySet::of_issuer(std::mem::take(&mut self.keys));
        let keys = keys.map_err(|error| self.key_problem(KEYS, &error)).ok();
        match keys {
            Some(keys) if self.problems.is_empty() => Ok(ForeignIssuer(Arc::new(Inner {
                issuer: self.issuer,
                audience: self.audience,
                keys,
            }))),
            _ => Err(ConfigError::new(self.problems)),
        }
    }

    fn add_set(&mut self, name: &str, text: &str) {
        let keys = match jwk::read_set(text) {
            Ok(keys) => keys,
            Err(error) => return self.key_problem(name, &KeyError::Jwk(error)),
        };
        for (index, key) in keys.into_iter().enumerate() {
            let name = format!("{name}, key {}", index + 1);
            match key {
                Ok(Jwk::Usable(key, id)) => self.keys.push((key, id)),
                Ok(Jwk::Ignored(why)) => {
                    tracing::debug!(issuer = self.issuer, "{name} is ignored: {why}");
                    self.ignored.push(format!("{name}: {why}"));
                }
                Err(error) => self.key_problem(&name, &error),
            }
        }
    }

    fn key_problem(&mut self, name: &str, error: &KeyError) {
        // A `KeyError` reads "what is wrong; how to fix it".
        let text = error.to_string();
        let (reason, help) = text.split_once("; ").unwrap_or((&text, "Give another key"));
        let mut letters = help.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let help: String = first.into_iter().chain(letters).collect();
        self.problem(name, None, reason, help);
    }

    fn problem(
        &mut self,
        name: &str,
        value: Option<&str>,
        reason: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem::new(name, value, reason, help));
    }
}

/// Keys stay out of logs.
impl fmt::Debug for ForeignIssuerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignIssuerBuilder")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

fn is_about_key(problem: &Problem) -> bool {
    !["issuer", "audience"].contains(&problem.key())
}

const KEYS: &str = "keys";
const ISSUER_HELP: &str = "Name the issuer as its tokens do in the claim `iss`";
const AUDIENCE_HELP: &str = "Name what the issuer puts into the claim `aud` for this service";
