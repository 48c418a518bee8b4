//! Navigations: whether a rejected request is a browser that opens a page, and where it is sent.

use std::cmp::Reverse;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{LogIn, Rejection};
use crate::request::RequestHead;

/// A navigation: the request of a browser that opens a page, in a tab or a frame. A user who
/// follows a link after the token expired is sent to the page of `HANDSTAMP_LOG_IN_PAGE`, and does
/// not see the rejection. A layer keeps it while the handler answers.
///
/// ```
/// use handstamp::adapter::Navigation;
/// use handstamp::{Auth, Config, RequestHead, Require};
///
/// struct Link;
///
/// impl RequestHead for Link {
///     fn method(&self) -> &str { "GET" }
///     fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
///         (name == "sec-fetch-mode").then_some(b"navigate".as_slice()).into_iter()
///     }
///     fn query(&self) -> Option<&str> { Some("page=2") }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let config = Config::builder().secret_key([7; 32].as_slice()).log_in_page("/log-in").build()?;
/// let auth = Auth::new(config)?;
/// let navigation = Navigation::of(&Link, "/posts").expect("a browser opens a page");
///
/// let rejection = auth.authenticate(&Link, &Require::access()).await.unwrap_err();
/// let location = navigation.redirect(&rejection);
/// let expected = "/log-in?next=/posts%3Fpage%3D2&reason=missing_token";
/// assert_eq!(location.as_deref(), Some(expected)); // of a 303 with `Navigation::VARY`
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Navigation {
    path: String,
    query: Option<String>,
    /// Whether the page can be opened again: by GET and HEAD.
    is_safe: bool,
}

impl Navigation {
    /// The value of `Vary` of the redirect: the headers that tell a navigation.
    pub const VARY: &str = "Sec-Fetch-Mode, Accept";

    /// Returns the navigation that this request is, or `None` if a program or a script sent it.
    ///
    /// Browsers state it in `Sec-Fetch-Mode` ([Fetch Metadata, section
    /// 2.3](https://www.w3.org/TR/fetch-metadata/#sec-fetch-mode-header)). Where that header is
    /// absent, as from plain HTTP by the name of a host, `Accept` must prefer HTML, which a script
    /// that does not ask for it never does.
    ///
    /// `path` is the whole path of the request's address, as the browser sees it.
    #[must_use]
    pub fn of(head: &impl RequestHead, path: &str) -> Option<Self> {
        let mut modes = head.header_values("sec-fetch-mode");
        let is_navigation = match (modes.next(), modes.next()) {
            (Some(mode), None) => mode.trim_ascii() == b"navigate",
            (None, _) => prefers_html(head),
            // A proxy may have read either of them.
            (Some(_), Some(_)) => false,
        };
        is_navigation.then(|| Self {
            path: path.to_owned(),
            query: head.query().map(str::to_owned),
            is_safe: matches!(head.method(), "GET" | "HEAD"),
        })
    }

    /// Returns the `Location` of the 303 that takes the place of this rejection: the log-in page,
    /// with the page to come back to in `next` and the code of the rejection in `reason`.
    ///
    /// Returns `None` if a log-in does not help, that is for anything but a 401, if no log-in page
    /// is configured, and for the log-in page itself.
    ///
    /// # Security
    /// `next` is a path with a query on the same origin. A token in the query is left out of it.
    #[must_use]
    pub fn redirect(&self, rejection: &Rejection) -> Option<String> {
        let LogIn {
            page,
            token_parameter,
        } = rejection.log_in()?;
        if self.path == *page {
            return None;
        }
        let next = self.next(token_parameter.as_deref());
        let next = next.map(|next| format!("next={next}&")).unwrap_or_default();
        Some(format!("{page}?{next}reason={}", rejection.code()))
    }

    /// Returns the page to come back to, as the value of a parameter.
    fn next(&self, token_parameter: Option<&str>) -> Option<String> {
        // Browsers take backslashes for slashes, and two slashes for another site's address.
        let is_of_this_origin =
            self.path.starts_with('/') && !self.path.starts_with("//") && !self.path.contains('\\');
        let is_token = |pair: &&str| {
            form_urlencoded::parse(pair.as_bytes())
                .any(|(name, _)| token_parameter.is_some_and(|token| token == name))
        };
        let query = self.query.iter().flat_map(|query| query.split('&'));
        let query: Vec<&str> = query.filter(|pair| !is_token(pair)).collect();
        let page = if query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, query.join("&"))
        };
        let next = utf8_percent_encode(&page, PARAMETER).to_string();
        (self.is_safe && is_of_this_origin && next.len() <= LONGEST).then_some(next)
    }
}

/// Returns whether HTML is the first of the media types with the greatest weight ([RFC 9110,
/// section 12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)).
fn prefers_html(head: &impl RequestHead) -> bool {
    let lines = head.header_values("accept");
    let ranges = lines.flat_map(|line| line.split(|byte| *byte == b','));
    let weighed = ranges.filter_map(|range| {
        let mut parts = range.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let kind = parts.next()?;
        let weight = parts.find_map(|part| {
            let value = part.strip_prefix(b"q=").or(part.strip_prefix(b"Q="))?;
            std::str::from_utf8(value).ok()?.parse::<f32>().ok()
        });
        // In thousandths, as the grammar has them.
        #[expect(clippy::cast_possible_truncation, reason = "it is between 0 and 1000")]
        let weight = (weight.unwrap_or(1.0).clamp(0.0, 1.0) * 1000.0) as i32;
        (weight > 0).then_some((kind, weight))
    });
    // Of equal ones the first.
    let first = weighed.min_by_key(|(_, weight)| Reverse(*weight));
    first.is_some_and(|(kind, _)| kind.eq_ignore_ascii_case(b"text/html"))
}

/// What a parameter's value needs no escape for.
const PARAMETER: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A proxy has a buffer of 4 KiB for all headers of an answer.
const LONGEST: usize = 2048;
