//! What signs tokens, and what their signatures are checked with.

use super::{
    ConfigBuilder,
    danger::{Danger, Dangers},
    report::Report,
    setting::{Apply, Setting, settings},
};
use crate::{
    jws::{Algorithm, KeyError, KeyId, SecretLength, SigningKey, VerifyingKey},
    keys::KeySet,
    secret::Secret,
};

settings! {
    /// Secrets, PEM files and algorithms.
    Keys in keys {
        /// The secret that signs and verifies with HS256, HS384 and HS512: at least 32, 48 or 64 bytes.
        "JWT_SECRET_KEY" secret_key(secret Secret): Option<Secret> = None;
        /// The secret that was used before. Its tokens are still taken; none are signed with it.
        "JWT_PREVIOUS_SECRET_KEY" previous_secret_key(secret Secret): Option<Secret> = None;
        /// The private key, in PEM, that signs with an asymmetric algorithm.
        "JWT_PRIVATE_KEY" private_key(secret Secret): Option<Secret> = None;
        /// The public key, in PEM. Alone it makes a service that only verifies; beside a private key it must belong to it.
        "JWT_PUBLIC_KEY" public_key(secret Secret): Option<Secret> = None;
        /// The public key that was used before. Tokens of its private key are still taken.
        "JWT_PREVIOUS_PUBLIC_KEY" previous_public_key(secret Secret): Option<Secret> = None;
        /// The name of the key, format_duration in tokens as `kid`.
        "HANDSTAMP_KEY_ID" key_id(text KeyId): Option<KeyId> = None;
        /// The name of the previous key.
        "HANDSTAMP_PREVIOUS_KEY_ID" previous_key_id(text KeyId): Option<KeyId> = None;
        /// The algorithm that signs. Default: HS256.
        "JWT_ALGORITHM" algorithm(value Algorithm): Algorithm = Algorithm::Hs256;
        /// The algorithms whose tokens are taken, besides the one that signs. Each needs its key.
        "JWT_DECODE_ALGORITHMS" decode_algorithms(values Algorithm): Vec<Algorithm> = Vec::new();
    }
}

impl Keys {
    /// All keys together, if they are good for their algorithms. If not, the report says why.
    pub(super) fn check(&self, dangers: &Dangers, report: &mut Report) -> Result<KeySet, Reported> {
        self.check_previous(report);
        let mut algorithms = vec![self.algorithm];
        for algorithm in &self.decode_algorithms {
            if !algorithms.contains(algorithm) {
                algorithms.push(*algorithm);
            }
        }
        if report.is_given(DECODE_ALGORITHMS)
            && report.is_sound(DECODE_ALGORITHMS)
            && self.decode_algorithms.is_empty()
        {
            report.problem(DECODE_ALGORITHMS, None, "an empty list", "Remove it");
        }
        self.check_unused(&algorithms, report);

        let pairs: Vec<_> = algorithms
            .into_iter()
            .map(|algorithm| {
                if algorithm.is_hmac() {
                    self.of_secret(algorithm, dangers, report)
                } else {
                    self.of_pem(algorithm, report)
                }
            })
            .collect();
        let mut signing = None;
        let mut current = Vec::new();
        let mut previous = Vec::new();
        for (i, pair) in pairs.into_iter().enumerate() {
            let pair = pair?;
            // Only the first, JWT_ALGORITHM, signs.
            if i == 0 {
                signing = pair.signing.map(|key| (key, self.key_id.clone()));
            }
            current.push((pair.verifying, self.key_id.clone()));
            previous.extend(pair.previous.map(|key| (key, self.previous_key_id.clone())));
        }
        current.append(&mut previous);
        accept(PREVIOUS_KEY_ID, KeySet::new(signing, current), report)
    }

    /// HMAC: one secret does both.
    fn of_secret(
        &self,
        algorithm: Algorithm,
        dangers: &Dangers,
        report: &mut Report,
    ) -> Result<KeyPair, Reported> {
        let Some(secret) = &self.secret_key else {
            missing(SECRET_KEY, algorithm, NEW_SECRET, report);
            return Err(Reported);
        };
        let length = if dangers.allow(Danger::ShortSecret) {
            SecretLength::Waived
        } else {
            SecretLength::Rfc7518
        };
        let signing = SigningKey::hmac(algorithm, secret.secret_bytes(), length);
        let signing = accept(SECRET_KEY, signing, report);
        let previous = self
            .previous_secret_key
            .as_ref()
            .map(|secret| VerifyingKey::hmac(algorithm, secret.secret_bytes(), length));
        let previous = accept_if_set(PREVIOUS_SECRET_KEY, previous, report);
        let signing = signing?;
        let verifying = accept(SECRET_KEY, signing.verifying_key(), report)?;
        Ok(KeyPair {
            signing: Some(signing),
            verifying,
            previous: previous?,
        })
    }

    #[cfg(not(feature = "asymmetric"))]
    fn of_pem(&self, algorithm: Algorithm, report: &mut Report) -> Result<KeyPair, Reported> {
        let key = if algorithm == self.algorithm {
            "JWT_ALGORITHM"
        } else {
            DECODE_ALGORITHMS
        };
        let reason = "this build of handstamp can only do HS256, HS384 and HS512";
        report.problem(
            key,
            Some(algorithm.name()),
            reason,
            "Enable the feature `asymmetric` of the crate handstamp",
        );
        Err(Reported)
    }

