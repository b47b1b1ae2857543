#![no_main]

libfuzzer_sys::fuzz_target!(init: naru_fuzz::plant("grpc"), |data: &[u8]| naru_fuzz::grpc::check(data));
