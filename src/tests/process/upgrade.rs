//! A database of commit 86cf34e, filled by its `demo` and a few commands, comes up to date and keeps its log whole.

use std::{fs, io::Read};

use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};

use super::{
    client::Client,
    server::{Installation, wait_for},
    until,
};

const FOLDED: &str = "select count(*) from settings where name = 'folding' and value like '%\"done\"%'";

/// Takes back what the log offers to, the newest first; answers how much that was.
fn undo_all(browser: &mut Client) -> usize {
    let log = browser.get("/admin/audit").body;
    let offered =
        log.split("href=\"/admin/audit/").skip(1).filter_map(|link| link.split_once("/undo").map(|(id, _)| id));
    let taken_back = |id: &&str| browser.post(&format!("/admin/audit/{id}/undo"), "").status == 303;
    offered.filter(taken_back).count()
}

/// Brings an old database up to date and looks at what is in it.
fn upgrade(installation: &Installation) {
    let said = String::from_utf8(installation.output(&["audit", "verify"]).stderr).unwrap();
    assert!(said.contains("castellan migrate"), "looking changes nothing: {said}");
    installation.run(&["migrate"]);
    assert!(installation.run(&["audit", "verify"]).contains("35 events are as they were written"));
    let attributed =
        "select count(*) from events e join tenants_of_events o on o.event = e.seq and o.tenant = e.tenant_id";
    let said = installation.count("select count(*) from events where tenant_id is not null");
    assert!(said > 0 && installation.count(attributed) == said, "old rows are found where they say");
    installation.run(&["user", "unlock", "grace@example.com"]);
    assert!(installation.run(&["audit", "verify"]).contains("36 events are as they were written"));
    assert_eq!(installation.count("select count(*) from users"), 15);
    let own = "select count(*) from grants g where g.user_id is not null and g.tenant_id is null";
    assert!(installation.count(own) > 0);
    let counting = "select count(*) from grants g where g.user_id is not null and g.tenant_id is null and exists (
        select 1 from effective_grants e where e.grant_id = g.id and e.tenant_id is null)";
    assert_eq!(installation.count(counting), installation.count(own), "what was held everywhere still is");
    let nested = "select count(*) from group_members m where m.member_group_id is not null and exists (
        select 1 from group_closure c where c.group_id = m.member_group_id and c.ancestor_id = m.group_id)";
    assert!(installation.count(nested) > 0, "groups in groups are known as such");
    let server = installation.serve();
    until("all names are folded anew", || installation.count(FOLDED) == 1);
    let mut browser = server.signed_in();
    for (path, told) in
        [("/admin/users?q=grace", "grace@example.com"), ("/admin/audit", "North Pier"), ("/admin/roles", "helpers")]
    {
        let answer = browser.get(path);
        assert!(answer.status == 200 && answer.body.contains(told), "{path}: {}", answer.status);
    }
    // All but the roles that made-up people hold, and the making of whoever asks.
    assert!(undo_all(&mut browser) >= 25, "what the old log holds of ways back works");
    assert_eq!(installation.count("select count(*) from users where email = 'grace@example.com'"), 0);
    assert!(installation.run(&["audit", "verify"]).contains("whole"));
}

fn key(installation: &Installation, key: &[u8]) {
    fs::create_dir(installation.data()).unwrap();
    fs::write(installation.data().join("secret.key"), key).unwrap();
}

#[test]
fn an_old_sqlite_database_comes_up_to_date() {
    let installation = Installation::sqlite();
    key(&installation, include_bytes!("../fixtures/86cf34e.sqlite.key"));
    let mut database = Vec::new();
    let packed = include_bytes!("../fixtures/86cf34e.sqlite.gz").as_slice();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut database).unwrap();
    fs::write(installation.data().join("castellan.db"), database).unwrap();
    upgrade(&installation);
}

#[test]
fn an_old_postgres_database_comes_up_to_date() {
    let installation = Installation::postgres();
    key(&installation, include_bytes!("../fixtures/86cf34e.postgres.key"));
    wait_for(async {
        let mut conn = PgConnection::connect(installation.postgres.as_ref().unwrap()).await.unwrap();
        let dump = include_str!("../fixtures/86cf34e.postgres.sql");
        raw_sql(AssertSqlSafe(dump)).execute(&mut conn).await.unwrap();
    });
    upgrade(&installation);
}
