//! The pages. Templates escape what they show, so a title that is HTML is a title.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::app::Post;
use crate::draft::Draft;
use crate::next::Next;

#[derive(Template)]
#[template(path = "log_in.html")]
pub(crate) struct LogInPage {
    pub(crate) next: Next,
    pub(crate) name: String,
    /// A post that is to be sent after the log-in.
    pub(crate) draft: Draft,
    /// Why the last attempt failed; empty at first.
    pub(crate) problem: &'static str,
}

#[derive(Template)]
#[template(path = "posts.html")]
pub(crate) struct PostsPage {
    pub(crate) user: String,
    /// For the hidden field of each form, other bytes each time.
    pub(crate) csrf: String,
    pub(crate) posts: Vec<Post>,
    pub(crate) title: String,
    /// Those that are ticked.
    pub(crate) tags: Vec<String>,
    pub(crate) problem: &'static str,
}

impl PostsPage {
    fn is_ticked(&self, tag: &str) -> bool {
        self.tags.iter().any(|ticked| ticked == tag)
    }
}

#[derive(Template)]
#[template(path = "refused.html")]
pub(crate) struct RefusedPage {
    pub(crate) words: String,
}

pub(crate) fn with_status(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            eprintln!("a page could not be written: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
