//! Grants: a role or one permission, to a user or a group, in one tenant or everywhere, from then until then.
//! They count while they run; nothing has to end them.

mod around;
mod change;
mod draft;
mod give;
mod holders;
mod read;
mod remind;
mod store;

pub use around::{Around, around};
pub(super) use change::{Window, set_terms_in, take_in};
pub use change::{renew, take, what_if_renewed, what_if_taken};
pub use draft::{EVERYWHERE, Holder, Renewal, Terms, What};
pub use give::{give, what_if_given};
pub(super) use give::{give_back_in, give_in, give_role_in, make_administrator_in};
pub use holders::{Given, RoleHolders, holders};
pub use read::{find, of_group, of_user};
pub use remind::remind;
pub use store::{Grant, GrantView, all_of_group, all_of_user, is_given, restore};

use crate::db::Statement;

/// The SQL of grants, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("grants::around", around::STATEMENTS),
    ("grants::holders", holders::STATEMENTS),
    ("grants::remind", remind::STATEMENTS),
    ("grants::store", store::STATEMENTS),
];
