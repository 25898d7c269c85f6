//! `cargo xtask run`: from a clone to a running console.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::{build, progress, shell};

/// Becomes the server, so that signals and the exit status are the server's.
pub fn run(args: &[String]) -> Result<()> {
    let start = Instant::now();
    build::product()?;
    println!("\nready in {}: starting {} serve\n", progress::seconds(start.elapsed()), build::BINARY);
    let mut command = Command::new(build::BINARY);
    command.arg("serve").args(args);
    let error = command.exec();
    Err(shell::not_started(&command, &error))
}
