//! What was deleted, as it was, so that it can come back within 30 days. Secrets are gone at once: a user who
//! comes back sets a new password.

mod list;
mod roles;
mod size;
mod store;
mod users;

pub use list::{Deleted, list};
pub use roles::{KeptRole, give_back, keep_role, take_role};
pub use size::{people_of_group, people_of_role};
pub use store::{KEPT, sweep};
pub use users::{KeptUser, is_unused, keep_user, restore_places, take_user, with_login};

use super::{ctx::Ctx, error::Result, groups::removal::KeptGroup};
use crate::{
    db::{Statement, Tx},
    model::id::GroupId,
};

/// The SQL of what was deleted, by module.
pub const STATEMENTS: &[(&str, &[Statement])] = &[
    ("deleted::list", list::STATEMENTS),
    ("deleted::roles", roles::STATEMENTS),
    ("deleted::size", size::STATEMENTS),
    ("deleted::store", store::STATEMENTS),
    ("deleted::users", users::STATEMENTS),
];

/// Keeps a group that is about to be removed.
pub async fn keep_group(ctx: &Ctx, tx: &mut Tx, (id, name): (GroupId, &str), kept: &KeptGroup) -> Result<()> {
    store::keep(ctx, tx, (id.0, "group", name), kept).await
}

/// Takes back what was kept of a group.
pub async fn take_group(tx: &mut Tx, id: GroupId) -> Result<KeptGroup> {
    store::take(tx, id.0, "group").await
}
