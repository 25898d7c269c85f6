//! A database of the benchmark's own on the server that `CASTELLAN_TEST_POSTGRES_URL` names.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

pub struct Database {
    server: String,
    name: String,
    pub url: String,
}

impl Database {
    /// None where there is no server to use.
    pub fn make() -> Option<Self> {
        let server = std::env::var("CASTELLAN_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())?;
        let name = format!("castellan_bench_{}", std::process::id());
        let (base, _) = server.rsplit_once('/').expect("a Postgres URL that names a database");
        let url = format!("{base}/{name}");
        execute(&server, format!("create database {name} encoding 'UTF8' template template0")).expect("a new database");
        Some(Self { server, name, url })
    }

    pub fn analyze(&self) {
        execute(&self.url, "analyze".into()).expect("analyze");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = execute(&self.server, format!("drop database {} with (force)", self.name)) {
            eprintln!("the database {} is left behind: {error}", self.name);
        }
    }
}

fn execute(url: &str, sql: String) -> sqlx::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = PgConnection::connect(url).await?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        connection.close().await
    })
}
