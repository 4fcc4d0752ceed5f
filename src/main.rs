//! The `fsrace` command: parse, dispatch, exit.

use clap::Parser;
use fsrace::cli::{Cli, exit};

fn main() -> std::process::ExitCode {
    exit::of(|| Cli::parse().dispatch())
}
