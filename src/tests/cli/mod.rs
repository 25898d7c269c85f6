//! The command line, as an operator types it.

mod answers;
mod clients;
mod keys;
mod output;
mod tenants;
mod tokens;

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use crate::support::PASSWORD;
use castellan::{
    config::Settings,
    db::{Driver, Opening},
    domain::{
        calling::Caller,
        clock::Clock,
        ctx::{Ctx, Origin},
    },
    http::start::open,
    model::timestamp::Timestamp,
};
use serde_json::Value;

/// A command on the data in `folder`.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castellan"));
    command.args(arguments).current_dir(folder).env("CASTELLAN_DATA_DIR", folder.join("data"));
    command
}

/// Its exit code, standard output and standard error.
fn castellan(folder: &Path, arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut child =
        command(folder, arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that doesn't read its input may be gone before it is written.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let (code, out, err) = castellan(folder, &[arguments, &["--json"]].concat(), PASSWORD);
    assert_eq!(code, 0, "{arguments:?}: {err}");
    serde_json::from_str(&out).unwrap()
}

/// For what has no command: the same data, by actions. The moment is an hour of 2020, long over for the commands.
async fn operator(folder: &Path) -> Ctx {
    let settings = Settings { data_dir: Some(folder.join("data")), ..Settings::default() };
    let (mut services, _) = open(&settings.resolve().unwrap(), Opening::Make).await.unwrap();
    services.clock = Clock::fixed(Timestamp(1_577_836_800_000));
    Ctx::new(services, Caller::CommandLine, Origin::default())
}

/// Runs SQL that no action has.
async fn execute(ctx: &Ctx, sql: &'static str) {
    let mut tx = ctx.services.db.begin().await.unwrap();
    match tx.driver() {
        Driver::Sqlite(c) => drop(sqlx::query(sql).execute(c).await.unwrap()),
        Driver::Postgres(c) => drop(sqlx::query(sql).execute(c).await.unwrap()),
    }
    tx.commit().await.unwrap();
}

const SETUP: [&str; 6] = ["setup", "--email", "ada@example.com", "--name", "Ada Lovelace", "--password-stdin"];

#[test]
fn set_up_is_done_once() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(json(folder.path(), &SETUP)["login"], "ada@example.com");
    let (code, _, err) = castellan(folder.path(), &SETUP, PASSWORD);
    assert!(code == 1 && err.contains("already set up"), "{code} {err}");
}

#[test]
fn without_a_password_set_up_prints_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let made = json(folder.path(), &SETUP[..5]);
    assert!(made["link"].as_str().unwrap().starts_with("http://127.0.0.1:3000/reset-password?user="));
}

#[test]
fn users_are_made_and_brought_back_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    json(path, &SETUP);
    let create = ["user", "create", "--email", "grace@example.com", "--first-name", "Grace", "--role", "read-only"];
    assert_eq!(json(path, &create)["number"], 2);
    let (code, _, err) = castellan(path, &create, "");
    assert!(code == 1 && err.contains("email: somebody already signs in"), "{err}");
    let (code, _, err) = castellan(path, &[&create[..4], &["--first-name", "X", "--role", "nonsense"]].concat(), "");
    assert!(code == 1 && err.contains("there is no role nonsense"), "{err}");
    json(path, &["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    let inside = ["--first-name", "Mary", "--tenant", "acme", "--role", "read-only"];
    json(path, &[&["user", "create", "--email", "mary@example.com"], &inside[..]].concat());
    let may = |tenant: &[&str]| {
        let who = ["explain", "--user", "mary@example.com", "--permission", "users.read"];
        json(path, &[&who, tenant].concat())["may"].clone()
    };
    assert_eq!((may(&["--tenant", "acme"]), may(&[])), (true.into(), false.into()), "a role counts in the tenant");
    for command in ["unlock", "reset-second-factor", "reset-password", "disable"] {
        assert!(json(path, &["user", command, "grace@example.com"])["id"].is_string(), "{command}");
        let (code, _, err) = castellan(path, &["user", command, "nobody@example.com"], "");
        assert!(code == 1 && err.contains("there is no user"), "{command}: {err}");
    }
    let (code, _, err) = castellan(path, &["user", "reset-password", "grace@example.com"], "");
    assert!(code == 1 && err.contains("they are disabled"), "{err}");
    let (code, _, err) = castellan(path, &["user", "disable", "ada@example.com"], "");
    assert!(code == 1 && err.contains("last administrator"), "{err}");
}

#[test]
fn wrong_usage_is_2_and_bad_settings_are_named() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(castellan(folder.path(), &["fly"], "").0, 2);
    assert_eq!(castellan(folder.path(), &["setup"], "").0, 2);
    std::fs::write(folder.path().join("castellan.toml"), "lisen = \"1.2.3.4:5\"").unwrap();
    let (code, _, err) = castellan(folder.path(), &["migrate"], "");
    assert!(code == 1 && err.contains("castellan.toml") && err.contains("lisen"), "{err}");
    std::fs::write(folder.path().join("castellan.toml"), "database_url = \"mysql://x\"").unwrap();
    let (code, _, err) = castellan(folder.path(), &["migrate"], "");
    assert!(code == 1 && err.contains("sqlite:// or postgres://"), "{err}");
}

#[test]
fn a_key_that_does_not_fit_the_data_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(json(folder.path(), &["migrate"])["migrated"], true);
    std::fs::write(folder.path().join("data/secret.key"), [1; 32]).unwrap();
    let (code, _, err) = castellan(folder.path(), &["migrate"], "");
    assert!(code == 1 && err.contains("doesn't fit this database"), "{err}");
}

#[test]
fn ordinary_spellings_of_settings_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), &["migrate"]);
    for unset in [
        "CASTELLAN_PUBLIC_URL",
        "CASTELLAN_LISTEN",
        "CASTELLAN_SECRET_KEY_FILE",
        "CASTELLAN_FORWARDED",
        "CASTELLAN_DEV_CLOCK",
    ] {
        command.env(unset, "");
    }
    let output = command.env("CASTELLAN_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(folder.path().join("data/secret.key").exists(), "what is set to nothing has its default");
}

#[test]
fn a_link_that_nobody_could_open_says_what_to_set() {
    let folder = tempfile::tempdir().unwrap();
    json(folder.path(), &SETUP);
    for (listen, url, begins, told) in [
        ("0.0.0.0:3000", "", "/reset-password?", true),
        ("[::]:3000", "", "/reset-password?", true),
        ("127.0.0.1:0", "", "/reset-password?", true),
        ("0.0.0.0:3000", "https://users.example.com", "https://users.example.com/reset-password?", false),
        ("127.0.0.1:3000", "", "http://127.0.0.1:3000/reset-password?", false),
    ] {
        let mut command = command(folder.path(), &["user", "reset-password", "ada@example.com"]);
        let output = command.env("CASTELLAN_LISTEN", listen).env("CASTELLAN_PUBLIC_URL", url).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let link = said.split(" at ").nth(1).unwrap_or_default();
        assert!(link.starts_with(begins), "{listen}: {said}");
        assert_eq!(said.contains("set CASTELLAN_PUBLIC_URL"), told, "{listen}: {said}");
    }
}
