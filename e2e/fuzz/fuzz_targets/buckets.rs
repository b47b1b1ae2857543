#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("buckets"), |data: &[u8]| naru_fuzz::answers::buckets(data));
