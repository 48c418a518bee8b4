//! Reads a claims set in its usual form, in one pass and without an allocation.
//!
//! The usual form is what this crate writes, and most libraries do: no spaces between the members,
//! no escapes, values that are texts, whole numbers, booleans or arrays of texts. Any other form,
//! and every mistake, is left to [`object`](super::object), which reads everything that is read
//! here as it is read here.

use super::object::{List, RawClaims};
use super::registered::{
    AUD, AUTH_TIME, CSRF, EXP, FRESH, GEN, IAT, ISS, JTI, LOGIN_TYPE, NBF, SCOPES, SID, SUB, TYPE,
};
use crate::clock::UnixTime;

/// Returns the claims, or `None` if the payload is not in the usual form. `identity` is the claim
/// that names the subject in addition to `sub`.
pub(super) fn read<'p>(payload: &'p str, identity: &str) -> Option<RawClaims<'p>> {
    // With neither escapes nor control characters, a text ends at the next quote.
    let is_plain = |plain, byte| plain && byte >= b' ' && byte != b'\\';
    let mut rest = payload
        .bytes()
        .fold(true, is_plain)
        .then_some(Rest(payload))?;
    let mut raw = RawClaims::default();
    let mut others = Names::default();
    rest.skip("{")?;
    loop {
        let name = rest.text()?;
        rest.skip(":")?;
        match name {
            SUB => once(&mut raw.sub, rest.text()?.into())?,
            JTI => once(&mut raw.jti, rest.text()?.into())?,
            TYPE => once(&mut raw.kind, rest.text()?.into())?,
            CSRF => once(&mut raw.csrf, rest.text()?.into())?,
            ISS => once(&mut raw.iss, rest.text()?.into())?,
            LOGIN_TYPE => once(&mut raw.login_type, rest.text()?.into())?,
            SID => once(&mut raw.sid, rest.text()?.into())?,
            AUD => once(&mut raw.aud, List::Plain(rest.one_or_many()?))?,
            SCOPES => once(&mut raw.scopes, List::Plain(rest.texts()?))?,
            FRESH => once(&mut raw.fresh_until, rest.fresh_until()?)?,
            GEN => once(&mut raw.generation, rest.number()?)?,
            AUTH_TIME => once(&mut raw.auth_time, rest.time()?)?,
            IAT => once(&mut raw.iat, rest.time()?)?,
            NBF => once(&mut raw.nbf, rest.time()?)?,
            EXP => once(&mut raw.exp, rest.time()?)?,
            other => {
                others.add(other)?;
                if other == identity {
                    raw.identity = Some(rest.text()?.into());
                } else {
                    rest.custom()?;
                }
            }
        }
        match rest.byte()? {
            b',' => {}
            b'}' if rest.0.is_empty() => return Some(raw),
            _ => return None,
        }
    }
}

/// Returns `None` if the claim stands twice.
fn once<T>(claim: &mut Option<T>, value: T) -> Option<()> {
    claim.replace(value).is_none().then_some(())
}

/// The names of the claims that are not registered.
#[derive(Default)]
struct Names<'p> {
    names: [&'p str; 16],
    len: usize,
}

impl<'p> Names<'p> {
    /// Returns `None` if the name stands twice, or if there are too many.
    fn add(&mut self, name: &'p str) -> Option<()> {
        if self.names.iter().take(self.len).any(|known| *known == name) {
            return None;
        }
        *self.names.get_mut(self.len)? = name;
        self.len += 1;
        Some(())
    }
}

/// What is not read yet. Every method returns `None` for what is not in the usual form.
struct Rest<'p>(&'p str);

impl<'p> Rest<'p> {
    fn skip(&mut self, expected: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(expected)?;
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.0.as_bytes().first()?;
        self.0 = self.0.get(1..)?;
        Some(byte)
    }

    fn text(&mut self) -> Option<&'p str> {
        self.skip("\"")?;
        // Most are too short for `memchr`.
        let end = self.0.bytes().position(|byte| byte == b'"')?;
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
        let (mut number, mut digits) = (0, 0);
        for digit in self.0.bytes().take_while(u8::is_ascii_digit).take(16) {
            number = number * 10 + u64::from(digit - b'0');
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
