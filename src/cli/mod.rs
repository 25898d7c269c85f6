//! The command line: lines for people, or one JSON object with `--json`. Works beside a running server.

mod access;
mod answers;
mod command;
mod out;
mod run;

use std::process::ExitCode;

use clap::Parser;

pub use command::{Cli, settings_table};

/// Reads the command line and runs the command. 0 done, 1 refused or failed, 2 usage.
pub async fn main() -> ExitCode {
    // Whatever this program makes is its user's alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return out::usage(&error),
    };
    let mut out = out::Out::new(cli.json);
    let ended = run::run(cli, &mut out).await;
    out.end(ended)
}
