//! People: who they are, whether they can sign in, and what an administrator does about it.

mod bulk;
mod draft;
pub mod guards;
mod list;
mod store;
mod verbs;

pub use bulk::{BULK_MAX, Effect, Outcome, bulk, what_if_bulk};
pub use draft::{NewUser, Profile, UserUpdate};
pub use list::{Listed, list, total};
pub use store::{Credentials, STATEMENTS, User, credentials, find_by_login, store_password};
pub(crate) use store::{search_key, signed_in, total_of_all};
pub use verbs::{
    Prepared, create, delete, disable, enable, find, insert, prepare, require, reset_second_factor, unlock, update,
    what_if_deleted, what_if_disabled,
};
pub(super) use verbs::{
    Seen, delete_in, delete_unchanged_in, disable_again_in, enable_again_in, restore_in, set_profile_in,
};
