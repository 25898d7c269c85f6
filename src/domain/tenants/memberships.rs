//! Who belongs to a tenant. A user without any membership is deleted; a tenant's owner is protected.

use serde_json::json;
use sqlx::{query_as, query_scalar};

use super::{require, store::Tenant};
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        ctx::Ctx,
        engine::{
            self,
            what_if::{Affected, Effect, what_if},
        },
        error::{Error, Refused, Result},
        events::{self, Change},
        keyset::{self, Place},
        undo::Inverse,
        users,
        verb::Verb,
    },
    model::{
        error::FieldErrors,
        id::{MembershipId, TenantId, UserId},
        page::Page,
        tenant::MembershipStatus,
        timestamp::Timestamp,
    },
};

statements! {
    JOIN = "insert into memberships (id, user_id, tenant_id, status, created_at) values ($1, $2, $3, $4, $5)
        on conflict do nothing";
    OWNS = "select count(*) from memberships where user_id = $1 and is_owner";
    FIND = "select m.id, m.user_id, m.tenant_id, t.name as tenant_name, m.status, m.is_owner, m.version, m.created_at
        from memberships m join tenants t on t.id = m.tenant_id where m.user_id = $1 and m.tenant_id = $2";
    OF_USER = "select m.id, m.user_id, m.tenant_id, t.name as tenant_name, m.status, m.is_owner, m.version, m.created_at
        from memberships m join tenants t on t.id = m.tenant_id
        where m.user_id = $1 and (cast($2 as uuid) is null or m.tenant_id = $2) order by t.name, t.id";
    MEMBERS = "select u.id, u.display_name, u.login, u.name_key, m.status, m.is_owner, m.version, m.created_at
        from memberships m join users u on u.id = m.user_id
        where m.tenant_id = $1 and (u.name_key, u.id) > ($2, $3) order by u.name_key, u.id limit $4";
    COUNT_MEMBERS = "select count(*) from memberships where tenant_id = $1";
    COUNT_OF_USER = "select count(*) from memberships where user_id = $1";
    OWNER = "select u.id, u.display_name from memberships m join users u on u.id = m.user_id
        where m.tenant_id = $1 and m.is_owner";
    SET_STATUS = "update memberships set status = $2, version = version + 1 where id = $1 and version = $3";
    NO_OWNER = "update memberships set is_owner = false, version = version + 1 where tenant_id = $1 and is_owner";
    SET_OWNER = "update memberships set is_owner = true, version = version + 1 where id = $1";
    DELETE = "delete from memberships where id = $1";
    LEAVE_GROUPS = "delete from group_members
        where user_id = $1 and group_id in (select id from groups where tenant_id = $2)";
    END_GRANTS = "delete from grants where user_id = $1 and tenant_id = $2";
}

/// A user in a tenant.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Membership {
    /// UUIDv7.
    pub id: MembershipId,
    /// The user.
    pub user_id: UserId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its name.
    pub tenant_name: String,
    /// Whether it counts.
    #[sqlx(try_from = "String")]
    pub status: MembershipStatus,
    /// Whether they own the tenant.
    pub is_owner: bool,
    /// Rises with every change.
    pub version: i64,
    /// Since when.
    pub created_at: Timestamp,
}

/// A member as the tenant's page shows them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MemberView {
    /// The user.
    pub id: UserId,
    /// Display name.
    pub display_name: String,
    /// E-mail address, which is the login.
    pub login: String,
    /// The name that lists are ordered by.
    pub name_key: String,
    /// Whether the membership counts.
    #[sqlx(try_from = "String")]
    pub status: MembershipStatus,
    /// Whether they own the tenant.
    pub is_owner: bool,
    /// Rises with every change.
    pub version: i64,
    /// Since when.
    pub created_at: Timestamp,
}

