//! How a transaction begins and ends. It is not sqlx's own: that one counts its depth by itself, so after SQLite rolled
//! back on its own (a full disk) every later transaction of the connection fails, and where its `begin` is given up
//! half-way the connection goes back to the pool inside a transaction.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use sqlx::raw_sql;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    conn::{Conn, Driver, on},
    error::{self, DbError, Result},
    file::DatabaseFile,
};

/// How long taking back may take. A server that doesn't answer by then takes back when its connection closes.
const ROLLBACK_PATIENCE: Duration = Duration::from_secs(10);

/// A transaction. Dropped without [`Tx::commit`], it never happened.
#[derive(Debug)]
pub struct Tx {
    /// `None` once it has ended.
    open: Option<Open>,
    file: Option<Arc<DatabaseFile>>,
}

/// What an open transaction holds: the turn ends after the connection was given back.
#[derive(Debug)]
struct Open {
    conn: Conn,
    _turn: OwnedSemaphorePermit,
}

impl Tx {
    pub(super) async fn begin(conn: Conn, turn: OwnedSemaphorePermit, file: Option<Arc<DatabaseFile>>) -> Result<Self> {
        // A value before there is a transaction: given up in between, it is taken back like any other.
        let mut tx = Self { open: Some(Open { conn, _turn: turn }), file };
        match tx.driver() {
            // Takes the write lock at once, so that it can't fail half-way.
            Driver::Sqlite(c) => raw_sql("begin immediate").execute(c).await?.rows_affected(),
            Driver::Postgres(c) => raw_sql("begin").execute(c).await?.rows_affected(),
        };
        Ok(tx)
    }

    /// Remembers this point, for [`Tx::rollback_to_savepoint`].
    pub async fn savepoint(&mut self) -> Result<()> {
        on!(self, |c| raw_sql("savepoint here").execute(c).await?.rows_affected());
        Ok(())
    }

    /// Takes back what was written since [`Tx::savepoint`], and nothing else.
    pub async fn rollback_to_savepoint(&mut self) -> Result<()> {
        on!(self, |c| raw_sql("rollback to savepoint here").execute(c).await?.rows_affected());
        Ok(())
    }

    /// Makes everything written through this transaction last. Where the answer is lost nobody knows whether it did:
    /// [`DbError::Unknown`].
    pub async fn commit(mut self) -> Result<()> {
        let committed = match self.driver() {
            Driver::Sqlite(c) => raw_sql("commit").execute(c).await.map(drop),
            Driver::Postgres(c) => raw_sql("commit").execute(c).await.map(drop),
        };
        committed.map_err(error::of_commit)?;
        // A connection that has committed is not in a transaction any more.
        self.open = None;
        self.file.as_ref().map_or(Ok(()), |file| file.check_written())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(open.roll_back())),
            // Without a runtime nothing can be said to the database; a closed connection says enough.
            Err(_) => open.conn.never_again(),
        }
    }
}

impl Open {
    /// Takes everything back. A connection that can't say that it did is in doubt, and is never lent again: SQLite
    /// refuses where it rolled back by itself, and a new connection is cheap.
    async fn roll_back(mut self) {
        let work = async { on!(self.conn, |c| raw_sql("rollback").execute(c).await.map(drop).map_err(DbError::from)) };
        if !matches!(tokio::time::timeout(ROLLBACK_PATIENCE, work).await, Ok(Ok(()))) {
            self.conn.never_again();
        }
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        match &self.open {
            Some(open) => &open.conn,
            None => unreachable!("`commit` takes the transaction, so nobody has one that has ended"),
        }
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        match &mut self.open {
            Some(open) => &mut open.conn,
            None => unreachable!("`commit` takes the transaction, so nobody has one that has ended"),
        }
    }
}
