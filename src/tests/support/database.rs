//! A fresh, migrated database for each test: a file, or a copy of one Postgres template.

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use castellan::db::{DatabaseUrl, Db, Opening};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

pub async fn sqlite(folder: &Path) -> Db {
    let url = DatabaseUrl::Sqlite(folder.join("castellan.db"));
    let db = Db::connect(&url, Opening::Make).await.unwrap();
    db.migrate().await.unwrap();
    db
}

/// Fails, rather than skips, without a server: both engines are tested every time.
fn server() -> String {
    std::env::var("CASTELLAN_TEST_POSTGRES_URL")
        .expect("CASTELLAN_TEST_POSTGRES_URL names no Postgres; run `cargo xtask test`, which starts one")
}

pub async fn postgres() -> Db {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let template = TEMPLATE.get_or_init(make_template).await;
    let name = format!("{template}_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    create(&format!("create database {name} template {template}")).await;
    Db::connect(&url_of(&name).parse().unwrap(), Opening::Make).await.unwrap()
}

/// The URL of a new, empty database on the server.
pub fn new_postgres() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("castellan_{}_own_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    tokio::runtime::Runtime::new().unwrap().block_on(create(&format!("create database {name}")));
    url_of(&name)
}

async fn make_template() -> String {
    let name = format!("castellan_{}", std::process::id());
    create(&format!("create database {name}")).await;
    let db = Db::connect(&url_of(&name).parse().unwrap(), Opening::Make).await.unwrap();
    db.migrate().await.unwrap();
    db.close().await;
    name
}

/// Names are made here, never by a caller, so the text is safe.
async fn create(sql: &str) {
    let mut conn = PgConnection::connect(&server()).await.unwrap();
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

fn url_of(database: &str) -> String {
    let server = server();
    let (base, _) = server.rsplit_once('/').expect("the URL names a database");
    format!("{base}/{database}")
}
