//! Tenants, and who belongs to them.

mod draft;
mod memberships;
mod removal;
mod store;
mod verbs;

pub use draft::{Draft, TenantUpdate};
pub(super) use memberships::{
    KeptMembership, Left, end_ownership_in, kept, make_owner_again_in, put_back, remove_again_in, return_in,
    set_status_in,
};
pub use memberships::{
    MemberView, Membership, Removed, add, is_member, is_owner, join, make_owner, members, membership, of_user, owner,
    remove, set_status, what_if_removed, what_if_set,
};
pub use removal::KeptTenant;
pub(super) use removal::{delete_unused_in, restore_in};
pub use store::{Listed, Tenant, are_several, find_by_slug, name, names_of};
pub(super) use verbs::update_in;
pub use verbs::{choices, create, list, read, require, update, workplace, workplaces};

use crate::db::Statement;

/// The SQL of tenants, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("tenants::memberships", memberships::STATEMENTS),
    ("tenants::removal", removal::STATEMENTS),
    ("tenants::store", store::STATEMENTS),
];
