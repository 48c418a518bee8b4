//! Parses the fields of a `multipart/form-data` body (RFC 7578), strictly.

use std::borrow::Cow;
use std::fmt;

use memchr::memmem::Finder;

use super::MAX_FIELDS;
use super::media_type::WithParameters;

/// One part of a form ([RFC 7578, section 4](https://www.rfc-editor.org/rfc/rfc7578#section-4)).
pub(super) struct Part<'b> {
    name: Cow<'b, str>,
    /// `Some` for a file, even if the name is empty.
    file_name: Option<Cow<'b, str>>,
    media_type: Option<Cow<'b, str>>,
    content: &'b [u8],
}

impl<'b> Part<'b> {
    /// Returns its name and content, unless it is a file.
    pub(super) fn field(&self) -> Option<(&str, &'b [u8])> {
        (self.file_name.is_none()).then_some((&self.name, self.content))
    }

    pub(super) fn file(&self) -> Option<UploadedFile<'_>> {
        Some(UploadedFile {
            field: &self.name,
            name: self.file_name.as_deref()?,
            media_type: self.media_type.as_deref(),
            content: self.content,
        })
    }
}

/// A file of a form.
///
/// # Security
/// Name and media type are claims of the client: check the content before you trust them, and never
/// use the name as a path.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct UploadedFile<'b> {
    /// The name of the form field.
    pub field: &'b str,
    /// The file name that the client sent; empty if the user chose no file.
    pub name: &'b str,
    /// The media type that the client sent.
    pub media_type: Option<&'b str>,
    /// The content of the file, in bytes.
    pub content: &'b [u8],
}

impl UploadedFile<'_> {
    /// Returns a file that borrows nothing. `own` makes its content of the borrowed one: a copy, or
    /// a reference-counted part of the body.
    ///
    /// ```
    /// use handstamp::body::{OwnedFile, RequestBody};
    ///
    /// fn attachments(body: &RequestBody<'_>) -> Vec<OwnedFile<Vec<u8>>> {
    ///     body.files().map(|file| file.into_owned(<[u8]>::to_vec)).collect()
    /// }
    /// ```
    pub fn into_owned<C>(self, own: impl FnOnce(&[u8]) -> C) -> OwnedFile<C> {
        OwnedFile {
            field: self.field.to_owned(),
            name: self.name.to_owned(),
            media_type: self.media_type.map(str::to_owned),
            content: own(self.content),
        }
    }
}

/// A file of a form that borrows nothing, as adapters give it to handlers. Name and media type are
/// stated by the client: check the content, and never use the name as a path.
#[derive(Clone)]
#[non_exhaustive]
pub struct OwnedFile<C> {
    /// The name of the form's field.
    pub field: String,
    /// The name of the file, as the client states it; empty if the user chose none.
    pub name: String,
    /// The media type, as the client states it.
    pub media_type: Option<String>,
    /// The content.
    pub content: C,
}

/// Omits the content.
impl fmt::Debug for UploadedFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadedFile")
            .field("field", &self.field)
            .field("name", &self.name)
            .field("media_type", &self.media_type)
            .field("bytes", &self.content.len())
            .finish()
    }
}

/// Omits the content.
impl<C: AsRef<[u8]>> fmt::Debug for OwnedFile<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            name,
            media_type,
            content,
        } = self;
        let borrowed = UploadedFile {
            field,
            name,
            media_type: media_type.as_deref(),
            content: content.as_ref(),
        };
        borrowed.fmt(f)
    }
}

/// Returns the parts between the delimiters ([RFC 2046, section
/// 5.1.1](https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1)). Strict: if the body is malformed
/// anywhere, no part counts. Of a body with more parts than are allowed it returns one more.
pub(super) fn parts<'b>(boundary: &[u8], body: &'b [u8]) -> Result<Vec<Part<'b>>, &'static str> {
    if boundary.is_empty() || boundary.len() > MAX_BOUNDARY {
        return Err("the boundary has not 1 to 70 characters");
    }
    let delimiter = [b"\r\n--", boundary].concat();
    let finder = Finder::new(&delimiter);
    let until_delimiter = |text: &'b [u8]| -> Option<(&'b [u8], &'b [u8])> {
        let (before, from) = text.split_at_checked(finder.find(text)?)?;
        Some((before, from.get(delimiter.len()..)?))
    };
    // The first delimiter may be the very beginning; text before it is ignored.
    let at_once = delimiter
        .get(2..)
        .and_then(|delimiter| body.strip_prefix(delimiter));
    let mut rest = match at_once {
        Some(rest) => rest,
        None => until_delimiter(body).ok_or("no delimiter")?.1,
    };
    let mut parts = Vec::new();
    // Text after the last delimiter is ignored as well.
    while !rest.starts_with(b"--") {
        let (padding, text) =
            split_at_line_end(rest).ok_or("a delimiter in the middle of a line")?;
        if !padding.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
            return Err("a delimiter in the middle of a line");
        }
        let (text, after) = until_delimiter(text).ok_or("the last delimiter is missing")?;
        parts.push(part(text)?);
        // The parts so far count, so that a form with a CSRF value is rejected for its size and not
        // for its sender. What follows is never read, and the form as a whole is an error.
        if parts.len() > MAX_FIELDS {
            break;
        }
        rest = after;
    }
    Ok(parts)
}

/// Parses header lines, an empty line and the content.
fn part(mut text: &[u8]) -> Result<Part<'_>, &'static str> {
    let mut disposition = None;
    let mut media_type = None;
    let content = loop {
        let (line, rest) = split_at_line_end(text).ok_or("a part without an empty line")?;
        text = rest;
        if line.is_empty() {
            break text;
        }
        let colon = memchr::memchr(b':', line).ok_or("a header line without a colon")?;
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if name.eq_ignore_ascii_case(b"content-type") {
            media_type = Some(String::from_utf8_lossy(value));
        } else if name.eq_ignore_ascii_case(b"content-disposition")
            && disposition.replace(value).is_some()
        {
            return Err("a part with two Content-Dispositions");
        }
    };
    let disposition = disposition
        .and_then(WithParameters::parse)
        .filter(|disposition| disposition.value == "form-data")
        .ok_or("a part without a Content-Disposition that can be read")?;
    let name = disposition
        .parameter("name")
        .ok_or("a part without a name")?;
    // Forms must not use `filename*` (RFC 7578, section 4.2). A part that has one is still a file.
    let file_name = (disposition.parameter("filename")).or(disposition.parameter("filename*"));
    Ok(Part {
        name: unescaped(name),
        file_name: file_name.map(unescaped),
        media_type,
        content,
    })
}

/// Encodes the fields as a urlencoded form.
#[cfg(feature = "form")]
pub(super) fn urlencoded(parts: &[Part<'_>]) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parts.iter().filter_map(Part::field) {
        form.append_pair(name, &String::from_utf8_lossy(value));
    }
    form.finish().into_bytes()
}

/// Decodes the characters that browsers escape in names, and no others
/// (<https://html.spec.whatwg.org/#multipart-form-data>).
fn unescaped(name: &[u8]) -> Cow<'_, str> {
    let name = String::from_utf8_lossy(name);
    if !name.contains('%') {
        return name;
    }
    let name = name.replace("%0D", "\r").replace("%0A", "\n");
    Cow::Owned(name.replace("%22", "\""))
}

fn split_at_line_end(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (line, from) = text.split_at_checked(memchr::memmem::find(text, b"\r\n")?)?;
    Some((line, from.get(2..)?))
}

/// The limit of RFC 2046, section 5.1.1, in characters.
const MAX_BOUNDARY: usize = 70;
