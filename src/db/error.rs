//! What a database can answer other than yes, by what it means for whoever asked.

/// What the seam returns.
pub type Result<T> = std::result::Result<T, DbError>;

/// Why the database did nothing, or may have done something.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Others keep it busy, or it is just starting; nothing happened.
    #[error("the database is busy")]
    Busy,
    /// It can't write where it keeps its data: a full disk, a failing one. Nothing happened.
    #[error("the database can't write: {0}")]
    Storage(String),
    /// Its file was removed or replaced while this program had it open: what is written there is lost.
    #[error("the database file {0} was removed or replaced while it was in use")]
    Vanished(String),
    /// The answer to a commit was lost, so it may have been saved.
    #[error("it isn't known whether this was saved: {0}")]
    Unknown(String),
    /// Something is wrong with what was asked.
    #[error("database: {0}")]
    Broken(String),
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => Self::Busy,
            sqlx::Error::Database(ref inside) => match inside.code() {
                Some(code) if is_busy(&code) => Self::Busy,
                Some(code) if is_storage(&code) => Self::Storage(error.to_string()),
                _ => Self::Broken(error.to_string()),
            },
            other => Self::Broken(other.to_string()),
        }
    }
}

/// What an error means that came instead of the answer to a commit. A database that says no has not committed; one that
/// says nothing any more, or that couldn't make sure of its disk, may have.
pub fn of_commit(error: sqlx::Error) -> DbError {
    let answered = match &error {
        sqlx::Error::Database(inside) => inside.code().is_none_or(|code| !is_in_doubt(&code)),
        _ => false,
    };
    if answered { error.into() } else { DbError::Unknown(error.to_string()) }
}

/// Whether a database says that others keep it busy: another writer of the file ([SQLITE_BUSY], also with an old
/// snapshot), or too many connections, one that is just starting, a lock that wasn't had in time, or two that wait for
/// each other ([Postgres], class 53, 57, 55 and 40).
///
/// [SQLITE_BUSY]: https://www.sqlite.org/rescode.html#busy
/// [Postgres]: https://www.postgresql.org/docs/current/errcodes-appendix.html
fn is_busy(code: &str) -> bool {
    matches!(code, "5" | "517" | "53300" | "57P03" | "55P03" | "40P01")
}

/// Whether a database says that it can't write: Postgres' class 58 and its full disk; [SQLite]'s full disk, a disk that
/// became read-only, a file that can't be opened, and every I/O error (the last byte of an extended code is the kind).
///
/// [SQLite]: https://www.sqlite.org/rescode.html
fn is_storage(code: &str) -> bool {
    matches!(code, "53100" | "58030" | "58000")
        || sqlite_kind(code).is_some_and(|kind| matches!(kind, 8 | 10 | 13 | 14))
}

/// Whether an error of a commit leaves open how it ended: on SQLite an I/O error other than that of writing (a row that
/// was written may not have reached the disk, or may), on Postgres a connection that was ended from outside.
fn is_in_doubt(code: &str) -> bool {
    const IOERR: u32 = 10;
    const IOERR_WRITE: &str = "778";
    let postgres = code.len() == 5 && (code.starts_with("08") || code.starts_with("57P"));
    postgres || (sqlite_kind(code) == Some(IOERR) && code != IOERR_WRITE)
}

/// The kind of a SQLite code; Postgres' have five characters, SQLite's at most four digits.
fn sqlite_kind(code: &str) -> Option<u32> {
    code.parse::<u32>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_engines_are_told_apart() {
        for busy in ["5", "517", "55P03"] {
            assert!(is_busy(busy) && !is_storage(busy), "{busy}");
        }
        for storage in ["13", "10", "778", "1034", "14", "8", "53100"] {
            assert!(is_storage(storage) && !is_busy(storage), "{storage}");
        }
        for neither in ["19", "1555", "23505", "42601", "10000"] {
            assert!(!is_storage(neither) && !is_busy(neither), "{neither}");
        }
    }

    #[test]
    fn a_commit_is_in_doubt_only_where_nobody_said_no() {
        assert!(is_in_doubt("57P01") && is_in_doubt("08006") && is_in_doubt("1034"));
        assert!(!is_in_doubt("778") && !is_in_doubt("13") && !is_in_doubt("5") && !is_in_doubt("23505"));
        assert!(matches!(of_commit(sqlx::Error::PoolTimedOut), DbError::Unknown(_)));
    }
}
