//! Rules about keys: each fits its algorithm, and all of them make a [`KeySet`].

use crate::{
    config::{parse::is_quoted, report::Report, settings::Settings},
    jws::{Algorithm, KeyError, KeySet, SecretLength, SigningKey, VerifyingKey},
    secret::Secret,
};

/// Returns all keys together, if each is valid for its algorithm. If not, the report contains the
/// reason.
pub(super) fn check(settings: &Settings, report: &mut Report) -> Result<KeySet, Reported> {
    check_previous(settings, report);
    for (key, secret) in [
        (SECRET_KEY, &settings.secret_key),
        (PREVIOUS_SECRET_KEY, &settings.previous_secret_key),
    ] {
        if let Some(secret) = secret {
            check_ends(key, secret.secret_bytes(), report);
        }
    }
    let mut algorithms = vec![settings.algorithm];
    for algorithm in &settings.decode_algorithms {
        if !algorithms.contains(algorithm) {
            algorithms.push(*algorithm);
        }
    }
    if report.is_given(DECODE_ALGORITHMS)
        && report.is_sound(DECODE_ALGORITHMS)
        && settings.decode_algorithms.is_empty()
    {
        report.problem(DECODE_ALGORITHMS, None, "an empty list", "Remove it");
    }
    check_unused(settings, &algorithms, report);

    let pairs: Vec<_> = algorithms
        .into_iter()
        .map(|algorithm| {
            if algorithm.is_hmac() {
                of_secret(settings, algorithm, report)
            } else {
                of_pem(settings, algorithm, report)
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
            signing = pair.signing.map(|key| (key, settings.key_id.clone()));
        }
        current.push((pair.verifying, settings.key_id.clone()));
        previous.extend(
            pair.previous
                .map(|key| (key, settings.previous_key_id.clone())),
        );
    }
    current.append(&mut previous);
    let keys = accept(PREVIOUS_KEY_ID, KeySet::new(signing, current), report)?;
    Ok(if settings.signature_cache {
        keys.remembering()
    } else {
        keys
    })
}

/// Creates the keys of an HMAC algorithm: one secret signs and verifies.
fn of_secret(
    settings: &Settings,
    algorithm: Algorithm,
    report: &mut Report,
) -> Result<KeyPair, Reported> {
    let Some(secret) = &settings.secret_key else {
        missing(SECRET_KEY, algorithm, NEW_SECRET, report);
        return Err(Reported);
    };
    let length = if settings.danger_short_secret {
        SecretLength::Waived
    } else {
        SecretLength::Rfc7518
    };
    let signing = SigningKey::hmac(algorithm, secret.secret_bytes(), length);
    let signing = accept(SECRET_KEY, signing, report);
    let previous = settings
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
fn of_pem(
    settings: &Settings,
    algorithm: Algorithm,
    report: &mut Report,
) -> Result<KeyPair, Reported> {
    let key = if algorithm == settings.algorithm {
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

/// Creates the keys of an asymmetric algorithm: the private key signs, the public key verifies, and
/// the private key contains its public half.
#[cfg(feature = "asymmetric")]
fn of_pem(
    settings: &Settings,
    algorithm: Algorithm,
    report: &mut Report,
) -> Result<KeyPair, Reported> {
    let public = |pem: &Secret| VerifyingKey::from_pem(algorithm, pem.secret_bytes());
    let private = |pem: &Secret| SigningKey::from_pem(algorithm, pem.secret_bytes());
    let signing = accept_if_set(
        PRIVATE_KEY,
        settings.private_key.as_ref().map(private),
        report,
    );
    let verifying = accept_if_set(PUBLIC_KEY, settings.public_key.as_ref().map(public), report);
    let previous = settings.previous_public_key.as_ref().map(public);
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

fn check_previous(settings: &Settings, report: &mut Report) {
    // Both sides come from the operator, so the time of this comparison reveals nothing to an
    // attacker.
    let same = |a: &Option<Secret>, b: &Option<Secret>| match (a, b) {
        (Some(a), Some(b)) => a.secret_bytes() == b.secret_bytes(),
        _ => false,
    };
    if same(&settings.secret_key, &settings.previous_secret_key) {
        report.warn("JWT_PREVIOUS_SECRET_KEY is the same as JWT_SECRET_KEY");
    }
    if same(&settings.public_key, &settings.previous_public_key) {
        report.warn("JWT_PREVIOUS_PUBLIC_KEY is the same as JWT_PUBLIC_KEY");
    }
    let has_previous =
        settings.previous_secret_key.is_some() || settings.previous_public_key.is_some();
    if let (Some(id), false) = (&settings.previous_key_id, has_previous)
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

/// Warns of what a file of variables adds to a secret by mistake. The other services that share the
/// secret may not have it, and refuse every token. It may also be meant: any bytes are a secret.
fn check_ends(key: &str, secret: &[u8], report: &mut Report) {
    let (found, help) = if is_quoted(secret) {
        (
            "is in quotes, and they are part of the secret",
            "remove them, unless every service that shares it has them",
        )
    } else if secret.ends_with(b"\r") {
        (
            "ends with a carriage return, which is part of the secret",
            "save the file of variables with the line ends of Unix",
        )
    } else if secret.trim_ascii() != secret {
        (
            "begins or ends with white space, which is part of the secret",
            "remove it, unless every service that shares it has it",
        )
    } else {
        return;
    };
    report.warn(format!("{key} {found}: {help}"));
}

/// Warns of a key that no algorithm uses: probably an algorithm is missing.
fn check_unused(settings: &Settings, algorithms: &[Algorithm], report: &mut Report) {
    let hmac = algorithms.iter().any(|algorithm| algorithm.is_hmac());
    let pem = algorithms.iter().any(|algorithm| !algorithm.is_hmac());
    for (key, secret, used) in [
        (SECRET_KEY, &settings.secret_key, hmac),
        (PREVIOUS_SECRET_KEY, &settings.previous_secret_key, hmac),
        (PRIVATE_KEY, &settings.private_key, pem),
        (PUBLIC_KEY, &settings.public_key, pem),
        (PREVIOUS_PUBLIC_KEY, &settings.previous_public_key, pem),
    ] {
        if secret.is_some() && !used {
            report.warn(format!(
                "{key} is not used: neither JWT_ALGORITHM nor JWT_DECODE_ALGORITHMS asks for it"
            ));
        }
    }
}

/// A problem was found, and the report contains it.
pub(super) struct Reported;

/// The keys of one algorithm.
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

/// Reports an invalid key once, not for each algorithm.
fn accept<T>(key: &str, made: Result<T, KeyError>, report: &mut Report) -> Result<T, Reported> {
    made.map_err(|error| {
        if report.is_sound(key) {
            let error = error.to_string();
            // A `KeyError` reads "what is wrong; how to fix it".
            let (reason, help) = error
                .split_once("; ")
                .unwrap_or((&error, "Give another key"));
            report.problem(key, None, reason, capitalized(help));
        }
        Reported
    })
}

/// As [`accept`], for a key that may be unset.
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
