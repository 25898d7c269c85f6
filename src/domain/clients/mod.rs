//! Client credentials: how a program proves which one it is. They belong to a tenant and outlive whoever made them.

pub mod commands;
pub mod credential;
pub mod editing;
pub mod input;
pub mod listing;
pub mod owners;
pub mod queries;
pub mod store;

use crate::db::Statement;

/// The SQL of client credentials, by module.
pub const STATEMENTS: &[(&str, &[Statement])] =
    &[("clients::owners", owners::STATEMENTS), ("clients::store", store::STATEMENTS)];