    /// Everything else: the private key signs, the public key verifies, and the private key knows its public half.
    #[cfg(feature = "asymmetric")]
    fn of_pem(&self, algorithm: Algorithm, report: &mut Report) -> Result<KeyPair, Reported> {
        let public = |pem: &Secret| VerifyingKey::from_pem(algorithm, pem.secret_bytes());
        let private = |pem: &Secret| SigningKey::from_pem(algorithm, pem.secret_bytes());
        let signing = accept_if_set(PRIVATE_KEY, self.private_key.as_ref().map(private), report);
        let verifying = accept_if_set(PUBLIC_KEY, self.public_key.as_ref().map(public), report);
        let previous = self.previous_public_key.as_ref().map(public);
        let previous = accept_if_set(PREVIOUS_PUBLIC_KEY, previous, report);
        let (signing, verifying, previous) = (signing?, verifying?, previous?);
        let verifying = match (&signing, verifying) {
            (Some(signing), Some(verifying)) => {
                let probe = b"handstamp";
                let signature = signing.sign(probe);
                if !signature.is_some_and(|signature| verifying.verify(probe, &signature)) {
                    let help = "Remove it: the private key is enough";
                    report.problem(PUBLIC_KEY, None, "does not belong to JWT_PRIVATE_KEY", help);
                    return Err(Reported);
                }
                verifying
            }
            (None, Some(verifying)) => verifying,
            (Some(signing), None) => accept(PRIVATE_KEY, signing.verifying_key(), report)?,
            (None, None) => {
                let help = "Set it, or JWT_PUBLIC_KEY for a service that only verifies";
                missing(PRIVATE_KEY, algorithm, help, report);
                return Err(Reported);
            }
        };
        Ok(KeyPair {
            signing,
            verifying,
            previous,
        })
    }

    fn check_previous(&self, report: &mut Report) {
        // Both sides come from the operator, so nobody learns anything from how long this takes.
        let same = |a: &Option<Secret>, b: &Option<Secret>| match (a, b) {
            (Some(a), Some(b)) => a.secret_bytes() == b.secret_bytes(),
            _ => false,
        };
        if same(&self.secret_key, &self.previous_secret_key) {
            report.warn("JWT_PREVIOUS_SECRET_KEY is the same as JWT_SECRET_KEY");
        }
        if same(&self.public_key, &self.previous_public_key) {
            report.warn("JWT_PREVIOUS_PUBLIC_KEY is the same as JWT_PUBLIC_KEY");
        }
        let has_previous = self.previous_secret_key.is_some() || self.previous_public_key.is_some();
        if let (Some(id), false) = (&self.previous_key_id, has_previous)
            && report.is_sound(PREVIOUS_SECRET_KEY)
            && report.is_sound(PREVIOUS_PUBLIC_KEY)
        {
            report.problem(
                PREVIOUS_KEY_ID,
                Some(id.as_str()),
                "there is no previous key",
                "Remove it, or set the key",
            );
        }
    }

    /// A key that no algorithm uses is probably there because one is missing.
    fn check_unused(&self, algorithms: &[Algorithm], report: &mut Report) {
        let hmac = algorithms.iter().any(|algorithm| algorithm.is_hmac());
        let pem = algorithms.iter().any(|algorithm| !algorithm.is_hmac());
        for (key, secret, used) in [
            (SECRET_KEY, &self.secret_key, hmac),
            (PREVIOUS_SECRET_KEY, &self.previous_secret_key, hmac),
            (PRIVATE_KEY, &self.private_key, pem),
            (PUBLIC_KEY, &self.public_key, pem),
            (PREVIOUS_PUBLIC_KEY, &self.previous_public_key, pem),
        ] {
            if secret.is_some() && !used {
                report.warn(format!(
                    "{key} is not used: neither JWT_ALGORITHM nor JWT_DECODE_ALGORITHMS asks for it"
                ));
            }
        }
    }
}

/// Something is wrong, and the report says what.
pub(super) struct Reported;

/// What one algorithm needs.
struct KeyPair {
    signing: Option<SigningKey>,
    verifying: VerifyingKey,
    previous: Option<VerifyingKey>,
}

fn missing(key: &str, algorithm: Algorithm, help: &str, report: &mut Report) {
    if report.is_sound(key) {
        report.problem(
            key,
            None,
            format!("not set, and {algorithm} needs it"),
            help,
        );
    }
}

/// A key that is refused is reported once, not for each algorithm.
fn accept<T>(key: &str, made: Result<T, KeyError>, report: &mut Report) -> Result<T, Reported> {
    made.map_err(|error| {
        if report.is_sound(key) {
            let error = error.to_string();
            // A `KeyError` reads "what is wrong; the help".
            let (reason, help) = error
                .split_once("; ")
                .unwrap_or((&error, "Give another key"));
            report.problem(key, None, reason, capitalized(help));
        }
        Reported
    })
}

/// A key that nobody has given is fine.
fn accept_if_set<T>(
    key: &str,
    made: Option<Result<T, KeyError>>,
    report: &mut Report,
) -> Result<Option<T>, Reported> {
    made.map(|made| accept(key, made, report)).transpose()
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

const SECRET_KEY: &str = "JWT_SECRET_KEY";
const PREVIOUS_SECRET_KEY: &str = "JWT_PREVIOUS_SECRET_KEY";
const PRIVATE_KEY: &str = "JWT_PRIVATE_KEY";
const PUBLIC_KEY: &str = "JWT_PUBLIC_KEY";
const PREVIOUS_PUBLIC_KEY: &str = "JWT_PREVIOUS_PUBLIC_KEY";
const PREVIOUS_KEY_ID: &str = "HANDSTAMP_PREVIOUS_KEY_ID";
const DECODE_ALGORITHMS: &str = "JWT_DECODE_ALGORITHMS";
const NEW_SECRET: &str = "Make one with `openssl rand -base64 64`";
