//! Tests that exchange tokens, cookies and CSRF values between handstamp and the two Python
//! packages whose names and settings it has: AuthX 1.7.1 and flask-jwt-extended 4.7.4.
//!
//! The other sides are `authx_peer.py` and `flask_jwt_extended_peer.py` of `scripts/interop`, which
//! document their input.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

mod authx;
mod flask_jwt_extended;
mod peer;
