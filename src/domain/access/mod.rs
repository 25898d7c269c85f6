//! Who may do what, at a moment, and why. The rules are pure ([`explain`], [`EffectivePermissions`]); the SQL beside
//! them answers the same for one request ([`effective`]), for everybody ([`holders`]) and for a change that is
//! not made yet ([`preview`]). A test holds them all to one naive model.
//!
//! A grant counts while it runs: nothing sweeps it. One that is bound to a tenant counts for active members
//! of that tenant.

pub mod administrators;
pub mod effective;
pub mod explain;
pub mod holders;
pub mod in_tenants;
pub mod load;
pub mod patterns;
pub mod preview;

use crate::db::Statement;

/// The SQL of the access rules, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("access::administrators", administrators::STATEMENTS),
    ("access::holders", holders::STATEMENTS),
    ("access::in_tenants", in_tenants::STATEMENTS),
    ("access::load", load::STATEMENTS),
    ("access::preview::gather", preview::gather::STATEMENTS),
    ("access::preview::describe", preview::describe::STATEMENTS),
    ("access::preview::snapshot", preview::snapshot::STATEMENTS),
    ("access::preview::nothing", preview::nothing::STATEMENTS),
    ("access::preview::names", preview::names::STATEMENTS),
];
