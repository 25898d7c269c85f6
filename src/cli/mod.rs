//! The command line: lines for people, or one JSON object with `--json`. Works beside a running server.

mod access;
mod answers;
mod asked;
mod clients;
mod command;
mod keys;
mod lookup;
mod manage;
mod nouns;
mod out;
mod outbox;
mod run;
mod secret_key;
mod tokens;

use std::process::ExitCode;

use clap::{Arg, CommandFactory, FromArgMatches, builder::Resettable};

use crate::http::state::Surfaces;

pub use command::{Cli, settings_table};

/// Reads the command line and runs the command; `pages` are what the server serves. 0 done, 1 refused or failed, 2 usage.
pub async fn main(pages: &'static Surfaces) -> ExitCode {
    // Whatever this program makes is its user's alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => return out::usage(&error),
    };
    let mut out = out::Out::new(cli.json);
    let ended = run::run(cli, pages, &mut out).await;
    out.end(ended)
}

/// A variable that is set to nothing is unset: that is how files of settings and containers leave one out.
fn parse() -> Result<Cli, clap::Error> {
    let is_empty = |arg: &Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    let command = Cli::command().mut_args(|arg| if is_empty(&arg) { arg.env(Resettable::Reset) } else { arg });
    Cli::from_arg_matches(&command.try_get_matches()?)
}
