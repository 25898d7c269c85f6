//! A connection on loan, whichever engine it leads to.

use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, pool::PoolConnection};

/// A connection on loan.
#[derive(Debug)]
pub struct Conn {
    loan: Loan,
    statements: u32,
}

#[derive(Debug)]
pub(super) enum Loan {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// The driver's connection beneath a [`Conn`]; what [`on!`] matches.
#[derive(Debug)]
pub enum Driver<'a> {
    /// SQLite.
    Sqlite(&'a mut SqliteConnection),
    /// Postgres.
    Postgres(&'a mut PgConnection),
}

impl Conn {
    pub(super) const fn new(loan: Loan) -> Self {
        Self { loan, statements: 0 }
    }

    /// The driver's own connection, for one statement.
    pub fn driver(&mut self) -> Driver<'_> {
        self.statements += 1;
        match &mut self.loan {
            Loan::Sqlite(c) => Driver::Sqlite(c),
            Loan::Postgres(c) => Driver::Postgres(c),
        }
    }

    /// Which engine it leads to.
    #[must_use]
    pub const fn is_sqlite(&self) -> bool {
        matches!(self.loan, Loan::Sqlite(_))
    }

    /// How many statements it was borrowed for.
    pub(super) const fn statements(&self) -> u32 {
        self.statements
    }

    /// Closes the connection when it is given back, instead of lending it again.
    pub(super) fn never_again(&mut self) {
        match &mut self.loan {
            Loan::Sqlite(c) => c.close_on_drop(),
            Loan::Postgres(c) => c.close_on_drop(),
        }
    }
}

/// Compiles one body for both drivers: `on!(conn, |c| query(SQL).execute(c).await?)`.
macro_rules! on {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn.driver() {
            $crate::db::conn::Driver::Sqlite($c) => $body,
            $crate::db::conn::Driver::Postgres($c) => $body,
        }
    };
}
pub(crate) use on;