/// Makes a user who was just inserted a member.
pub async fn join(ctx: &Ctx, tx: &mut Tx, user: UserId, tenant: TenantId) -> Result<bool> {
    let active = MembershipStatus::Active.word();
    let rows = on!(tx, |c| sqlx::query(JOIN)
        .bind(ctx.id())
        .bind(user)
        .bind(tenant)
        .bind(active)
        .bind(ctx.now())
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Whether the user owns a tenant.
pub async fn is_owner(conn: &mut Conn, user: UserId) -> Result<bool> {
    let owned: i64 = on!(conn, |c| query_scalar(OWNS).bind(user).fetch_one(c).await?);
    Ok(owned > 0)
}

/// Whether the user belongs to the tenant, whatever the status.
pub async fn is_member(conn: &mut Conn, user: UserId, tenant: TenantId) -> Result<bool> {
    Ok(find(conn, user, tenant).await?.is_some())
}

async fn find(conn: &mut Conn, user: UserId, tenant: TenantId) -> Result<Option<Membership>> {
    Ok(on!(conn, |c| query_as(FIND).bind(user).bind(tenant).fetch_optional(c).await?))
}

/// Where a user belongs, as seen from where the caller works.
pub async fn of_user(ctx: &Ctx, user: UserId) -> Result<Vec<Membership>> {
    ctx.require(Verb::ReadUser)?;
    let mut conn = ctx.read().await?;
    Ok(on!(conn, |c| query_as(OF_USER).bind(user).bind(ctx.tenant()).fetch_all(c).await?))
}

/// One membership, for whoever may change it.
pub async fn membership(ctx: &Ctx, user: UserId, tenant: TenantId) -> Result<Membership> {
    ctx.require(Verb::UpdateMembership)?;
    Ok(both(ctx, &mut ctx.read().await?, user, tenant).await?.1)
}

/// The name and id of a tenant's owner.
pub async fn owner(ctx: &Ctx, tenant: TenantId) -> Result<Option<(UserId, String)>> {
    ctx.require(Verb::ReadTenant)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, tenant).await?;
    Ok(on!(conn, |c| query_as(OWNER).bind(tenant).fetch_optional(c).await?))
}

/// One page of a tenant's members, by name.
pub async fn members(ctx: &Ctx, tenant: TenantId, after: &str) -> Result<Page<MemberView>> {
    ctx.require(Verb::ReadTenant)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, tenant).await?;
    let place = Place::decode(after, UserId(uuid::Uuid::nil()));
    let rows = on!(conn, |c| query_as(MEMBERS)
        .bind(tenant)
        .bind(&place.name)
        .bind(place.id)
        .bind(keyset::PAGE + 1)
        .fetch_all(c)
        .await?);
    let total = on!(conn, |c| query_scalar(COUNT_MEMBERS).bind(tenant).fetch_one(c).await?);
    Ok(keyset::page(rows, total, |member: &MemberView| Place { name: member.name_key.clone(), id: member.id }))
}

/// Makes whoever signs in with `login` a member. Doing it twice is not an error.
pub async fn add(ctx: &Ctx, tenant: TenantId, login: &str) -> Result<UserId> {
    ctx.require(Verb::AddMembership)?;
    let mut tx = ctx.begin().await?;
    // From a tenant, people outside it are not seen: they are invited, not taken.
    let user = users::find_by_login(ctx, &mut tx, login).await?;
    let user = user.ok_or_else(|| FieldErrors::one("email", "nobody here signs in with this address"))?;
    add_in(ctx, &mut tx, (user.id, tenant), MembershipStatus::Active).await?;
    tx.commit().await?;
    Ok(user.id)
}

/// [`add`] within a larger change.
pub async fn add_in(
    ctx: &Ctx,
    tx: &mut Tx,
    (user, tenant): (UserId, TenantId),
    status: MembershipStatus,
) -> Result<()> {
    ctx.require(Verb::AddMembership)?;
    let tenant = require(ctx, tx, tenant).await?;
    let user = users::require(ctx, tx, user).await?;
    if !join(ctx, tx, user.id, tenant.id).await? {
        return Ok(());
    }
    if status != MembershipStatus::Active {
        let joined = find(tx, user.id, tenant.id).await?.ok_or(Error::NotFound("membership"))?;
        set(tx, &joined, status, joined.version).await?;
    }
    let inverse = Inverse::RemoveMembership { user: user.id, tenant: tenant.id };
    let change = Change::new(Verb::AddMembership, tenant.target()).of(Some(tenant.id));
    events::record(ctx, tx, change.after(json!({ "member": user.display_name, "status": status })).inverse(inverse))
        .await?;
    Ok(())
}

