//! The project's own tool: `cargo xtask run` is all that a fresh clone needs.
//!
//! Cargo alone can't make the product, because one binary carries two halves:
//! the browser's (wasm, JavaScript, CSS) has to be built, shrunk, named by its
//! content and compressed before the server that embeds it is compiled.

mod bench;
mod build;
mod dev;
mod files;
mod generate;
mod postgres;
mod prereq;
mod progress;
mod run;
mod shell;
mod site;
mod test;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Build, run and test Castellan")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything that changed and start the server
    Run {
        /// Passed on to `castellan serve`
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Build the product: the one file target/release/castellan
    Build,
    /// Start a debug server; rebuild and restart it whenever a file changes
    Dev {
        /// Passed on to `castellan serve`
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Run every check, as the build machine does
    Test {
        /// Run only the tests whose name contains this, and the browser tests
        /// whose file name does
        filter: Option<String>,
    },
    /// Measure the engine, and the HTTP interface under load
    Bench {
        /// Passed on to the benchmark
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Rewrite the parts of README.md that come out of the source
    Generate,
}

fn main() -> ExitCode {
    match execute(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> Result<()> {
    enter_root()?;
    match command {
        Command::Run { args } => run::run(&args),
        Command::Build => build::run(),
        Command::Dev { args } => dev::run(&args),
        Command::Test { filter } => test::run(filter.as_deref()),
        Command::Bench { args } => bench::run(&args),
        Command::Generate => generate::run(),
    }
}

/// Works from the repository's root, so that every path below can be relative
/// and the commands do the same from any folder.
fn enter_root() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
    std::env::set_current_dir(root).with_context(|| {
        format!("{} is gone; was the repository moved? Then run `cargo clean -p xtask`", root.display())
    })
}
