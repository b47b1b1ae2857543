#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("distinct"), |data: &[u8]| naru_fuzz::rollup::distinct(data));
