//! Grants: a role or one permission, to a user or a group, in one tenant or everywhere, from then until then.
//! They count while they run; nothing has to end them.

mod draft;
mod remind;
mod store;
mod verbs;

pub use draft::{Holder, Renewal, Terms, What};
pub use remind::remind;
pub use store::{Grant, GrantView, all_of_group, all_of_user, of_role, restore};
pub(super) use verbs::{Window, give_back_in, give_in, give_role_in, make_administrator_in, set_terms_in, take_in};
pub use verbs::{find, give, of_group, of_user, renew, take, what_if_given, what_if_renewed, what_if_taken};

use crate::db::Statement;

/// The SQL of grants, by module.
pub const STATEMENTS: &[(&str, &[Statement])] =
    &[("grants::remind", remind::STATEMENTS), ("grants::store", store::STATEMENTS)];
