//! Roles: named sets of permission patterns, of the whole installation or of one tenant. Every save is a version.

mod diff;
mod draft;
mod merge;
mod store;
mod verbs;
mod versions;

pub use diff::RoleDiff;
pub use draft::{Draft, RoleUpdate, Rollback, tidied};
pub use merge::{Merged, merge};
pub use store::{Listed, Role, RoleChoice, find, find_by_name, giving};
pub use verbs::{
    choices, choices_here, create, delete, list, read, require, roll_back, update, version, versions, what_if_deleted,
    what_if_updated,
};
pub(super) use verbs::{create_in, delete_in, delete_unused_in, restore_in, set_to_version_in};
pub use versions::Version;

use crate::db::Statement;

/// The SQL of roles, by module.
pub const STATEMENTS: &[(&str, &[Statement])] =
    &[("roles::store", store::STATEMENTS), ("roles::versions", versions::STATEMENTS)];
