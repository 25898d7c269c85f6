//! Running other programs, with errors that say which one failed.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Cargo, the same one that started xtask.
///
/// The target folder is pinned, because the site, the server and the stamps
/// refer to each other by their places under `target/`. `LEPTOS_OUTPUT_NAME`
/// would be compiled into the server and break the names of its files.
pub fn cargo(args: &[&str]) -> Result<Command> {
    let root = std::env::current_dir().context("the current folder is gone")?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_about_xtask(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    command.args(args).env("CARGO_TARGET_DIR", root.join("target")).env_remove("LEPTOS_OUTPUT_NAME");
    Ok(command)
}

/// Cargo for what is compiled from the start to the end: it keeps nothing by
/// which it would compile less after the next change. That takes gigabytes
/// beside three builds of the same crates, and a build machine ran out of them.
pub fn cargo_once(args: &[&str]) -> Result<Command> {
    let mut command = cargo(args)?;
    command.env("CARGO_INCREMENTAL", "0");
    Ok(command)
}

/// Whether `cargo run` set this variable to describe xtask. Build scripts look
/// at these: with them, every change between `cargo xtask` and a plain `cargo`
/// would compile ring, and the database and TLS crates above it, once more.
fn is_about_xtask(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// A program that `npm ci` installed.
pub fn npm_bin(name: &str) -> Command {
    Command::new(Path::new("node_modules/.bin").join(name))
}

/// Runs to the end, showing the program's own output.
///
/// Standard input is closed: no step may wait for an answer that, on a build
/// machine, nobody gives.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().map_err(|error| not_started(command, &error))?;
    if !status.success() {
        bail!("`{}` failed ({status})", describe(command));
    }
    Ok(())
}

/// Runs to the end and returns what the program printed; its complaints still
/// go to the terminal.
pub fn capture(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(|error| not_started(command, &error))?;
    if !output.status.success() {
        bail!("`{}` failed ({})", describe(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` did not print UTF-8", describe(command)))
}

/// Runs to the end without a word; what it printed appears only if it failed.
pub fn run_quietly(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("`{}` failed ({})\n{}", describe(command), output.status, String::from_utf8_lossy(&said).trim());
    }
    Ok(())
}

/// Whether the program can be started at all.
pub fn exists(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

pub fn is_root() -> bool {
    capture(Command::new("id").arg("-u")).is_ok_and(|uid| uid.trim() == "0")
}

pub fn not_started(command: &Command, error: &std::io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy();
    match error.kind() {
        ErrorKind::NotFound => anyhow::anyhow!("the program `{program}` is not there"),
        _ => anyhow::anyhow!("`{program}` could not be started: {error}"),
    }
}

/// The command as one would type it, without the path of its program.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
