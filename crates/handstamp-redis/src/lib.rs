//! Sessions of handstamp in Redis or Valkey, single node or cluster.

mod failure;
mod fitness;
mod keys;
mod link;
mod reply;
mod scripts;
mod server;
mod store;
mod url;

pub use store::RedisStore;
pub use url::RedisUrlError;
