//! Roles: named sets of permission patterns, of the whole installation or of one tenant. Every save is a version.

pub mod commands;
pub mod diff;
pub mod input;
pub mod installation;
pub mod merge;
pub mod numbered;
pub mod of_domains;
pub mod queries;
pub mod removal;
pub mod requiring;
pub mod rules;
pub mod store;
pub mod versions;

use crate::db::Statement;

/// The SQL of roles, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("roles::installation", installation::STATEMENTS),
    ("roles::numbered", numbered::STATEMENTS),
    ("roles::requiring", requiring::STATEMENTS),
    ("roles::store", store::STATEMENTS),
    ("roles::versions", versions::STATEMENTS),
];
