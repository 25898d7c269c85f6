//! The SQL of grants.

use serde::{Deserialize, Serialize};
use sqlx::{query_as, query_scalar};

use super::input::What;
use crate::{
    db::{Conn, Result, Tx, on, statements},
    domain::keyset::LIMIT,
    model::{
        id::{GrantId, GroupId, RoleId, TenantId, UserId},
        permission::Permission,
        principal::Principal,
        scope::Scope,
        timestamp::Timestamp,
    },
};

statements! {
    FIND = "select id, user_id, group_id, role_id, permission, tenant_id, valid_from, expires_at, reason, granted_by,
            created_at, version from grants where id = $1";
    FIND_SAME = "select id, user_id, group_id, role_id, permission, tenant_id, valid_from, expires_at, reason, granted_by,
            created_at, version from grants
        where (user_id = $1 or group_id = $2) and role_id is not distinct from $3
            and permission is not distinct from $4 and tenant_id is not distinct from $5";
    IS_GIVEN = "select exists (select 1 from grants where role_id = $1)";
    ALL_OF_USER = "select id, user_id, group_id, role_id, permission, tenant_id, valid_from, expires_at, reason,
            granted_by, created_at, version from grants where user_id = $1";
    ALL_OF_GROUP = "select id, user_id, group_id, role_id, permission, tenant_id, valid_from, expires_at, reason,
            granted_by, created_at, version from grants where group_id = $1";
    /// Seen from tenant $2: what counts there; from everywhere, all.
    SHOW_OF_USER = "select g.id, g.role_id, r.name as role_name, r.description as role_description, g.permission,
            t.name as tenant_name, g.tenant_id, g.valid_from, g.expires_at, g.reason, u.display_name as granted_by,
            g.created_at, g.version,
            g.tenant_id is not null and not exists (
                select 1 from effective_grants e where e.grant_id = g.id and e.user_id = g.user_id) as suspended
        from grants g left join roles r on r.id = g.role_id left join tenants t on t.id = g.tenant_id
            left join users u on u.id = g.granted_by
        where g.user_id = $1 and (cast($2 as uuid) is null or g.tenant_id is null or g.tenant_id = $2)
        order by g.id desc limit $3";
    SHOW_OF_GROUP = "select g.id, g.role_id, r.name as role_name, r.description as role_description, g.permission,
            t.name as tenant_name, g.tenant_id, g.valid_from, g.expires_at, g.reason, u.display_name as granted_by,
            g.created_at, g.version, false as suspended
        from grants g left join roles r on r.id = g.role_id left join tenants t on t.id = g.tenant_id
            left join users u on u.id = g.granted_by
        where g.group_id = $1 and (cast($2 as uuid) is null or g.tenant_id is null or g.tenant_id = $2)
        order by g.id desc limit $3";
    INSERT = "insert into grants (id, user_id, group_id, role_id, permission, tenant_id, valid_from, expires_at, reason,
            granted_by, created_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing";
    /// What is given to somebody here counts where it says that it does.
    UNBOUND = "update users set tenant_scope = 'any' where id = $1 and tenant_scope <> 'any'";
    IS_BOUNDED = "select exists (select 1 from users where id = $1 and tenant_scope <> 'any')";
    /// How many of these are still there.
    /// A user counts as there in a tenant that they belong to.
    STILL_THERE = "select (select count(*) from users u where u.id = $1 and (cast($4 as uuid) is null
            or exists (select 1 from memberships m where m.user_id = u.id and m.tenant_id = $4))) + (select count(*) from groups where id = $2)
        + (select count(*) from roles where id = $3) + (select count(*) from tenants where id = $4)";
    SET_TERMS = "update grants set valid_from = $2, expires_at = $3, reason = $4, reminded_at = null,
        reminded_to = null, version = version + 1 where id = $1 and version = $5";
    DELETE = "delete from grants where id = $1";
}

/// A grant as the database holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// The user it was given to, unless to a group.
    pub user_id: Option<UserId>,
    /// The group it was given to, unless to a user.
    pub group_id: Option<GroupId>,
    /// The role it gives, unless one permission.
    pub role_id: Option<RoleId>,
    /// The permission it gives, unless a role.
    pub permission: Option<String>,
    /// Where it counts; `None` for everywhere.
    pub tenant_id: Option<TenantId>,
    /// When it begins.
    pub valid_from: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// Who gave it.
    pub granted_by: Option<UserId>,
    /// When it was given.
    pub created_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
}

impl Grant {
    /// Who holds it; a check of the table says that it is one or the other.
    #[must_use]
    pub fn holder(&self) -> Option<Principal> {
        self.user_id.map(Principal::User).or(self.group_id.map(Principal::Group))
    }

    /// What it gives.
    #[must_use]
    pub fn what(&self) -> Option<What> {
        let permission = self.permission.as_deref().and_then(Permission::parse).map(What::Permission);
        self.role_id.clone().map(What::Role).or(permission)
    }

    /// The last moment at which it counts.
    #[must_use]
    pub fn last_moment(&self) -> Timestamp {
        self.expires_at.map_or(Timestamp(i64::MAX), |end| Timestamp(end.0 - 1))
    }

    /// Where it counts.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.tenant_id.into()
    }
}

