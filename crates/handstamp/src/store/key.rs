//! What stores find things by: short, printable texts.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Who sessions belong to: a subject, and the login type if there is one. User 1 and admin 1 are two people.
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
    /// Of these claims, `login_type` and `sub`.
    #[must_use]
    pub fn new(login_type: Option<&str>, subject: &str) -> Self {
        let subject = escape(subject);
        Self(match login_type {
            None => short(subject),
            Some(login_type) => short(format!("{}:{subject}", escape(login_type)).into()),
        })
    }

    /// At most 255 bytes of printable characters. Equal for equal people only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Of a session: the claim `sid`.
///
/// `Debug` shows the first characters of its hash, for logs; the same for the same session.
///
/// # Security
/// Whoever knows an id can do nothing with it: tokens are signed, and [`Auth::revoke_session`](crate::Auth::revoke_session)
/// asks whose it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(Arc<str>);

/// Of a token: the claim `jti`. `Debug` shows a hash.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(Arc<str>);

macro_rules! id {
    ($Id:ident) => {
        impl $Id {
            /// At most 255 bytes of printable characters. 22 in ids of handstamp's own making.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $Id {
            fn from(text: &str) -> Self {
                Self(short(escape(text)))
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
    /// The session into which a refresh token without one is adopted: always the same for the same token, so that it is
    /// adopted once.
    pub(crate) fn adopting(uid: &AccountId, token: &TokenId) -> Self {
        Self(derived(["adopted session", uid.as_str(), token.as_str()]))
    }
}

impl TokenId {
    /// The id of the refresh token that follows this one in its session: always the same.
    ///
    /// So a rotation that is repeated, because the answer or the store's last write was lost, gives the token it gave
    /// before, and a token is told to be another's predecessor without a word about it in the store.
    ///
    /// # Security
    /// An id is no secret: what makes a token is its signature. Knowing the ids to come helps nobody to sign them.
    #[must_use]
    pub fn successor(&self, session: &SessionId) -> Self {
        Self(derived([
            "next refresh token",
            session.as_str(),
            self.as_str(),
        ]))
    }
}

/// 128 bits of a hash over texts, each ended by a byte that no key holds.
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

/// For logs.
fn hashed(text: &str) -> String {
    let mut digest = URL_SAFE_NO_PAD.encode(Sha256::digest(text));
    digest.truncate(12);
    digest
}

/// Takes away what databases stumble over, and `:`, which stands between the two parts of a [`AccountId`]. Two texts stay two.
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

/// What is longer than a database likes to index becomes a hash. `%%` stands in no escaped text.
fn short(text: Cow<'_, str>) -> Arc<str> {
    if text.len() <= LONGEST {
        return text.into();
    }
    format!("%%{}", URL_SAFE_NO_PAD.encode(Sha256::digest(&*text))).into()
}

const LONGEST: usize = 255;

#[cfg(test)]
mod tests {
    use super::{AccountId, SessionId, TokenId};

    #[test]
    fn two_people_never_share_a_key() {
        let long = "x".repeat(300);
        let longer = "x".repeat(301);
        let people = [
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
        for (i, (login_type, subject)) in people.iter().enumerate() {
            let key = AccountId::new(*login_type, subject);
            assert!(key.as_str().len() <= 255, "{subject}");
            assert!(!key.as_str().chars().any(char::is_control), "{subject}");
            for (other_type, other) in people.iter().skip(i + 1) {
                assert_ne!(
                    key,
                    AccountId::new(*other_type, other),
                    "{login_type:?} {subject:?}"
                );
            }
        }
    }

    #[test]
    fn ids_of_our_own_making_stay_as_they_are() {
        let id = "AAECAwQFBgcICQoLDA0-_w";
        assert_eq!(SessionId::from(id).as_str(), id);
        assert_eq!(TokenId::from(id).as_str(), id);
    }

    #[test]
    fn logs_see_hashes() {
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
