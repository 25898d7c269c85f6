//! Two servers on one Postgres, and what waits for the lock of all nodes.

use sqlx::{Connection, PgConnection};

use super::{
    form,
    server::{Installation, Server, wait_for},
    until,
};
use crate::support::PASSWORD;

/// Whoever changes something waits for this.
const LOCK: &str = "select pg_advisory_lock(13904924223744)";
const UNLOCK: &str = "select pg_advisory_unlock(13904924223744)";
const WAITING: &str = "select count(*) from pg_locks l join pg_database d on d.oid = l.database
    where d.datname = current_database() and l.locktype = 'advisory' and not l.granted";

/// The lock, held until it is let go.
struct Held {
    runtime: tokio::runtime::Runtime,
    conn: PgConnection,
}

impl Held {
    fn take(installation: &Installation) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let url = installation.postgres.clone().unwrap();
        let conn = runtime.block_on(async {
            let mut conn = PgConnection::connect(&url).await.unwrap();
            sqlx::query(LOCK).execute(&mut conn).await.unwrap();
            conn
        });
        Self { runtime, conn }
    }

    fn let_go(mut self) {
        self.runtime.block_on(async {
            let released: bool = sqlx::query_scalar(UNLOCK).fetch_one(&mut self.conn).await.unwrap();
            assert!(released);
        });
    }
}

/// Posts on a thread of its own; the status that came.
fn post(browser: super::client::Client, path: String, body: String) -> std::thread::JoinHandle<super::client::Answer> {
    let mut browser = browser;
    std::thread::spawn(move || browser.post(&path, &body))
}

fn id_of(installation: &Installation, login: &'static str) -> String {
    wait_for(async {
        let mut conn = PgConnection::connect(installation.postgres.as_ref().unwrap()).await.unwrap();
        let id: uuid::Uuid =
            sqlx::query_scalar("select id from users where login = $1").bind(login).fetch_one(&mut conn).await.unwrap();
        id.to_string()
    })
}

fn two_nodes() -> (Installation, Server, Server) {
    let installation = Installation::postgres();
    installation.set_up();
    installation.add_administrator("fired");
    installation.add_administrator("victim");
    let (one, other) = (installation.serve(), installation.serve());
    (installation, one, other)
}

fn sign_in_fired(node: &Server) -> super::client::Client {
    let mut fired = node.stranger();
    let form = form(&[("email", "fired@example.com"), ("password", PASSWORD)]);
    assert_eq!(fired.post("/signin", &form).status, 303);
    fired
}

#[test]
fn what_was_waiting_on_one_node_fails_when_its_sender_is_disabled_on_the_other() {
    let (installation, one, other) = two_nodes();
    let (ada, fired) = (one.signed_in(), sign_in_fired(&other));
    let (fired_id, victim) = (id_of(&installation, "fired@example.com"), id_of(&installation, "victim@example.com"));
    let lock = Held::take(&installation);
    let disabling = post(ada, format!("/admin/users/{fired_id}/disable"), String::new());
    until("the disabling waits", || installation.count(WAITING) == 1);
    let deleting = post(fired, format!("/admin/users/{victim}/delete"), String::new());
    until("the deletion waits behind it", || installation.count(WAITING) == 2);
    lock.let_go();
    assert_eq!(disabling.join().unwrap().status, 303);
    let deleted = deleting.join().unwrap();
    assert_ne!(deleted.header("location"), "/admin/users", "{deleted:?}");
    assert!(matches!(deleted.status, 303 | 401), "{deleted:?}");
    assert_eq!(installation.count("select count(*) from users where login = 'victim@example.com'"), 1);
    assert_eq!(installation.count("select count(*) from events where action = 'users.delete'"), 0);
}

#[test]
fn what_was_waiting_on_one_node_fails_when_its_sender_loses_access_on_the_other() {
    let (installation, one, other) = two_nodes();
    let (ada, fired) = (one.signed_in(), sign_in_fired(&other));
    let victim = id_of(&installation, "victim@example.com");
    let grant: uuid::Uuid = wait_for(async {
        let mut conn = PgConnection::connect(installation.postgres.as_ref().unwrap()).await.unwrap();
        let sql = "select g.id from grants g join users u on u.id = g.user_id where u.login = 'fired@example.com'";
        sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
    });
    let lock = Held::take(&installation);
    let taking = post(ada, format!("/admin/grants/{grant}/take"), form(&[("version", "1")]));
    until("the taking waits", || installation.count(WAITING) == 1);
    let deleting = post(fired, format!("/admin/users/{victim}/delete"), String::new());
    until("the deletion waits behind it", || installation.count(WAITING) == 2);
    lock.let_go();
    assert_eq!(taking.join().unwrap().status, 303);
    let deleted = deleting.join().unwrap();
    assert!(matches!(deleted.status, 403 | 409), "{deleted:?}");
    assert_eq!(installation.count("select count(*) from users where login = 'victim@example.com'"), 1);
}

#[test]
fn reads_never_wait_for_writers_and_one_writer_of_a_node_waits_for_the_lock() {
    let installation = Installation::postgres();
    installation.set_up();
    let one = installation.serve();
    let mut reader = one.signed_in();
    let lock = Held::take(&installation);
    let saves: Vec<_> = (0..20)
        .map(|n| {
            let mut stranger = one.stranger();
            let email = format!("n{n}@example.com");
            std::thread::spawn(move || stranger.post("/signin", &form(&[("email", &email), ("password", "x")])).status)
        })
        .collect();
    // A right sign-in writes under the lock.
    let signing_in: Vec<_> = (0..20).map(|_| post(one.stranger(), "/signin".into(), super::sign_in_form())).collect();
    until("one waits for the lock", || installation.count(WAITING) == 1);
    for _ in 0..50 {
        assert_eq!(reader.get("/admin/users").status, 200);
        assert!(installation.count(WAITING) <= 1, "the others wait outside, holding nothing");
    }
    lock.let_go();
    for save in saves {
        assert_eq!(save.join().unwrap(), 401);
    }
    for sign_in in signing_in {
        let status = sign_in.join().unwrap().status;
        assert!(matches!(status, 303 | 503 | 429), "{status}");
    }
}
