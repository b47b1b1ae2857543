#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("columns"), |data: &[u8]| naru_fuzz::columns::check(data));
