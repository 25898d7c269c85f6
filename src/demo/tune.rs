//! SQLite, for the length of a run, set to write much at once. Postgres has its own settings for that.

use sqlx::AssertSqlSafe;

use crate::{
    db::{Driver, Tx},
    domain::error::Result,
};

/// In the order of their gain, measured:
/// - names and addresses come in no order, so every page of their indexes is needed again and again, and the
///   usual 2 MB of cache would read them from the file each time;
/// - a statement of many rows keeps what it overwrites until it is done: in memory, not in a file;
/// - the search index sorts what is new in memory, and larger pieces are fewer pieces to merge.
const LARGE: [&str; 3] = [
    "pragma cache_size = -262144",
    "pragma temp_store = memory",
    "insert into users_search (users_search, rank) values ('hashsize', 67108864)",
];
/// SQLite's own. A run that is cut short leaves the last one large: it costs memory in large transactions only.
const USUAL: [&str; 3] = [
    "pragma cache_size = -2000",
    "pragma temp_store = default",
    "insert into users_search (users_search, rank) values ('hashsize', 1048576)",
];

const TRIGGER: &str = "select sql from sqlite_master where type = 'trigger' and name = 'users_search_insert'";
const INDEX: &str =
    "insert into users_search (rowid, search_key) select number, search_key from users where number > $1";

/// The trigger that is to be brought back; SQLite only.
#[derive(Debug)]
#[must_use]
pub struct Deferred(Option<String>);

/// For many rows.
pub async fn large(tx: &mut Tx) -> Result<()> {
    set(tx, &LARGE).await
}

/// As it was.
pub async fn usual(tx: &mut Tx) -> Result<()> {
    set(tx, &USUAL).await
}

/// Takes the search index's trigger away until [`search`] brings it back, within the same transaction. Beneath a
/// trigger the index writes a piece to disk for each statement, because each may be undone by itself; and the
/// pieces must be merged. The text of the trigger is the schema's own.
pub async fn defer_search(tx: &mut Tx) -> Result<Deferred> {
    let Driver::Sqlite(c) = tx.driver() else { return Ok(Deferred(None)) };
    let trigger = sqlx::query_scalar(TRIGGER).fetch_one(&mut *c).await?;
    sqlx::query("drop trigger users_search_insert").execute(c).await?;
    Ok(Deferred(Some(trigger)))
}

/// Adds everybody above `number` to the search index at once, and brings the trigger back.
pub async fn search(tx: &mut Tx, deferred: Deferred, number: i64) -> Result<()> {
    if let (Driver::Sqlite(c), Deferred(Some(trigger))) = (tx.driver(), deferred) {
        sqlx::query(INDEX).bind(number).execute(&mut *c).await?;
        sqlx::query(AssertSqlSafe(trigger)).execute(c).await?;
    }
    Ok(())
}

async fn set(tx: &mut Tx, settings: &[&'static str]) -> Result<()> {
    if let Driver::Sqlite(c) = tx.driver() {
        for setting in settings {
            sqlx::query(*setting).execute(&mut *c).await?;
        }
    }
    Ok(())
}
