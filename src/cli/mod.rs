//! The command line: one line for people, or one JSON object with `--json`. Works beside a running server.

mod access;
mod command;
mod run;

use std::process::ExitCode;

use clap::Parser;

pub use command::{Cli, settings_table};

/// Reads the command line and runs the command. 0 done, 1 refused or failed, 2 usage.
pub async fn main() -> ExitCode {
    let cli = Cli::parse();
    match run::run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("castellan: {reason}");
            ExitCode::FAILURE
        }
    }
}
