//! What must compile, without a warning: pages as applications write them.

mod one_from;
mod sessions;
mod the_page;
