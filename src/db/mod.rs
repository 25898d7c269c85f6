//! The two-engine seam: one SQL text runs on SQLite and on Postgres.
//!
//! `Db` is the handle, [`Conn`] a connection on loan, [`Tx`] a transaction that alone can commit.
//! Bodies are written once and compiled for both drivers by [`on!`]. Rejected: `sqlx::Any` (no uuid,
//! no bool) and repository traits (two implementations drift).

pub mod conn;
mod connect;
mod error;
mod file;
mod pool;
mod presence;
mod reader;
pub mod statements;
mod tx;

pub(crate) use conn::on;
pub use conn::{Conn, Driver};
pub use connect::{DatabaseUrl, MIGRATIONS, Opening};
pub use error::{DbError, Result};
pub use pool::Db;
pub use presence::Presence;
pub use reader::{Reader, Reading, Work};
pub use statements::Statement;
pub(crate) use statements::{push_list, statements};
pub use tx::{Joint, Tx};
