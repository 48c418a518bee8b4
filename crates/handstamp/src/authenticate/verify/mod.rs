//! Verification of a presented token: signature, then times, audience, issuer and purpose. Takes
//! neither the route nor the store.

use std::cmp::Reverse;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::claims::Claims;
use crate::claims::registered::{ONE_TIME, ONE_TIME_FOR};
use crate::clock::UnixTime;
use crate::config::Config;
use crate::error::RejectionKind;
use crate::locate::Presented;
use crate::location::Location;
use crate::purpose::Purpose;
use crate::purpose::sealed::Kind;
use crate::request::UserAgent;

/// A token whose signature, times, audience, issuer and purpose are valid. Only [`verify`] makes
/// one.
#[derive(Clone)]
pub(crate) struct Verified<P> {
    /// Shared by all demands on this token in one request.
    pub(crate) claims: Arc<Claims>,
    pub(crate) location: Location,
    /// When it was verified.
    pub(crate) checked_at: UnixTime,
    /// The client that presents it, if it is a refresh token.
    pub(super) user_agent: UserAgent,
    purpose: PhantomData<P>,
}

/// The verified token that counts among several cookies of one name, and the others.
#[derive(Clone)]
pub(crate) struct Choice<P> {
    verified: Verified<P>,
    /// Genuine ones of the same subject.
    others: Option<Arc<[Other]>>,
}

#[derive(Clone)]
struct Other {
    claims: Arc<Claims>,
    /// Whether it would be accepted if it had come alone.
    is_good: bool,
}

impl<P> Choice<P> {
    /// Returns whether there is more than one to prefer.
    pub(super) fn is_open(&self) -> bool {
        let mut others = self.others.iter().flat_map(|others| others.iter());
        others.any(|other| other.is_good)
    }

    /// Returns the token that the request means, and the CSRF value that is asked for, if it is not
    /// the token's own. A token is meant if the request shows its value; if none is, that one which
    /// counts.
    ///
    /// Lenient: from a page of the service itself the newest token counts, with the value of any
    /// other of the subject. A page may read the CSRF cookie of a former domain or path, whose
    /// session has ended. Risk: a sibling subdomain that knows the value of an old token of the
    /// subject plants that token and sends its value. Covered: no script of another origin can
    /// make the browser state that the page is one of this service.
    pub(super) fn prefer(
        mut self,
        is_meant: impl Fn(&Claims) -> bool,
        is_own_page: impl FnOnce() -> bool,
    ) -> (Verified<P>, Option<Arc<Claims>>) {
        if let Some(others) = self.others
            && !is_meant(&self.verified.claims)
        {
            let is_own_page = is_own_page();
            let counts = |other: &&Other| (other.is_good || is_own_page) && is_meant(&other.claims);
            if let Some(other) = others.iter().find(counts) {
                let claims = Arc::clone(&other.claims);
                if is_own_page {
                    return (self.verified, Some(claims));
                }
                self.verified.claims = claims;
            }
        }
        (self.verified, None)
    }

    /// Returns the same tokens, presented in another location.
    pub(crate) fn found_at(mut self, location: Location) -> Self {
        self.verified.location = location;
        self
    }
}

/// Verifies the presented token, or chooses among several cookies with the same name.
pub(crate) fn verify<P: Purpose>(
    presented: &Presented<'_>,
    config: &Config,
    now: UnixTime,
) -> Result<Choice<P>, RejectionKind> {
    let (claims, others) = match presented {
        Presented::One { token, .. } => (open(token, config)?, None),
        Presented::Cookies { name, candidates } => match candidates.as_slice() {
            [token] => (open(token, config)?, None),
            tokens => {
                let is_good = |claims: &Claims| judge::<P>(claims, config, now).is_ok();
                let (claims, others) = choose(name, tokens, config, is_good)?;
                let other = |claims: Arc<Claims>| Other {
                    is_good: is_good(&claims),
                    claims,
                };
                (claims, Some(others.into_iter().map(other).collect()))
            }
        },
    };
    judge::<P>(&claims, config, now)?;
    let verified = Verified {
        claims,
        location: presented.location(),
        checked_at: now,
        user_agent: UserAgent::default(),
        purpose: PhantomData,
    };
    Ok(Choice { verified, others })
}

