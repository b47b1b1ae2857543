#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("names"), |data: &[u8]| naru_fuzz::names::check(data));
