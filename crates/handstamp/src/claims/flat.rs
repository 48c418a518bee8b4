//! Reads a claims set in its usual form, in one pass. Only the names of custom claims are kept, to
//! compare them with each other.
//!
//! The usual form is what this crate writes for usual claims: the registered ones in its own order,
//! then the others; no spaces between the members, no escapes, values that are texts, whole
//! numbers, booleans, `null` or arrays of texts. Any other form, and every mistake, is left to
//! [`object`](super::object), which reads everything that is read here as it is read here.

use super::object::RawClaims;
use super::registered::{
    AUD, AUTH_TIME, CSRF, EXP, FRESH, GEN, IAT, ISS, JTI, LOGIN_TYPE, NBF, REGISTERED, SCOPES, SID,
    SUB, TYPE,
};
use super::text::{Text, Texts};
use crate::clock::UnixTime;

/// Returns the claims, or `None` if the payload is not in the usual form. `identity` is the claim
/// that names the subject in addition to `sub`.
pub(super) fn read(payload: &str, identity: &str) -> Option<RawClaims> {
    // With neither escapes nor control characters, a text ends at the next quote.
    let is_plain = |plain, byte| plain && byte >= b' ' && byte != b'\\';
    let mut rest = payload
        .bytes()
        .fold(true, is_plain)
        .then_some(Rest(payload))?;
    let text = |text| Text::within(payload, text);
    rest.skip("{")?;
    rest.name(SUB)?;
    let mut raw = RawClaims {
        sub: Some(text(rest.text()?)?),
        ..RawClaims::default()
    };
    if rest.member(JTI) {
        raw.jti = Some(text(rest.text()?)?);
    }
    if rest.member(TYPE) {
        raw.kind = Some(text(rest.text()?)?);
    }
    if rest.member(FRESH) {
        raw.fresh_until = Some(rest.fresh_until()?);
    }
    if rest.member(CSRF) {
        raw.csrf = Some(text(rest.text()?)?);
    }
    if rest.member(IAT) {
        raw.iat = Some(rest.time()?);
    }
    if rest.member(NBF) {
        raw.nbf = Some(rest.time()?);
    }
    if rest.member(EXP) {
        raw.exp = Some(rest.time()?);
    }
    if rest.member(SID) {
        raw.sid = Some(text(rest.text()?)?);
    }
    if rest.member(GEN) {
        raw.generation = Some(rest.number()?);
    }
    if rest.member(AUTH_TIME) {
        raw.auth_time = Some(rest.time()?);
    }
    if rest.member(ISS) {
        raw.iss = Some(text(rest.text()?)?);
    }
    if rest.member(AUD) {
        raw.aud = Some(Texts::Plain(text(rest.one_or_many()?)?));
    }
    if rest.member(SCOPES) {
        raw.scopes = Some(Texts::Plain(text(rest.texts()?)?));
    }
    if rest.member(LOGIN_TYPE) {
        raw.login_type = Some(text(rest.text()?)?);
    }
    let mut others = Vec::new();
    while rest.skip(",").is_some() {
        let name = rest.text()?;
        rest.skip(":")?;
        if REGISTERED.contains(&name) || others.contains(&name) || others.len() == MOST_OTHERS {
            return None;
        }
        others.push(name);
        if name == identity {
            raw.identity = Some(text(rest.text()?)?);
        } else {
            rest.custom()?;
        }
    }
    (rest.0 == "}").then_some(raw)
}

/// What is not read yet. Every method returns `None` for what is not in the usual form.
struct Rest<'p>(&'p str);

impl<'p> Rest<'p> {
    fn skip(&mut self, expected: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(expected)?;
        Some(())
    }

    /// Skips the name of a member, and the colon behind it.
    #[expect(
        clippy::inline_always,
        reason = "compared with a name that is known, it is a few instructions"
    )]
    #[inline(always)]
    fn name(&mut self, name: &str) -> Option<()> {
        let after = self.0.strip_prefix('"')?.strip_prefix(name)?;
        self.0 = after.strip_prefix("\":")?;
        Some(())
    }

    /// Skips the comma and the name, if the next member has this name.
    #[expect(
        clippy::inline_always,
        reason = "compared with a name that is known, it is a few instructions"
    )]
    #[inline(always)]
    fn member(&mut self, name: &str) -> bool {
        let after = self.0.strip_prefix(',').map(Rest);
        let found = after.and_then(|mut rest| rest.name(name).map(|()| rest.0));
        self.0 = found.unwrap_or(self.0);
        found.is_some()
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.0.as_bytes().first()?;
        self.0 = self.0.get(1..)?;
        Some(byte)
    }

    fn text(&mut self) -> Option<&'p str> {
        self.skip("\"")?;
        let end = memchr::memchr(b'"', self.0.as_bytes())?;
        let (text, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.get(1..)?;
        Some(text)
    }

    /// Reads an array of texts, and returns what is between the brackets.
    fn texts(&mut self) -> Option<&'p str> {
        self.skip("[")?;
        let all = self.0;
        if self.skip("]").is_some() {
            return all.get(..0);
        }
        loop {
            self.text()?;
            let end = all.len() - self.0.len();
            match self.byte()? {
                b',' => {}
                b']' => return all.get(..end),
                _ => return None,
            }
        }
    }

    /// Reads an array of texts, or a single text, which is returned with its quotes.
    fn one_or_many(&mut self) -> Option<&'p str> {
        if self.0.starts_with('[') {
            return self.texts();
        }
        let all = self.0;
        self.text()?;
        all.get(..all.len() - self.0.len())
    }

    /// Reads a whole number that every JSON parser represents exactly.
    fn number(&mut self) -> Option<u64> {
        let (mut number, mut digits) = (0_u64, 0);
        // What wraps around has too many digits.
        while let Some(digit @ b'0'..=b'9') = self.0.as_bytes().get(digits) {
            number = number
                .wrapping_mul(10)
                .wrapping_add(u64::from(digit - b'0'));
            digits += 1;
        }
        let has_leading_zero = digits > 1 && self.0.starts_with('0');
        if digits == 0 || digits > 15 || has_leading_zero {
            return None;
        }
        self.0 = self.0.get(digits..)?;
        Some(number)
    }

    fn time(&mut self) -> Option<UnixTime> {
        self.number().map(UnixTime::from_secs)
    }

    fn fresh_until(&mut self) -> Option<UnixTime> {
        if self.skip("false").is_some() {
            Some(UnixTime::from_secs(0))
        } else if self.skip("true").is_some() {
            Some(UnixTime::from_secs(u64::MAX))
        } else {
            self.time()
        }
    }

    /// Reads the value of a custom claim, which is not kept.
    fn custom(&mut self) -> Option<()> {
        match self.0.as_bytes().first()? {
            b'"' => self.text().map(drop),
            b'[' => self.texts().map(drop),
            b't' => self.skip("true"),
            b'f' => self.skip("false"),
            b'n' => self.skip("null"),
            _ => self.number().map(drop),
        }
    }
}

/// Each name is compared with all before it.
const MOST_OTHERS: usize = 64;
