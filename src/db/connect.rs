//! Opening a database, and migrating it.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use sqlx::{
    PgConnection, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgSslMode},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{
    conn::on,
    error::{DbError, Result},
    file::DatabaseFile,
    pool::{Db, PATIENCE, Pools},
};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Both engines' migrations, for the test that holds them side by side.
pub static MIGRATIONS: [&Migrator; 2] = [&SQLITE, &POSTGRES];

const APPLIED: &str = "select count(*) from _sqlx_migrations where success";

const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// What every connection to Postgres is told.
const POSTGRES_SETTINGS: [(&str, &str); 3] = [
    // Compiling a plan takes Postgres longer than running any statement here: on small tables it made a what-if 25
    // times slower.
    ("jit", "off"),
    // Whoever waits for another node's action is told after a while that the server is busy.
    ("lock_timeout", "5s"),
    // A node that is frozen in the middle of an action must not stop the others for good.
    ("idle_in_transaction_session_timeout", "60s"),
];

/// Whether opening may make a database that isn't there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Makes it, and brings its schema up to date.
    Make,
    /// Refuses one that isn't there or isn't up to date, and leaves it alone.
    Existing,
}

/// Where the data lives: a file's path, or `postgres://…`. May hold a password, so `Debug` says nothing.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file. Its path never goes through a URL, in which `%` and `?` would mean something.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Box<PgConnectOptions>),
}

impl DatabaseUrl {
    /// Whether what is stored can cross a network in clear: `prefer`, the default, is given up by whoever stands between.
    #[must_use]
    pub fn is_in_clear(&self) -> bool {
        let Self::Postgres(options) = self else { return false };
        let host = options.get_host();
        let is_here = matches!(host, "localhost" | "127.0.0.1" | "::1" | "[::1]") || host.starts_with('/');
        let may_be = matches!(options.get_ssl_mode(), PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer);
        may_be && !is_here && options.get_socket().is_none()
    }
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

    fn from_str(url: &str) -> std::result::Result<Self, String> {
        match url.strip_prefix("sqlite://") {
            Some("") => Err("the database URL must be sqlite:// and the path of a file".into()),
            Some(path) => Ok(Self::Sqlite(path.into())),
            None if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                let options = url.parse().map_err(|e| format!("the database URL can't be read: {e}"))?;
                Ok(Self::Postgres(Box::new(options)))
            }
            None => Err("the database URL must start with sqlite:// or postgres://".into()),
        }
    }
}

/// `synchronous=full`, because "saved" is promised; the busy timeout is for the command line beside a server.
fn sqlite_options(path: &Path, opening: Opening) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5));
    match opening {
        Opening::Make => options.create_if_missing(true).journal_mode(SqliteJournalMode::Wal),
        // The file keeps its mode; asking for one would write into a file that may not be ours.
        Opening::Existing => options,
    }
}

impl Db {
    /// Opens the database. On SQLite the file is made if it isn't there and `opening` allows it.
    pub async fn connect(url: &DatabaseUrl, opening: Opening) -> Result<Self> {
        match url {
            DatabaseUrl::Sqlite(path) => Self::connect_sqlite(path, opening).await,
            DatabaseUrl::Postgres(options) => {
                let pool = PoolOptions::new()
                    .max_connections(POSTGRES_CONNECTIONS)
                    .acquire_timeout(PATIENCE)
                    .connect_with(options.clone().options(POSTGRES_SETTINGS))
                    .await?;
                Ok(Self::new(Pools::Postgres(pool), None))
            }
        }
    }

    async fn connect_sqlite(path: &Path, opening: Opening) -> Result<Self> {
        let unusable = |e: std::io::Error| DbError::Storage(format!("{}: {e}", path.display()));
        // Absolute, so that SQLite takes no name for a URI.
        let path = std::path::absolute(path).map_err(unusable)?;
        let options = sqlite_options(&path, opening);
        let pool = || PoolOptions::new().acquire_timeout(PATIENCE).idle_timeout(None).max_lifetime(None);
        let writer: SqlitePool = pool().max_connections(1).connect_with(options.clone()).await?;
        let readers = pool().max_connections(READERS).connect_lazy_with(options);
        // SQLite keeps its log beside the file itself, also where the path is a link to it.
        let file = std::fs::canonicalize(&path).and_then(DatabaseFile::opened).map_err(unusable)?;
        Ok(Self::new(Pools::Sqlite { readers, writer }, Some(file)))
    }

    /// Brings the schema up to date; says how many steps there are in all. Of two at once, one waits for the other.
    pub async fn migrate(&self) -> std::result::Result<usize, MigrateError> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                let mut conn = writer.acquire().await?;
                // The temporary tables that renaming a column opens would stay open, and fix where such tables are kept.
                conn.close_on_drop();
                SQLITE.run::<&mut SqliteConnection>(&mut conn).await?;
            }
            Pools::Postgres(pool) => {
                let mut conn = pool.acquire().await?;
                // A migration may take longer than an action may wait for one.
                sqlx::query("set lock_timeout = 0").execute(&mut *conn).await?;
                conn.close_on_drop();
                POSTGRES.run::<&mut PgConnection>(&mut conn).await?;
            }
        }
        Ok(SQLITE.iter().count())
    }

    /// Whether every migration of this program was applied. `false` also for a database that isn't Castellan's.
    pub async fn is_current(&self) -> Result<bool> {
        let mut conn = self.read().await?;
        let applied: sqlx::Result<i64> = on!(conn, |c| sqlx::query_scalar(APPLIED).fetch_one(c).await);
        match applied {
            Ok(applied) => Ok(usize::try_from(applied) == Ok(SQLITE.iter().count())),
            Err(sqlx::Error::Database(_)) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_reached_in_clear_is_noticed() {
        let in_clear = |url: &str| url.parse::<DatabaseUrl>().unwrap().is_in_clear();
        assert!(in_clear("postgres://db.example.com/castellan"));
        assert!(in_clear("postgres://db.example.com/castellan?sslmode=prefer"));
        for url in [
            "sqlite:///data/castellan.db",
            "postgres://localhost/castellan",
            "postgres:///castellan?host=/run/postgresql",
            "postgres://db.example.com/castellan?sslmode=require",
            "postgres://db.example.com/castellan?sslmode=verify-full",
        ] {
            assert!(!in_clear(url), "{url}");
        }
    }
}
