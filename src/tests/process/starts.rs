//! Starting: who makes an installation, two at once, a start that was killed, and folders of any name.

use std::fs;

use super::server::{BINARY, Installation, on_both};

on_both! {
    fn two_first_starts_at_once_both_succeed(installation: Installation) {
        for _ in 0..3 {
            let starts: Vec<_> = (0..4).map(|_| installation.command(BINARY, &["migrate"]).spawn().unwrap()).collect();
            for mut start in starts {
                assert!(start.wait().unwrap().success());
            }
            assert!(installation.run(&["audit", "verify"]).contains("whole"));
            fs::remove_dir_all(installation.data()).unwrap();
            if installation.postgres.is_some() {
                return;
            }
        }
    }

    fn commands_that_only_look_make_nothing(installation: Installation) {
        for arguments in [["audit", "verify"], ["who-can", "--permission=users.read"], ["demo", "--users=3"], ["user", "unlock"]] {
            let output = installation.output(&[arguments.as_slice(), if arguments[1] == "unlock" { &["x@example.com"] } else { &[] }].concat());
            assert_eq!(output.status.code(), Some(1), "{arguments:?}");
            assert!(!output.stderr.is_empty() && !installation.data().exists(), "{arguments:?}");
        }
    }

    fn a_database_in_use_refuses_to_begin_a_new_key(installation: Installation) {
        installation.set_up();
        let key = installation.data().join("secret.key");
        let kept = fs::read(&key).unwrap();
        fs::remove_file(&key).unwrap();
        for arguments in [["migrate"].as_slice(), &["audit", "verify"], &["serve"]] {
            let output = installation.output(arguments);
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(1) && said.contains("is missing"), "{arguments:?}: {said}");
            assert!(!key.exists(), "{arguments:?} made a key");
        }
        fs::write(&key, [1; 32]).unwrap();
        let said = String::from_utf8(installation.output(&["migrate"]).stderr).unwrap();
        assert!(said.contains("doesn't fit"), "{said}");
        fs::write(&key, kept).unwrap();
        assert!(installation.run(&["audit", "verify"]).contains("whole"));
    }

    fn a_database_of_an_older_version_is_not_changed_by_looking(installation: Installation) {
        installation.set_up();
        installation.execute("delete from _sqlx_migrations where version > 7");
        let output = installation.output(&["audit", "verify"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains("castellan migrate"), "{said}");
    }
}

#[test]
fn a_key_without_its_database_refuses_to_start() {
    let installation = Installation::sqlite();
    installation.set_up();
    fs::remove_file(installation.data().join("castellan.db")).unwrap();
    for arguments in [["serve"].as_slice(), &["migrate"], &["audit", "verify"]] {
        let output = installation.output(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(!installation.data().join("castellan.db").exists(), "{arguments:?}");
    }
    // A key that is named by itself may begin a new installation.
    let key = installation.folder.path().join("named.key");
    fs::rename(installation.data().join("secret.key"), &key).unwrap();
    let mut command = installation.command(BINARY, &["migrate"]);
    assert!(command.env("CASTELLAN_SECRET_KEY_FILE", &key).status().unwrap().success());
}

#[test]
fn a_start_that_was_killed_before_it_made_the_key_is_taken_up_again() {
    let installation = Installation::sqlite();
    installation.run(&["migrate"]);
    // As it is left by a start that died between the two: a database that no key was used with.
    installation.execute("delete from settings");
    installation.execute("delete from event_chain");
    fs::remove_file(installation.data().join("secret.key")).unwrap();
    installation.set_up();
    assert!(installation.run(&["audit", "verify"]).contains("whole"));
}

#[test]
fn a_path_stays_a_path() {
    for name in ["x%2Dy", "what?", "100%", "a#b", "a b", "ünïcode", "file:x"] {
        let mut installation = Installation::sqlite();
        let folder = installation.folder.path().join(name);
        let here = |installation: &Installation| {
            let mut command = installation.command(BINARY, &["migrate"]);
            assert!(command.env("CASTELLAN_DATA_DIR", &folder).status().unwrap().success(), "{name}");
        };
        here(&installation);
        let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        files.sort();
        assert_eq!(files, ["castellan.db", "castellan.db.running", "castellan.lock", "secret.key"], "{name}");
        let url = folder.join("other.db");
        installation.postgres = Some(format!("sqlite://{}", url.display()));
        let mut command = installation.command(BINARY, &["migrate"]);
        command.env("CASTELLAN_DATA_DIR", &folder).env("CASTELLAN_SECRET_KEY_FILE", folder.join("other.key"));
        assert!(command.status().unwrap().success() && url.exists(), "{name}");
        let beside: Vec<_> =
            fs::read_dir(installation.folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(beside, [name], "nothing was made beside it");
    }
}