/// Whether a token is genuine and for this service, regardless of times and purpose.
pub(crate) enum Genuine {
    /// Issued by this service or for it.
    Ours(Arc<Claims>),
    /// Its signature is valid, but it is for another audience, of another issuer or of another
    /// login type.
    Theirs,
    /// Its signature is invalid, or it is not a token.
    No,
}

/// Judges a token for a log-out. Neither times nor purpose are checked.
///
/// Lenient: an expired token counts. Risk: a copy of an old token ends a session. Covered: it ends
/// a session of its own user alone and opens nothing, a copy in a cookie needs its CSRF value, and
/// a log-out that left an expired token's session running would be worse
/// ([RFC 7009, section 2.2](https://www.rfc-editor.org/rfc/rfc7009#section-2.2)).
pub(crate) fn genuine(token: &[u8], config: &Config) -> Genuine {
    match open(token, config) {
        Ok(claims) if is_ours(&claims, config) => Genuine::Ours(claims),
        Ok(_) => Genuine::Theirs,
        Err(_) => Genuine::No,
    }
}

fn is_ours(claims: &Claims, config: &Config) -> bool {
    let of_another_type = |own| claims.login_type() != Some(own);
    judge_parties(claims, config).is_ok() && !config.login_type().is_some_and(of_another_type)
}

/// Verifies the signature, then parses the claims. Nothing of a token is trusted before its
/// signature is verified.
fn open(token: &[u8], config: &Config) -> Result<Arc<Claims>, RejectionKind> {
    let payload = config.keys().verify(token)?;
    let claims = Claims::parse(payload, &config.settings.identity_claim)?;
    // Whatever the route demands, and at log-outs: such a token is for one action alone. It has no
    // `sub`, so this is the second reason to refuse it.
    if claims.kind() == ONE_TIME {
        return Err(RejectionKind::InvalidToken("a one-time token".into()));
    }
    Ok(Arc::new(claims))
}

/// Opens a one-time token with this audience, and no other token: signature, times, audience,
/// issuer and login type. Whether it was redeemed before, and what it is bound to, is not checked.
pub(crate) fn open_one_time(
    token: &[u8],
    config: &Config,
    now: UnixTime,
    audience: &str,
) -> Result<Claims, RejectionKind> {
    let payload = config.keys().verify(token)?;
    let claims = Claims::parse(payload, ONE_TIME_FOR)?;
    if claims.kind() != ONE_TIME {
        return Err(RejectionKind::InvalidToken("no one-time token".into()));
    }
    claims.times().check(now, config.settings.decode_leeway)?;
    let mut audiences = claims.audience().into_iter().flatten();
    let is_meant = (audiences.next(), audiences.next()) == (Some(audience), None);
    drop(audiences);
    if !is_meant {
        return Err(RejectionKind::InvalidAudience);
    }
    judge_issuer(&claims, config)?;
    let of_another_type = |own| claims.login_type() != Some(own);
    match config.login_type().filter(|own| of_another_type(own)) {
        None => Ok(claims),
        Some(own) => Err(RejectionKind::LoginTypeMismatch {
            expected: own.to_owned(),
            actual: claims.login_type().map(str::to_owned),
        }),
    }
}