/// A grant with names, as pages show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct GrantView {
    /// Its id.
    pub id: GrantId,
    /// The role it gives, unless one permission.
    pub role_id: Option<RoleId>,
    /// The role's name.
    pub role_name: Option<String>,
    /// What the role is for.
    pub role_description: Option<String>,
    /// The permission it gives, unless a role.
    pub permission: Option<String>,
    /// The tenant's name; `None` for everywhere.
    pub tenant_name: Option<String>,
    /// The tenant.
    pub tenant_id: Option<TenantId>,
    /// When it begins.
    pub valid_from: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// The name of whoever gave it.
    pub granted_by: Option<String>,
    /// When it was given.
    pub created_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
    /// Whether it doesn't count because the holder's membership of the tenant isn't active.
    pub suspended: bool,
}

impl GrantView {
    /// What it gives, by its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.role_name.as_deref().or(self.permission.as_deref()).unwrap_or_default()
    }
}

/// The grant with this id.
pub async fn find(conn: &mut Conn, id: GrantId) -> Result<Option<Grant>> {
    Ok(on!(conn, |c| query_as(FIND).bind(id).fetch_optional(c).await?))
}

/// The grant of the same thing to the same holder in the same place: there is at most one.
pub async fn find_same(conn: &mut Conn, grant: &Grant) -> Result<Option<Grant>> {
    Ok(on!(conn, |c| query_as(FIND_SAME)
        .bind(grant.user_id)
        .bind(grant.group_id)
        .bind(&grant.role_id)
        .bind(&grant.permission)
        .bind(grant.tenant_id)
        .fetch_optional(c)
        .await?))
}

/// Whether a role is given to anybody, or was and ended.
pub async fn is_given(conn: &mut Conn, role: &RoleId) -> Result<bool> {
    Ok(on!(conn, |c| query_scalar(IS_GIVEN).bind(role).fetch_one(c).await?))
}

/// Every grant to a user.
pub async fn all_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<Grant>> {
    Ok(on!(conn, |c| query_as(ALL_OF_USER).bind(user).fetch_all(c).await?))
}

/// Every grant to a group.
pub async fn all_of_group(conn: &mut Conn, group: GroupId) -> Result<Vec<Grant>> {
    Ok(on!(conn, |c| query_as(ALL_OF_GROUP).bind(group).fetch_all(c).await?))
}

/// The newest grants of a holder that count where the caller works, one more than is shown.
pub async fn show(tenant: Option<TenantId>, conn: &mut Conn, holder: Principal) -> Result<Vec<GrantView>> {
    Ok(match holder {
        Principal::User(user) => {
            on!(conn, |c| query_as(SHOW_OF_USER).bind(user).bind(tenant).bind(LIMIT + 1).fetch_all(c).await?)
        }
        Principal::Group(group) => {
            on!(conn, |c| query_as(SHOW_OF_GROUP).bind(group).bind(tenant).bind(LIMIT + 1).fetch_all(c).await?)
        }
    })
}

/// Inserts a grant.
pub async fn insert(tx: &mut Tx, grant: &Grant) -> Result<()> {
    on!(tx, |c| sqlx::query(INSERT)
        .bind(grant.id)
        .bind(grant.user_id)
        .bind(grant.group_id)
        .bind(&grant.role_id)
        .bind(&grant.permission)
        .bind(grant.tenant_id)
        .bind(grant.valid_from)
        .bind(grant.expires_at)
        .bind(&grant.reason)
        .bind(grant.granted_by)
        .bind(grant.created_at)
        .bind(grant.version)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// Lets what a person has everywhere count everywhere from now on, if this is a grant of theirs that says so.
pub async fn unbind(tx: &mut Tx, grant: &Grant) -> Result<()> {
    if let (Some(user), None) = (grant.user_id, grant.tenant_id) {
        on!(tx, |c| sqlx::query(UNBOUND).bind(user).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Whether it is a person's own, and counts only where what they have everywhere counts.
pub async fn is_bounded(conn: &mut Conn, grant: &Grant) -> Result<bool> {
    match (grant.user_id, grant.tenant_id) {
        (Some(user), None) => Ok(on!(conn, |c| query_scalar(IS_BOUNDED).bind(user).fetch_one(c).await?)),
        _ => Ok(false),
    }
}

/// Puts grants back, as far as their holders, roles and tenants are still there.
pub async fn restore(tx: &mut Tx, grants: &[Grant]) -> Result<()> {
    for grant in grants {
        if is_possible(tx, grant).await? {
            insert(tx, grant).await?;
            unbind(tx, grant).await?;
        }
    }
    Ok(())
}

async fn is_possible(conn: &mut Conn, grant: &Grant) -> Result<bool> {
    let there: i64 = on!(conn, |c| query_scalar(STILL_THERE)
        .bind(grant.user_id)
        .bind(grant.group_id)
        .bind(&grant.role_id)
        .bind(grant.tenant_id)
        .fetch_one(c)
        .await?);
    let needed =
        [grant.user_id.is_some(), grant.group_id.is_some(), grant.role_id.is_some(), grant.tenant_id.is_some()];
    Ok(there == needed.into_iter().filter(|needed| *needed).count() as i64)
}

/// Sets when a grant begins and ends, if its version is still `version`; `false` if it isn't.
pub async fn set_terms(tx: &mut Tx, grant: &Grant, version: i64) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(SET_TERMS)
        .bind(grant.id)
        .bind(grant.valid_from)
        .bind(grant.expires_at)
        .bind(&grant.reason)
        .bind(version)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Removes a grant.
pub async fn delete(tx: &mut Tx, id: GrantId) -> Result<()> {
    on!(tx, |c| sqlx::query(DELETE).bind(id).execute(c).await?.rows_affected());
    Ok(())
}
