//! Who works with a database: so that what must be done alone is refused while somebody else does.

use std::{fs, io, path::PathBuf};

use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

use super::{
    connect::{DatabaseUrl, Opening},
    error::{DbError, Result},
};

/// The advisory lock that everybody at work shares on Postgres; any number that nobody else uses.
const AT_WORK: i64 = 0x0CA5_7E11_A901;

/// Somebody at work; over when it is dropped, or its process ends in whatever way.
#[derive(Debug)]
pub struct Presence(Kind);

#[derive(Debug)]
enum Kind {
    /// A lock on a file beside SQLite's. Not on that file itself: closing it would give up SQLite's own locks.
    /// `None` where nothing may be made, and no server was ever there that made it.
    File { _held: Option<fs::File> },
    /// A session of its own, because a pool's connections come and go.
    Session { session: PgConnection, options: Box<PgConnectOptions> },
}

impl Presence {
    /// Beside others at work; waits for nobody but one who must be alone.
    pub async fn beside_others(url: &DatabaseUrl, opening: Opening) -> Result<Self> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let path = beside(path);
                let held = tokio::task::spawn_blocking(move || {
                    if opening == Opening::Existing && !path.exists() {
                        return Ok(None);
                    }
                    let file = open(&path)?;
                    file.lock_shared().map(|()| Some(file))
                });
                let held = held.await.map_err(io::Error::other).and_then(|held| held).map_err(unusable)?;
                Ok(Self(Kind::File { _held: held }))
            }
            DatabaseUrl::Postgres(options) => {
                let session = share(options).await?;
                Ok(Self(Kind::Session { session, options: options.clone() }))
            }
        }
    }

    /// Alone, which nobody else joins meanwhile; `None` where somebody is at work.
    pub async fn alone(url: &DatabaseUrl) -> Result<Option<Self>> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let file = open(&beside(path)).map_err(unusable)?;
                match file.try_lock() {
                    Ok(()) => Ok(Some(Self(Kind::File { _held: Some(file) }))),
                    Err(fs::TryLockError::WouldBlock) => Ok(None),
                    Err(fs::TryLockError::Error(error)) => Err(unusable(error)),
                }
            }
            DatabaseUrl::Postgres(options) => {
                let mut session = options.connect().await?;
                let asked = sqlx::query_scalar("select pg_try_advisory_lock($1)");
                let is_alone: bool = asked.bind(AT_WORK).fetch_one(&mut session).await?;
                Ok(is_alone.then_some(Self(Kind::Session { session, options: options.clone() })))
            }
        }
    }

    /// Comes back where the database server lost the session, as it does when it starts again.
    pub async fn renew(&mut self) -> Result<()> {
        if let Kind::Session { session, options } = &mut self.0
            && session.ping().await.is_err()
        {
            *session = share(options).await?;
        }
        Ok(())
    }
}

async fn share(options: &PgConnectOptions) -> Result<PgConnection> {
    let mut session = options.connect().await?;
    sqlx::query("select pg_advisory_lock_shared($1)").bind(AT_WORK).execute(&mut session).await?;
    Ok(session)
}

fn beside(database: &std::path::Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".running");
    path.into()
}

fn open(path: &std::path::Path) -> io::Result<fs::File> {
    fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

fn unusable(error: io::Error) -> DbError {
    DbError::Storage(format!("the file that says who works with the database: {error}"))
}
