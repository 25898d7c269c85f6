//! Opening a database, and migrating it.

use std::{str::FromStr, time::Duration};

use sqlx::{
    PgPool, SqlitePool,
    migrate::{MigrateError, Migrator},
    pool::PoolOptions,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::Db;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Both engines' migrations, for the test that holds them side by side.
pub static MIGRATIONS: [&Migrator; 2] = [&SQLITE, &POSTGRES];

const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// Compiling a plan takes Postgres longer than running any statement here: on small tables it made a what-if 25
/// times slower.
const JIT_OFF: (&str, &str) = ("jit", "off");
/// How long a request waits for a connection before it is told that the server is busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Where the data lives: `sqlite://path` or `postgres://…`. May hold a password, so `Debug` says nothing.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(Box<SqliteConnectOptions>),
    /// A server.
    Postgres(Box<PgConnectOptions>),
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "sqlite://…",
            Self::Postgres(_) => "postgres://…",
        })
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let unreadable = |e: sqlx::Error| format!("the database URL can't be read: {e}");
        if url.starts_with("sqlite:") {
            Ok(Self::Sqlite(Box::new(sqlite_options(url.parse().map_err(unreadable)?))))
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Ok(Self::Postgres(Box::new(url.parse().map_err(unreadable)?)))
        } else {
            Err("the database URL must start with sqlite:// or postgres://".into())
        }
    }
}

/// `synchronous=full`, because "saved" is promised; the busy timeout is for the command line beside a server.
fn sqlite_options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
}

impl Db {
    /// Opens the database. On SQLite the file is made if it isn't there.
    pub async fn connect(url: &DatabaseUrl) -> sqlx::Result<Self> {
        match url {
            DatabaseUrl::Sqlite(options) => Self::connect_sqlite(*options.clone()).await,
            DatabaseUrl::Postgres(options) => Ok(Self::Postgres(
                PoolOptions::new()
                    .max_connections(POSTGRES_CONNECTIONS)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .connect_with(options.clone().options([JIT_OFF]))
                    .await?,
            )),
        }
    }

    async fn connect_sqlite(options: SqliteConnectOptions) -> sqlx::Result<Self> {
        let pool = || PoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).idle_timeout(None).max_lifetime(None);
        let writer: SqlitePool = pool().max_connections(1).connect_with(options.clone()).await?;
        let readers = pool().max_connections(READERS).connect_lazy_with(options);
        Ok(Self::Sqlite { readers, writer })
    }

    /// Brings the schema up to date; says how many steps there are in all.
    pub async fn migrate(&self) -> Result<usize, MigrateError> {
        match self {
            Self::Sqlite { writer, .. } => SQLITE.run(writer).await?,
            Self::Postgres(pool) => POSTGRES.run::<&PgPool>(pool).await?,
        }
        Ok(SQLITE.iter().count())
    }
}
