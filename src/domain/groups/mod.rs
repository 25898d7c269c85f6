//! Groups: named sets of users of a tenant. What is given to a group reaches its members, and the members of
//! groups in it.

mod draft;
mod store;
mod verbs;

pub use draft::{Draft, GroupUpdate, Member};
pub use store::{Group, GroupRef, Inherited, Listed, MemberView, STATEMENTS};
pub(super) use store::{add as add_member, of_user as groups_of_user};
pub use verbs::{
    KeptGroup, Neighbours, add, by_name, create, delete, inherited, list, members, neighbours, of_user, read, remove,
    require, update, what_if_added, what_if_deleted, what_if_removed,
};
pub(super) use verbs::{add_in, delete_in, delete_unused_in, remove_in, restore_in, update_in};
