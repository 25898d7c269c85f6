//! Access tokens: what a program carries after it proved which one it is. Opaque, short-lived, and looked up by their hash,
//! so that one that is revoked is refused at once.

pub mod caller;
pub mod commands;
pub mod queries;
pub mod store;

use crate::db::Statement;

/// The SQL of tokens, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[("tokens::store", store::STATEMENTS)];
