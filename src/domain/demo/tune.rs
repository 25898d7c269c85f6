//! SQLite, for the length of a run, set to write much at once. Postgres has its own settings for that.

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

/// For many rows.
pub async fn large(tx: &mut Tx) -> Result<()> {
    set(tx, &LARGE).await
}

/// As it was.
pub async fn usual(tx: &mut Tx) -> Result<()> {
    set(tx, &USUAL).await
}

async fn set(tx: &mut Tx, settings: &[&'static str]) -> Result<()> {
    if let Driver::Sqlite(c) = tx.driver() {
        for setting in settings {
            sqlx::query(*setting).execute(&mut *c).await?;
        }
    }
    Ok(())
}
