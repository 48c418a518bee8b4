//! A post whose log-in has ended before it was sent. It goes through the pages, and is kept
//! nowhere.

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request};
use handstamp_axum::handstamp::RequestHead as _;
use handstamp_tower::Head;
use serde::Deserialize;

/// What the user had typed. A file cannot be offered again: browsers let no page choose one.
#[derive(Default, Deserialize)]
pub(crate) struct Draft {
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) tag: Vec<String>,
}

impl Draft {
    /// Reads it from a request that a page of ours has sent. Another site could otherwise put its
    /// text into the form of the user, who then sends it.
    pub(crate) async fn read(request: Request) -> Option<Self> {
        let (parts, body) = request.into_parts();
        let mut sites = parts.headers.get_all("sec-fetch-site").iter();
        let is_ours = sites.next().is_some_and(|site| site == "same-origin");
        if !is_ours || sites.next().is_some() {
            return None;
        }
        let bytes = Bytes::from_request(Request::new(body), &()).await.ok()?;
        let request = Head::from(&parts).with_body(&bytes);
        let draft: Self = request.body().form().ok()?;
        (!draft.title.is_empty()).then_some(draft)
    }
}
