//! `cargo xtask build`, and the release build that other commands share.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::site::{self, Mode};
use crate::{files, prereq, progress, shell};

pub const BINARY: &str = "target/release/castellan";

/// Which site is in the binary: when it was put together.
const EMBEDDED: &str = "target/server.stamp";

pub fn run() -> Result<()> {
    let start = Instant::now();
    product()?;
    let size = std::fs::metadata(BINARY).with_context(|| format!("{BINARY} is missing"))?.len();
    let elapsed = progress::seconds(start.elapsed());
    println!("\n{BINARY} is the whole product ({:.1} MB), built in {elapsed}", size as f64 / 1e6);
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
        let site = site::made_at()?;
        if !std::fs::read_to_string(EMBEDDED).is_ok_and(|embedded| embedded == site) {
            forget_server()?;
        }
        shell::run(&mut shell::cargo(&["build", "--release", "--features", "ssr", "--bin", "castellan"])?)?;
        files::write(Path::new(EMBEDDED), site)
    })
}

/// Makes cargo compile the server's own crate again.
///
/// Cargo sees when a file that it embedded before has changed, but not that
/// there are files now where there were none: after a plain `cargo build` in a
/// fresh clone it would take a server without any site for up to date.
/// (Not by `cargo clean --package`: that goes by names, and with the benchmark
/// `http` it would throw away the crate `http` and half the tree above it.)
fn forget_server() -> Result<()> {
    for file in files::walk(Path::new("target/release/deps"))? {
        if file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libcastellan")) {
            std::fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
    }
    Ok(())
}
