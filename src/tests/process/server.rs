//! The real binary on data of its own, on either engine.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use sqlx::{ConnectOptions, Connection};

use super::client::Client;
use crate::support::{PASSWORD, new_postgres};

/// Where an installation keeps its data.
pub struct Installation {
    pub folder: tempfile::TempDir,
    /// `None` for SQLite.
    pub postgres: Option<String>,
}

/// Declares tests that run on SQLite and on Postgres.
macro_rules! on_both {
    ($($(#[$doc:meta])* fn $name:ident($installation:ident: Installation) $body:block)+) => {$(
        mod $name {
            use super::*;
            $(#[$doc])*
            fn story($installation: Installation) $body

            #[test]
            fn sqlite() {
                story(Installation::sqlite());
            }

            #[test]
            fn postgres() {
                story(Installation::postgres());
            }
        }
    )+};
}
pub(super) use on_both;

impl Installation {
    pub fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), postgres: None }
    }

    /// On a database of its own, which is empty.
    pub fn postgres() -> Self {
        Self { postgres: Some(new_postgres()), ..Self::sqlite() }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A command line that works on this installation.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).env("CASTELLAN_DATA_DIR", self.data());
        command.env_remove("CASTELLAN_TEST_POSTGRES_URL").stdin(Stdio::null());
        if let Some(url) = &self.postgres {
            command.env("CASTELLAN_DATABASE_URL", url);
        }
        command
    }

    /// What a command of ours prints; whether it succeeds is for the caller to say.
    pub fn output(&self, arguments: &[&str]) -> Output {
        self.command(BINARY, arguments).output().unwrap()
    }

    /// Runs a command that must succeed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Makes ada the first administrator.
    pub fn set_up(&self) {
        let mut command =
            self.command(BINARY, &["setup", "--email", super::ADA, "--name", "Ada Lovelace", "--password-stdin"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// Makes a user with ada's password, who may do everything.
    pub fn add_administrator(&self, first: &str) {
        let email = format!("{first}@example.com");
        let arguments =
            ["user", "create", "--email", &email, "--first-name", first, "--last-name", "", "--role", "admin"];
        let mut command = self.command(BINARY, &[arguments.as_slice(), &["--password-stdin"]].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// Runs SQL that no command has.
    pub fn execute(&self, sql: &'static str) {
        wait_for(async {
            match &self.postgres {
                Some(url) => {
                    let mut conn = sqlx::PgConnection::connect(url).await.unwrap();
                    sqlx::query(sql).execute(&mut conn).await.unwrap();
                    conn.close().await.unwrap();
                }
                None => {
                    let mut conn = self.sqlite_connection().await;
                    sqlx::query(sql).execute(&mut conn).await.unwrap();
                    conn.close().await.unwrap();
                }
            }
        });
    }

    /// A number out of the database.
    pub fn count(&self, sql: &'static str) -> i64 {
        wait_for(async {
            match &self.postgres {
                Some(url) => {
                    let mut conn = sqlx::PgConnection::connect(url).await.unwrap();
                    sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
                }
                None => sqlx::query_scalar(sql).fetch_one(&mut self.sqlite_connection().await).await.unwrap(),
            }
        })
    }

    async fn sqlite_connection(&self) -> sqlx::SqliteConnection {
        let file = self.data().join("castellan.db");
        sqlx::sqlite::SqliteConnectOptions::new().filename(file).connect().await.unwrap()
    }

    pub fn serve(&self) -> Server {
        self.serve_by(self.command(BINARY, &["serve"]))
    }

    /// A server that a shell starts after `before`, which may set limits.
    pub fn serve_after(&self, before: &str) -> Server {
        self.serve_by(self.command("bash", &["-c", &format!("{before}; exec {BINARY} serve")]))
    }

    pub fn serve_by(&self, mut command: Command) -> Server {
        let log = self.folder.path().join("log");
        command.env("CASTELLAN_LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).stderr(fs::File::create(&log).unwrap());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").and_then(|address| address.parse().ok());
        let said = || panic!("no address in {line:?}: {}", fs::read_to_string(&log).unwrap());
        Server { address: address.unwrap_or_else(said), child, log, _stdout: stdout }
    }
}

/// Runs a future of the tests' own database connections.
pub fn wait_for<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

pub const BINARY: &str = env!("CARGO_BIN_EXE_castellan");

/// A running server; killed when dropped.
pub struct Server {
    pub address: SocketAddr,
    child: Child,
    log: PathBuf,
    /// Kept open: the server may print more.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    pub fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// What it has written to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Ada's browser.
    pub fn signed_in(&self) -> Client {
        Client::signed_in(self.address)
    }

    pub fn stranger(&self) -> Client {
        Client::new(self.address)
    }

    /// A line of `/proc/…/status` in KiB: `VmRSS:` for what is resident, `VmHWM:` for the most there was.
    pub fn memory(&self, name: &str) -> u64 {
        let status = fs::read_to_string(Path::new("/proc").join(self.id()).join("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Asks it to stop, and waits until it has.
    pub fn stop(mut self) {
        let stopped = Command::new("kill").arg(self.id()).status().unwrap();
        assert!(stopped.success());
        let ended = self.child.wait().unwrap();
        assert!(ended.success(), "{ended}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
