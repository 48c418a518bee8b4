//! Every question that was put to AuthX's complete example, put to this one.

#[test]
fn it_answers_as_authx_does_or_as_the_row_says() {
    handstamp_conformance::answers_as_recorded(env!("CARGO_BIN_EXE_actix-complete"));
}
