#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("pack"), |data: &[u8]| naru_fuzz::pack::check(data));
