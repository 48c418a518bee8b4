//! The ids by which stores find entries of an account, a session or a token.
//!
//! Takes the text of claims and returns short, printable text that any database can index. Two
//! different texts never become one id. An id cannot be converted back to the claims.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The account that sessions and tokens belong to: a subject, and the login type if there is one.
///
/// Accounts with the same subject and different login types are different accounts. `Debug` shows
/// the first characters of a hash, for logs.
///
/// ```
/// use handstamp::store::AccountId;
///
/// assert_eq!(AccountId::new(None, "user1").as_str(), "user1");
/// assert_eq!(AccountId::new(Some("admin"), "user1").as_str(), "admin:user1");
/// assert_eq!(AccountId::new(None, "admin:user1").as_str(), "admin%3Auser1");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(Arc<str>);

impl AccountId {
    /// Creates the id of the account with these claims, `login_type` and `sub`.
    #[must_use]
    pub fn new(login_type: Option<&str>, subject: &str) -> Self {
        let subject = escape(subject);
        Self(match login_type {
            None => shorten(subject),
            Some(login_type) => shorten(format!("{}:{subject}", escape(login_type)).into()),
        })
    }

    /// Restores an id from the text that a store has kept of it: what [`as_str`](Self::as_str)
    /// returned.
    ///
    /// Returns `None` for text that `as_str` never returns.
    ///
    /// ```
    /// use handstamp::store::AccountId;
    ///
    /// let id = AccountId::new(Some("admin"), "a:b");
    /// assert_eq!(AccountId::from_stored(id.as_str()), Some(id));
    /// assert_eq!(AccountId::from_stored("a:b:c"), None);
    /// ```
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        let (login_type, subject) = text.split_once(':').unwrap_or(("", text));
        let is_whole = text.len() <= LONGEST && is_escaped(login_type) && is_escaped(subject);
        (is_whole || is_hash(text)).then(|| Self(text.into()))
    }

    /// Returns the text to keep in a store: at most 255 bytes, without control characters. Two
    /// accounts never have the same text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id of a session: the claim `sid`.
///
/// `Debug` shows the first characters of a hash, for logs: the same for the same session.
///
/// # Security
/// An id alone gives no access: tokens are signed, and
/// [`Auth::revoke_session`](crate::Auth::revoke_session) takes the account as well.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(Arc<str>);

/// The id of a token: the claim `jti`. `Debug` shows the first characters of a hash.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(Arc<str>);

macro_rules! id {
    ($Id:ident) => {
        impl $Id {
            /// Restores an id from the text that a store has kept of it: what
            /// [`as_str`](Self::as_str) returned.
            ///
            /// Returns `None` for text that `as_str` never returns.
            ///
            /// ```
            #[doc = concat!("use handstamp::store::", stringify!($Id), ";")]
            ///
            #[doc = concat!("let id = ", stringify!($Id), "::from(\"a:b\");")]
            #[doc = concat!("assert_eq!(", stringify!($Id), "::from_stored(id.as_str()), Some(id));")]
            #[doc = concat!("assert_eq!(", stringify!($Id), "::from_stored(\"a:b\"), None);")]
            /// ```
            #[must_use]
            pub fn from_stored(text: &str) -> Option<Self> {
                let is_whole = text.len() <= LONGEST && is_escaped(text);
                (is_whole || is_hash(text)).then(|| Self(text.into()))
            }

            /// Returns the text to keep in a store: at most 255 bytes, without control characters
            /// and without `:`. Ids that handstamp creates have 22 bytes.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// Creates the id from the text of a claim.
        impl From<&str> for $Id {
            fn from(text: &str) -> Self {
                Self(shorten(escape(text)))
            }
        }

        impl fmt::Debug for $Id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "#{}", hashed(&self.0))
            }
        }
    };
}

id!(SessionId);
id!(TokenId);

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", hashed(&self.0))
    }
}

impl SessionId {
    /// Returns the id of the session into which a refresh token without a session is adopted:
    /// always the same for the same token, so that each token is adopted once.
    pub(crate) fn adopting(account: &AccountId, token: &TokenId) -> Self {
        Self(derived([
            "adopted session",
            account.as_str(),
            token.as_str(),
        ]))
    }
}

impl TokenId {
    /// Returns the id of the refresh token that follows this one in its session: always the same.
    ///
    /// A rotation that is repeated, because the response or the last write of the store was lost,
    /// therefore issues the same successor again. A predecessor is recognized by its successor's
    /// id, so that stores do not keep its id.
    ///
    /// # Security
    /// An id is not a secret: only its signature makes a token valid, and knowing future ids does
    /// not help to sign them.
    #[must_use]
    pub fn successor(&self, session: &SessionId) -> Self {
        Self(derived([
            "next refresh token",
            session.as_str(),
            self.as_str(),
        ]))
    }
}

/// Returns 128 bits of a hash over texts, each ended by a byte that no id contains.
fn derived(texts: [&str; 3]) -> Arc<str> {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text);
        hash.update([0]);
    }
    let bytes: [u8; 32] = hash.finalize().into();
    // The first half of the digest.
    let (first, _) = bytes.split_at(16);
    URL_SAFE_NO_PAD.encode(first).into()
}

/// Returns what logs show of an id.
fn hashed(text: &str) -> String {
    let mut digest = URL_SAFE_NO_PAD.encode(Sha256::digest(text));
    digest.truncate(12);
    digest
}

