//! People: who they are, whether they can sign in, and what an administrator does about it.

mod access;
mod bulk;
mod cursor;
mod draft;
pub mod guards;
mod list;
mod naming;
mod removal;
mod search;
mod store;
mod totals;
mod verbs;

pub use access::{disable, enable, locks, reset_second_factor, unlock, what_if_disabled};
pub(super) use access::{disable_again_in, enable_again_in};
pub use bulk::{BULK_MAX, Effect, Outcome, bulk, what_if_bulk};
pub use draft::{NewUser, Profile, UserUpdate};
pub use list::{Listed, list, total};
pub use naming::stored_login;
pub(super) use removal::{Seen, delete_in, delete_unchanged_in, restore_in};
pub use removal::{delete, what_if_deleted};
pub(crate) use store::signed_in;
pub use store::{Credentials, User, credentials, find_by_login, store_password};
pub(crate) use totals::total_of_all;
pub(super) use verbs::set_profile_in;
pub use verbs::{Prepared, create, find, insert, prepare, require, update};

use crate::db::Statement;

/// The SQL of users, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("users::naming", naming::STATEMENTS),
    ("users::removal", removal::STATEMENTS),
    ("users::store", store::STATEMENTS),
    ("users::totals", totals::STATEMENTS),
];
