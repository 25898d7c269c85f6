//! Groups: named sets of users of a tenant. What is given to a group reaches its members, and the members of
//! groups in it.

mod closure;
mod draft;
mod member_store;
mod members;
mod read;
mod removal;
mod store;
mod verbs;

pub(super) use closure::begin as begin_closure;
pub use draft::{Draft, GroupUpdate, Member};
pub use member_store::{GroupRef, Inherited, MemberView};
pub(super) use member_store::{add as add_member, of_user as groups_of_user};
pub use members::{add, remove, what_if_added, what_if_removed};
pub(super) use members::{add_in, remove_in, require_covers};
pub use read::{Neighbours, inherited, list, members, neighbours, of_user, read, require};
pub use removal::{KeptGroup, delete, what_if_deleted};
pub(super) use removal::{delete_in, delete_unused_in, restore_in};
pub use store::{Group, Listed};
pub(super) use verbs::update_in;
pub use verbs::{create, update};

use crate::db::Statement;

/// The SQL of groups, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("groups::closure", closure::STATEMENTS),
    ("groups::member_store", member_store::STATEMENTS),
    ("groups::store", store::STATEMENTS),
];
