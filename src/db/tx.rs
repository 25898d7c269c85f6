//! How a transaction begins and ends. It is not sqlx's own: that one counts its depth by itself, so after SQLite rolled
//! back on its own (a full disk) every later transaction of the connection fails, and where its `begin` is given up
//! half-way the connection goes back to the pool inside a transaction.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use sqlx::raw_sql;
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit};

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
    /// Where it goes instead of being committed.
    joint: Option<Joint>,
}

/// One transaction for all that a request writes: what its changes commit waits here, where the request's later reads see
/// it, until the request itself commits. So what is kept of its answer is written with the change, or neither is.
#[derive(Clone, Debug, Default)]
pub struct Joint(Arc<Mutex<Option<Tx>>>);

impl Joint {
    /// The transaction that waits, to be gone on with; `None` if none does.
    pub async fn resume(&self) -> Option<Tx> {
        let waiting = self.0.lock().await.take();
        waiting.map(|tx| self.hold(tx))
    }

    /// The same transaction, which comes back here when it is committed.
    #[must_use]
    pub fn hold(&self, mut tx: Tx) -> Tx {
        tx.joint = Some(self.clone());
        tx
    }

    /// The transaction that waits, to be committed at last; `None` if nothing was written.
    pub async fn finish(self) -> Option<Tx> {
        self.0.lock().await.take()
    }

    /// Its connection, for reading; `None` if nothing was written yet.
    pub(super) async fn read(&self) -> Option<OwnedMutexGuard<Option<Tx>>> {
        let waiting = self.0.clone().lock_owned().await;
        waiting.is_some().then_some(waiting)
    }
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
        let mut tx = Self { open: Some(Open { conn, _turn: turn }), file, joint: None };
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
        if let Some(Joint(waiting)) = self.joint.take() {
            *waiting.lock().await = Some(self);
            return Ok(());
        }
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
