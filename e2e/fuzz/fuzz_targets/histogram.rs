#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("histogram"), |data: &[u8]| naru_fuzz::rollup::histogram(data));
