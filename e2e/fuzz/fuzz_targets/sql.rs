#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("sql"), |data: &[u8]| naru_fuzz::rollup::sql(data));
