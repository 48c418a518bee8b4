//! Ids that come back from a database as text.
//!
//! An id escapes some characters of the text it is made of. So it is either the one that the verb was asked about, or it
//! is made again of what it was made of. Text of more than 255 bytes became a hash, of which no equal id can be made: such
//! an id comes back only where it was asked about.

use handstamp::store::{AccountId, SessionId, TokenId};

pub(crate) fn uid(kept: &str, asked: &AccountId) -> AccountId {
    if asked.as_str() == kept {
        return asked.clone();
    }
    match kept.split_once(':') {
        Some((login_type, subject)) => {
            AccountId::new(Some(&unescape(login_type)), &unescape(subject))
        }
        None => AccountId::new(None, &unescape(kept)),
    }
}

pub(crate) fn session(kept: &str, asked: Option<&SessionId>) -> SessionId {
    match asked {
        Some(id) if id.as_str() == kept => id.clone(),
        _ => SessionId::from(&*unescape(kept)),
    }
}

pub(crate) fn token(kept: &str, asked: [Option<&TokenId>; 2]) -> TokenId {
    match asked.into_iter().flatten().find(|id| id.as_str() == kept) {
        Some(id) => id.clone(),
        None => TokenId::from(&*unescape(kept)),
    }
}

fn unescape(kept: &str) -> String {
    let mut bytes = Vec::with_capacity(kept.len());
    let mut rest = kept;
    while let Some((before, after)) = rest.split_once('%') {
        let escaped = after.split_at_checked(2).and_then(|(hex, after)| {
            let byte = u8::from_str_radix(hex, 16).ok()?;
            Some((byte, after))
        });
        let Some((byte, after)) = escaped else {
            // A hash, or not written by this crate.
            return kept.to_owned();
        };
        bytes.extend_from_slice(before.as_bytes());
        bytes.push(byte);
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).unwrap_or_else(|_| kept.to_owned())
}

#[cfg(test)]
mod tests {
    use handstamp::store::{AccountId, SessionId, TokenId};

    use super::{session, token, uid};

    #[test]
    fn an_id_comes_back_as_it_was() {
        let texts = [
            "AAECAwQFBgcICQoLDA0-_w",
            "",
            "urn:uuid:00000000",
            "100% %41 %% %",
            "a\0b\u{85}",
            "日本語",
        ];
        let nobody = AccountId::new(None, "nobody");
        for text in texts {
            let (session_id, token_id) = (SessionId::from(text), TokenId::from(text));
            assert_eq!(session(session_id.as_str(), None), session_id, "{text:?}");
            assert_eq!(token(token_id.as_str(), [None; 2]), token_id, "{text:?}");
            for login_type in [None, Some("admin"), Some("a:%")] {
                let somebody = AccountId::new(login_type, text);
                assert_eq!(uid(somebody.as_str(), &nobody), somebody, "{somebody:?}");
            }
        }
    }

    #[test]
    fn an_id_that_is_a_hash_comes_back_where_it_was_asked_about() {
        let text = "x".repeat(300);
        let (somebody, session_id) = (AccountId::new(None, &text), SessionId::from(&*text));
        let token_id = TokenId::from(&*text);
        assert_eq!(uid(somebody.as_str(), &somebody), somebody);
        assert_eq!(session(session_id.as_str(), Some(&session_id)), session_id);
        assert_eq!(token(token_id.as_str(), [None, Some(&token_id)]), token_id);
    }
}
