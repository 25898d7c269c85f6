//! Facts about the installation: whether it is set up, and which key its data was written with.

use sqlx::query_scalar;

use super::{
    error::{Error, Result},
    secrets::SecretKey,
};
use crate::db::{Conn, Db, on, statements};

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

/// Refuses a key that doesn't fit the data; an empty database takes the key it first meets.
pub async fn check_key(db: &Db, key: &SecretKey) -> Result<()> {
    const NAME: &str = "key-check";
    let check: String = key.mac(NAME, b"").iter().map(|byte| format!("{byte:02x}")).collect();
    let known = find(&mut db.read().await?, NAME).await?;
    let known = match known {
        Some(known) => known,
        None => {
            let mut tx = db.begin().await?;
            claim(&mut tx, NAME, &check).await?;
            let known = find(&mut tx, NAME).await?.unwrap_or_default();
            tx.commit().await?;
            known
        }
    };
    if known == check {
        Ok(())
    } else {
        Err(Error::Internal(
            "the secret key file doesn't fit this database; bring back the one it was made with".into(),
        ))
    }
}
