#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("otlp_traces"), |data: &[u8]| naru_fuzz::otlp::traces(data));
