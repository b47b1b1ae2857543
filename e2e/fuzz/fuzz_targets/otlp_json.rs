#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("otlp_json"), |data: &[u8]| naru_fuzz::json::check(data));
