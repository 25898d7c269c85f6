//! A commit whose answer is lost: nobody may be told that nothing was saved.

use std::time::Duration;

use super::{
    form,
    proxy::{Cut, Proxy},
    server::Installation,
    until,
};

/// The name is the mark by which the proxy knows the transaction.
const NEW_ROLE: [(&str, &str); 2] = [("name", "cut me here"), ("pattern", "users.read")];

/// A server whose database is reached through a proxy.
fn through_a_proxy(delay: Duration) -> (Installation, Installation, Proxy) {
    let direct = Installation::postgres();
    direct.set_up();
    let (proxy, url) = Proxy::start(direct.postgres.as_ref().unwrap(), delay);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::copy(direct.data().join("secret.key"), folder.path().join("data/secret.key")).unwrap();
    (direct, Installation { folder, postgres: Some(url) }, proxy)
}

#[test]
fn a_lost_answer_to_a_commit_is_said_as_such_whether_it_was_saved_or_not() {
    let (direct, installation, proxy) = through_a_proxy(Duration::ZERO);
    let server = installation.serve();
    let mut browser = server.signed_in();
    for (cut, saved) in [(Cut::Before, 0), (Cut::After, 1)] {
        proxy.cut(cut);
        let answer = browser.post("/admin/roles/new", &form(&NEW_ROLE));
        assert_eq!(answer.status, 500, "{}", answer.body);
        assert!(
            answer.body.contains("may have been saved") && !answer.body.contains("Nothing was saved"),
            "{}",
            answer.body
        );
        assert_eq!(answer.header("retry-after"), "", "nobody should just repeat it");
        let is_so = || direct.count("select count(*) from roles where name = 'cut me here'") == saved;
        until("the database has or hasn't got it", is_so);
        assert_eq!(browser.get("/admin/roles").status, 200, "the server goes on");
    }
    let roles = [("name", "others"), ("pattern", "users.read")];
    assert_eq!(browser.post("/admin/roles/new", &form(&roles)).status, 303, "and so does writing");
}

#[test]
fn a_client_that_hangs_up_leaves_no_connection_in_a_transaction_and_its_change_is_whole() {
    let (direct, installation, _proxy) = through_a_proxy(Duration::from_millis(30));
    let server = installation.serve();
    let browser = server.signed_in();
    let before = direct.count("select count(*) from roles");
    let open = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
        and state like 'idle in transaction%' and query like '%roles%'";
    let idle = "select count(*) from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%'";
    for n in 1..=3 {
        let name = format!("role {n}");
        let body = form(&[("fn", "/fn/roles/create"), ("name", &name), ("pattern", "users.read")]);
        let mut sent = browser.begin("/admin/roles/new", body.len());
        sent.send(&body);
        until("the change has begun", || direct.count(open) > 0);
        drop(sent);
        until("it has run to its end", || direct.count("select count(*) from roles") == before + n);
    }
    until("no connection is left in a transaction", || direct.count(idle) == 0);
    assert_eq!(direct.count("select count(*) from events where action = 'roles.add'"), 3);
    assert!(direct.run(&["audit", "verify"]).contains("whole"));
}
