#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("inflate"), |data: &[u8]| naru_fuzz::inflate::check(data));
