#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    handstamp_fuzz::claims::check(input);
});
