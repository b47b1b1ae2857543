#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("segment"), |data: &[u8]| naru_fuzz::segment::check(data));
