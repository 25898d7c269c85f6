//! What must be installed, checked before the step that needs it.
//!
//! Root on a machine with apt (a container, a build machine) gets what is
//! missing; anyone else gets the command to type.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{files, progress, shell};

pub const WASM: &str = "wasm32-unknown-unknown";
const NPM_STAMP: &str = "target/npm.stamp";
const CHROMIUM: &str = "/usr/bin/chromium";
const POSTGRES_VERSIONS: &str = "/usr/lib/postgresql";

/// Everything that building both halves takes.
pub fn for_build() -> Result<()> {
    wasm_target()?;
    node(20)?;
    npm_packages()
}

/// The compiler's browser target. Asks rustc and not rustup, because a
/// distribution's Rust may have the target without rustup.
fn wasm_target() -> Result<()> {
    let libdir = shell::capture(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(());
    }
    if !shell::exists("rustup") {
        bail!("Rust has no target {WASM}; install it (with rustup: `rustup target add {WASM}`)");
    }
    progress::step(&format!("installing Rust's target {WASM}"), || {
        shell::run(Command::new("rustup").args(["target", "add", WASM]))
    })
}

/// Node and npm, of at least the version that the packages work with.
pub fn node(least: u32) -> Result<()> {
    for program in ["node", "npm"] {
        if !shell::exists(program) {
            bail!("{program} is missing; install it: `apt-get install nodejs npm` (or https://nodejs.org)");
        }
    }
    let version = shell::capture(Command::new("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < least) {
        bail!("node is {}, but {least} or newer is needed: https://nodejs.org", version.trim());
    }
    Ok(())
}

/// The packages of package-lock.json, installed again when that file changed.
///
/// None of their install scripts runs: none is needed, and a script is how a
/// hijacked package would get at the machine.
pub fn npm_packages() -> Result<()> {
    let lock = files::hash_files(&[PathBuf::from("package-lock.json")], "npm ci")?;
    let installed = std::fs::read_to_string(NPM_STAMP).is_ok_and(|stamp| stamp == lock);
    if installed && Path::new("node_modules").is_dir() {
        return Ok(());
    }
    progress::step("installing the npm packages", || {
        let options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        shell::run(Command::new("npm").args(options))
    })?;
    files::make_dir(Path::new("target"))?;
    files::write(Path::new(NPM_STAMP), lock)
}

/// Python with the packages of `end2end/programs/requirements.txt`, in a folder of its own, installed again when that file
/// changed. Answers where its interpreter is.
pub fn python() -> Result<PathBuf> {
    // What the commands of docs/api.md are typed with.
    const TYPED: [&str; 3] = ["curl", "jq", "openssl"];
    if !TYPED.into_iter().all(shell::exists) {
        apt_install("curl, jq and openssl", &TYPED)?;
    }
    const REQUIREMENTS: &str = "end2end/programs/requirements.txt";
    let (folder, stamp) = (Path::new("target/python"), Path::new("target/python.stamp"));
    let interpreter = folder.join("bin/python");
    let wanted = files::hash_files(&[PathBuf::from(REQUIREMENTS)], "venv")?;
    if std::fs::read_to_string(stamp).is_ok_and(|installed| installed == wanted) && interpreter.exists() {
        return Ok(interpreter);
    }
    // Debian ships the interpreter without what makes such folders.
    let whole = ["-c", "import venv, ensurepip"];
    if !shell::exists("python3") || !Command::new("python3").args(whole).status().is_ok_and(|status| status.success()) {
        apt_install("Python", &["python3", "python3-venv"])?;
    }
    progress::step("installing the Python packages", || {
        shell::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
        let quietly = ["-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--requirement", REQUIREMENTS];
        shell::run(Command::new(&interpreter).args(quietly))
    })?;
    files::write(stamp, wanted)?;
    Ok(interpreter)
}

/// The folder with the newest installed Postgres server's programs.
pub fn postgres_programs() -> Result<PathBuf> {
    if let Some(found) = newest_postgres() {
        return Ok(found);
    }
    apt_install("the Postgres server", &["postgresql", "postgresql-contrib"])?;
    newest_postgres().with_context(|| format!("Postgres was installed, but not under {POSTGRES_VERSIONS}"))
}

fn newest_postgres() -> Option<PathBuf> {
    let versions = std::fs::read_dir(POSTGRES_VERSIONS).ok()?;
    versions
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version: u32 = path.file_name()?.to_str()?.parse().ok()?;
            path.join("bin/initdb").is_file().then(|| (version, path.join("bin")))
        })
        .max()
        .map(|(_, bin)| bin)
}

/// The browser of the end-to-end tests, and fonts for the scripts they type.
pub fn chromium() -> Result<()> {
    if Path::new(CHROMIUM).exists() {
        return Ok(());
    }
    apt_install("Chromium", &["chromium", "fonts-noto-core", "fonts-noto-cjk"])
}

fn apt_install(what: &str, packages: &[&str]) -> Result<()> {
    let install = ["install", "-y", "--no-install-recommends"];
    if !shell::is_root() || !shell::exists("apt-get") {
        bail!("{what} is missing; install it: `sudo apt-get {} {}`", install.join(" "), packages.join(" "));
    }
    progress::step(&format!("installing {what}"), || {
        shell::run(apt().arg("update"))?;
        shell::run(apt().args(install).args(packages))
    })
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet");
    command
}
