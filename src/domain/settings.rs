//! Facts about the installation: whether it is set up, which key its data was written with, what the last check of
//! the audit log found.

use sqlx::{query_as, query_scalar};

use super::error::Result;
use crate::db::{Conn, on, statements};

statements! {
    BOTH = "select name, value from settings where name in ($1, $2)";
    FIND = "select value from settings where name = $1";
    INSERT = "insert into settings (name, value) values ($1, $2) on conflict do nothing";
    PUT = "insert into settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
}

/// The value of a setting.
pub async fn find(conn: &mut Conn, name: &str) -> Result<Option<String>> {
    Ok(on!(conn, |c| query_scalar(FIND).bind(name).fetch_optional(c).await?))
}

/// The values of two settings.
pub async fn both(conn: &mut Conn, names: [&str; 2]) -> Result<[Option<String>; 2]> {
    let rows: Vec<(String, String)> = on!(conn, |c| query_as(BOTH).bind(names[0]).bind(names[1]).fetch_all(c).await?);
    Ok(names.map(|wanted| rows.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())))
}

/// Sets what is not yet set; says whether this call did it. Of two at once, one wins.
pub async fn claim(conn: &mut Conn, name: &str, value: &str) -> Result<bool> {
    let rows = on!(conn, |c| sqlx::query(INSERT).bind(name).bind(value).execute(c).await?.rows_affected());
    Ok(rows == 1)
}

/// Sets a value, whatever it was.
pub async fn put(conn: &mut Conn, name: &str, value: &str) -> Result<()> {
    on!(conn, |c| sqlx::query(PUT).bind(name).bind(value).execute(c).await?.rows_affected());
    Ok(())
}
