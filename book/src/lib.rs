//! Code that the pages of the book show and that stands in no example: a module for each page.
