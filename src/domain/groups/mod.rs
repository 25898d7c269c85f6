//! Groups: named sets of users of a tenant. What is given to a group reaches its members, and the members of
//! groups in it.

pub mod closure;
pub mod commands;
pub mod input;
pub mod member_store;
pub mod queries;
pub mod removal;
pub mod store;

use crate::db::Statement;

/// The SQL of groups, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("groups::closure", closure::STATEMENTS),
    ("groups::member_store", member_store::STATEMENTS),
    ("groups::store", store::STATEMENTS),
];
