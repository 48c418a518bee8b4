//! What must not compile; what must is in `tests/compiles` of handstamp-axum.

/// No case passes here: one that does would have all dependencies built and linked where a check is
/// enough, and every case compiled on its own.
#[test]
fn mistakes_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/cases/*.rs");
}
