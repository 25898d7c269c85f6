//! Client credentials: how a program proves which one it is. They belong to a tenant and outlive whoever made them.

pub mod commands;
pub mod credential;
pub mod input;
pub mod queries;
pub mod store;

use crate::db::Statement;

/// The SQL of client credentials, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[("clients::store", store::STATEMENTS)];