/// Sets whether a membership counts; refuses if somebody else changed it since `seen`.
pub async fn set_status(ctx: &Ctx, member: (UserId, TenantId), status: MembershipStatus, seen: i64) -> Result<()> {
    ctx.require(Verb::UpdateMembership)?;
    let mut tx = ctx.begin().await?;
    set_status_in(ctx, &mut tx, member, (status, seen)).await?;
    tx.commit().await?;
    Ok(())
}

/// What [`set_status`] would do.
pub async fn what_if_set(ctx: &Ctx, member: (UserId, TenantId), to: (MembershipStatus, i64)) -> Result<Effect> {
    ctx.require(Verb::UpdateMembership)?;
    let dry = ctx.rehearsing();
    what_if(&dry, Affected::Users(&[member.0]), async |tx| set_status_in(&dry, tx, member, to).await).await
}

/// [`set_status`] within a larger change.
pub async fn set_status_in(
    ctx: &Ctx,
    tx: &mut Tx,
    (user, tenant): (UserId, TenantId),
    (status, seen): (MembershipStatus, i64),
) -> Result<()> {
    ctx.require(Verb::UpdateMembership)?;
    let (tenant, membership) = both(ctx, tx, user, tenant).await?;
    if membership.status == status {
        return Ok(());
    }
    protect(ctx, tx, &membership).await?;
    if membership.version != seen || !set(tx, &membership, status, seen).await? {
        return Err(Error::Stale);
    }
    let name = users::require(ctx, tx, user).await?.display_name;
    let inverse = Inverse::SetMembership { user, tenant: tenant.id, version: seen + 1, status: membership.status };
    let change = Change::new(Verb::UpdateMembership, tenant.target()).of(Some(tenant.id)).inverse(inverse);
    let change =
        change.before(json!({ "status": membership.status })).after(json!({ "member": name, "status": status }));
    events::record(ctx, tx, change).await?;
    Ok(())
}

