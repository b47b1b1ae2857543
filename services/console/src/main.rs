//! The console process; see the library.

fn main() -> std::process::ExitCode {
    naru_runtime::main::<naru_console::Console>()
}
