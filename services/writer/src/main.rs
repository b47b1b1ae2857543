//! The writer's process.

fn main() -> std::process::ExitCode {
    naru_runtime::main::<naru_writer::Writer>()
}
