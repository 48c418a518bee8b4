//! As much of DER (X.690) as keys are made of: one-byte tags, definite and shortest lengths.

pub(super) const INTEGER: u8 = 0x02;
pub(super) const SEQUENCE: u8 = 0x30;

/// Reads elements one after the other.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The inside of a SEQUENCE that spans all of the bytes.
    pub(super) fn whole_sequence(bytes: &'a [u8]) -> Option<Self> {
        let mut outer = Self(bytes);
        let inner = outer.read(SEQUENCE)?;
        outer.at_end().then_some(Self(inner))
    }

    /// The content of the next element, when it has this tag.
    pub(super) fn read(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next()
            .and_then(|(found, content)| (found == tag).then_some(content))
    }

    /// Whether the bytes end here. An iterator stops at what it cannot read as well.
    pub(super) fn at_end(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> Iterator for Reader<'a> {
    /// Tag and content.
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

#[cfg(feature = "asymmetric")]
impl<'a> Reader<'a> {
    pub(super) fn over(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next element, when it is a positive INTEGER: big-endian, without leading zeros.
    pub(super) fn positive_integer(&mut self) -> Option<&'a [u8]> {
        let content = self.read(INTEGER)?;
        let magnitude = content.strip_prefix(&[0]).unwrap_or(content);
        // A zero stands in front exactly when the number would else read as negative.
        let has_zero = magnitude.len() < content.len();
        let needs_zero = *magnitude.first()? >= 0x80;
        (has_zero == needs_zero).then_some(magnitude)
    }
}
