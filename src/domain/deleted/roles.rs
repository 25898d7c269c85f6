//! Deleted roles. Who held one is kept row by row: they may be as many as there are people.

use serde::{Deserialize, Serialize};

use super::snapshots::{Snapshot, keep, take};
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::Result,
        roles::store::{self, Role},
        ulid,
    },
    model::{
        id::{RoleId, TenantId},
        timestamp::Timestamp,
    },
};

statements! {
    KEEP_GRANTS = "insert into deleted_grants (id, user_id, group_id, role_id, tenant_id, valid_from, expires_at, reason,
            granted_by, created_at, version)
        select id, user_id, group_id, role_id, tenant_id, valid_from, expires_at, reason, granted_by, created_at, version
        from grants where role_id = $1";
    /// Those whose holders are still there, and still belong where it counted.
    RESTORE_GRANTS = "insert into grants (id, user_id, group_id, role_id, tenant_id, valid_from, expires_at, reason,
            granted_by, created_at, version)
        select d.id, d.user_id, d.group_id, d.role_id, d.tenant_id, d.valid_from, d.expires_at, d.reason, d.granted_by,
            d.created_at, d.version
        from deleted_grants d
        where d.role_id = $1
            and (exists (select 1 from users u where u.id = d.user_id)
                or exists (select 1 from groups g where g.id = d.group_id))
            and (d.tenant_id is null or exists (select 1 from tenants t where t.id = d.tenant_id))
            and (d.tenant_id is null or d.user_id is null or exists (
                select 1 from memberships m where m.user_id = d.user_id and m.tenant_id = d.tenant_id))
        on conflict do nothing";
    /// What they hold everywhere counts everywhere, as if it were given anew.
    UNBOUND = "update users set tenant_scope = 'any'
        where tenant_scope <> 'any' and id in (
            select user_id from grants where role_id = $1 and user_id is not null and tenant_id is null)";
    FORGET_GRANTS = "delete from deleted_grants where role_id = $1";
    FORGET_OLD_GRANTS = "delete from deleted_grants
        where role_id in (select name from deleted where kind = 'role' and deleted_at <= $1)";
}

/// A role as it was.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptRole {
    /// Its number; absent from what was kept before numbers were.
    pub number: Option<i64>,
    /// The tenant it belonged to.
    pub tenant_id: Option<TenantId>,
    /// Its name.
    pub name: String,
    /// What it was for.
    pub description: String,
    /// What it allowed.
    pub patterns: Vec<String>,
    /// Its last version.
    pub version: i64,
    /// Whether its holders needed a second factor.
    #[serde(default)]
    pub second_factor_required: bool,
}

impl Snapshot for KeptRole {
    const KIND: &'static str = "role";
}

/// Keeps a role that is about to be removed, and who holds it.
pub async fn keep_role(ctx: &Ctx, tx: &mut Tx, role: &Role) -> Result<()> {
    let kept = KeptRole {
        number: Some(role.number),
        tenant_id: role.tenant_id,
        name: role.name.clone(),
        description: role.description.clone(),
        patterns: role.patterns(),
        version: role.version,
        second_factor_required: store::requires_factor(tx, &role.id).await?,
    };
    on!(tx, |c| sqlx::query(KEEP_GRANTS).bind(&role.id).execute(c).await?.rows_affected());
    // Built-in roles, whose ids are no ULIDs, are never deleted.
    keep(ctx, tx, (ulid::bits(&role.id), &role.id.0), &kept).await
}

/// Takes back what was kept of a role.
pub async fn take_role(tx: &mut Tx, id: &RoleId) -> Result<KeptRole> {
    take(tx, ulid::bits(id)).await
}

/// Gives a role that is back to those who held it.
pub async fn give_back(tx: &mut Tx, role: &RoleId) -> Result<()> {
    on!(tx, |c| sqlx::query(RESTORE_GRANTS).bind(role).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(UNBOUND).bind(role).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(FORGET_GRANTS).bind(role).execute(c).await?.rows_affected());
    Ok(())
}

/// Forgets who held roles that were deleted before `end`.
pub async fn forget_holders(conn: &mut Conn, end: Timestamp) -> Result<()> {
    on!(conn, |c| sqlx::query(FORGET_OLD_GRANTS).bind(end).execute(c).await?.rows_affected());
    Ok(())
}
