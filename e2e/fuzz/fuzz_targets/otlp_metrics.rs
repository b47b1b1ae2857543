#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("otlp_metrics"), |data: &[u8]| naru_fuzz::otlp::metrics(data));
