//! Undo: every change can be taken back and brought again, unless a later one would be lost.

mod deleted;
mod later;
mod made_tenants;
mod refusals;
mod rehearsed;
mod rules;
mod there_and_back;
mod trash;

use std::collections::BTreeMap;

use castellan::{
    db::Driver,
    domain::undo::Inverse,
    model::{id::EventId, permission::Permission},
};

use crate::support::World;

/// Every inverse there is. [`word`] doesn't compile when one is missing there.
const ALL: [&str; 24] = [
    "add-membership",
    "add-to-group",
    "delete-group",
    "delete-role",
    "delete-tenant",
    "delete-user",
    "disable-user",
    "enable-user",
    "end-ownership",
    "give",
    "make-owner",
    "remove-from-group",
    "remove-membership",
    "restore-group",
    "restore-role",
    "restore-tenant",
    "restore-user",
    "set-membership",
    "set-role",
    "set-terms",
    "take",
    "update-group",
    "update-tenant",
    "update-user",
];

fn word(inverse: &Inverse) -> &'static str {
    match inverse {
        Inverse::EnableUser { .. } => "enable-user",
        Inverse::DisableUser { .. } => "disable-user",
        Inverse::UpdateUser { .. } => "update-user",
        Inverse::DeleteUser { .. } => "delete-user",
        Inverse::RestoreUser { .. } => "restore-user",
        Inverse::Give { .. } => "give",
        Inverse::Take { .. } => "take",
        Inverse::SetTerms { .. } => "set-terms",
        Inverse::SetRole { .. } => "set-role",
        Inverse::DeleteRole { .. } => "delete-role",
        Inverse::RestoreRole { .. } => "restore-role",
        Inverse::UpdateGroup { .. } => "update-group",
        Inverse::DeleteGroup { .. } => "delete-group",
        Inverse::RestoreGroup { .. } => "restore-group",
        Inverse::AddToGroup { .. } => "add-to-group",
        Inverse::RemoveFromGroup { .. } => "remove-from-group",
        Inverse::UpdateTenant { .. } => "update-tenant",
        Inverse::DeleteTenant { .. } => "delete-tenant",
        Inverse::RestoreTenant { .. } => "restore-tenant",
        Inverse::AddMembership { .. } => "add-membership",
        Inverse::SetMembership { .. } => "set-membership",
        Inverse::RemoveMembership { .. } => "remove-membership",
        Inverse::MakeOwner { .. } => "make-owner",
        Inverse::EndOwnership { .. } => "end-ownership",
    }
}

/// The permission of the command that an inverse is.
fn needed(word: &str) -> Permission {
    match word {
        "enable-user" => Permission::UsersEnable,
        "disable-user" => Permission::UsersRevoke,
        "update-user" => Permission::UsersUpdate,
        "delete-user" => Permission::UsersDelete,
        "restore-user" => Permission::UsersAdd,
        "give" | "take" | "set-terms" => Permission::UsersUpdateRoles,
        "set-role" => Permission::RolesUpdate,
        "delete-role" => Permission::RolesDelete,
        "restore-role" => Permission::RolesAdd,
        "delete-group" => Permission::GroupsDelete,
        "restore-group" => Permission::GroupsAdd,
        "update-group" | "add-to-group" | "remove-from-group" => Permission::GroupsUpdate,
        "update-tenant" | "delete-tenant" | "restore-tenant" => Permission::TenantsWrite,
        _ => Permission::UsersUpdateTenants,
    }
}

/// The events that can still be undone, with the names of their inverses.
async fn known(world: &World) -> BTreeMap<EventId, &'static str> {
    const SQL: &str = "select id, inverse from events e
        where inverse is not null and not exists (select 1 from events u where u.undoes = e.id)";
    let mut conn = world.services.db.read().await.unwrap();
    let rows: Vec<(EventId, String)> = match conn.driver() {
        Driver::Sqlite(c) => sqlx::query_as(SQL).fetch_all(c).await.unwrap(),
        Driver::Postgres(c) => sqlx::query_as(SQL).fetch_all(c).await.unwrap(),
    };
    rows.into_iter().map(|(id, inverse)| (id, word(&serde_json::from_str(&inverse).unwrap()))).collect()
}
