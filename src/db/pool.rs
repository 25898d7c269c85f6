//! The handle, its connections, and the gates before them.

use std::{sync::Arc, time::Duration};

use sqlx::{PgPool, SqlitePool};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    conn::{Conn, Driver, Loan},
    error::{DbError, Result},
    file::DatabaseFile,
    tx::Tx,
};

/// The advisory lock that actions hold on Postgres; any number that nobody else uses.
const WRITERS: i64 = 0x0CA5_7E11_A900;
/// How long a request waits for its turn, or for a connection, before it is told that the server is busy.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Counters that may be written at once on Postgres, beside the one action. With it they are far fewer than the pool's
/// connections, so reads never wait for writers.
const UNLOCKED: usize = 4;

/// A handle on the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pub(super) pools: Pools,
    /// One action at a time passes. It stands before the pool: whoever waits here holds no connection.
    writers: Arc<Semaphore>,
    /// As many counters pass. On SQLite, which has one writer, it is the same gate.
    unlocked: Arc<Semaphore>,
    /// SQLite's file, to notice when it is gone.
    file: Option<Arc<DatabaseFile>>,
}

#[derive(Clone, Debug)]
pub(super) enum Pools {
    /// One writer, many readers: SQLite has one writer anyway, and so nobody meets `SQLITE_BUSY`.
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    /// A shared server.
    Postgres(PgPool),
}

impl Db {
    pub(super) fn new(pools: Pools, file: Option<DatabaseFile>) -> Self {
        let writers = Arc::new(Semaphore::new(1));
        let unlocked = match &pools {
            Pools::Sqlite { .. } => writers.clone(),
            Pools::Postgres(_) => Arc::new(Semaphore::new(UNLOCKED)),
        };
        Self { pools, writers, unlocked, file: file.map(Arc::new) }
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Conn> {
        Ok(Conn::new(match &self.pools {
            Pools::Sqlite { readers, .. } => Loan::Sqlite(readers.acquire().await?),
            Pools::Postgres(pool) => Loan::Postgres(pool.acquire().await?),
        }))
    }

    /// A transaction for an action. Actions write one after the other on both engines: SQLite has one writer, and
    /// on Postgres a lock is held until the end, because rules that look at many rows (the last administrator,
    /// groups in groups, the audit log's chain) must see each other's writes.
    pub async fn begin(&self) -> Result<Tx> {
        let mut tx = self.start(turn(&self.writers).await?).await?;
        if let Driver::Postgres(c) = tx.driver() {
            sqlx::query("select pg_advisory_xact_lock($1)").bind(WRITERS).execute(c).await?;
        }
        Ok(tx)
    }

    /// A transaction that no such rule looks at: counters, which touch one row.
    pub async fn begin_unlocked(&self) -> Result<Tx> {
        self.start(turn(&self.unlocked).await?).await
    }

    async fn start(&self, turn: OwnedSemaphorePermit) -> Result<Tx> {
        if let Some(file) = &self.file {
            file.check()?;
        }
        let conn = Conn::new(match &self.pools {
            Pools::Sqlite { writer, .. } => Loan::Sqlite(writer.acquire().await?),
            Pools::Postgres(pool) => Loan::Postgres(pool.acquire().await?),
        });
        Tx::begin(conn, turn, self.file.clone()).await
    }

    /// Lets nobody begin any more, and closes every connection; waits for those on loan.
    pub async fn close(&self) {
        self.writers.close();
        self.unlocked.close();
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Waits at a gate, but not for ever.
async fn turn(gate: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
    match tokio::time::timeout(PATIENCE, gate.clone().acquire_owned()).await {
        Ok(Ok(turn)) => Ok(turn),
        // Too late, or the program is stopping.
        Err(_) | Ok(Err(_)) => Err(DbError::Busy),
    }
}
