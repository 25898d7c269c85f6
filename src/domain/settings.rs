//! Facts about the installation: whether it is set up, which key its data was written with, what the last check of
//! the audit log found.

use sqlx::query_scalar;

use super::error::Result;
use crate::db::{Conn, on, statements};

statements! {
    FIND = "select value from settings where name = $1";
    INSERT = "insert into settings (name, value) values ($1, $2) on conflict do nothing";
    PUT = "insert into settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
}

/// The value of a setting.
pub async fn find(conn: &mut Conn, name: &str) -> Result<Option<String>> {
    Ok(on!(conn, |c| query_scalar(FIND).bind(name).fetch_optional(c).await?))
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
