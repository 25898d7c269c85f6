//! Tenants, and who belongs to them.

pub mod acting;
pub mod asked;
pub mod asked_input;
pub mod commands;
pub mod input;
pub mod memberships;
pub mod naming;
pub mod queries;
pub mod reaching;
pub mod removal;
pub mod settings;
pub mod store;
pub mod would;

use crate::db::Statement;

/// The SQL of tenants, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("tenants::acting", acting::STATEMENTS),
    ("tenants::asked", asked::STATEMENTS),
    ("tenants::memberships", memberships::store::STATEMENTS),
    ("tenants::memberships::pending", memberships::pending::STATEMENTS),
    ("tenants::memberships::tagging", memberships::tagging::STATEMENTS),
    ("tenants::naming", naming::STATEMENTS),
    ("tenants::removal", removal::STATEMENTS),
    ("tenants::settings", settings::STATEMENTS),
    ("tenants::store", store::STATEMENTS),
    ("tenants::would", would::STATEMENTS),
];
