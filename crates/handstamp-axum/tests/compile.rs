//! What must not compile, and beside it what must.

#[test]
fn mistakes_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/must_not_compile/*.rs");
    cases.pass("tests/compiles/*.rs");
}
