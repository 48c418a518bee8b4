//! The constructor of a proof is not for others.

use handstamp_axum::core::Authenticated;
use handstamp_axum::core::purpose::Access;

fn main() {
    let _ = Authenticated::<Access>::new;
}
