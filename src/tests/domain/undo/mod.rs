//! Undo: every change can be taken back and brought again, unless a later one would be lost.

mod deleted;
mod later;
mod made_tenants;
mod refusals;
mod rehearsed;
mod rules;
mod there_and_back;
mod trash;
mod versions;

use std::collections::{BTreeMap, BTreeSet};

use crate::support::World;
use castellan::{
    db::Driver,
    domain::commands::undo::KINDS,
    model::{id::EventId, permission::Permission},
};

/// The permission of an undo command.
fn needed(word: &str) -> Permission {
    match word {
        "enable-user" => Permission::UsersEnable,
        "disable-user" => Permission::UsersRevoke,
        "update-user" | "set-allowlist" => Permission::UsersUpdate,
        "delete-user" => Permission::UsersDelete,
        "restore-user" => Permission::UsersAdd,
        "give" | "take" | "replace" | "set-terms" => Permission::UsersUpdateRoles,
        "delete-client" => Permission::CredentialsDelete,
        "disable-client" | "enable-client" | "rename-client" | "update-client" => Permission::CredentialsUpdate,
        "delete-key-pair" => Permission::CredentialsDelete,
        "disable-key-pair" | "enable-key-pair" | "rename-key-pair" => Permission::CredentialsUpdate,
        "delete-token" => Permission::TokensDelete,
        "disable-token" | "enable-token" | "rename-token" => Permission::TokensUpdate,
        "set-role" | "require-factor-of-role" => Permission::RolesUpdate,
        "set-settings" => Permission::SettingsWrite,
        "delete-role" => Permission::RolesDelete,
        "restore-role" => Permission::RolesAdd,
        "delete-group" => Permission::GroupsDelete,
        "restore-group" => Permission::GroupsAdd,
        "update-group" | "add-to-group" | "remove-from-group" => Permission::GroupsUpdate,
        "update-tenant" | "set-tenant-settings" | "delete-tenant" | "restore-tenant" => Permission::TenantsWrite,
        _ => Permission::UsersUpdateTenants,
    }
}

/// The events that can still be undone, with the kinds of the commands that do it.
async fn known(world: &World) -> BTreeMap<EventId, String> {
    const SQL: &str = "select id, undo_kind from events e
        where undo_data is not null and not exists (select 1 from events u where u.undoes = e.id)";
    let mut conn = world.services.db.read().await.unwrap();
    let rows: Vec<(EventId, String)> = match conn.driver() {
        Driver::Sqlite(c) => sqlx::query_as(SQL).fetch_all(c).await.unwrap(),
        Driver::Postgres(c) => sqlx::query_as(SQL).fetch_all(c).await.unwrap(),
    };
    rows.into_iter().collect()
}

/// Every kind there is, in the order of the alphabet.
fn kinds() -> BTreeSet<String> {
    KINDS.iter().map(|&kind| kind.to_owned()).collect()
}
