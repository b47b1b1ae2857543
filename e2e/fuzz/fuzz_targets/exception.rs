#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("exception"), |data: &[u8]| naru_fuzz::rollup::exception(data));
