//! `simulate --seeds N [--from S] [--jobs J]` or `simulate --seed S [--trace]`.
fn main() -> std::process::ExitCode {
    simulation::cli::main()
}
