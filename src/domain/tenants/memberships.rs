//! Who belongs to a tenant. A user without any membership is deleted; a tenant's owner is protected.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{query_as, query_scalar};

use super::{require, store::Tenant};
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        ctx::Ctx,
        engine::{
            self, administrators,
            what_if::{Affected, Effect, what_if},
        },
        error::{Error, Refused, Result},
        events::{self, Change},
        grants::{self, Grant},
        groups::{self, Member},
        keyset::{self, Place},
        undo::Inverse,
        users::{self, User},
        verb::Verb,
    },
    model::{
        error::FieldErrors,
        id::{GroupId, MembershipId, TenantId, UserId},
        page::Page,
        scope::Scope,
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
    users::require(ctx, &mut conn, user).await?;
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
    let tenant = require(ctx, &mut tx, tenant).await?;
    if join(ctx, &mut tx, user.id, tenant.id).await? {
        joined(ctx, &mut tx, (&user, &tenant), (MembershipStatus::Active, true)).await?;
    }
    tx.commit().await?;
    Ok(user.id)
}

/// Checks and records that somebody joined: nobody lets others into a place where they get more than oneself has.
async fn joined(
    ctx: &Ctx,
    tx: &mut Tx,
    (user, tenant): (&User, &Tenant),
    (status, unused): (MembershipStatus, bool),
) -> Result<()> {
    ctx.require_covers(&engine::potential(tx, user.id, ctx.now()).await?.only(tenant.id))?;
    let inverse = Inverse::RemoveMembership { user: user.id, tenant: tenant.id, unused };
    let change = Change::new(Verb::AddMembership, tenant.target()).of(Some(tenant.id));
    events::record(ctx, tx, change.after(json!({ "member": user.display_name, "status": status })).inverse(inverse))
        .await?;
    Ok(())
}

/// A membership as it was, with what hung on it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Left {
    user: UserId,
    tenant: TenantId,
    status: MembershipStatus,
    groups: Vec<GroupId>,
    grants: Vec<Grant>,
}

/// Brings somebody back who left, into the same groups and with the same access.
pub async fn return_in(ctx: &Ctx, tx: &mut Tx, left: Left) -> Result<()> {
    ctx.require(Verb::AddMembership)?;
    let tenant = require(ctx, tx, left.tenant).await?;
    // Whoever left can't be seen from inside any more.
    let user = users::require(&ctx.clone().working_in(Scope::Everywhere), tx, left.user).await?;
    if !join(ctx, tx, user.id, tenant.id).await? {
        return Err(Error::Stale);
    }
    if left.status != MembershipStatus::Active {
        let joined = find(tx, user.id, tenant.id).await?.ok_or(Error::NotFound("membership"))?;
        set(tx, &joined, left.status, joined.version).await?;
    }
    for group in left.groups {
        if groups::require(ctx, tx, group).await.is_ok() {
            ctx.require_covers(&engine::holdings_of_group(tx, group, ctx.now()).await?)?;
            groups::add_member(ctx, tx, group, Member::User(user.id)).await?;
        }
    }
    grants::restore(tx, &left.grants).await?;
    joined(ctx, tx, (&user, &tenant), (left.status, false)).await
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
    if membership.version != seen {
        return Err(Error::Stale);
    }
    if membership.status == status {
        return Ok(());
    }
    protect(ctx, tx, &membership).await?;
    if !set(tx, &membership, status, seen).await? {
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

/// The owner stays, oneself stays, and nobody takes from others, or lets them have, more than they have.
async fn protect(ctx: &Ctx, tx: &mut Tx, membership: &Membership) -> Result<()> {
    if membership.is_owner {
        return Err(Refused::Owner.into());
    }
    if ctx.user_id() == Some(membership.user_id) {
        return Err(Refused::Yourself.into());
    }
    let held = engine::potential(tx, membership.user_id, ctx.now()).await?;
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
    let left = leaving(ctx, tx, &membership).await?;
    for group in &left.groups {
        ctx.require_covers(&engine::holdings_of_group(tx, *group, ctx.now()).await?)?;
    }
    let name = users::require(ctx, tx, user).await?.display_name;
    let watch = administrators::watch(tx, ctx.now()).await?;
    on!(tx, |c| sqlx::query(LEAVE_GROUPS).bind(user).bind(tenant.id).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(END_GRANTS).bind(user).bind(tenant.id).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(DELETE).bind(membership.id).execute(c).await?.rows_affected());
    watch.check(tx, ctx.now()).await?;
    let inverse = Inverse::AddMembership(Box::new(left));
    let change = Change::new(Verb::RemoveMembership, tenant.target()).of(Some(tenant.id)).inverse(inverse);
    events::record(ctx, tx, change.before(json!({ "member": name, "status": membership.status }))).await?;
    Ok(Removed::Left)
}

/// What goes with a membership.
async fn leaving(ctx: &Ctx, tx: &mut Tx, membership: &Membership) -> Result<Left> {
    let inside = ctx.clone().working_in(Scope::Tenant(membership.tenant_id));
    let groups = groups::groups_of_user(&inside, tx, membership.user_id).await?;
    let grants = grants::all_of_user(tx, membership.user_id).await?;
    Ok(Left {
        user: membership.user_id,
        tenant: membership.tenant_id,
        status: membership.status,
        groups: groups.into_iter().map(|group| group.id).collect(),
        grants: grants.into_iter().filter(|grant| grant.tenant_id == Some(membership.tenant_id)).collect(),
    })
}

/// Removes somebody who joined; with `unused`, only if they got nothing since. Never their last membership.
pub async fn remove_again_in(ctx: &Ctx, tx: &mut Tx, (user, tenant): (UserId, TenantId), unused: bool) -> Result<()> {
    ctx.require(Verb::RemoveMembership)?;
    let (_, membership) = both(ctx, tx, user, tenant).await?;
    let left = leaving(ctx, tx, &membership).await?;
    let untouched = left.groups.is_empty() && left.grants.is_empty();
    match (untouched || !unused) && count_of_user(tx, user).await? > 1 {
        true => remove_in(ctx, tx, user, tenant).await.map(drop),
        false => Err(Error::Stale),
    }
}

/// Makes the owner of before the owner again, if the one who came instead still is it.
pub async fn make_owner_again_in(
    ctx: &Ctx,
    tx: &mut Tx,
    (user, tenant): (UserId, TenantId),
    instead_of: UserId,
) -> Result<()> {
    ctx.require(Verb::MakeOwner)?;
    let now: Option<(UserId, String)> = on!(tx, |c| query_as(OWNER).bind(tenant).fetch_optional(c).await?);
    match now.is_some_and(|(owner, _)| owner == instead_of) {
        true => make_owner_in(ctx, tx, user, tenant).await,
        false => Err(Error::Stale),
    }
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
        Some((owner, name)) => change.before(json!({ "owner": name })).inverse(Inverse::MakeOwner {
            user: owner,
            tenant: tenant.id,
            instead_of: user,
        }),
        None => change,
    };
    events::record(ctx, tx, change).await?;
    Ok(())
}
