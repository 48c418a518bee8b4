//! The names of the keys in Redis.
//!
//! Takes ids and returns names. All names of one account are in one slot of a cluster.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handstamp::store::{AccountId, SessionId, TokenId};
use sha2::{Digest as _, Sha256};

/// The names of the keys of one account.
///
/// A hash of the account is enclosed in braces, from which a cluster computes the slot, so that one
/// script can access all keys of an account. The hash is short, and two accounts may share one.
/// Keys whose entries do not contain the account therefore have it in their names, and the scripts
/// compare the account inside a session.
pub(crate) struct Keys<'a> {
    base: String,
    account: &'a AccountId,
}

impl<'a> Keys<'a> {
    pub(crate) fn of(prefix: &str, account: &'a AccountId) -> Self {
        let digest: [u8; 32] = Sha256::digest(account.as_str()).into();
        let (tag, _) = digest.split_at(TAG_BYTES);
        Self {
            base: format!("{prefix}{{{}}}", URL_SAFE_NO_PAD.encode(tag)),
            account,
        }
    }

    pub(crate) fn session(&self, id: &SessionId) -> String {
        self.session_prefix() + id.as_str()
    }

    /// Returns what precedes the id in the key of a session.
    pub(crate) fn session_prefix(&self) -> String {
        format!("{}:s:", self.base)
    }

    /// Names the entry of a revoked token. An id contains no `:`, so that no two pairs of token and
    /// account have the same name.
    pub(crate) fn revoked_token(&self, id: &TokenId) -> String {
        format!("{}:t:{}:{}", self.base, id.as_str(), self.account.as_str())
    }

    /// Names the entry of a one-time token that was redeemed, as above.
    pub(crate) fn redeemed_token(&self, id: &TokenId) -> String {
        format!("{}:o:{}:{}", self.base, id.as_str(), self.account.as_str())
    }

    /// Names the not-before of tokens without a session, and that of sessions.
    pub(crate) fn not_before(&self) -> [String; 2] {
        let account = self.account.as_str();
        ["n", "b"].map(|kind| format!("{}:{kind}:{account}", self.base))
    }

    /// Names the index of the sessions that are not revoked.
    pub(crate) fn index(&self) -> String {
        format!("{}:i:{}", self.base, self.account.as_str())
    }
}

/// Names a bucket of a rate limit. All are in one slot of a cluster.
pub(crate) fn bucket(prefix: &str, key: &str) -> String {
    format!("{prefix}{{limits}}:{key}")
}

/// Returns a pattern of `SCAN` for the names of the indexes of all accounts.
pub(crate) fn indexes(prefix: &str) -> String {
    let mut pattern = String::new();
    for character in prefix.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\' | '^') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern + "{*}:i:*"
}

/// Returns the account whose index has this name.
pub(crate) fn account_of_index(name: &str) -> Option<AccountId> {
    let (_, account) = name.split_once("}:i:")?;
    AccountId::from_stored(account)
}

/// The length of the hash; far fewer bytes would spread accounts evenly over the slots of a
/// cluster.
const TAG_BYTES: usize = 8;

#[cfg(test)]
mod tests {
    use handstamp::store::{AccountId, SessionId, TokenId};

    use super::Keys;

    #[test]
    fn all_keys_of_an_account_have_one_tag_and_differ() {
        let account = AccountId::new(Some("admin"), "{x}");
        let keys = Keys::of("app:", &account);
        let [tokens, sessions] = keys.not_before();
        let all = [
            keys.session(&SessionId::from("one")),
            keys.revoked_token(&TokenId::from("one")),
            keys.redeemed_token(&TokenId::from("one")),
            tokens,
            sessions,
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
    fn the_account_is_found_in_the_name_of_its_index() {
        for account in [
            AccountId::new(Some("admin"), "{x}:i:*"),
            AccountId::new(None, "c"),
        ] {
            let index = Keys::of("app[1]*:", &account).index();
            assert_eq!(super::account_of_index(&index), Some(account));
        }
        assert_eq!(super::indexes("app[1]*:"), "app\\[1\\]\\*:{*}:i:*");
    }

    #[test]
    fn the_token_and_the_account_in_a_name_are_told_apart() {
        let (one, other) = (AccountId::new(Some("b"), "c"), AccountId::new(None, "c"));
        assert_ne!(
            Keys::of("", &one).revoked_token(&TokenId::from("a")),
            Keys::of("", &other).revoked_token(&TokenId::from("a:b")),
        );
    }

    /// Returns what a cluster hashes: the text from the first brace to the next.
    fn tag(key: &str) -> &str {
        let (_, rest) = key.split_once('{').expect("a brace");
        rest.split_once('}').expect("a closing brace").0
    }
}
