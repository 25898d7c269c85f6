//! A throw-away Postgres server for the tests.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{prereq, shell};

/// What makes the server fast and what makes it unsafe are the same here:
/// nothing in it outlives the test run.
const SETTINGS: [&str; 6] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=128MB",
    "listen_addresses=127.0.0.1",
];

/// Waits until xtask is gone, however it went, and cleans up after it.
///
/// It prints the folder it made, then blocks on a pipe whose other end only
/// xtask holds. The pipe closes at the end of the run, and just as well on
/// Ctrl-C or a kill that no handler inside xtask could catch.
const JANITOR: &str = r#"
trap '' INT TERM HUP
dir=$(mktemp -d /tmp/castellan-postgres.XXXXXX) || exit 1
echo "$dir"
exec >/dev/null 2>&1
cat
"$1/pg_ctl" -D "$dir/data" -m immediate stop
rm -rf "$dir"
"#;

pub struct Postgres {
    janitor: Child,
    port: u16,
}

impl Postgres {
    pub fn start() -> Result<Self> {
        let programs = prereq::postgres_programs()?;
        let (janitor, dir) = start_janitor(&programs)?;
        let port = free_port()?;
        // From here on an early return drops this, and so cleans up.
        let server = Self { janitor, port };
        initdb(&programs, &dir)?;
        start_server(&programs, &dir, port)?;
        Ok(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.janitor.stdin.take());
        if let Err(error) = self.janitor.wait() {
            eprintln!("xtask: cannot wait for Postgres to stop: {error}");
        }
    }
}

/// In a process group of its own, because Ctrl-C goes to the terminal's whole
/// foreground group and the janitor must survive it.
fn start_janitor(programs: &Path) -> Result<(Child, PathBuf)> {
    let mut command = as_owner("sh");
    command.args(["-c", JANITOR, "janitor"]).arg(programs);
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| shell::not_started(&command, &error))?;
    let stdout = child.stdout.take().context("the janitor has no output")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).context("cannot read from the janitor")?;
    if line.trim().is_empty() {
        bail!("no temporary folder could be made for Postgres in /tmp");
    }
    Ok((child, PathBuf::from(line.trim())))
}

/// C.UTF-8: the same order and case rules on every machine.
fn initdb(programs: &Path, dir: &Path) -> Result<()> {
    let mut command = as_owner(programs.join("initdb"));
    command.arg("-D").arg(dir.join("data"));
    command.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
    shell::run_quietly(&mut command)
}

fn start_server(programs: &Path, dir: &Path, port: u16) -> Result<()> {
    let log = dir.join("log");
    let settings: String = SETTINGS.iter().map(|setting| format!(" -c {setting}")).collect();
    let options = format!("-p {port} -k {}{settings}", dir.display());
    let mut command = as_owner(programs.join("pg_ctl"));
    command.arg("-D").arg(dir.join("data")).arg("-l").arg(&log).args(["-w", "-t", "60", "-o", &options, "start"]);
    shell::run_quietly(&mut command).with_context(|| {
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        format!("Postgres did not start; it said:\n{said}")
    })
}

/// Postgres refuses to run as root, so root hands it to the user that the
/// package made. The folder is one which that user may enter.
fn as_owner(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command;
    if shell::is_root() {
        command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
    } else {
        command = Command::new(program);
    }
    command.current_dir("/");
    command
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port for Postgres")?;
    Ok(listener.local_addr()?.port())
}
