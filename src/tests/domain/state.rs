//! Everything that actions change, as text, so that two moments can be compared.

use crate::support::World;
use castellan::{
    db::Driver,
    model::id::{GrantId, GroupId, RoleId, TenantId, UserId},
};

macro_rules! rows {
    ($world:expr, $sql:literal, $row:ty) => {{
        let mut conn = $world.services.db.read().await.unwrap();
        let rows: Vec<$row> = match conn.driver() {
            Driver::Sqlite(c) => sqlx::query_as($sql).fetch_all(c).await.unwrap(),
            Driver::Postgres(c) => sqlx::query_as($sql).fetch_all(c).await.unwrap(),
        };
        rows.into_iter().map(|row| format!("{row:?}")).collect::<Vec<_>>()
    }};
}

/// Who and what there is. Versions and passwords are left out: an undo neither turns back the one nor knows the
/// other.
pub async fn state(world: &World) -> Vec<String> {
    let mut state = people(world).await;
    state.extend(access(world).await);
    state.extend(places(world).await);
    state.extend(rows!(
        world,
        "select id, name, role, disabled_at, service_ids from clients order by id",
        (uuid::Uuid, String, String, Option<i64>, String)
    ));
    state.extend(rows!(
        world,
        "select id, name, kind, disabled_at from tokens order by id",
        (uuid::Uuid, String, String, Option<i64>)
    ));
    state.extend(rows!(
        world,
        "select id, name, permissions, disabled_at from key_pairs order by id",
        (uuid::Uuid, String, String, Option<i64>)
    ));
    state
}

/// The same with versions and the log: what a rehearsal must leave alone.
pub async fn all(world: &World) -> Vec<String> {
    let mut all = state(world).await;
    all.extend(rows!(world, "select id, seq from events order by seq", (uuid::Uuid, i64)));
    all.extend(rows!(world, "select role_id, version from role_versions order by role_id, version", (RoleId, i64)));
    all.extend(rows!(world, "select id, version from grants order by id", (GrantId, i64)));
    all.extend(rows!(world, "select id, version from users order by id", (UserId, i64)));
    all.extend(rows!(world, "select id, version from tenants order by id", (TenantId, i64)));
    all.extend(rows!(world, "select id, version from groups order by id", (GroupId, i64)));
    all.extend(rows!(world, "select id, version from memberships order by id", (uuid::Uuid, i64)));
    all.extend(rows!(
        world,
        "select id, reminded_at, reminded_to from grants order by id",
        (GrantId, Option<i64>, Option<uuid::Uuid>)
    ));
    all.extend(rows!(world, "select id, snapshot from deleted order by id", (uuid::Uuid, String)));
    all.extend(rows!(world, "select id from deleted_grants order by id", (GrantId,)));
    all.extend(rows!(world, "select id, used_at from codes order by id", (uuid::Uuid, Option<i64>)));
    all.extend(rows!(world, "select id from messages order by id", (uuid::Uuid,)));
    all.extend(rows!(
        world,
        "select user_id, code_hash, used_at from recovery_codes order by user_id, code_hash",
        (uuid::Uuid, Vec<u8>, Option<i64>)
    ));
    all.extend(rows!(world, "select id, name from passkeys order by id", (uuid::Uuid, String)));
    all.extend(rows!(world, "select id, version, token_hash from tokens order by id", (uuid::Uuid, i64, Vec<u8>)));
    all.extend(rows!(
        world,
        "select id, version, secret_sealed from key_pairs order by id",
        (uuid::Uuid, i64, Vec<u8>)
    ));
    all.extend(rows!(world, "select id, version from clients order by id", (uuid::Uuid, i64)));
    all.extend(rows!(world, "select id, client_id from client_secrets order by id", (uuid::Uuid, uuid::Uuid)));
    all.extend(rows!(world, "select seq, mac from event_chain order by seq", (i64, Vec<u8>)));
    all.extend(rows!(world, "select user_id from what_if_people order by user_id", (UserId,)));
    all.extend(rows!(world, "select id, user_id from sessions order by id", (uuid::Uuid, UserId)));
    all
}

async fn people(world: &World) -> Vec<String> {
    type Row = (UserId, String, String, String, String, Option<String>, Option<i64>, i64, Option<i64>);
    let mut people = rows!(
        world,
        "select id, login, display_name, first_name, last_name, phone, disabled_at, created_at, last_sign_in_at
            from users order by id",
        Row
    );
    people.extend(rows!(
        world,
        "select id, kind, locale, tenant_scope, ip_allowlist, second_factor_required, email_verified_at, created_by
            from users order by id",
        (UserId, String, String, String, String, bool, Option<i64>, Option<UserId>)
    ));
    people.extend(rows!(
        world,
        "select user_id, tenant_id, status, is_owner, tags, attributes, external_id, last_sign_in_at, created_at
            from memberships order by user_id, tenant_id",
        (UserId, TenantId, String, bool, String, String, Option<String>, Option<i64>, i64)
    ));
    people
}

async fn access(world: &World) -> Vec<String> {
    type Grant = (
        GrantId,
        Option<UserId>,
        Option<GroupId>,
        Option<RoleId>,
        Option<String>,
        Option<TenantId>,
        Option<i64>,
        Option<i64>,
        String,
        Option<UserId>,
        i64,
    );
    type Role = (RoleId, Option<TenantId>, String, String, bool, bool);
    let mut access = rows!(
        world,
        "select id, user_id, group_id, role_id, permission, tenant_id, valid_from, expires_at, reason, granted_by,
            created_at from grants order by id",
        Grant
    );
    access.extend(rows!(
        world,
        "select id, tenant_id, name, description, builtin, second_factor_required from roles order by id",
        Role
    ));
    access.extend(rows!(world, "select name, value from settings where name = 'asked'", (String, String)));
    access.extend(rows!(
        world,
        "select role_id, pattern from role_permissions order by role_id, pattern",
        (RoleId, String)
    ));
    access
}

async fn places(world: &World) -> Vec<String> {
    type Tenant = (TenantId, String, String, String, String, Option<TenantId>, String);
    let mut places =
        rows!(world, "select id, slug, name, kind, type, parent_id, settings from tenants order by id", Tenant);
    places.extend(rows!(
        world,
        "select id, tenant_id, name, description, created_at from groups order by id",
        (GroupId, TenantId, String, String, i64)
    ));
    places.extend(rows!(
        world,
        "select group_id, user_id, member_group_id from group_members order by group_id, user_id, member_group_id",
        (GroupId, Option<UserId>, Option<GroupId>)
    ));
    places
}
