//! People: who they are, whether they can sign in, and what an administrator does about it.

pub mod access;
pub mod accounts;
pub mod address;
pub mod address_store;
pub mod allowlist;
pub mod commands;
mod cursor;
pub mod former_passwords;
pub mod guards;
pub mod input;
pub mod list;
pub mod naming;
pub mod of_back_office;
pub mod of_domains;
pub mod of_portals;
pub mod overview;
pub mod own;
pub mod passwords;
pub mod people;
pub mod policy;
pub mod queries;
pub mod removal;
pub mod replacing;
pub mod scope;
mod search;
pub mod store;
pub mod time_zone;
pub mod totals;

use crate::db::Statement;

/// The SQL of users, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("users::address_store", address_store::STATEMENTS),
    ("users::allowlist", allowlist::STATEMENTS),
    ("users::former_passwords", former_passwords::STATEMENTS),
    ("users::naming", naming::STATEMENTS),
    ("users::of_back_office", of_back_office::STATEMENTS),
    ("users::of_domains", of_domains::STATEMENTS),
    ("users::of_portals", of_portals::STATEMENTS),
    ("users::people", people::STATEMENTS),
    ("users::removal", removal::STATEMENTS),
    ("users::store", store::STATEMENTS),
    ("users::time_zone", time_zone::STATEMENTS),
    ("users::totals", totals::STATEMENTS),
];
