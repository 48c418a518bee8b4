//! What must compile, without a warning: pages as applications write them.

mod sessions;
mod the_page;
