//! The body of a request, which may contain a token, a CSRF value, and data of the application.
//!
//! The core reads no bodies: an adapter that buffers one passes it to [`RequestHead::with_body`].
//! Adapters have extractors for that; without one:
//!
//! ```
//! use handstamp::error::Rejection;
//! use handstamp::{Auth, RequestHead, Require};
//!
//! #[derive(serde::Deserialize)]
//! struct NewPost { title: String }
//!
//! async fn title(auth: &Auth, head: impl RequestHead, bytes: &[u8]) -> Result<String, Rejection> {
//!     let request = head.with_body(bytes);
//!     // First, so that a stranger learns nothing.
//!     let token = auth.authenticate(&request, &Require::access()).await?;
//!     let post = request.body().json();
//!     let post: NewPost = post.map_err(|error| auth.refuse_body(error))?;
//!     Ok(format!("{} by {}", post.title, token.subject()))
//! }
//! ```
//!
//! # Security
//! Buffer the body of a request that its head does not get rejected:
//! [`RequestState::access_before_body`](crate::adapter::RequestState::access_before_body) says so,
//! as the extractors do. Limit the size of what you buffer. The core parses it at most twice and
//! never expands it; it accepts a thousand parts and fields at most.

mod json;
mod media_type;
mod multipart;

use std::borrow::Cow;
use std::fmt;

use serde::de::Deserialize;

use crate::error::BodyError;
use crate::request::{RequestHead, Values};
use media_type::WithParameters;
use multipart::Part;
pub use multipart::{OwnedFile, UploadedFile};

/// A buffered request body, or `NotRead`.
///
/// # Security
/// Its `Content-Type` alone decides how it is parsed: a page of another site can send JSON as
/// `text/plain` without a preflight request, so that is not treated as JSON.
pub struct RequestBody<'b>(Content<'b>);