async fn set(tx: &mut Tx, membership: &Membership, status: MembershipStatus, seen: i64) -> Result<bool> {
    let word = status.word();
    let rows = on!(tx, |c| sqlx::query(SET_STATUS)
        .bind(membership.id)
        .bind(word)
        .bind(seen)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

async fn both(ctx: &Ctx, conn: &mut Conn, user: UserId, tenant: TenantId) -> Result<(Tenant, Membership)> {
    let tenant = require(ctx, conn, tenant).await?;
    let membership = find(conn, user, tenant.id).await?.ok_or(Error::NotFound("membership"))?;
    Ok((tenant, membership))
}

/// The owner stays, oneself stays, and nobody takes away more than they have.
async fn protect(ctx: &Ctx, tx: &mut Tx, membership: &Membership) -> Result<()> {
    if membership.is_owner {
        return Err(Refused::Owner.into());
    }
    if ctx.user_id() == Some(membership.user_id) {
        return Err(Refused::Yourself.into());
    }
    let held = engine::holdings(tx, membership.user_id, ctx.now()).await?;
    ctx.require_covers(&held.only(membership.tenant_id))
}

/// What removing a membership did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// They belong elsewhere still.
    Left,
    /// It was their last, so they were deleted.
    Deleted,
}

/// Removes a user from a tenant, from its groups, and from what was given to them in it. Whoever belongs nowhere
/// after that is deleted.
pub async fn remove(ctx: &Ctx, user: UserId, tenant: TenantId) -> Result<Removed> {
    ctx.require(Verb::RemoveMembership)?;
    let mut tx = ctx.begin().await?;
    let removed = remove_in(ctx, &mut tx, user, tenant).await?;
    tx.commit().await?;
    Ok(removed)
}

/// What [`remove`] would do.
pub async fn what_if_removed(ctx: &Ctx, user: UserId, tenant: TenantId) -> Result<(Effect, Removed)> {
    ctx.require(Verb::RemoveMembership)?;
    let dry = ctx.rehearsing();
    let effect =
        what_if(&dry, Affected::Users(&[user]), async |tx| remove_in(&dry, tx, user, tenant).await.map(drop)).await?;
    let last = count_of_user(&mut ctx.read().await?, user).await? <= 1;
    Ok((effect, if last { Removed::Deleted } else { Removed::Left }))
}

async fn count_of_user(conn: &mut Conn, user: UserId) -> Result<i64> {
    Ok(on!(conn, |c| query_scalar(COUNT_OF_USER).bind(user).fetch_one(c).await?))
}

/// [`remove`] within a larger change.
pub async fn remove_in(ctx: &Ctx, tx: &mut Tx, user: UserId, tenant: TenantId) -> Result<Removed> {
    ctx.require(Verb::RemoveMembership)?;
    let (tenant, membership) = both(ctx, tx, user, tenant).await?;
    protect(ctx, tx, &membership).await?;
    if count_of_user(tx, user).await? == 1 {
        users::delete_in(ctx, tx, user).await?;
        return Ok(Removed::Deleted);
    }
    let name = users::require(ctx, tx, user).await?.display_name;
    on!(tx, |c| sqlx::query(LEAVE_GROUPS).bind(user).bind(tenant.id).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(END_GRANTS).bind(user).bind(tenant.id).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(DELETE).bind(membership.id).execute(c).await?.rows_affected());
    let inverse = Inverse::AddMembership { user, tenant: tenant.id, status: membership.status };
    let change = Change::new(Verb::RemoveMembership, tenant.target()).of(Some(tenant.id)).inverse(inverse);
    events::record(ctx, tx, change.before(json!({ "member": name, "status": membership.status }))).await?;
    Ok(Removed::Left)
}

/// Makes a member the owner; whoever was it is an ordinary member then.
pub async fn make_owner(ctx: &Ctx, user: UserId, tenant: TenantId) -> Result<()> {
    ctx.require(Verb::MakeOwner)?;
    let mut tx = ctx.begin().await?;
    make_owner_in(ctx, &mut tx, user, tenant).await?;
    tx.commit().await?;
    Ok(())
}

/// [`make_owner`] within a larger change.
pub async fn make_owner_in(ctx: &Ctx, tx: &mut Tx, user: UserId, tenant: TenantId) -> Result<()> {
    ctx.require(Verb::MakeOwner)?;
    let (tenant, membership) = both(ctx, tx, user, tenant).await?;
    if membership.status != MembershipStatus::Active {
        return Err(FieldErrors::one("user", "only active members can own a tenant").into());
    }
    let before: Option<(UserId, String)> = on!(tx, |c| query_as(OWNER).bind(tenant.id).fetch_optional(c).await?);
    if before.as_ref().is_some_and(|(owner, _)| *owner == user) {
        return Ok(());
    }
    // Ownership protects, so it is taken from somebody else only by whoever could touch them anyway.
    if let Some((owner, _)) = &before {
        ctx.require_covers(&engine::holdings(tx, *owner, ctx.now()).await?.only(tenant.id))?;
    }
    on!(tx, |c| sqlx::query(NO_OWNER).bind(tenant.id).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(SET_OWNER).bind(membership.id).execute(c).await?.rows_affected());
    let name = users::require(ctx, tx, user).await?.display_name;
    let change = Change::new(Verb::MakeOwner, tenant.target()).of(Some(tenant.id)).after(json!({ "owner": name }));
    let change = match before {
        Some((owner, name)) => {
            change.before(json!({ "owner": name })).inverse(Inverse::MakeOwner { user: owner, tenant: tenant.id })
        }
        None => change,
    };
    events::record(ctx, tx, change).await?;
    Ok(())
}
