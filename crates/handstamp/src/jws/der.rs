//! The subset of DER (X.690) that keys use: one-byte tags, definite and shortest lengths.

pub(super) const INTEGER: u8 = 0x02;
pub(super) const SEQUENCE: u8 = 0x30;

/// Reads consecutive elements.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Returns a reader of the content of a SEQUENCE that spans all of the bytes.
    pub(super) fn whole_sequence(bytes: &'a [u8]) -> Option<Self> {
        let mut outer = Self(bytes);
        let inner = outer.read(SEQUENCE)?;
        outer.at_end().then_some(Self(inner))
    }

    /// Returns the content of the next element if it has this tag.
    pub(super) fn read(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next()
            .and_then(|(found, content)| (found == tag).then_some(content))
    }

    /// Returns whether all bytes are read. The iterator also ends at an element that it cannot
    /// read.
    pub(super) fn at_end(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> Iterator for Reader<'a> {
    /// The tag and the content.
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&[tag, first], mut rest) = self.0.split_first_chunk()?;
        let mut len = usize::from(first);
        if first >= 0x80 {
            let (digits, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
            len = match *digits {
                [a] if a >= 0x80 => usize::from(a),
                [a, b] if a > 0 => usize::from(u16::from_be_bytes([a, b])),
                // Longer than any key.
                _ => return None,
            };
            rest = after;
        }
        let (content, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some((tag, content))
    }
}

/// Writes a SEQUENCE of two positive INTEGERs, each big-endian without leading zeros. Returns
/// `None` if they are longer than any key.
#[cfg(feature = "asymmetric")]
pub(super) fn sequence_of_two(a: &[u8], b: &[u8]) -> Option<Vec<u8>> {
    let integer = |magnitude: &[u8]| {
        let zero: &[u8] = match magnitude.first() {
            Some(first) if *first < 0x80 => &[],
            _ => &[0],
        };
        element(INTEGER, &[zero, magnitude].concat())
    };
    element(SEQUENCE, &[integer(a)?, integer(b)?].concat())
}

#[cfg(feature = "asymmetric")]
fn element(tag: u8, content: &[u8]) -> Option<Vec<u8>> {
    let len = u16::try_from(content.len()).ok()?.to_be_bytes();
    let head: &[u8] = match len {
        [0, low] if low < 0x80 => &[tag, low],
        [0, low] => &[tag, 0x81, low],
        [high, low] => &[tag, 0x82, high, low],
    };
    Some([head, content].concat())
}

#[cfg(feature = "asymmetric")]
impl<'a> Reader<'a> {
    pub(super) fn over(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Returns the next element if it is a positive INTEGER, big-endian without leading zeros.
    pub(super) fn positive_integer(&mut self) -> Option<&'a [u8]> {
        let content = self.read(INTEGER)?;
        let magnitude = content.strip_prefix(&[0]).unwrap_or(content);
        // A leading zero is present exactly if the number would otherwise be negative.
        let has_zero = magnitude.len() < content.len();
        let needs_zero = *magnitude.first()? >= 0x80;
        (has_zero == needs_zero).then_some(magnitude)
    }
}
