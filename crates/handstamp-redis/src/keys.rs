//! Under which names things are kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handstamp::store::{AccountId, SessionId, TokenId};
use sha2::{Digest as _, Sha256};

/// The names of everything of one user.
///
/// Between braces stands a hash of the user, and a cluster chooses the node by what stands there: so one script can reach
/// all of it. The hash is short, and two users may share one; the names of what has no user written inside hold the user
/// too, and the scripts compare the user inside a session.
pub(crate) struct Keys<'a> {
    base: String,
    uid: &'a AccountId,
}

impl<'a> Keys<'a> {
    pub(crate) fn of(prefix: &str, uid: &'a AccountId) -> Self {
        let digest: [u8; 32] = Sha256::digest(uid.as_str()).into();
        let (tag, _) = digest.split_at(TAG_BYTES);
        Self {
            base: format!("{prefix}{{{}}}", URL_SAFE_NO_PAD.encode(tag)),
            uid,
        }
    }

    pub(crate) fn session(&self, id: &SessionId) -> String {
        self.session_prefix() + id.as_str()
    }

    /// What stands before the id of a session.
    pub(crate) fn session_prefix(&self) -> String {
        format!("{}:s:", self.base)
    }

    /// An id holds no `:`, so that no two pairs of token and user read the same.
    pub(crate) fn revoked_token(&self, id: &TokenId) -> String {
        format!("{}:t:{}:{}", self.base, id.as_str(), self.uid.as_str())
    }

    pub(crate) fn not_before(&self) -> String {
        format!("{}:n:{}", self.base, self.uid.as_str())
    }

    /// Of the sessions that are not revoked.
    pub(crate) fn index(&self) -> String {
        format!("{}:i:{}", self.base, self.uid.as_str())
    }
}

/// Users are spread over the slots of a cluster evenly with far fewer.
const TAG_BYTES: usize = 8;

#[cfg(test)]
mod tests {
    use handstamp::store::{AccountId, SessionId, TokenId};

    use super::Keys;

    #[test]
    fn all_keys_of_a_user_have_one_tag_and_differ() {
        let uid = AccountId::new(Some("admin"), "{x}");
        let keys = Keys::of("app:", &uid);
        let all = [
            keys.session(&SessionId::from("one")),
            keys.revoked_token(&TokenId::from("one")),
            keys.not_before(),
            keys.index(),
        ];
        for (i, key) in all.iter().enumerate() {
            assert!(key.starts_with("app:{"), "{key}");
            assert!(!all[i + 1..].contains(key), "{key}");
            assert_eq!(tag(key), tag(&all[0]), "{key}");
            assert_eq!(tag(key).len(), 11, "{key}");
        }
    }

    #[test]
    fn a_token_and_its_user_are_told_apart() {
        let (one, other) = (AccountId::new(Some("b"), "c"), AccountId::new(None, "c"));
        assert_ne!(
            Keys::of("", &one).revoked_token(&TokenId::from("a")),
            Keys::of("", &other).revoked_token(&TokenId::from("a:b")),
        );
    }

    /// As a cluster reads it: from the first brace to the next.
    fn tag(key: &str) -> &str {
        let (_, rest) = key.split_once('{').expect("a brace");
        rest.split_once('}').expect("a closing brace").0
    }
}
