//! The audit log.

pub mod chain;
pub mod check;
pub mod event;
pub mod export;
pub mod list;
pub mod query;
pub mod record;
pub mod whose;

use crate::db::Statement;

/// The SQL of the audit log, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("audit::chain", chain::STATEMENTS),
    ("audit::list", list::STATEMENTS),
    ("audit::query", query::STATEMENTS),
    ("audit::whose", whose::STATEMENTS),
];
