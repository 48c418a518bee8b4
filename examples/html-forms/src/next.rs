use std::fmt;

use serde::Deserialize;

/// Where to go after the log-in: a page of ours and of nobody else, whatever the address said. What
/// is none becomes `/posts`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Next(String);

impl Default for Next {
    fn default() -> Self {
        Self("/posts".to_owned())
    }
}

impl From<String> for Next {
    /// A path that begins with one slash, of characters that mean the same to everybody. Browsers
    /// take backslashes for slashes, and drop line ends and tabs: `/\evil`, `/<tab>/evil` and
    /// `//evil` are other sites to them. So nothing is repaired and nothing decoded; what needs
    /// escapes is no page of ours.
    fn from(text: String) -> Self {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~?=".contains(&byte);
        let is_path = text.starts_with('/') && !text.contains("//");
        if text.len() <= MAX_LEN && is_path && text.bytes().all(is_plain) {
            Self(text)
        } else {
            Self::default()
        }
    }
}

/// Longer than any address of ours: a page and a header repeat it.
const MAX_LEN: usize = 200;

/// As it goes into a header, an address and a page: there is nothing in it to escape.
impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Next;

    #[test]
    fn only_pages_of_ours_come_next() {
        let ours = [
            "/",
            "/posts",
            "/posts/1",
            "/posts?page=2",
            "/a-b_c.d~e",
            "/.well-known/x",
            "/posts?evil.example",
        ];
        for page in ours {
            assert_eq!(Next::from(page.to_owned()).to_string(), page);
        }
        #[rustfmt::skip]
        let others = [
            ("nothing", ""),
            ("another site", "https://evil.example"),
            ("another site without its scheme", "//evil.example"),
            ("three slashes", "///evil.example"),
            ("a backslash for a slash", "/\\evil.example"),
            ("two backslashes", "\\\\evil.example"),
            ("a backslash later", "/posts\\..\\evil"),
            ("an escaped backslash", "/%5cevil.example"),
            ("an escaped slash", "/%2fevil.example"),
            ("an escaped line end", "/%0d%0aLocation:evil"),
            ("a scheme without slashes", "https:evil.example"),
            ("a scheme with one slash", "https:/evil.example"),
            ("script", "javascript:alert(1)"),
            ("data", "data:text/html,x"),
            ("a tab between the slashes", "/\t/evil.example"),
            ("a line end between the slashes", "/\n/evil.example"),
            ("a line end in front", "\n//evil.example"),
            ("a blank in front", " //evil.example"),
            ("a control character", "/\u{1}posts"),
            ("a null", "/posts\0"),
            ("slashes behind a dot", "/.//evil.example"),
            ("a slash that only looks like one", "/\u{2215}evil.example"),
            ("a name and a password", "/@evil.example"),
            ("a fragment", "/posts#//evil"),
            ("no slash in front", "posts"),
            ("up from here", "../posts"),
            ("two parameters", "/posts?a=1&b=2"),
        ];
        for (row, text) in others {
            assert_eq!(Next::from(text.to_owned()), Next::default(), "{row}");
        }
    }
}