/// Percent-encodes control characters, which some databases refuse, `:`, which separates the two
/// parts of an [`AccountId`], and `%` itself. Different texts stay different.
fn escape(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| (b' '..0x7f).contains(&byte) && !matches!(byte, b':' | b'%');
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if character.is_control() || matches!(character, ':' | '%') {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                escaped.push('%');
                for digit in [byte >> 4, byte & 0xf] {
                    let digit = char::from_digit(digit.into(), 16);
                    escaped.extend(digit.map(|digit| digit.to_ascii_uppercase()));
                }
            }
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Returns whether [`escape`] returns this text for some text.
fn is_escaped(text: &str) -> bool {
    unescape(text).is_some_and(|original| escape(&original) == text)
}

/// Decodes what [`escape`] has encoded.
fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut pieces = text.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let (code, rest) = piece.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// Replaces text that is too long for the indexes of databases by a hash. No escaped text contains
/// `%%`.
fn shorten(text: Cow<'_, str>) -> Arc<str> {
    if text.len() <= LONGEST {
        return text.into();
    }
    format!("%%{}", URL_SAFE_NO_PAD.encode(Sha256::digest(&*text))).into()
}

/// Returns whether the text is a hash in the form that [`shorten`] returns.
fn is_hash(text: &str) -> bool {
    let digest = text
        .strip_prefix("%%")
        .map(|text| URL_SAFE_NO_PAD.decode(text));
    matches!(digest, Some(Ok(digest)) if digest.len() == 32)
}

/// The longest text of an id, in bytes.
const LONGEST: usize = 255;

#[cfg(test)]
mod tests {
    use super::{AccountId, SessionId, TokenId};

    #[test]
    fn two_accounts_never_share_an_id() {
        let long = "x".repeat(300);
        let longer = "x".repeat(301);
        let accounts = [
            (None, "1"),
            (Some("admin"), "1"),
            (Some("user"), "1"),
            (None, "admin:1"),
            (None, "admin%3A1"),
            (Some(""), "1"),
            (Some("admin"), ":1"),
            (Some("admin:"), "1"),
            (None, "1\0"),
            (None, "1%00"),
            (None, "é"),
            (None, long.as_str()),
            (None, longer.as_str()),
            (Some("admin"), long.as_str()),
        ];
        for (i, (login_type, subject)) in accounts.iter().enumerate() {
            let id = AccountId::new(*login_type, subject);
            assert!(id.as_str().len() <= 255, "{subject}");
            assert!(!id.as_str().chars().any(char::is_control), "{subject}");
            for (other_type, other) in accounts.iter().skip(i + 1) {
                assert_ne!(
                    id,
                    AccountId::new(*other_type, other),
                    "{login_type:?} {subject:?}"
                );
            }
        }
    }

    #[test]
    fn generated_ids_are_not_changed() {
        let id = "AAECAwQFBgcICQoLDA0-_w";
        assert_eq!(SessionId::from(id).as_str(), id);
        assert_eq!(TokenId::from(id).as_str(), id);
    }

    #[test]
    fn stored_ids_are_read_back() {
        let long = "x".repeat(300);
        let texts = [
            "AAECAwQFBgcICQoLDA0-_w",
            "",
            "urn:uuid:00000000",
            "100% %41 %% %",
            "a\0b\u{85}",
            "日本語",
            long.as_str(),
        ];
        for text in texts {
            let (session, token) = (SessionId::from(text), TokenId::from(text));
            assert_eq!(SessionId::from_stored(session.as_str()), Some(session));
            assert_eq!(TokenId::from_stored(token.as_str()), Some(token));
            for login_type in [None, Some("admin"), Some(""), Some("a:%"), Some(&long)] {
                let account = AccountId::new(login_type, text);
                let stored = AccountId::from_stored(account.as_str());
                assert_eq!(stored, Some(account), "{login_type:?} {text:?}");
            }
        }
    }

    #[test]
    fn text_that_no_id_has_is_not_read() {
        let long = "x".repeat(256);
        let cut = format!("%%{}", "x".repeat(42));
        let rows = [
            ("a control character", "a\0"),
            ("a control character beyond ASCII", "a\u{85}"),
            ("more than two parts", "a:b:c"),
            ("an escape that is cut off", "a%3"),
            ("an escape that is no number", "a%zz"),
            ("an escape with a sign", "a%+A"),
            ("an escape in small letters", "a%3a"),
            ("an escape of a character that needs none", "a%41"),
            ("escapes that are no UTF-8", "a%FF"),
            ("too long", long.as_str()),
            ("a hash that is cut off", cut.as_str()),
        ];
        for (row, text) in rows {
            assert_eq!(AccountId::from_stored(text), None, "{row}");
            assert_eq!(SessionId::from_stored(text), None, "{row}");
            assert_eq!(TokenId::from_stored(text), None, "{row}");
        }
        assert_eq!(SessionId::from_stored("a:b"), None);
        assert_eq!(TokenId::from_stored("a:b"), None);
    }

    #[test]
    fn debug_shows_hashes() {
        let id = SessionId::from("AAECAwQFBgcICQoLDA0ODw");
        assert!(!format!("{id:?}").contains("AAEC"));
        assert_eq!(format!("{id:?}"), format!("{:?}", id.clone()));
    }

    #[test]
    fn successors_differ_by_session_and_by_token() {
        let (one, other) = (SessionId::from("one"), SessionId::from("other"));
        let token = TokenId::from("token");
        let next = token.successor(&one);
        assert_eq!(next, token.successor(&one));
        assert_ne!(next, token.successor(&other));
        assert_ne!(next, next.successor(&one));
        assert_eq!(next.as_str().len(), 22);
    }
}