enum Content<'b> {
    NotRead,
    /// It is read once the head has been judged.
    Expected(Expected),
    /// A body of zero bytes without a `Content-Type`.
    Empty,
    Json(&'b [u8]),
    Urlencoded(&'b [u8]),
    Multipart(Result<Vec<Part<'b>>, &'static str>),
    /// A body of another media type, or without one.
    Other,
}

/// What a body may contain, by its `Content-Type`.
enum Expected {
    Json,
    Form,
    Other,
}

impl<'b> RequestBody<'b> {
    pub(crate) const NOT_READ: Self = Self(Content::NotRead);

    fn new(head: &impl RequestHead, bytes: &'b [u8]) -> Self {
        let mut types = head.header_values("content-type");
        let (first, second) = (types.next(), types.next());
        // Two parsers may choose different ones of two headers, and read bytes that are no ASCII in
        // different ways.
        let only = first.filter(|value| second.is_none() && value.is_ascii());
        if first.is_none() && bytes.is_empty() {
            return Self(Content::Empty);
        }
        let Some(media_type) = only.and_then(WithParameters::parse) else {
            return Self(Content::Other);
        };
        Self(match media_type.value.as_str() {
            JSON => Content::Json(bytes),
            URLENCODED => Content::Urlencoded(bytes),
            MULTIPART => Content::Multipart(match media_type.parameter("boundary") {
                Some(boundary) => multipart::parts(boundary, bytes),
                None => Err("the Content-Type names no boundary"),
            }),
            _ => Content::Other,
        })
    }

    fn expected(head: &impl RequestHead) -> Self {
        Self(Content::Expected(match Self::new(head, b"").0 {
            Content::Json(_) => Expected::Json,
            Content::Urlencoded(_) | Content::Multipart(_) => Expected::Form,
            _ => Expected::Other,
        }))
    }

    /// Deserializes a JSON body into a type of the application, with all of its members, the one
    /// with the token included. An empty body is `null`: an `Option` that is `None`.
    ///
    /// ```
    /// # use handstamp::RequestHead;
    /// # struct Post;
    /// # impl RequestHead for Post {
    /// #     fn method(&self) -> &str { "POST" }
    /// #     fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
    /// #         (name == "content-type").then_some(b"application/json".as_slice()).into_iter()
    /// #     }
    /// #     fn query(&self) -> Option<&str> { None }
    /// # }
    /// # let head = Post;
    /// #[derive(serde::Deserialize)]
    /// struct NewPost { title: String }
    ///
    /// let request = head.with_body(br#"{"title": "Hello"}"#);
    /// assert_eq!(request.body().json::<NewPost>()?.title, "Hello");
    /// # Ok::<(), handstamp::error::BodyError>(())
    /// ```
    ///
    /// # Errors
    /// Returns [`BodyError`] if the body is not `application/json` (status 415), is malformed
    /// (400), or has another shape (422).
    pub fn json<T: Deserialize<'b>>(&self) -> Result<T, BodyError> {
        let other = BodyError::MediaType { expected: &[JSON] };
        match self.0 {
            Content::Json(bytes) => {
                serde_json::from_slice(bytes).map_err(|error| BodyError::of_json(&error))
            }
            Content::Empty => serde_json::from_str("null").map_err(|_| other),
            _ => Err(other),
        }
    }

    /// Deserializes a form, urlencoded or multipart, into a type of the application. A field that
    /// occurs several times, such as a group of checkboxes, fills a `Vec`. All fields are included,
    /// the one with the CSRF value as well; files are in [`files`](Self::files).
    ///
    /// ```
    /// # use handstamp::RequestHead;
    /// # struct Post;
    /// # impl RequestHead for Post {
    /// #     fn method(&self) -> &str { "POST" }
    /// #     fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
    /// #         let form = b"application/x-www-form-urlencoded".as_slice();
    /// #         (name == "content-type").then_some(form).into_iter()
    /// #     }
    /// #     fn query(&self) -> Option<&str> { None }
    /// # }
    /// # let head = Post;
    /// #[derive(serde::Deserialize)]
    /// struct NewPost { title: String, #[serde(default)] tag: Vec<String> }
    ///
    /// let request = head.with_body(b"title=Hello+there&tag=rust&tag=web");
    /// let post: NewPost = request.body().form()?;
    /// assert_eq!((post.title.as_str(), post.tag.len()), ("Hello there", 2));
    /// # Ok::<(), handstamp::error::BodyError>(())
    /// ```
    ///
    /// # Errors
    /// Returns [`BodyError`] if the body is not a form (status 415), is malformed or has more than
    /// a thousand fields (400), or has another shape (422).
    #[cfg(feature = "form")]
    pub fn form<T: serde::de::DeserializeOwned>(&self) -> Result<T, BodyError> {
        let fields = match &self.0 {
            Content::Urlencoded(bytes) => Cow::Borrowed(*bytes),
            Content::Multipart(Ok(parts)) if parts.len() > MAX_FIELDS => {
                return Err(BodyError::of_form("more than a thousand parts"));
            }
            Content::Multipart(Ok(parts)) => Cow::Owned(multipart::urlencoded(parts)),
            Content::Multipart(Err(problem)) => return Err(BodyError::of_form(problem)),
            Content::NotRead
            | Content::Expected(_)
            | Content::Empty
            | Content::Json(_)
            | Content::Other => {
                let expected = &[URLENCODED, MULTIPART];
                return Err(BodyError::MediaType { expected });
            }
        };
        if memchr::memchr_iter(b'&', &fields).count() >= MAX_FIELDS {
            return Err(BodyError::of_form("more than a thousand fields"));
        }
        let fields = serde_html_form::Deserializer::from_bytes(&fields);
        serde_path_to_error::deserialize(fields).map_err(|error| BodyError::of_field(&error))
    }

    /// Returns the files of a multipart form, in order. Any other body has none.
    pub fn files(&self) -> impl Iterator<Item = UploadedFile<'_>> {
        self.parts().iter().filter_map(Part::file)
    }

    /// Returns whether the route reads the body.
    pub(crate) fn is_read(&self) -> bool {
        !matches!(self.0, Content::NotRead)
    }

    /// Returns whether it is still to be read, and may contain members.
    pub(crate) fn may_have_members(&self) -> bool {
        matches!(self.0, Content::Expected(Expected::Json))
    }

    /// Returns whether it is still to be read, and may contain fields.
    pub(crate) fn may_have_fields(&self) -> bool {
        matches!(self.0, Content::Expected(Expected::Form))
    }

    /// Returns the values of this member of a JSON object; strings only.
    pub(crate) fn member(&self, name: &str) -> Values<'b> {
        match self.0 {
            Content::Json(bytes) => json::member(bytes, name),
            _ => Values::Missing,
        }
    }

    /// Returns the values of the form fields with this name. Empty ones count as missing, and files
    /// are not fields.
    pub(crate) fn field(&self, name: &str) -> Values<'_> {
        let of_name = |(known, value): (Cow<'_, str>, Cow<'b, str>)| {
            (known == name).then(|| match value {
                Cow::Borrowed(value) => Cow::Borrowed(value.as_bytes()),
                Cow::Owned(value) => Cow::Owned(value.into_bytes()),
            })
        };
        let says_something = |value: &Cow<'_, [u8]>| !value.is_empty();
        match &self.0 {
            Content::Urlencoded(bytes) => form_urlencoded::parse(bytes)
                .filter_map(of_name)
                .filter(says_something)
                .collect(),
            _ => (self.parts().iter().filter_map(Part::field))
                .filter(|(known, _)| *known == name)
                .map(|(_, value)| Cow::Borrowed(value))
                .filter(says_something)
                .collect(),
        }
    }

    fn parts(&self) -> &[Part<'b>] {
        match &self.0 {
            Content::Multipart(Ok(parts)) => parts,
            _ => &[],
        }
    }
}

/// Shows the kind of the body only, because it may contain tokens and passwords.
impl fmt::Debug for RequestBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RequestBody")
            .field(&match self.0 {
                Content::NotRead => "not read",
                Content::Expected(_) => "not read yet",
                Content::Empty => "empty",
                Content::Json(_) => JSON,
                Content::Urlencoded(_) => URLENCODED,
                Content::Multipart(_) => MULTIPART,
                Content::Other => "of another type",
            })
            .finish()
    }
}

/// The head of a request together with its body, as [`RequestHead::with_body`] returns it.
#[derive(Debug)]
pub struct WithBody<'b, H> {
    head: H,
    body: RequestBody<'b>,
}

impl<'b, H: RequestHead> WithBody<'b, H> {
    pub(crate) fn new(head: H, bytes: &'b [u8]) -> Self {
        let body = RequestBody::new(&head, bytes);
        Self { head, body }
    }

    /// A head whose body is read later.
    pub(crate) fn expected(head: H) -> Self {
        let body = RequestBody::expected(&head);
        Self { head, body }
    }
}

impl<H: RequestHead> RequestHead for WithBody<'_, H> {
    fn method(&self) -> &str {
        self.head.method()
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.head.header_values(name)
    }

    fn query(&self) -> Option<&str> {
        self.head.query()
    }

    fn authority(&self) -> Option<&str> {
        self.head.authority()
    }

    fn body(&self) -> &RequestBody<'_> {
        &self.body
    }
}

const JSON: &str = "application/json";
const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";
/// The most fields of a form, more than a user fills in.
const MAX_FIELDS: usize = 1000;

#[cfg(test)]
mod tests;
