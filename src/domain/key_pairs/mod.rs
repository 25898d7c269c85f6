//! Key pairs: a tenant's own way in for programs that sign what they send (contract 004). A reseller's reaches its domains.

pub mod caller;
pub mod commands;
pub mod credential;
pub mod input;
pub mod queries;
pub mod signature;
pub mod store;

use crate::db::Statement;

/// The SQL of key pairs, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[("key_pairs::store", store::STATEMENTS)];
