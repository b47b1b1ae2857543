#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("summary"), |data: &[u8]| naru_fuzz::rollup::summary(data));
