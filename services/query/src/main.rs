//! Query as a process of its own.

fn main() -> std::process::ExitCode {
    naru_runtime::main::<naru_query::Query>()
}
