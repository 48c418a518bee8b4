//! The constructor of a proof is not for others.

use handstamp_axum::handstamp::Authenticated;
use handstamp_axum::handstamp::purpose::Access;

fn main() {
    let _ = Authenticated::<Access>::new;
}
