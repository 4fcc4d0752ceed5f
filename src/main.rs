//! The `fsrace` command.

fn main() {}
