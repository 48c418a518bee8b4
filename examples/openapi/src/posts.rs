//! Posts, in memory. No framework is named here: the example `actix-openapi` has this file too.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A short text, and who wrote it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Post {
    pub(crate) id: u64,
    pub(crate) author: String,
    pub(crate) text: String,
    /// Whether you have written it. Without a log-in nothing is yours.
    pub(crate) yours: bool,
}

/// What is sent to create a post.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewPost {
    text: Text,
}

/// The text of a post.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(min_length = 1, max_length = 280, example = "Hello")]
pub(crate) struct Text(String);

impl TryFrom<String> for Text {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if (1..=280).contains(&text.chars().count()) {
            Ok(Self(text))
        } else {
            Err("a text has 1 to 280 characters")
        }
    }
}

/// The latest posts. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Posts(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    last_id: u64,
    posts: VecDeque<Post>,
}

/// Why a post was neither changed nor deleted.
pub(crate) enum Untouched {
    NoSuchPost,
    NotYours,
}

impl Untouched {
    /// Returns the status, the code and the message of the refusal.
    pub(crate) fn refusal(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::NoSuchPost => (404, "no_such_post", "There is no such post"),
            Self::NotYours => (403, "not_your_post", "The post is another user's"),
        }
    }
}

impl Posts {
    /// Returns the posts, the latest first, as this reader sees them.
    pub(crate) fn for_reader(&self, reader: Option<&str>) -> Vec<Post> {
        let mut posts: Vec<Post> = self.lock().posts.iter().cloned().collect();
        for post in &mut posts {
            post.yours = Some(&*post.author) == reader;
        }
        posts
    }

    pub(crate) fn create(&self, author: &str, post: NewPost) -> Post {
        let mut kept = self.lock();
        kept.last_id += 1;
        let post = Post {
            id: kept.last_id,
            author: author.to_owned(),
            text: post.text.0,
            yours: true,
        };
        kept.posts.push_front(post.clone());
        // Memory is not for all posts of all time.
        kept.posts.truncate(100);
        post
    }

    pub(crate) fn change(&self, id: &str, author: &str, to: NewPost) -> Result<Post, Untouched> {
        let mut kept = self.lock();
        let place = kept.find(id, Some(author))?;
        let post = kept.posts.get_mut(place).ok_or(Untouched::NoSuchPost)?;
        post.text = to.text.0;
        Ok(post.clone())
    }

    /// Deletes a post, for its author, or for a moderator, who is no author.
    pub(crate) fn delete(&self, id: &str, author: Option<&str>) -> Result<(), Untouched> {
        let mut kept = self.lock();
        let place = kept.find(id, author)?;
        kept.posts.remove(place);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn find(&self, id: &str, author: Option<&str>) -> Result<usize, Untouched> {
        // What is no number is the id of nothing.
        let id: Option<u64> = id.parse().ok();
        let mut posts = self.posts.iter().enumerate();
        let found = posts.find(|(_, post)| Some(post.id) == id);
        let (place, post) = found.ok_or(Untouched::NoSuchPost)?;
        if author.is_some_and(|author| author != post.author) {
            return Err(Untouched::NotYours);
        }
        Ok(place)
    }
}
