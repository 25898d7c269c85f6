//! Who may do what, at a moment, and why. The rules are pure ([`explain`], [`Holdings`]); the SQL beside
//! them answers the same for one request ([`holdings`]), for everybody ([`holders`]) and for a change that is
//! not made yet ([`what_if`]). A test holds them all to one naive model.
//!
//! A grant counts while it runs: nothing sweeps it. One that is bound to a tenant counts for active members
//! of that tenant.

pub mod administrators;
mod explain;
mod holders;
mod holdings;
mod in_tenants;
mod load;
pub mod what_if;

pub use explain::{Held, Idle, Link, Path, Person, explain, idle};
pub use holders::{Asked, Holder, Holders, any_holder, holders};
pub use holdings::Holdings;
pub use in_tenants::{InTenant, in_tenants};
pub use load::{holdings, holdings_of_group, person, potential};

use crate::db::Statement;

/// The SQL of the engine, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("engine::administrators", administrators::STATEMENTS),
    ("engine::holders", holders::STATEMENTS),
    ("engine::in_tenants", in_tenants::STATEMENTS),
    ("engine::load", load::STATEMENTS),
    ("engine::what_if::affected", what_if::STATEMENTS),
    ("engine::what_if::describe", what_if::DESCRIBE_STATEMENTS),
    ("engine::what_if::nothing", what_if::NOTHING_STATEMENTS),
    ("engine::what_if::names", what_if::NAMES_STATEMENTS),
    ("engine::what_if::snapshot", what_if::SNAPSHOT_STATEMENTS),
];
