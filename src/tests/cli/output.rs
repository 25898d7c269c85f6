//! What is said where, whatever the command: one object for programs, and nothing to a reader who has gone.

use std::{fs::File, io, path::Path, process::Stdio};

use serde_json::{Value, json};

use super::{SETUP, castellan, command, execute, json, operator};
use crate::support::PASSWORD;

/// Exit code and the object of a command that fails with `--json`. The reason is told to people as well.
fn failed(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let (code, out, err) = castellan(folder, &[arguments, &["--json"]].concat(), PASSWORD);
    assert!(!err.is_empty(), "{arguments:?}");
    (code, serde_json::from_str(&out).unwrap())
}

#[test]
fn a_failure_is_one_json_object_too() {
    let folder = tempfile::tempdir().unwrap();
    json(folder.path(), &SETUP);
    let unlock = failed(folder.path(), &["user", "unlock", "nobody@example.com"]);
    assert_eq!(unlock, (1, json!({"error": "there is no user nobody@example.com"})));
    let ask = failed(folder.path(), &["who-can", "--permission", "users.fly"]);
    assert_eq!(ask, (1, json!({"error": "there is no permission users.fly"})));
    let again = failed(folder.path(), &SETUP);
    assert!(again.0 == 1 && again.1["error"].as_str().unwrap().contains("already set up"), "{again:?}");
    let usage = failed(folder.path(), &["setup", "--email", "ada@example.com"]);
    let missing = "the following required arguments were not provided: --name <NAME>";
    assert_eq!(usage, (2, json!({"error": missing})));
    std::fs::write(folder.path().join("castellan.toml"), "lisen = 1").unwrap();
    let settings = failed(folder.path(), &["migrate"]);
    assert!(settings.0 == 1 && settings.1["error"].as_str().unwrap().contains("lisen"), "{settings:?}");
    // Also before anything is served.
    assert_eq!(failed(folder.path(), &[]), settings);
}

#[tokio::test]
async fn a_broken_log_is_an_answer_and_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    json(folder.path(), &SETUP);
    let (verify, ctx) = (["audit", "verify"], operator(folder.path()).await);
    assert_eq!(json(folder.path(), &verify), json!({"whole": true, "events": 2}));
    execute(&ctx, "delete from event_chain").await;
    let why = "the mark of where the log ends was taken away, perhaps with rows before it";
    let broken = json!({"seq": 3, "event": null, "why": why});
    assert_eq!(failed(folder.path(), &verify), (1, json!({"whole": false, "events": 2, "broken": broken})));
    execute(&ctx, "update events set target_name = 'x' where seq = 1").await;
    let (code, object) = failed(folder.path(), &verify);
    assert_eq!((code, &object["whole"], &object["broken"]["seq"]), (1, &json!(false), &json!(1)));
    let (code, out, err) = castellan(folder.path(), &verify, "");
    let event = object["broken"]["event"].as_str().unwrap();
    assert!(code == 1 && out.is_empty() && err.contains(&format!("event 1 ({event})")), "{out}{err}");
}

/// Exit code and complaint of a command whose words go to `stdout`.
fn told(folder: &Path, arguments: &[&str], stdout: impl Into<Stdio>) -> (i32, String) {
    let mut command = command(folder, arguments);
    let output = command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
    let output = output.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_reader_who_has_gone_is_no_failure_and_hides_none() {
    let folder = tempfile::tempdir().unwrap();
    json(folder.path(), &SETUP);
    let told = |arguments: &[&str]| {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        told(folder.path(), arguments, writer)
    };
    let ask = ["who-can", "--permission", "users.read"];
    for arguments in
        [&ask[..], &[&ask[..], &["--json"]].concat(), &["audit", "verify"], &["settings-table"], &["--help"]]
    {
        assert_eq!(told(arguments), (0, String::new()), "{arguments:?}");
    }
    for arguments in [&["user", "unlock", "x"][..], &["user", "unlock", "x", "--json"]] {
        assert_eq!(told(arguments), (1, "castellan: there is no user x\n".into()), "{arguments:?}");
    }
    assert_eq!(told(&["fly", "--json"]).0, 2);
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_finds_no_room_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    json(folder.path(), &SETUP);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let (code, complaint) = told(folder.path(), &["who-can", "--permission", "users.read"], full);
    assert!(code == 1 && complaint.contains("the answer can't be written"), "{complaint}");
}

#[test]
fn help_begins_with_what_the_command_itself_takes() {
    let folder = tempfile::tempdir().unwrap();
    let (code, help, _) = castellan(folder.path(), &["user", "create", "--help"], "");
    let at = |text| help.find(text).unwrap_or_else(|| panic!("{text} is not in {help}"));
    assert_eq!(code, 0);
    let order = [
        "\nOptions:",
        "  --email",
        "  --password-stdin",
        "  --json",
        "\nSettings:",
        "  --database-url",
        "  --log-format",
    ];
    assert!(order.map(at).is_sorted(), "{help}");
}
