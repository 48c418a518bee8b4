//! Where the texts of a claims set are, so that parsing copies only those that JSON escapes.

/// A text of the claims: a range of bytes of [`Claims::text`](super::Claims).
#[derive(Clone, Copy)]
pub(super) struct Text {
    start: u16,
    end: u16,
}

impl Text {
    /// Returns `None` where a range does not fit. A token has at most 8 KiB, and no text becomes
    /// longer by unescaping, so the claims of every token fit.
    fn new(start: usize, len: usize) -> Option<Self> {
        Some(Self {
            start: u16::try_from(start).ok()?,
            end: u16::try_from(start + len).ok()?,
        })
    }

    /// `part` is a part of `payload`.
    pub(super) fn within(payload: &str, part: &str) -> Option<Self> {
        Self::new(part.as_ptr().addr() - payload.as_ptr().addr(), part.len())
    }

    /// Adds a text that JSON escapes to those behind the payload.
    pub(super) fn behind(payload: &str, unescaped: &mut String, text: &str) -> Option<Self> {
        let start = payload.len() + unescaped.len();
        unescaped.push_str(text);
        Self::new(start, text.len())
    }

    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// `text` is what the range was made for, so the default is never used.
    pub(super) fn read(self, text: &str) -> &str {
        text.get(usize::from(self.start)..usize::from(self.end))
            .unwrap_or_default()
    }
}

/// The texts of `aud` or `scopes`.
#[derive(Clone)]
pub(super) enum Texts {
    /// As they stand in JSON: in quotes, without escapes, with nothing but a comma between two.
    Plain(Text),
    Parsed(Box<[Text]>),
}

impl Texts {
    pub(super) fn read<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let (plain, parsed) = match self {
            Self::Plain(list) => (list.read(text), [].as_slice()),
            Self::Parsed(texts) => ("", &**texts),
        };
        plain_texts(plain).chain(parsed.iter().map(|part| part.read(text)))
    }
}

fn plain_texts(mut list: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let after_quote = list.strip_prefix('"')?;
        let end = memchr::memchr(b'"', after_quote.as_bytes())?;
        let (text, rest) = after_quote.split_at_checked(end)?;
        // Behind the quote stands a comma, or nothing.
        list = rest.get(2..).unwrap_or_default();
        Some(text)
    })
}
