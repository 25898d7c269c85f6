//! `cargo xtask build`, and the release build that other commands share.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::site::{self, Mode};
use crate::{prereq, progress, shell};

pub const BINARY: &str = "target/release/castellan";

pub fn run() -> Result<()> {
    let start = Instant::now();
    product()?;
    let size = std::fs::metadata(BINARY)
        .with_context(|| format!("{BINARY} is missing"))?
        .len();
    let elapsed = progress::seconds(start.elapsed());
    println!(
        "\n{BINARY} is the whole product ({:.1} MB), built in {elapsed}",
        size as f64 / 1e6
    );
    Ok(())
}

/// Both halves, the browser's inside the server's binary.
pub fn product() -> Result<()> {
    site()?;
    server()
}

/// The release site, and before it the tools that it takes.
pub fn site() -> Result<()> {
    prereq::for_build()?;
    site::build(Mode::Release)
}

/// The release server, which embeds target/site as it is now.
pub fn server() -> Result<()> {
    let title = progress::title("building the server", Path::new(BINARY).exists(), 8);
    progress::step(&title, || {
        shell::run(&mut shell::cargo(&[
            "build",
            "--release",
            "--features",
            "ssr",
            "--bin",
            "castellan",
        ])?)
    })
}
