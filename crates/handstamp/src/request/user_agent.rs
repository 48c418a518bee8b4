//! What a client says of itself in the header `User-Agent`, in full and as two words for a log.

use std::fmt;

use super::RequestHead;

/// A client, as the header `User-Agent` describes it
/// ([RFC 9110, section 10.1.5](https://www.rfc-editor.org/rfc/rfc9110#section-10.1.5)). No decision
/// depends on it, because a client can state any.
///
/// `Display` and `Debug` show browser and system only, in words of this crate, so that they can be
/// logged.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UserAgent(Option<String>);

impl UserAgent {
    pub(crate) fn of(head: &impl RequestHead) -> Self {
        let stated = head.header_values("user-agent").next();
        Self(stated.and_then(|stated| readable(&String::from_utf8_lossy(stated))))
    }

    /// Takes what [`as_str`](Self::as_str) returned.
    pub(crate) fn stored(text: Option<String>) -> Self {
        Self(text)
    }

    /// Returns the first 256 characters of the header, without control characters, or `None` if
    /// there was no header.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Returns the family of the browser, such as `Firefox`, or `None` for other programs. Browsers
    /// that use the engine of Chrome and state no name of their own are `Chrome`.
    #[must_use]
    pub fn browser(&self) -> Option<&'static str> {
        self.first_of(&BROWSERS)
    }

    /// Returns the operating system, such as `Android`, or `None` if it is not stated.
    #[must_use]
    pub fn system(&self) -> Option<&'static str> {
        self.first_of(&SYSTEMS)
    }

    fn first_of(&self, known: &[(&str, &'static str)]) -> Option<&'static str> {
        let text = self.as_str()?;
        let found = known.iter().find(|(mark, _)| text.contains(mark));
        found.map(|(_, name)| *name)
    }
}

impl fmt::Display for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = match self.as_str() {
            None => "a client without User-Agent",
            Some(_) => self.browser().unwrap_or("another program"),
        };
        match self.system() {
            None => f.write_str(program),
            Some(system) => write!(f, "{program} on {system}"),
        }
    }
}

impl fmt::Debug for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Truncates a text to its first 256 characters without control characters, or returns `None` if
/// none is left.
pub(crate) fn readable(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|character| !character.is_control())
        .take(LONGEST)
        .collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

const LONGEST: usize = 256;

/// Marks of browsers, the more special first: all of them but Firefox also claim to be Safari, and
/// most claim to be Chrome.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Marks of systems, the more special first: Android claims to be Linux, and iOS to be macOS.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Mac OS X", "macOS"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

#[cfg(test)]
mod tests {
    use super::UserAgent;
    use crate::testing::Head;

    #[test]
    #[rustfmt::skip]
    fn a_client_is_described_in_two_words() {
        let rows = [
            ("Firefox", "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Linux"),
            ("Firefox on an iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/143.0 Mobile/15E148 Safari/605.1.15", "Firefox on iOS"),
            ("Chrome", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Chrome on Windows"),
            ("Chrome on an iPad", "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0 Mobile/15E148 Safari/604.1", "Chrome on iOS"),
            ("Chrome on a Chromebook", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Chrome on ChromeOS"),
            ("Edge", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0", "Edge on Windows"),
            ("Opera", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/124.0.0.0", "Opera on macOS"),
            ("Samsung Internet", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "Samsung Internet on Android"),
            ("Safari", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15", "Safari on macOS"),
            ("a program", "curl/8.16.0", "another program"),
            ("a text made to forge a line of a log", "x\r\nWARN session ended", "another program"),
            ("nothing but spaces", "  ", "a client without User-Agent"),
        ];
        for (row, stated, expected) in rows {
            let head = Head::new("GET").header("User-Agent", stated);
            assert_eq!(UserAgent::of(&head).to_string(), expected, "{row}");
        }
        let none = UserAgent::of(&Head::new("GET"));
        assert_eq!(none.to_string(), "a client without User-Agent");
        assert_eq!(none.as_str(), None);
    }
}
