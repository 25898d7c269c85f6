//! The outbox: mail is written in the transaction of the change that it tells of, and sent later, at least once.

pub mod commands;
pub mod delivery;
pub mod enqueue;
pub mod letter;
pub mod queries;
pub mod store;
pub mod telling;

use crate::db::Statement;

/// The SQL of the outbox, by module.
pub const STATEMENTS: &[(&str, &[Statement])] =
    &[("outbox::store", store::STATEMENTS), ("outbox::delivery", delivery::STATEMENTS)];
