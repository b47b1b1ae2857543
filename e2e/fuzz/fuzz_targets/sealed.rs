#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("sealed"), |data: &[u8]| naru_fuzz::sealed::check(data));
