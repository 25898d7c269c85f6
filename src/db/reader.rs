//! What a request reads: on one connection and in one transaction, so that all that a page says is of one moment, and
//! SQLite takes its locks once.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sqlx::raw_sql;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{
    conn::{Conn, Driver, on},
    error::{DbError, Result},
    pool::Db,
    tx::{Joint, Tx},
};

/// The reading of one request; clones share it. Nothing is taken before the first read.
#[derive(Clone, Debug)]
pub struct Reader {
    db: Db,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    open: Option<Snapshot>,
    over: bool,
    work: Work,
}

/// What reading took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Transactions, each on one connection.
    pub snapshots: u32,
    /// Statements in them.
    pub statements: u32,
}

impl Reader {
    /// Nothing read yet.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, state: Arc::default() }
    }

    /// The connection for reading. Whoever has it gives it back before somebody else of the same request reads.
    pub async fn read(&self) -> Result<Reading> {
        let mut state = self.state.clone().lock_owned().await;
        if state.over {
            return Ok(Reading::alone(self.db.read().await?));
        }
        if state.open.is_none() {
            state.open = Some(Snapshot::begin(self.db.read().await?).await?);
            state.work.snapshots += 1;
        }
        Ok(Reading(Source::Shared(state)))
    }

    /// Gives the connection back: before whatever may have to wait, which must hold none. Reading goes on with another.
    pub async fn pause(&self) {
        let mut state = self.state.lock().await;
        let open = state.open.take();
        if let Some(snapshot) = open {
            state.work.statements += snapshot.end().await;
        }
    }

    /// Gives the connection back at the end of the request, and says what was read. What a body that is still being sent
    /// reads is read by itself: a slow reader holds no connection.
    pub async fn end(&self) -> Work {
        self.pause().await;
        let mut state = self.state.lock().await;
        state.over = true;
        state.work
    }
}

/// A connection for reading.
#[derive(Debug)]
pub struct Reading(Source);

#[derive(Debug)]
enum Source {
    /// The request's own.
    Shared(OwnedMutexGuard<State>),
    /// One that nobody else reads on.
    Alone(Conn),
    /// That of what the request wrote and hasn't committed.
    Joint(OwnedMutexGuard<Option<Tx>>),
}

impl Reading {
    /// A connection that nobody else reads on.
    #[must_use]
    pub const fn alone(conn: Conn) -> Self {
        Self(Source::Alone(conn))
    }

    /// The connection on which a request wrote what it hasn't committed, if it did.
    pub async fn of_written(joint: &Joint) -> Option<Self> {
        joint.read().await.map(|waiting| Self(Source::Joint(waiting)))
    }
}

impl Deref for Reading {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        match &self.0 {
            Source::Alone(conn) => conn,
            Source::Shared(state) => state.conn(),
            Source::Joint(waiting) => match waiting.as_ref() {
                Some(tx) => tx,
                None => unreachable!("{WAITING}"),
            },
        }
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut Conn {
        match &mut self.0 {
            Source::Alone(conn) => conn,
            Source::Shared(state) => state.conn_mut(),
            Source::Joint(waiting) => match waiting.as_mut() {
                Some(tx) => tx,
                None => unreachable!("{WAITING}"),
            },
        }
    }
}

const WAITING: &str = "a joint transaction is lent only while there is one";
const LENT: &str = "`read` opens a snapshot before it lends it, and `pause` waits until it is back";

impl State {
    fn conn(&self) -> &Conn {
        match self.open.as_ref().and_then(|snapshot| snapshot.0.as_ref()) {
            Some(conn) => conn,
            None => unreachable!("{LENT}"),
        }
    }

    fn conn_mut(&mut self) -> &mut Conn {
        match self.open.as_mut().and_then(|snapshot| snapshot.0.as_mut()) {
            Some(conn) => conn,
            None => unreachable!("{LENT}"),
        }
    }
}

/// A transaction that only reads. Dropped, its connection is closed rather than lent again inside it.
#[derive(Debug)]
struct Snapshot(Option<Conn>);

impl Snapshot {
    async fn begin(conn: Conn) -> Result<Self> {
        // A value before there is a transaction: given up in between, it is closed like any other.
        let mut snapshot = Self(Some(conn));
        if let Some(conn) = &mut snapshot.0 {
            match conn.driver() {
                Driver::Sqlite(c) => raw_sql("begin").execute(c).await?.rows_affected(),
                Driver::Postgres(c) => {
                    raw_sql("begin isolation level repeatable read read only").execute(c).await?.rows_affected()
                }
            };
        }
        Ok(snapshot)
    }

    /// Ends it; says how many statements were in it. A connection that can't say that it did is never lent again.
    async fn end(mut self) -> u32 {
        let Some(conn) = &mut self.0 else { return 0 };
        // The beginning is none of them.
        let statements = conn.statements() - 1;
        let ended: Result<()> =
            async { on!(conn, |c| raw_sql("rollback").execute(c).await.map(drop).map_err(DbError::from)) }.await;
        if ended.is_ok() {
            // In no transaction any more: it goes back to the pool.
            self.0 = None;
        }
        statements
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if let Some(conn) = &mut self.0 {
            conn.never_again();
        }
    }
}
