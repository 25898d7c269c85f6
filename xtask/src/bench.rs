//! `cargo xtask bench`: the benchmark `http`, which starts its own server, and `engine`, which asks the library.

use anyhow::Result;

use crate::{build, progress, shell};

pub fn run(args: &[String]) -> Result<()> {
    build::site()?;
    progress::step("measuring (the build before it takes minutes the first time)", || {
        let mut command = shell::cargo(&["bench", "--features", "ssr", "--bench", "http", "--bench", "engine", "--"])?;
        shell::run(command.args(args))
    })
}
