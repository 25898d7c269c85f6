//! The real binary with a data folder of its own, which goes when the benchmark ends.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::Duration,
};

use tempfile::TempDir;

use super::{client::Client, postgres::Database};

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "a benchmark's own password";

pub struct Installation<'a> {
    folder: TempDir,
    postgres: Option<&'a Database>,
}

/// A running server; stopped when dropped.
pub struct Server {
    pub address: SocketAddr,
    child: Child,
    /// Kept open: the server may print more.
    _stdout: BufReader<ChildStdout>,
}

/// In MiB: resident, of that not shared with others, and the most there ever was.
pub struct Memory {
    pub resident: f64,
    pub proportional: f64,
    pub peak: f64,
}

impl Installation<'static> {
    pub fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), postgres: None }
    }
}

impl<'a> Installation<'a> {
    pub fn postgres(database: &'a Database) -> Self {
        Self { postgres: Some(database), ..Installation::sqlite() }
    }

    pub fn database_file(&self) -> PathBuf {
        self.folder.path().join("data/castellan.db")
    }

    /// The first administrator.
    pub fn set_up(&self) {
        let mut command = self.command(&["setup", "--email", EMAIL, "--name", "Ada Lovelace", "--password-stdin"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("castellan setup");
        child.stdin.take().expect("a pipe").write_all(PASSWORD.as_bytes()).expect("the password is taken");
        assert!(child.wait().expect("castellan setup").success(), "castellan setup failed");
    }

    pub fn run(&self, arguments: &[&str]) {
        let status = self.command(arguments).stdout(Stdio::null()).status().expect("castellan");
        assert!(status.success(), "castellan {arguments:?} failed");
    }

    /// What a command says.
    pub fn output(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("castellan");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "castellan {arguments:?} failed: {said}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// What Postgres does by itself within a minute of so large a change.
    pub fn analyze(&self) {
        self.postgres.iter().for_each(|database| database.analyze());
    }

    /// Starts the server and waits until it says where it listens.
    pub fn serve(&self) -> Server {
        let log = self.folder.path().join("log");
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.stdout(Stdio::piped()).stderr(File::create(&log).expect("a log file"));
        let mut child = command.spawn().expect("castellan serve");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line from castellan serve");
        let address = line.trim().strip_prefix("listening on http://").and_then(|address| address.parse().ok());
        let said = || panic!("no address in {line:?}; {}", fs::read_to_string(&log).unwrap_or_default());
        Server { address: address.unwrap_or_else(said), child, _stdout: stdout }
    }

    /// Neither settings of the caller's environment nor a `castellan.toml` may change what is measured.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        let ours = std::env::vars_os().map(|(name, _)| name);
        ours.filter(|name| name.to_string_lossy().starts_with("CASTELLAN_")).for_each(|name| {
            command.env_remove(name);
        });
        if let Some(database) = self.postgres {
            command.env("CASTELLAN_DATABASE_URL", &database.url);
        }
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }
}

/// Cargo builds the binary along with the benchmark, out of the same sources.
fn binary() -> PathBuf {
    let named = std::env::var_os("CASTELLAN_BIN").map(PathBuf::from);
    let path = named.unwrap_or_else(|| env!("CARGO_BIN_EXE_castellan").into());
    assert!(path.exists(), "{} is missing: run `cargo xtask build` first", path.display());
    path.canonicalize().expect("the binary's path")
}

impl Server {
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Signs the administrator in; the session cookie.
    pub fn sign_in(&self) -> String {
        let form = format!(
            "fn=/fn/sign-in/password&email={}&password={}",
            EMAIL.replace('@', "%40"),
            PASSWORD.replace(' ', "+")
        );
        let cookie = Client::new(self.address, None).post("/signin", &form).expect("an answer to the sign-in");
        cookie.expect("a session cookie")
    }

    /// What the process occupies after `rest`; an answer comes first, so that what pages need is there.
    pub fn memory_after(&self, rest: Duration) -> Memory {
        Client::new(self.address, None).get("/signin").expect("the sign-in page");
        thread::sleep(rest);
        Memory {
            resident: self.proc("status", "VmRSS:"),
            proportional: self.proc("smaps_rollup", "Pss:"),
            peak: self.proc("status", "VmHWM:"),
        }
    }

    /// A line like `VmRSS:  12345 kB` of a file of `/proc`.
    fn proc(&self, file: &str, name: &str) -> f64 {
        let text = fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).expect("Linux's /proc");
        let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("a line of /proc");
        let kib: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number of kB");
        kib / 1024.0
    }
}

impl Drop for Server {
    /// As an operator stops it, so that the next start finds the database closed.
    fn drop(&mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        if !told.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
