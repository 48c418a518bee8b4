#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _accepted = handstamp_fuzz::compact_jws::check(input);
});
