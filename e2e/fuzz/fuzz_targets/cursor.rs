#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("cursor"), |data: &[u8]| naru_fuzz::answers::cursor(data));
