//! What was deleted, as it was, so that it can come back within 30 days. Secrets are gone at once: a user who
//! comes back sets a new password.

pub mod list;
pub mod roles;
pub mod size;
pub mod snapshots;
pub mod sweep;
pub mod users;

use crate::db::Statement;

/// The SQL of what was deleted, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("deleted::list", list::STATEMENTS),
    ("deleted::roles", roles::STATEMENTS),
    ("deleted::size", size::STATEMENTS),
    ("deleted::snapshots", snapshots::STATEMENTS),
    ("deleted::sweep", sweep::STATEMENTS),
    ("deleted::users", users::STATEMENTS),
];
