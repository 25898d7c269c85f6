//! Tokens: what a program carries. Looked up by their hash, so that one that is revoked is refused at once, and never wider
//! than whoever they belong to at the moment of use.

pub mod access;
pub mod caller;
pub mod commands;
pub mod credential;
pub mod input;
pub mod of_accounts;
pub mod queries;
pub mod store;

mod access_store;
mod account_store;
mod caller_store;

use crate::db::Statement;

/// The SQL of tokens, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("tokens::store", store::STATEMENTS),
    ("tokens::access_store", access_store::STATEMENTS),
    ("tokens::account_store", account_store::STATEMENTS),
    ("tokens::caller_store", caller_store::STATEMENTS),
];
