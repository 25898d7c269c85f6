//! A disk that is full, and files that are gone. A limit on the size of files stands for the full disk: writes fail, and
//! the program is told by an error, because the signal is ignored.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use super::{form, server::Installation};

/// Changes ada's name.
fn rename(server: &mut super::client::Client, page: &str, version: i64, name: &str) -> super::client::Answer {
    let version = version.to_string();
    let fields = [("first_name", name), ("last_name", "Lovelace"), ("email", super::ADA), ("version", &version)];
    server.post(&format!("{page}/edit"), &form(&fields))
}

/// The page of the only user.
fn page_of_ada(browser: &mut super::client::Client) -> String {
    let list = browser.get("/admin/users").body;
    let id = list.split("/admin/users/").map(|rest| rest.split('"').next().unwrap()).find(|id| id.len() == 36).unwrap();
    format!("/admin/users/{id}")
}

#[test]
fn while_the_disk_is_full_nothing_is_saved_and_reads_go_on_and_then_everything_does() {
    let installation = Installation::sqlite();
    installation.set_up();
    let server = installation.serve_after("trap '' XFSZ");
    let mut browser = server.signed_in();
    let page = page_of_ada(&mut browser);
    let limit = |bytes: &str| {
        let limited =
            Command::new("prlimit").args(["--pid", &server.id(), &format!("--fsize={bytes}")]).status().unwrap();
        assert!(limited.success());
    };
    limit("4096:unlimited");
    for _ in 0..3 {
        let answer = rename(&mut browser, &page, 1, "Augusta");
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert_eq!(answer.header("retry-after"), "60");
        assert!(answer.body.contains("can't write to its disk"), "{}", answer.body);
        assert_eq!(browser.get(&page).status, 200, "reads go on");
    }
    assert_eq!(server.stranger().post("/signin", &super::sign_in_form()).status, 503);
    limit("unlimited:unlimited");
    let answer = rename(&mut browser, &page, 1, "Augusta");
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(browser.get(&page).body.contains("Augusta"));
    assert_eq!(server.stranger().post("/signin", &super::sign_in_form()).status, 303);
    server.stop();
    assert!(installation.run(&["audit", "verify"]).contains("whole"));
}

#[test]
fn a_database_that_vanished_is_noticed_before_the_next_acknowledgement() {
    for gone in ["castellan.db", "castellan.db-wal"] {
        let installation = Installation::sqlite();
        installation.set_up();
        let server = installation.serve();
        let mut browser = server.signed_in();
        let page = page_of_ada(&mut browser);
        fs::remove_file(installation.data().join(gone)).unwrap();
        let answer = rename(&mut browser, &page, 1, "Augusta");
        assert_eq!(answer.status, 503, "{gone}: {}", answer.body);
        assert!(server.log().contains("was removed or replaced while it was in use"), "{gone}: {}", server.log());
    }
}

#[test]
fn a_database_may_be_a_link_to_a_file_elsewhere() {
    let installation = Installation::sqlite();
    installation.set_up();
    let (link, file) = (installation.data().join("castellan.db"), installation.folder.path().join("elsewhere.db"));
    fs::rename(&link, &file).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let server = installation.serve();
    let mut browser = server.signed_in();
    let page = page_of_ada(&mut browser);
    assert_eq!(rename(&mut browser, &page, 1, "Augusta").status, 303);
}

#[test]
fn what_is_made_is_its_users_alone_and_a_loose_key_is_said_at_start() {
    let installation = Installation::sqlite();
    installation.set_up();
    let mode = |path: &str| fs::metadata(installation.folder.path().join(path)).unwrap().permissions().mode() & 0o777;
    let server = installation.serve_after("umask 000");
    assert_eq!(server.signed_in().get("/admin/users").status, 200);
    assert_eq!((mode("data"), mode("data/castellan.db"), mode("data/secret.key")), (0o700, 0o600, 0o600));
    assert_eq!(mode("data/castellan.db-wal"), 0o600);
    assert!(!server.log().contains("can read"), "{}", server.log());
    drop(server);
    fs::set_permissions(installation.data().join("secret.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let server = installation.serve();
    super::until("the loose key is said", || server.log().contains("others on this machine can read the key file"));
}
