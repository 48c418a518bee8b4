//! Parses `Cookie` header lines: bytes in, bytes out, no allocation.

use ctutils::CtEq as _;

use super::CookieName;

/// Returns the values of the cookies with this name in one header line, in order
/// ([RFC 6265bis, section
/// 4.2.1](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.2.1)).
///
/// Stricter than many readers, because each of their liberties let an attacker plant a cookie under
/// a name that browsers protect: only `;` separates, inside of quotes as well, only space and tab
/// are trimmed (no Unicode spaces), nothing is decoded.
///
/// Lenient: items without `=` or without a name are skipped, and the rest of the line counts. Risk:
/// `=__Host-a=b` is read as a cookie `__Host-a` (CVE-2023-23934). Covered: such an item has no name
/// here, and what is left must be a genuine token.
pub(super) fn values<'a>(line: &'a [u8], name: &CookieName) -> impl Iterator<Item = &'a [u8]> {
    // The other cookies, which are most of a line, are not taken apart. No place hides an item that
    // begins inside of it: what stands before the name of an item (`;`, space, tab) is in no name.
    name.positions(line)
        .filter_map(|start| value(line, start, name.as_str().len()))
}

/// Returns the value of the cookie whose name is at this place, if an item begins there, and its
/// name ends where this name does.
fn value(line: &[u8], start: usize, len: usize) -> Option<&[u8]> {
    let (before, item) = line.split_at_checked(start)?;
    // First: values of items do not overlap, so that each byte is searched once for their ends.
    if !matches!(trim_end(before), [] | [.., b';']) {
        return None;
    }
    let value = trim_start(item.get(len..)?).strip_prefix(b"=")?;
    let end = memchr::memchr(b';', value).unwrap_or(value.len());
    value.get(..end).map(trim)
}

/// The distinct non-empty values of one name over all lines, in order. Names that begin with `$`
/// are never ours, so what clients by older standards add (`$Version`, `$Path`) is skipped
/// ([RFC 2109, section 4.4](https://www.rfc-editor.org/rfc/rfc2109#section-4.4)).
///
/// Lenient: a value that is in quotes as a whole is read without them, as clients by older
/// standards write it. Risk: two parsers disagree where a quoted value ends, and a cookie is
/// smuggled out ("cookie sandwich"). Covered: `;` ends a value here whatever quotes it has, and no
/// value of ours has quotes.
///
/// Lenient: equal values count once, and an empty value counts as none. Risk: a planted cookie goes
/// unnoticed. Covered: a copy proves no more than the cookie that it copies, and an empty value is
/// no token.
pub(crate) fn find<'a>(lines: impl Iterator<Item = &'a [u8]>, name: &CookieName) -> Candidates<'a> {
    let mut candidates = Candidates::default();
    for value in lines.flat_map(|line| values(line, name)) {
        let value = match value {
            [b'"', inner @ .., b'"'] => inner,
            value => value,
        };
        if !value.is_empty() {
            candidates.add(value);
        }
    }
    candidates
}

/// The values that a request carries for one cookie name. There is more than one if another party
/// can set cookies for this host, such as a sibling subdomain; the verifier decides which of them
/// counts.
// Has no `Debug`: the values are tokens.
#[derive(Default)]
pub(crate) struct Candidates<'a> {
    values: [&'a [u8]; MAX_CANDIDATES],
    found: usize,
    too_many: bool,
}

impl<'a> Candidates<'a> {
    /// Returns the first four values.
    pub(crate) fn as_slice(&self) -> &[&'a [u8]] {
        self.values.get(..self.found).unwrap_or_default()
    }

    /// Returns whether there were more than four distinct values.
    pub(crate) fn too_many(&self) -> bool {
        self.too_many
    }

    fn add(&mut self, value: &'a [u8]) {
        // In constant time: one value may be a token, the other planted to measure it.
        if self
            .as_slice()
            .iter()
            .any(|known| known.ct_eq(value).to_bool())
        {
            return;
        }
        match self.values.get_mut(self.found) {
            Some(free) => {
                *free = value;
                self.found += 1;
            }
            None => self.too_many = true,
        }
    }
}

/// Trims spaces and tabs at both ends; `trim_ascii` would also trim form feeds and line ends.
fn trim(text: &[u8]) -> &[u8] {
    trim_end(trim_start(text))
}

fn trim_end(mut text: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

fn trim_start(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    text
}

const MAX_CANDIDATES: usize = 4;
