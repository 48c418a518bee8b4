//! A blocklist that answers at once, with whatever is true or false.

use handstamp_axum::{Config, handstamp};

fn start(config: Config) {
    let _ = handstamp::Auth::builder(config).with_blocklist(|token| token.id() == "revoked");
}

fn main() {}
