use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRef;
use handstamp_axum::Auth;

/// What handlers share.
#[derive(Clone)]
pub(crate) struct App {
    auth: Auth,
    posts: Arc<Mutex<Vec<Post>>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) author: String,
    pub(crate) title: String,
    pub(crate) tags: Vec<String>,
    /// Name and size in bytes.
    pub(crate) file: Option<(String, usize)>,
}

impl App {
    pub(crate) fn new(auth: Auth) -> Self {
        let posts = Arc::default();
        Self { auth, posts }
    }

    /// The newest first.
    pub(crate) fn posts(&self) -> Vec<Post> {
        let posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        posts.iter().rev().cloned().collect()
    }

    pub(crate) fn add(&self, post: Post) {
        let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        if posts.len() == MAX_POSTS {
            posts.remove(0);
        }
        posts.push(post);
    }
}

/// For handstamp's extractors.
impl FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}

/// More than a reader wants to see, and few enough to be kept in memory.
const MAX_POSTS: usize = 100;