/// Chooses the cookie that counts among those of one name, and returns it and the others. A sibling
/// subdomain can plant one, a change of the settings leaves old ones behind, and their order proves
/// nothing ([RFC 6265, section 4.2.2](https://www.rfc-editor.org/rfc/rfc6265#section-4.2.2)).
fn choose(
    name: &str,
    tokens: &[&[u8]],
    config: &Config,
    is_good: impl Fn(&Claims) -> bool,
) -> Result<(Arc<Claims>, Vec<Arc<Claims>>), RejectionKind> {
    let mut genuine: Vec<Arc<Claims>> = Vec::new();
    let mut dropped = None;
    for token in tokens {
        match open(token, config) {
            // Not lenient: two subjects are never guessed between, or a planted token of another
            // account would make a visitor act in it. User 1 and admin 1 are two subjects.
            Ok(claims)
                if genuine
                    .iter()
                    .any(|other| other.account() != claims.account()) =>
            {
                return Err(RejectionKind::AmbiguousCookie {
                    name: name.to_owned(),
                });
            }
            Ok(claims) => genuine.push(claims),
            // Lenient: a forged cookie is dropped, and another is taken. Risk: the request was
            // tampered with, and passes. Covered: what is left is judged as if it had come alone,
            // and a refusal would let any sibling subdomain lock visitors out.
            Err(reason) => {
                tracing::debug!(
                    cookie = name,
                    code = reason.code(),
                    "dropped one of several cookies of a name"
                );
                dropped.get_or_insert(reason);
            }
        }
    }
    // Lenient: of one subject a good token outvotes those that are not, and of several good ones
    // the newest is taken. Risk: a planted copy of the subject's own token outvotes the one in use.
    // Covered: it acts for the same subject, and is judged by store and CSRF value.
    genuine.sort_by_key(|claims| Reverse((is_good(claims), claims.issued_at, claims.expires_at)));
    let mut genuine = genuine.into_iter();
    let first = genuine
        .next()
        .ok_or_else(|| dropped.unwrap_or(RejectionKind::InvalidToken("an empty cookie".into())))?;
    Ok((first, genuine.collect()))
}

/// Checks the claims against the configuration, in the order of RFC 7519, section 4.1, then the
/// purpose.
fn judge<P: Purpose>(claims: &Claims, config: &Config, now: UnixTime) -> Result<(), RejectionKind> {
    claims.times().check(now, config.settings.decode_leeway)?;
    judge_parties(claims, config)?;
    if claims.kind() != P::KIND.claim() {
        return Err(match P::KIND {
            Kind::Access => RejectionKind::AccessTokenRequired,
            Kind::Refresh => RejectionKind::RefreshTokenRequired,
        });
    }
    Ok(())
}

/// Checks issuer and audience.
fn judge_parties(claims: &Claims, config: &Config) -> Result<(), RejectionKind> {
    match (claims.audience(), config.expected_audience()) {
        // Lenient: neither the token nor the settings name an audience. Risk: a token of another
        // service with the same key counts. Covered: by the key, which no other service should
        // share; a token that does name an audience is refused here
        // (RFC 7519, section 4.1.3: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3).
        (None, []) => {}
        (None, _) => {
            return Err(RejectionKind::InvalidToken(
                "no aud, and JWT_DECODE_AUDIENCE asks for one".into(),
            ));
        }
        (Some(mut has), wanted) => {
            if !has.any(|audience| wanted.iter().any(|own| own == audience)) {
                return Err(RejectionKind::InvalidAudience);
            }
        }
    }
    judge_issuer(claims, config)
}

fn judge_issuer(claims: &Claims, config: &Config) -> Result<(), RejectionKind> {
    match (claims.issuer(), config.expected_issuer()) {
        // Lenient: the settings ask for no issuer. Covered as above, by the key.
        (_, None) => {}
        (Some(has), Some(wanted)) if has == wanted => {}
        (None, Some(_)) => {
            return Err(RejectionKind::InvalidToken(
                "no iss, and JWT_DECODE_ISSUER asks for one".into(),
            ));
        }
        (Some(_), Some(_)) => return Err(RejectionKind::InvalidIssuer),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
