//! The two-engine seam: one SQL text runs on SQLite and on Postgres.
//!
//! `Db` is the handle, [`Conn`] a connection on loan, [`Tx`] a transaction that alone can commit.
//! Bodies are written once and compiled for both drivers by [`on!`]. Rejected: `sqlx::Any` (no uuid,
//! no bool) and repository traits (two implementations drift).

mod connect;
mod statements;

use std::ops::{Deref, DerefMut};

use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, pool::PoolConnection};

pub use connect::{DatabaseUrl, MIGRATIONS};
pub use statements::Statement;
pub(crate) use statements::statements;

/// The advisory lock that verbs hold on Postgres; any number that nobody else uses.
const WRITERS: i64 = 0x0CA5_7E11_A900;

/// A handle on the database; cheap to clone.
#[derive(Clone, Debug)]
pub enum Db {
    /// One writer, many readers: SQLite has one writer anyway, and so nobody meets `SQLITE_BUSY`.
    Sqlite {
        /// Connections for reading.
        readers: SqlitePool,
        /// The one connection for writing.
        writer: SqlitePool,
    },
    /// A shared server.
    Postgres(PgPool),
}

/// A connection on loan.
#[derive(Debug)]
pub struct Conn(Inner);

#[derive(Debug)]
enum Inner {
    Sqlite(PoolConnection<Sqlite>),
    SqliteTx(sqlx::Transaction<'static, Sqlite>),
    Postgres(PoolConnection<Postgres>),
    PostgresTx(sqlx::Transaction<'static, Postgres>),
}

/// The driver's connection beneath a [`Conn`]; what [`on!`] matches.
#[derive(Debug)]
pub enum Driver<'a> {
    /// SQLite.
    Sqlite(&'a mut SqliteConnection),
    /// Postgres.
    Postgres(&'a mut PgConnection),
}

/// A transaction. Dropped without [`Tx::commit`], it never happened.
#[derive(Debug)]
pub struct Tx(Conn);

impl Db {
    /// A connection for reading.
    pub async fn read(&self) -> sqlx::Result<Conn> {
        Ok(Conn(match self {
            Self::Sqlite { readers, .. } => Inner::Sqlite(readers.acquire().await?),
            Self::Postgres(pool) => Inner::Postgres(pool.acquire().await?),
        }))
    }

    /// A transaction for a verb. Verbs write one after the other on both engines: SQLite has one writer, and
    /// on Postgres a lock is held until the end, because rules that look at many rows (the last administrator,
    /// groups in groups, the audit log's chain) must see each other's writes.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        let mut tx = self.begin_alongside().await?;
        if let Driver::Postgres(c) = tx.driver() {
            sqlx::query("select pg_advisory_xact_lock($1)").bind(WRITERS).execute(c).await?;
        }
        Ok(tx)
    }

    /// A transaction that no such rule looks at: counters, which touch one row.
    pub async fn begin_alongside(&self) -> sqlx::Result<Tx> {
        Ok(Tx(Conn(match self {
            // Takes the write lock at once, so that it can't fail half-way.
            Self::Sqlite { writer, .. } => Inner::SqliteTx(writer.begin_with("begin immediate").await?),
            Self::Postgres(pool) => Inner::PostgresTx(pool.begin().await?),
        })))
    }

    /// Closes every connection; waits for those on loan.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Conn {
    /// The driver's own connection.
    pub fn driver(&mut self) -> Driver<'_> {
        match &mut self.0 {
            Inner::Sqlite(c) => Driver::Sqlite(c),
            Inner::SqliteTx(c) => Driver::Sqlite(c),
            Inner::Postgres(c) => Driver::Postgres(c),
            Inner::PostgresTx(c) => Driver::Postgres(c),
        }
    }
}

impl Tx {
    /// Remembers this point, for [`Tx::back_to_mark`].
    pub async fn mark(&mut self) -> sqlx::Result<()> {
        on!(self, |c| sqlx::query("savepoint mark").execute(c).await?.rows_affected());
        Ok(())
    }

    /// Takes back what was written since [`Tx::mark`], and nothing else.
    pub async fn back_to_mark(&mut self) -> sqlx::Result<()> {
        on!(self, |c| sqlx::query("rollback to savepoint mark").execute(c).await?.rows_affected());
        Ok(())
    }

    /// Makes everything written through this transaction last.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self.0.0 {
            Inner::SqliteTx(tx) => tx.commit().await,
            Inner::PostgresTx(tx) => tx.commit().await,
            Inner::Sqlite(_) | Inner::Postgres(_) => Ok(()),
        }
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

/// Compiles one body for both drivers: `on!(conn, |c| query(SQL).execute(c).await?)`.
macro_rules! on {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn.driver() {
            $crate::db::Driver::Sqlite($c) => $body,
            $crate::db::Driver::Postgres($c) => $body,
        }
    };
}
pub(crate) use on;
