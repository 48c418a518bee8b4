//! Text becomes a type.

pub(crate) mod duration;
mod list;
pub(super) mod nearest;
pub(super) mod text;
