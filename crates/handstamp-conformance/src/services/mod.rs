//! Servers that stores talk to: private ones, of one test each.

mod redis;

pub use redis::Redis;
