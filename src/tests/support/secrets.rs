//! Looking for secrets where none may be.

use base64::{Engine, engine::general_purpose::STANDARD};
use castellan::domain::secrets::hex;
use sqlx::{AssertSqlSafe, PgConnection};

/// Secrets that were made, each with what it is.
#[derive(Default)]
pub struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    /// Notes one, and hands it on.
    pub fn add(&mut self, what: &'static str, secret: &str) -> String {
        assert!(secret.len() > 7, "{what}: shorter ones are found by chance");
        self.0.push((what, secret.to_owned()));
        secret.to_owned()
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The newest of a kind.
    pub fn of(&self, what: &str) -> &str {
        &self.0.iter().rfind(|(kind, _)| *kind == what).unwrap().1
    }

    /// That `place` holds none of them, in clear or as it is usually written.
    pub fn assert_absent(&self, place: &str, held: &[u8]) {
        let held = String::from_utf8_lossy(held);
        for (what, secret) in &self.0 {
            for text in [secret.clone(), hex(secret.as_bytes()), STANDARD.encode(secret)] {
                assert!(!held.contains(&text), "a {what} is in {place}");
            }
        }
    }
}

/// Every row of every table, as texts.
pub async fn all_rows(conn: &mut PgConnection) -> Vec<u8> {
    let tables = "select table_name::text from information_schema.tables where table_schema = 'public'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *conn).await.unwrap();
    assert!(tables.len() > 25, "{tables:?}");
    let mut rows = Vec::new();
    for table in tables {
        let all = AssertSqlSafe(format!("select x::text from \"{table}\" x"));
        let texts: Vec<Option<String>> = sqlx::query_scalar(all).fetch_all(&mut *conn).await.unwrap();
        rows.extend(texts.into_iter().flatten().flat_map(String::into_bytes));
    }
    rows
}
