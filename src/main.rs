//! Parse, call, exit. Everything else is in the library.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(tenken::cli::run(std::env::args_os().collect()) as u8)
}
