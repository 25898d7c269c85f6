//! `cargo xtask dev`: a debug server that follows the source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;

use crate::site::{self, Mode};
use crate::{files, prereq, progress, shell};

const BINARY: &str = "target/debug/castellan";
const WATCHED: [&str; 5] = ["Cargo.toml", "src", "style", "public", "migrations"];
const POLL: Duration = Duration::from_millis(300);

/// Runs until it is interrupted. A build that fails leaves the last good
/// server running.
pub fn run(args: &[String]) -> Result<()> {
    prereq::for_build()?;
    let mut seen = snapshot()?;
    site::build(Mode::Dev)?;
    build_server()?;
    let mut server = Server::start(args)?;
    loop {
        let now = wait_for_change(&seen, &mut server)?;
        let changed = difference(&seen, &now);
        seen = now;
        let start = Instant::now();
        match rebuild(&changed) {
            Ok(()) => {
                drop(server);
                server = Server::start(args)?;
                println!("    restarted after {}\n", progress::seconds(start.elapsed()));
            }
            Err(error) => eprintln!("\nxtask: {error:#}\n       The old server keeps running.\n"),
        }
    }
}

/// When each watched file last changed.
type Snapshot = BTreeMap<PathBuf, SystemTime>;

/// Polling needs no library, works in every container and on every file
/// system, and costs a few milliseconds for a few hundred files.
fn snapshot() -> Result<Snapshot> {
    let mut found = Snapshot::new();
    for root in WATCHED.map(Path::new) {
        let all = if root.is_file() { vec![root.to_owned()] } else { files::walk(root)? };
        for path in all {
            // A file may vanish between the listing and this look at it.
            if let Ok(changed) = path.metadata().and_then(|metadata| metadata.modified()) {
                found.insert(path, changed);
            }
        }
    }
    Ok(found)
}

/// Waits until something changed and nothing changes any more: an editor or a
/// checkout writes many files in a row.
fn wait_for_change(seen: &Snapshot, server: &mut Server) -> Result<Snapshot> {
    let mut last = seen.clone();
    loop {
        sleep(POLL);
        server.report_end();
        // A folder may vanish while it is listed; the next look will tell.
        let Ok(now) = snapshot() else { continue };
        if now == last && now != *seen {
            return Ok(now);
        }
        last = now;
    }
}

fn difference(old: &Snapshot, new: &Snapshot) -> Vec<PathBuf> {
    let touched = new.iter().filter(|(path, changed)| old.get(*path) != Some(changed));
    let removed = old.iter().filter(|(path, _)| !new.contains_key(*path));
    touched.chain(removed).map(|(path, _)| path.clone()).collect()
}

fn rebuild(changed: &[PathBuf]) -> Result<()> {
    for path in changed {
        println!("    changed: {}", path.display());
    }
    if changed.iter().any(|path| needs_compiler(path)) {
        site::build(Mode::Dev)?;
        build_server()
    } else {
        site::build_compiled(Mode::Dev)
    }
}

/// Style, public files and scripts don't go through rustc. Not even through
/// the server's: a debug server reads the site from target/site.
fn needs_compiler(path: &Path) -> bool {
    let asset = path.starts_with("style") || path.starts_with("public");
    !asset && path.extension().is_none_or(|extension| extension != "js")
}

fn build_server() -> Result<()> {
    let title = progress::title("building the debug server", Path::new(BINARY).exists(), 4);
    progress::step(&title, || shell::run(&mut shell::cargo(&["build", "--features", "ssr", "--bin", "castellan"])?))
}

struct Server {
    child: Child,
    ended: bool,
}

impl Server {
    /// `CASTELLAN_DEV_RELOAD` makes the server's pages reload themselves when
    /// they see that it was restarted.
    fn start(args: &[String]) -> Result<Self> {
        let mut command = Command::new(BINARY);
        command.arg("serve").args(args).env("CASTELLAN_DEV_RELOAD", "1").stdin(Stdio::null());
        let child = command.spawn().map_err(|error| shell::not_started(&command, &error))?;
        Ok(Self { child, ended: false })
    }

    fn report_end(&mut self) {
        if self.ended {
            return;
        }
        if let Ok(Some(status)) = self.child.try_wait() {
            eprintln!("\nxtask: the server ended ({status}); it starts again after the next change\n");
            self.ended = true;
        }
    }
}

/// Kills it without waiting for open connections, which would hold up every
/// restart; both databases come through that.
impl Drop for Server {
    fn drop(&mut self) {
        if !self.ended && self.child.kill().is_ok() {
            let _status = self.child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rust_and_its_inputs_need_the_compiler() {
        assert!(!needs_compiler(Path::new("style/main.css")));
        assert!(!needs_compiler(Path::new("public/robots.txt")));
        assert!(!needs_compiler(Path::new("src/islands/boot.js")));
        assert!(needs_compiler(Path::new("src/main.rs")));
        assert!(needs_compiler(Path::new("migrations/sqlite/0001_identity.sql")));
    }

    #[test]
    fn a_removed_file_is_a_change() {
        let old = Snapshot::from([(PathBuf::from("a"), SystemTime::UNIX_EPOCH)]);
        assert_eq!(difference(&old, &Snapshot::new()), [PathBuf::from("a")]);
    }
}
